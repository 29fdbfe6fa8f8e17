package acd

import "fmt"

// PickUp gives the caller of a ring to a colleague who takes it at another phone, and is the claim on the caller as Accept
// is: the Offer returned is in a talk, and Finish or Lost must follow; the ring, and all that rang with it, ends with
// Elsewhere. The colleague is ready, writes notes or is on break, with a phone that is free; holds, at this instant, all
// that the caller must have; and serves the same queue, at the steps of its ladder taken so far. It returns *EndedError
// when the ring is over, ErrUnknownAgent, ErrUnavailable and ErrUnfit. Whose phone rings may answer at another.
func (o *Offer) PickUp(by AgentID) (*Offer, error) {
	r := o.r
	r.begin()
	defer r.end()
	a := r.agents.by[by]
	if o.course.stage != offerRinging {
		return nil, &EndedError{o.course.why}
	}
	if a == nil || a.status.state == Offline {
		return nil, fmt.Errorf("pick up as %s: %w", by, ErrUnknownAgent)
	}
	if fit, err := r.mayPickUp(a, o); err != nil || !fit {
		if err == nil {
			err = ErrUnfit
		}
		return nil, fmt.Errorf("pick up as %s: %w", by, err)
	}
	if a == o.agent {
		r.accept(o)
		return o, nil
	}
	if !r.stepIn(a) {
		return nil, fmt.Errorf("pick up as %s: %w", by, ErrUnavailable)
	}
	won := r.reserve(a, o.Ticket, o.Contact, r.rulings.Ring)
	won.asked, won.course.danger = o.asked, o.course.danger
	t := o.Ticket
	if t != nil {
		t.offers = append(t.offers, won)
	}
	r.accept(won)
	r.settle(a) // who was on break is at work
	if t == nil {
		r.release(o, Elsewhere)
	}
	return won, nil
}

// mayPickUp says whether an agent holds what the caller of a ring must have, and serves the caller's queue. A callback is
// for the one who was asked.
func (r *Router) mayPickUp(a *agent, o *Offer) (bool, error) {
	t := o.Ticket
	switch {
	case a == o.agent && t != nil:
		return r.qualified(a, t), nil
	case t == nil:
		return r.holds(a, o.asked)
	case t.back != nil || !r.qualified(a, t):
		return false, nil
	}
	open := t.rules.steps[t.rules.step(r.time.now.since(t.life.ladder))]
	k := laneKey{rules: t.rules, protected: t.rank.protected}
	k.need = need{all: t.want.all, any: open.any, sites: open.sites | a.Site.bit(), level: 1}
	return k.fits(a) && (t.rank.protected || !r.held(a)), nil
}

// stepIn makes an agent Ready who takes a call without having been rung: notes are put aside, and a break goes on after
// the call.
func (r *Router) stepIn(a *agent) bool {
	if a.device != DeviceIdle {
		return false
	}
	switch a.status.state {
	case Ready:
	case WrapUp:
		r.handled(a)
		r.move(a, Ready, "")
	case Break:
		a.conduct.next, a.conduct.reason = Break, a.status.reason
		r.move(a, Ready, "")
	default:
		return false
	}
	r.agenda.clear(&a.timer)
	return true
}
