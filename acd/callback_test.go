package acd_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// dayFloor is a floor at nine in the morning, UTC, with one agent in a talk.
func dayFloor(t *testing.T, q acd.Queue) (*floor, *acd.Offer) {
	f := openWith(t, acd.Config{Queues: []acd.Queue{q}, Zone: time.UTC})
	after(9 * time.Hour)
	f.seat("ann", "labour")
	o := f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
	f.accept(o)
	return f, o
}

func (f *floor) callback(t *acd.Ticket, p acd.Promise) *acd.Ticket {
	f.t.Helper()
	back, err := t.Callback(p)
	if err != nil {
		f.t.Fatal(err)
	}
	if back == t {
		f.present(back)
	}
	return back
}

func TestCallbackKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		taken := f.join(acd.Request{Queue: "labour"})
		after(time.Second)
		live := f.call(acd.Request{Queue: "labour"})
		f.callback(taken, acd.Promise{})
		if p := live.Place(); p.Position != 2 {
			t.Fatalf("the caller behind a callback is told %+v", p)
		}
		if q := f.Snapshot().Queues[0]; q.Waiting != 1 || q.Callbacks != (acd.Callbacks{Pending: 1, Due: 1}) {
			t.Fatalf("queue %+v", q)
		}
		busy.Finish()
		after(time.Minute)
		o := f.rings(taken, "ann")
		f.accept(o)
		if got := f.today("labour"); got.Answered != 1 || got.CalledBack != 1 {
			t.Fatalf("figures %+v", got)
		}
		if err := taken.Reached(); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		o.Finish()
		f.agentIs("ann", acd.WrapUp, "")
		got := f.today("labour")
		if got.Answered != 1 || got.CalledBack != 1 || got.Backs != (acd.Backs{Reached: 1}) || got.Waiting() != 1 {
			t.Fatalf("figures %+v", got)
		}
		if err := taken.Reached(); !errors.Is(err, acd.ErrNoCallback) {
			t.Fatalf("after the end: %v", err)
		}
	})
}

func TestCallbackTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		busy.Finish()
		after(time.Minute)
		back := f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{})
		pauses := []time.Duration{10 * time.Minute, 2 * time.Hour, 0}
		start := time.Now()
		for i, pause := range pauses {
			o := f.rings(back, "ann")
			if i == 1 {
				f.accept(o) // the agent has taken it, the caller does not answer
			}
			next, err := back.Unreached()
			if err != nil {
				t.Fatal(err)
			}
			f.agentIs("ann", acd.Ready, "")
			want := time.Now().Add(pause)
			if pause == 0 {
				want = start.Truncate(24 * time.Hour).Add(24*time.Hour + 9*time.Hour)
			}
			if !next.Equal(want) {
				t.Fatalf("try %d: next at %s, want %s", i+1, next, want)
			}
			f.present(back)
			after(time.Until(next) - time.Millisecond)
			f.waits(back)
			after(time.Millisecond)
		}
		f.accept(f.rings(back, "ann"))
		if _, ok := back.Again(); ok {
			t.Fatal("another try is told of after the last")
		}
		if next, err := back.Unreached(); err != nil || !next.IsZero() {
			t.Fatalf("after the last try: %s, %v", next, err)
		}
		if _, err := f.Wait(t.Context(), back); !errors.Is(err, acd.ErrUnreached) {
			t.Fatalf("%v", err)
		}
		back.Leave(acd.Ending{Outcome: acd.Dismissed})
		q := f.Snapshot().Queues[0]
		if q.Callbacks != (acd.Callbacks{}) || q.Waiting != 0 {
			t.Fatalf("queue %+v", q)
		}
	})
}

// An integrator that forgets to say what became of a callback loses nobody.
func TestCallbackThatWasNotReachedIsNotFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		busy.Finish()
		after(time.Minute)
		back := f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{})
		o := f.rings(back, "ann")
		f.accept(o)
		o.Finish()
		f.agentIs("ann", acd.Ready, "")
		f.present(back)
		after(10 * time.Minute)
		f.rings(back, "ann")
	})
}

func TestCallbackWindows(t *testing.T) {
	clock := func(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }
	tests := []struct {
		name    string
		at      time.Duration // since midnight
		windows []acd.Window
		want    time.Duration
	}{
		{"in the queue's window", clock(9, 0), nil, clock(9, 0)},
		{"after it", clock(21, 0), nil, 24*time.Hour + clock(8, 0)},
		{"before it", clock(3, 0), nil, clock(8, 0)},
		{"own times", clock(9, 0), []acd.Window{{From: clock(12, 0), To: clock(13, 0)}}, clock(12, 0)},
		{"the earlier of two", clock(14, 0), []acd.Window{{From: clock(12, 0), To: clock(13, 0)}, {From: clock(18, 30), To: clock(19, 0)}}, clock(18, 30)},
		{"past midnight", clock(23, 0), []acd.Window{{From: clock(22, 0), To: clock(2, 0)}}, clock(23, 0)},
		{"past midnight, behind it", clock(1, 0), []acd.Window{{From: clock(22, 0), To: clock(2, 0)}}, clock(1, 0)},
		{"past midnight, outside", clock(3, 0), []acd.Window{{From: clock(22, 0), To: clock(2, 0)}}, clock(22, 0)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := openWith(t, acd.Config{Queues: []acd.Queue{labour}, Zone: time.UTC})
				f.seat("ann", "labour")
				midnight := time.Now()
				after(test.at)
				back := f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{Windows: test.windows})
				if wait := test.want - test.at; wait > 0 {
					after(wait - time.Millisecond)
					f.waits(back)
					after(time.Millisecond)
				}
				f.rings(back, "ann")
				if got := time.Since(midnight); got != test.want {
					t.Fatalf("rings at %s, want %s", got, test.want)
				}
			})
		})
	}
}

