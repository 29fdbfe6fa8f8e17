package acd

import (
	"errors"
	"fmt"
	"slices"
)

// The reasons for a break that the Router gives itself.
const (
	// ReasonMissed is the break of an agent who did not answer several rings in a row.
	ReasonMissed = "missed calls"
	// ReasonRest is the break after several calls in danger in a row.
	ReasonRest = "rest after calls in danger"
)

// ErrSignedIn is returned when an agent signs in who has not signed out.
var ErrSignedIn = errors.New("already signed in")

// agents are all who ever signed in, with the figures of their day.
type agents struct {
	by   map[AgentID]*agent
	roll []*agent // in the order of their first appearance
	rung uint64
	roster
}

func newAgents() agents { return agents{by: map[AgentID]*agent{}} }

// enrol finds or makes the record of an agent.
func (r *Router) enrol(id AgentID) *agent {
	a := r.agents.by[id]
	if a == nil {
		a = &agent{Agent: Agent{ID: id}, r: r, turn: turn{number: len(r.agents.roll)}, can: ability{expires: never}}
		a.timer.fire = func() { r.timeUp(a) }
		a.can.expiry.fire = func() { r.requalify(a) }
		r.agents.by[id] = a
		r.agents.roll = append(r.agents.roll, a)
		r.requalify(a)
	}
	return a
}

// with calls do for a known agent.
func (r *Router) with(id AgentID, doing string, do func(*agent)) error {
	r.begin()
	defer r.end()
	a := r.agents.by[id]
	if a == nil {
		return fmt.Errorf("%s %s: %w", doing, id, ErrUnknownAgent)
	}
	do(a)
	return nil
}

// SignIn brings an agent to work, ready or, when Agent.Break says so, on break. It returns ErrSignedIn unless the agent is
// offline, and ErrTraits.
func (r *Router) SignIn(who Agent) error {
	r.begin()
	defer r.end()
	a := r.enrol(who.ID)
	if a.status.state != Offline {
		return fmt.Errorf("sign in %s: %w", who.ID, ErrSignedIn)
	}
	who.Skills, who.Languages = slices.Clone(who.Skills), slices.Clone(who.Languages)
	if _, err := r.assess(who); err != nil {
		return fmt.Errorf("sign in %s: %w", who.ID, err)
	}
	a.Agent = who
	if who.Device != DeviceUnknown {
		a.device = who.Device
	}
	a.conduct = conduct{next: Ready}
	a.turn.idle = r.time.now
	r.requalify(a)
	r.arrived(a)
	if who.Break != "" {
		r.pause(a, who.Break)
		return nil
	}
	r.ready(a)
	return nil
}

// SignOut ends an agent's presence: at once, or after the call when the agent is Busy. A ring goes on elsewhere. It
// returns ErrUnknownAgent.
func (r *Router) SignOut(id AgentID) error {
	return r.with(id, "sign out", func(a *agent) {
		switch a.status.state {
		case Offline:
		case Busy:
			a.conduct.next = Offline
		case Reserved:
			r.giveBack(a)
			r.leave(a)
		default:
			r.leave(a)
		}
	})
}

// Ready brings an agent back from break, ends wrap-up, or takes back what was asked for during a call. It returns
// ErrUnknownAgent, and has no effect on an agent who is offline.
func (r *Router) Ready(id AgentID) error {
	return r.with(id, "make ready", func(a *agent) {
		a.conduct.next = Ready
		switch a.status.state {
		case WrapUp:
			r.afterWrap(a)
		case Break:
			a.turn.idle = r.time.now
			r.ready(a)
		default:
		}
	})
}

// Break sends an agent on break with a reason: at once, or after the call and its wrap-up when the agent is Busy. A ring
// goes on elsewhere. It returns ErrUnknownAgent, and has no effect on an agent who is offline.
func (r *Router) Break(id AgentID, reason string) error {
	return r.with(id, "send on break", func(a *agent) {
		switch a.status.state {
		case Offline:
		case Busy:
			a.conduct.next, a.conduct.reason = Break, reason
		case Reserved:
			r.giveBack(a)
			r.pause(a, reason)
		case WrapUp:
			a.conduct.next, a.conduct.reason = Break, reason
			r.afterWrap(a)
		default:
			r.pause(a, reason)
		}
	})
}

// SetDevice says what is known of an agent's phone. It may come before the agent signs in. A phone that is gone while it
// rings ends the ring; in a talk it changes nothing, see Offer.Lost.
func (r *Router) SetDevice(id AgentID, d Device) {
	r.begin()
	defer r.end()
	a := r.enrol(id)
	if a.device == d {
		return
	}
	a.device = d
	r.emit(Event{Kind: DeviceState, Agent: id, State: a.status.state, Note: d.String()})
	if a.status.state == Reserved && d == DeviceGone {
		r.endRing(a.offer, Unreachable)
	}
	r.settle(a)
}

// giveBack ends the ring of an agent who leaves it.
func (r *Router) giveBack(a *agent) { r.endRing(a.offer, AgentGone) }
