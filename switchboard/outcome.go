package switchboard

import (
	"errors"
	"slices"
	"sync"

	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
)

// progress is how far a call has come and what came of it so far. It is written by the call and its hold program.
type progress struct {
	mu       sync.Mutex
	stage    event.Stage
	reached  event.Outcome // the best so far; empty for none
	goodbye  bool          // the flow came to its end
	released event.Party   // who ended the talk
	dead     bool          // the line went silent
	marks    ivr.Marks     // what the call is known to be
	woman    bool          // the caller has asked for a woman counselor on an earlier call
	lang     ivr.Lang      // chosen by the caller
	flows    []string      // entered so far
}

// at says that the call has come to a stage.
func (p *progress) at(s event.Stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = s
}

// now is the stage the call is at.
func (p *progress) now() event.Stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage == "" {
		return event.StageSetup
	}
	return p.stage
}

// rank orders what may come of a call: who talked with a person was answered, whatever else happened.
func rank(o event.Outcome) int {
	switch o {
	case event.OutcomeAnswered:
		return 5
	case event.OutcomeMessage:
		return 4
	case event.OutcomeCallback:
		return 3
	case event.OutcomeSelfService:
		return 2
	case event.OutcomeBlocked, event.OutcomeUnreached:
		return 1
	default:
		return 0
	}
}

// came says that something came of the call.
func (p *progress) came(o event.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if rank(o) > rank(p.reached) {
		p.reached = o
	}
}

// enters reports whether the call comes into a flow for the first time: its version stays the same from then on.
func (p *progress) enters(flow string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.flows, flow) {
		return false
	}
	p.flows = append(p.flows, flow)
	return true
}

// finished says that the flow has run to its end.
func (p *progress) finished(r ivr.Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.goodbye = r.Outcome != ""
}

// mark adds what the call is known to be.
func (p *progress) mark(m ivr.Marks) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks = p.marks.Join(m)
}

// marked is what the call is known to be.
func (p *progress) marked() ivr.Marks {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.marks
}

// speaks says which language the caller has chosen.
func (p *progress) speaks(lang ivr.Lang) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lang = lang
}

// language is the one the caller has chosen, or else.
func (p *progress) language(otherwise ivr.Lang) ivr.Lang {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lang == "" {
		return otherwise
	}
	return p.lang
}

// died says that the line went silent.
func (p *progress) died() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = true
}

// parted says who ended the talk.
func (p *progress) parted(by event.Party) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.released = event.StageAfter, by
}

// outcome reads what is to be filed from how the call ended: the only place that decides it.
func (p *progress) outcome(cause error) *event.Closed {
	stage := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	closed := &event.Closed{Outcome: p.reached, Stage: stage, By: event.PartySystem}
	var end *sip.EndError
	if errors.As(cause, &end) {
		closed.By, closed.Cause = blame(end, event.PartyCaller), end.Cause.Error()
		closed.Code, closed.Q850 = codes(end.Reason)
	} else if cause != nil {
		closed.Cause = cause.Error()
	}
	if p.released != "" && stage == event.StageAfter {
		closed.By = p.released
	}
	if closed.Outcome == "" {
		closed.Outcome = p.nothing(cause)
	}
	return closed
}

// nothing tells apart the calls of which nothing came.
func (p *progress) nothing(cause error) event.Outcome {
	switch {
	case p.goodbye:
		return event.OutcomeClosed
	case p.dead:
		return event.OutcomeSilent
	case errors.Is(cause, sip.ErrHungUp), errors.Is(cause, sip.ErrCancelled):
		return event.OutcomeAbandoned
	}
	return event.OutcomeFailed
}

// blame says who ended a dialog whose peer is the party given.
func blame(end *sip.EndError, peer event.Party) event.Party {
	switch {
	case errors.Is(end.Cause, sip.ErrHungUp), errors.Is(end.Cause, sip.ErrCancelled):
		return peer
	case errors.Is(end.Cause, sip.ErrLocal), errors.Is(end.Cause, sip.ErrStopped):
		return event.PartySystem
	}
	return event.PartyNetwork
}

// codes gives the status and the Q.850 cause of a Reason header.
func codes(r sip.Reason) (status, q850 int) {
	switch r.Protocol {
	case "SIP":
		return r.Cause, 0
	case "Q.850":
		return 0, r.Cause
	}
	return 0, 0
}
