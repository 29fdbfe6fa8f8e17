package ivr_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/ivr"
)

// lineOf is a phone whose queue runs the hold program until somebody answers.
type lineOf struct {
	mute
	answer time.Duration
}

type spot struct{ place ivr.Place }

func (s spot) Place() ivr.Place { return s.place }
func (s spot) Mark(ivr.Marks)   {}

func (l *lineOf) Queue(ctx context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	waiting, answered := context.WithCancel(ctx)
	defer answered()
	stop := time.AfterFunc(l.answer, answered)
	defer stop.Stop()
	left := r.Hold(waiting, spot{ivr.Place{Ahead: 3, Wait: 9 * time.Minute, Ready: 1}})
	if ctx.Err() != nil {
		return ivr.QueueResult{}, context.Cause(ctx)
	}
	if left {
		return ivr.QueueResult{Outcome: ivr.Left}, nil
	}
	return ivr.QueueResult{Outcome: ivr.Served}, nil
}

// pace makes a phone's words and music take their time.
func pace(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	d := time.Second
	if s.Music != "" {
		d = s.For
	}
	select {
	case <-time.After(d):
		return ivr.NoKey, nil
	case <-ctx.Done():
		return ivr.NoKey, context.Cause(ctx)
	}
}

func TestAFaultOnHoldNeverEndsTheWait(t *testing.T) {
	e := load(t, queueLine("waiting: {position: true, first: {say: P-FIRST}}"))
	synctest.Test(t, func(t *testing.T) {
		l := &lineOf{answer: 10 * time.Minute}
		l.say = func(s ivr.Saying) (ivr.Key, error) {
			if len(s.Prompts) > 0 && s.Prompts[0] == "P-BYE" {
				return ivr.NoKey, nil
			}
			return ivr.NoKey, errors.New("no audio")
		}
		began := time.Now()
		result, err := ivr.Run(t.Context(), flow(t, e, "main"), l, ivr.Call{})
		if err != nil || result.Outcome != "hangup" || time.Since(began) != 10*time.Minute {
			t.Errorf("%+v, %v after %v", result, err, time.Since(began))
		}
		if n := len(l.find(ivr.FaultEvent)); n == 0 || n > 6 {
			t.Errorf("%d faults filed: it must neither be silent about them nor spin", n)
		}
	})
}

func TestHoldEndsWithTheCall(t *testing.T) {
	e := load(t, queueLine("waiting: {position: true, comfort: {say: P-FIRST, every: 30s}}"))
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Second, func() { cancel(errGone) })
		l := &lineOf{answer: time.Hour}
		l.say = func(s ivr.Saying) (ivr.Key, error) { return pace(ctx, s) }
		_, err := ivr.Run(ctx, flow(t, e, "main"), l, ivr.Call{})
		if !errors.Is(err, errGone) || len(l.find(ivr.FaultEvent)) > 0 {
			t.Errorf("%v, faults %v", err, l.find(ivr.FaultEvent))
		}
		left := l.find(ivr.LeftNode)
		if len(left) != 1 || !left[0].HungUp || left[0].Took != 100*time.Second {
			t.Errorf("filed: %+v", left)
		}
	})
}

// TestTheRhythmOfAWait counts what is said in five minutes.
func TestTheRhythmOfAWait(t *testing.T) {
	e := load(t, queueLine("waiting: {position: true, comfort: {say: P-COMFORT, after: 20s, every: 60s}}"))
	synctest.Test(t, func(t *testing.T) {
		l := &lineOf{answer: 5 * time.Minute}
		said := map[string]int{}
		l.say = func(s ivr.Saying) (ivr.Key, error) {
			for _, id := range s.Prompts {
				said[id]++
			}
			return pace(t.Context(), s)
		}
		if _, err := ivr.Run(t.Context(), flow(t, e, "main"), l, ivr.Call{}); err != nil {
			t.Fatal(err)
		}
		// The place does not change, so it is told once; comfort at 20 s and then
		// every minute.
		if said["P-POS"] != 1 || said["P-COMFORT"] != 5 {
			t.Errorf("said: %v", said)
		}
	})
}

func BenchmarkCall(b *testing.B) {
	fsys := files(map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person}")})
	e, err := ivr.Load(fsys, now)
	if err != nil {
		b.Fatal(err)
	}
	f, _ := e.Flow("main")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ivr.Run(b.Context(), f, &mute{}, ivr.Call{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	fsys := files(map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person}")})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ivr.Load(fsys, now); err != nil {
			b.Fatal(err)
		}
	}
}
