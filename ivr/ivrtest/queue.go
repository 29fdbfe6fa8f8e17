package ivrtest

import (
	"context"
	"time"

	"hotline/ivr"
)

// maxQuiet is how many sayings may pass while a script waits to hear one.
const maxQuiet = 100

// talkTime is how long a counselor talks when the script does not say.
const talkTime = 3 * time.Minute

// Queue lets the caller wait as the script says.
func (s *stage) Queue(ctx context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	if ctx.Err() != nil {
		return ivr.QueueResult{}, context.Cause(ctx)
	}
	s.report.queue(r)
	q := s.world.Queues[r.Queue]
	switch {
	case q.Closed:
		return ivr.QueueResult{Outcome: ivr.Closed}, nil
	case q.Full && !r.Marks.Protected():
		return ivr.QueueResult{Outcome: ivr.Full}, nil
	}
	return s.wait(ctx, &line{request: r, since: s.clock.Now()}, r.Hold)
}

// wait runs the hold program until the script ends the wait, the limit passes
// or the caller chooses to leave.
func (s *stage) wait(ctx context.Context, l *line, hold func(context.Context, ivr.Waiting) bool) (ivr.QueueResult, error) {
	s.line = l
	defer func() { s.line = nil }()
	waiting, end := context.WithCancelCause(ctx)
	defer end(nil)
	l.end = func() { end(errServed) }
	left := hold(waiting, l.place(s))
	switch {
	case ctx.Err() != nil:
		return ivr.QueueResult{}, context.Cause(ctx)
	case l.result != nil:
		return *l.result, nil
	case left:
		return ivr.QueueResult{Outcome: ivr.Left}, nil
	default:
		return ivr.QueueResult{}, s.fail(step{}, "the hold program gave up while the caller waits")
	}
}

// place is the caller's place in the line, as the script gives it.
func (l *line) place(s *stage) ivr.Waiting { return placed{s, l} }

type placed struct {
	*stage
	at *line
}

func (p placed) Place() ivr.Place { return p.world.Queues[p.at.request.Queue].Place }

func (p placed) Mark(m ivr.Marks) { p.at.marks = p.at.marks.Join(m) }

// finishWait ends a wait.
func (s *stage) finishWait(outcome ivr.QueueOutcome, marks ivr.Marks) {
	s.report.say(outcome.String())
	s.line.result = &ivr.QueueResult{Outcome: outcome, Marks: marks}
	s.line.end()
}

// onHold plays the script while the caller waits.
func (s *stage) onHold(ctx context.Context, y ivr.Saying) (ivr.Key, error) {
	length := Reading(y.Text)
	if y.Music != "" {
		length = y.For
	}
	s.settle()
	st, ok := s.peek()
	if !ok || st.verb == "expect" {
		return ivr.NoKey, s.fail(step{}, "the script ends while the caller still waits")
	}
	switch st.verb {
	case "wait":
		s.waitOn(st, length)
	case "serve", "accept":
		s.served(s.take().args)
	case "closed", "nobody":
		s.take()
		s.finishWait(ivr.Closed, ivr.Marks{})
	case "full":
		s.take()
		s.finishWait(ivr.Full, ivr.Marks{})
	case "timeout":
		s.take()
		s.finishWait(ivr.TimedOut, ivr.Marks{})
	case "hangup":
		s.take()
		return ivr.NoKey, s.leave(ctx)
	case "hear", "silence", "press":
		if s.line.quiet++; s.line.quiet > maxQuiet {
			return ivr.NoKey, s.fail(st, "the caller waits and waits, and this never happens: %s", st)
		}
		s.passInLine(length)
	default:
		return ivr.NoKey, s.fail(st, "the caller waits in line, the script goes on with: %s", st)
	}
	return ivr.NoKey, nil
}

// waitOn uses up a stretch of a wait line.
func (s *stage) waitOn(st step, length time.Duration) {
	left, _ := time.ParseDuration(st.args[0])
	if length >= left {
		s.take()
		s.passInLine(left)
		return
	}
	s.passInLine(length)
	if s.line.result != nil {
		s.take()
		return
	}
	s.steps[0].args = []string{(left - length).String()}
}

// passInLine lets time pass, at most to the limit of the wait.
func (s *stage) passInLine(d time.Duration) {
	l := s.line
	s.clock.Pass(d)
	if limit := l.request.Limit; limit > 0 && s.clock.Now().Sub(l.since) >= limit {
		s.finishWait(ivr.TimedOut, ivr.Marks{})
	}
}

// served lets somebody talk with the caller and release the call.
func (s *stage) served(args []string) {
	talk := talkTime
	var marks ivr.Marks
	for i, a := range args {
		if a == "for" && i+1 < len(args) {
			talk, _ = time.ParseDuration(args[i+1])
		}
		if m, ok := ivr.MarkNamed(a); ok {
			marks = marks.With(m)
		}
	}
	s.clock.Pass(talk)
	s.finishWait(ivr.Served, marks)
}

// Ring lets the caller wait for a lawyer on call as the script says.
func (s *stage) Ring(ctx context.Context, r ivr.DutyRequest) (ivr.DutyResult, error) {
	if err := s.world.source(ctx, "duty"); err != nil {
		return ivr.DutyResult{}, err
	}
	s.report.duty(r)
	l := &line{duty: &r, since: s.clock.Now()}
	result, err := s.wait(ctx, l, r.Hold)
	outcome := map[ivr.QueueOutcome]ivr.DutyOutcome{ivr.Served: ivr.DutyServed, ivr.Left: ivr.DutyLeft}
	if o, ok := outcome[result.Outcome]; ok {
		return ivr.DutyResult{Outcome: o, Marks: result.Marks}, err
	}
	return ivr.DutyResult{Outcome: ivr.DutyNobody}, err
}
