package acd

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable is returned for an agent who cannot be rung now: not ready, or with a phone that is not idle.
var ErrUnavailable = errors.New("agent is not available")

// ErrUnfit is returned for an agent who does not hold what the caller must have.
var ErrUnfit = errors.New("agent must not have this caller")

// Direct is a call for one agent that comes from no queue: a transfer, a rung of the duty ladder, a supervisor asked in.
type Direct struct {
	Contact ContactID
	Claims  Claims
	Must    Must
	Ring    time.Duration // 0 means the AgentRules' Ring
}

// Reserve reserves one agent for a direct call. The Offer has no Ticket and ends like every other. It returns
// ErrUnknownAgent, ErrUnavailable, ErrUnfit and ErrTraits.
func (r *Router) Reserve(id AgentID, d Direct) (*Offer, error) {
	r.begin()
	defer r.end()
	a := r.agents.by[id]
	if a == nil {
		return nil, fmt.Errorf("reserve %s: %w", id, ErrUnknownAgent)
	}
	if a.status.state != Ready || a.device != DeviceIdle {
		return nil, fmt.Errorf("reserve %s: %w", id, ErrUnavailable)
	}
	fit, err := r.holds(a, d)
	if err != nil {
		return nil, fmt.Errorf("reserve %s: %w", id, err)
	}
	if !fit {
		return nil, fmt.Errorf("reserve %s: %w", id, ErrUnfit)
	}
	ring := d.Ring
	orElse(&ring, r.rulings.Ring)
	o := r.reserve(a, nil, d.Contact, ring)
	o.asked, o.course.danger = d, d.Claims&Danger != 0
	return o, nil
}

// holds says whether an agent holds, at this instant, what a direct call asks for.
func (r *Router) holds(a *agent, d Direct) (bool, error) {
	must := d.Must
	if d.Claims&Minor != 0 {
		must = must.And(Qualified(r.rulings.minors))
	}
	all, err := must.traits(r.rulings.lexicon)
	if err != nil {
		return false, err
	}
	can, err := r.assess(a.Agent)
	return err == nil && can.held[1].has(all) && !must.Bars(a.ID), err
}

// Engage makes an agent Busy with a call of the agent's own making, such as an outbound call for a case; wrap-up follows
// its Finish, and the break that it interrupted. It returns ErrUnknownAgent, and ErrUnavailable for an agent who is
// offline, rung or busy.
func (r *Router) Engage(id AgentID, contact ContactID) (*Offer, error) {
	r.begin()
	defer r.end()
	a := r.agents.by[id]
	if a == nil {
		return nil, fmt.Errorf("engage %s: %w", id, ErrUnknownAgent)
	}
	switch a.status.state {
	case Ready:
	case WrapUp:
		r.handled(a)
	case Break:
		a.conduct.next, a.conduct.reason = Break, a.status.reason
	default:
		return nil, fmt.Errorf("engage %s: %w", id, ErrUnavailable)
	}
	r.agenda.clear(&a.timer)
	o := &Offer{
		Agent: id, Site: a.Site, Contact: contact, r: r, agent: a, done: make(chan struct{}),
		course: course{stage: offerTalking, began: r.time.now},
	}
	o.expiry.fire = func() {}
	a.offer = o
	r.move(a, Busy, string(contact))
	r.settle(a)
	return o, nil
}

// Fit reports whether an agent who is signed in holds, at this instant, what a direct call asks for: nil, ErrUnknownAgent,
// ErrUnfit or ErrTraits. It is for calls that do not ring, such as one handed over by a colleague.
func (r *Router) Fit(id AgentID, d Direct) error {
	r.begin()
	defer r.end()
	a := r.agents.by[id]
	if a == nil || a.status.state == Offline {
		return fmt.Errorf("hand to %s: %w", id, ErrUnknownAgent)
	}
	fit, err := r.holds(a, d)
	if err == nil && !fit {
		err = ErrUnfit
	}
	if err != nil {
		return fmt.Errorf("hand to %s: %w", id, err)
	}
	return nil
}