// A callback that is due and not yet made when its window shuts waits for the next window.
func TestCallbackWindowShuts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		back := f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{Windows: []acd.Window{{From: 9 * time.Hour, To: 10 * time.Hour}}})
		live := f.call(acd.Request{Queue: "labour"})
		after(time.Hour - time.Second)
		live.Leave(acd.Ending{Outcome: acd.Abandoned})
		after(time.Second)
		busy.Finish()
		after(23*time.Hour - time.Millisecond)
		f.waits(back)
		after(time.Millisecond)
		f.rings(back, "ann")
	})
}

func TestTwoCallbacksOfOnePersonAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		first := f.callback(f.join(acd.Request{Queue: "labour", Person: "p"}), acd.Promise{})
		live := f.call(acd.Request{Queue: "labour"})
		early := f.join(acd.Request{Queue: "labour", Person: "p", Since: time.Now().Add(-time.Hour)})
		other := f.callback(f.join(acd.Request{Queue: "labour", Person: "q"}), acd.Promise{})
		if got := f.callback(early, acd.Promise{}); got != first {
			t.Fatal("two callbacks for one person")
		}
		if !errors.Is(early.Present(), acd.ErrOver) {
			t.Fatal("the merged ticket lives on")
		}
		if q := f.Snapshot().Queues[0]; q.Callbacks.Pending != 2 || q.Today.CalledBack != 3 || q.Today.Backs.Merged != 1 {
			t.Fatalf("queue %+v", q)
		}
		busy.Finish()
		after(time.Minute)
		f.rings(first, "ann")
		f.waits(live)
		f.waits(other)
	})
}

func TestACallbackThatIsDoneIsNotMergedWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		first := f.callback(f.join(acd.Request{Queue: "labour", Person: "p"}), acd.Promise{})
		first.Leave(acd.Ending{Outcome: acd.Dismissed})
		second := f.join(acd.Request{Queue: "labour", Person: "p"})
		if got := f.callback(second, acd.Promise{}); got != second {
			t.Fatal("merged with a callback that is over")
		}
		busy.Finish()
		after(time.Minute)
		f.rings(second, "ann")
	})
}

func TestCallbacksDoNotStarveTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Times.Wrap = -1
		f := openWith(t, acd.Config{Queues: []acd.Queue{q}, Zone: time.UTC})
		after(9 * time.Hour)
		var busy []*acd.Offer
		for _, id := range []acd.AgentID{"a", "b", "c", "d"} {
			f.seat(id, "labour")
			busy = append(busy, f.rings(f.call(acd.Request{Queue: "labour"}), id))
		}
		for _, o := range busy {
			f.accept(o)
		}
		var backs, live []*acd.Ticket
		for range 6 {
			backs = append(backs, f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{}))
		}
		for range 3 {
			live = append(live, f.call(acd.Request{Queue: "labour"}))
		}
		for _, o := range busy {
			o.Finish()
		}
		ringing := func(tickets []*acd.Ticket) int {
			n := 0
			for _, ticket := range tickets {
				if ticket.Ringing() != nil {
					n++
				}
			}
			return n
		}
		if b, l := ringing(backs), ringing(live); b != 2 || l != 2 {
			t.Fatalf("of four agents %d took callbacks and %d callers on the line", b, l)
		}
		live[2].Leave(acd.Ending{Outcome: acd.Abandoned})
		for _, ticket := range live[:2] {
			o := ticket.Ringing()
			f.accept(o)
			o.Finish()
		}
		if b := ringing(backs); b != 4 {
			t.Fatalf("with nobody on the line %d callbacks for four agents", b)
		}
	})
}

func TestCallbackKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		busy.Finish()
		after(time.Minute)
		due := time.Now().Add(time.Hour)
		back := f.call(acd.Request{Queue: "labour", Person: "p", Since: time.Now().Add(-time.Hour), Callback: &acd.Promise{Tries: 3, Due: due}})
		f.waits(back)
		after(time.Hour)
		f.rings(back, "ann")
		if next, err := back.Unreached(); err != nil || !next.IsZero() {
			t.Fatalf("a fourth try that failed: next %s, %v", next, err)
		}
	})
}

func TestCallbackRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := dayFloor(t, labour)
		waiting := f.call(acd.Request{Queue: "labour"})
		if _, err := waiting.Callback(acd.Promise{}); !errors.Is(err, acd.ErrInUse) {
			t.Errorf("in Wait: %v", err)
		}
		if _, err := waiting.Unreached(); !errors.Is(err, acd.ErrNoCallback) {
			t.Errorf("no callback: %v", err)
		}
		waiting.Leave(acd.Ending{Outcome: acd.Abandoned})
		if _, err := waiting.Callback(acd.Promise{}); !errors.Is(err, acd.ErrOver) {
			t.Errorf("over: %v", err)
		}
	})
}
