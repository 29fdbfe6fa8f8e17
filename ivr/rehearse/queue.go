package rehearse

import (
	"context"
	"strings"

	"hotline/ivr"
)

// wait is a wait in which the person plays both sides.
type wait struct {
	help    string
	answers map[string]ivr.QueueResult // by the word typed
	result  *ivr.QueueResult
	end     func()
	place   ivr.Place
}

// Place is how the queue stands.
func (w *wait) Place() ivr.Place { return w.place }

// Mark does nothing: the marks show when they are filed.
func (w *wait) Mark(ivr.Marks) {}

// Queue lets the person wait, and answer.
func (t *terminal) Queue(ctx context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	q := t.World.Queues[r.Queue]
	t.print("  %s", strings.TrimSpace("in the queue "+r.Queue+" "+r.Marks.String()))
	switch {
	case q.Closed:
		return ivr.QueueResult{Outcome: ivr.Closed}, nil
	case q.Full && !r.Marks.Protected():
		return ivr.QueueResult{Outcome: ivr.Full}, nil
	}
	w := &wait{
		help: "a: a counselor answers and releases; d: answers, and there is danger; c: nobody is signed in; t: the time is up; Enter: wait on",
		answers: map[string]ivr.QueueResult{
			"a": {Outcome: ivr.Served}, "d": {Outcome: ivr.Served, Marks: ivr.Marks{}.With(ivr.Danger)},
			"c": {Outcome: ivr.Closed}, "t": {Outcome: ivr.TimedOut},
		},
		place: q.Place,
	}
	return t.wait(ctx, w, r.Hold)
}

// Ring lets the person wait for a lawyer, and be one.
func (t *terminal) Ring(ctx context.Context, r ivr.DutyRequest) (ivr.DutyResult, error) {
	t.print("  %s", strings.TrimSpace("the duty roster "+r.Roster+" is rung "+r.Marks.String()))
	w := &wait{
		help:    "a: a lawyer accepts; n: nobody does; Enter: wait on",
		answers: map[string]ivr.QueueResult{"a": {Outcome: ivr.Served}, "n": {Outcome: ivr.Closed}},
	}
	result, err := t.wait(ctx, w, r.Hold)
	switch result.Outcome {
	case ivr.Served:
		return ivr.DutyResult{Outcome: ivr.DutyServed}, err
	case ivr.Left:
		return ivr.DutyResult{Outcome: ivr.DutyLeft}, err
	default:
		return ivr.DutyResult{Outcome: ivr.DutyNobody}, err
	}
}

func (t *terminal) wait(ctx context.Context, w *wait, hold func(context.Context, ivr.Waiting) bool) (ivr.QueueResult, error) {
	waiting, end := context.WithCancel(ctx)
	defer end()
	w.end = end
	t.line = w
	defer func() { t.line = nil }()
	t.print("  %s", w.help)
	left := hold(waiting, w)
	switch {
	case ctx.Err() != nil:
		return ivr.QueueResult{}, context.Cause(ctx)
	case w.result != nil:
		return *w.result, nil
	case left:
		return ivr.QueueResult{Outcome: ivr.Left}, nil
	default:
		return ivr.QueueResult{Outcome: ivr.Closed}, nil
	}
}

// music lets time pass in a wait, or takes what the person types.
func (t *terminal) music(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	t.print("  (music)")
	line, typed := t.lines(ctx, s.For)
	line = strings.TrimSpace(line)
	if t.line != nil && typed {
		if result, ok := t.line.answers[line]; ok {
			t.line.result = &result
			t.line.end()
			return ivr.NoKey, nil
		}
	}
	if !typed || line == "" || t.command(line) {
		return ivr.NoKey, context.Cause(ctx)
	}
	t.typed += line
	return t.interrupt(s.Keys), context.Cause(ctx)
}
