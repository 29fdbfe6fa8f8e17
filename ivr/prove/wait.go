package prove

import (
	"context"
	"time"

	"hotline/ivr"
)

// Queue serves the caller, does not, or lets the caller act while waiting.
func (w *world) Queue(ctx context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	if ctx.Err() != nil {
		return ivr.QueueResult{}, context.Cause(ctx)
	}
	w.queued(r)
	if w.fails() {
		return ivr.QueueResult{}, errFault
	}
	outcomes := []ivr.QueueOutcome{ivr.Served, ivr.Served, ivr.Closed, ivr.Left}
	if !r.Marks.Protected() {
		outcomes = append(outcomes, ivr.Full)
	}
	if r.Limit > 0 {
		outcomes = append(outcomes, ivr.TimedOut)
	}
	pick := w.choose(len(outcomes))
	if outcomes[pick] == ivr.Left {
		if left, ended := w.wait(ctx, r.Hold); left || ended != nil {
			w.fact("queue left")
			return ivr.QueueResult{Outcome: ivr.Left}, ended
		}
		pick = 0
	}
	result := ivr.QueueResult{Outcome: outcomes[pick]}
	w.factOf("queue", result.Outcome.String())
	switch {
	case pick == 1:
		w.tell("serve danger")
		result.Marks = result.Marks.With(ivr.Danger)
		w.fact("person")
	case result.Outcome == ivr.Served:
		w.tell("serve")
		w.fact("person")
	default:
		w.tell(result.Outcome.String())
	}
	return result, nil
}

// queued writes down which queue it is, and whether it may take this caller.
func (w *world) queued(r ivr.QueueRequest) {
	w.factOf("queue", r.Queue)
	w.fact("queue")
	w.tell("# in the queue ", r.Queue)
	if !w.edition.Centre().Queues[r.Queue].Minors {
		w.fact("queue unqualified")
	}
	if !r.Marks.Has(ivr.Private) {
		w.fact("queue recorded")
	}
	if r.Marks.Protected() {
		w.fact("queue protected")
	}
}

// wait runs the hold program until the caller leaves or somebody answers.
func (w *world) wait(ctx context.Context, hold func(context.Context, ivr.Waiting) bool) (left bool, ended error) {
	waiting, end := context.WithCancel(ctx)
	defer end()
	w.line = &line{end: end}
	defer func() { w.line = nil }()
	left = hold(waiting, crowded{})
	return left && !w.line.answer, ctx.Err()
}

// crowded is a queue in which everything is offered: a long wait, many in front.
type crowded struct{}

func (crowded) Place() ivr.Place { return ivr.Place{Ahead: 9, Wait: 8 * time.Minute, Ready: 1} }
func (crowded) Mark(ivr.Marks)   {}

// waiting lets the caller act during a stretch of the wait, or not. Once the
// caller has acted, or has heard everything, somebody answers.
func (w *world) waiting(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	l := w.line
	if s.Expect == "" {
		return ivr.NoKey, ctx.Err() // words of a flow beside the wait
	}
	if l.acted || l.idle >= maxIdle {
		l.answer = true
		l.end()
		return ivr.NoKey, nil
	}
	key := w.press(s.Expect)
	l.idle++
	l.acted = key != ivr.NoKey
	return key, nil
}

// Ring finds a lawyer, or does not.
func (w *world) Ring(ctx context.Context, r ivr.DutyRequest) (ivr.DutyResult, error) {
	w.fact("duty")
	w.factOf("duty", r.Roster)
	w.tell("# the duty roster ", r.Roster, " is rung")
	if !r.Marks.Has(ivr.Private) {
		w.fact("duty recorded")
	}
	switch w.choose(5) {
	case 0, 1:
		w.fact("person")
		w.tell("accept")
		return ivr.DutyResult{Outcome: ivr.DutyServed}, nil
	case 2:
		w.fact("duty nobody")
		w.tell("nobody")
		return ivr.DutyResult{Outcome: ivr.DutyNobody}, nil
	case 3:
		w.fact("away duty")
		w.tell("given duty broken")
		return ivr.DutyResult{}, errAway
	}
	left, ended := w.wait(ctx, r.Hold)
	if left || ended != nil {
		return ivr.DutyResult{Outcome: ivr.DutyLeft}, ended
	}
	w.fact("duty nobody")
	w.tell("nobody")
	return ivr.DutyResult{Outcome: ivr.DutyNobody}, nil
}
