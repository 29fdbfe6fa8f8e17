package acd

import (
	"fmt"
	"slices"
	"time"
)

// Duty is a caller for whom people on duty are to be rung outside the queues: after hours, or on the line of a facility.
type Duty struct {
	Facility string
	Claims   Claims
	Must     Must
}

// Plan is the ladder of people to ring for a Duty, one rung after another until somebody accepts. After the last rung the
// caller leaves a message and the manager is told.
type Plan struct {
	Rungs []Rung
}

// Rung is one step of a Plan: reserve Agent with Router.Reserve, ring, and go on when that fails.
type Rung struct {
	Agent AgentID
	Site  Site
	Ring  time.Duration // how long the phone rings
	// Accept is how long the person who answers has to press 1. It is 0 for a seat, where answering is enough; a voicemail
	// can never take a call.
	Accept time.Duration
}

const (
	dutyRing   = 20 * time.Second
	dutyAccept = 8 * time.Second
	dutyMost   = 3 // people on duty before the supervisors
)

// Plan makes the ladder for a caller now: those whose shift is for the facility, then the pool of duty mobiles in the order
// of the roster with their backups, three people at most; then the supervisors. Only people are named who are available
// and hold what the caller must have: for a minor that never relaxes. It returns ErrTraits.
func (r *Router) Plan(d Duty) (Plan, error) {
	r.begin()
	defer r.end()
	var first, pool, backups, supervisors []AgentID
	for _, s := range r.onDuty() {
		switch {
		case s.Facility != "" && s.Facility == d.Facility:
			first = append(first, s.Agent)
		case s.Facility == "" && s.Site == Mobile:
			pool = append(pool, s.Agent)
		default:
			continue
		}
		backups = append(backups, s.Backup)
	}
	for _, a := range r.agents.roll {
		if a.Site == Supervisor {
			supervisors = append(supervisors, a.ID)
		}
	}
	people, err := r.fitting(d, slices.Concat(first, pool, backups))
	if err != nil {
		return Plan{}, fmt.Errorf("plan duty: %w", err)
	}
	bosses, err := r.fitting(d, supervisors)
	if err != nil {
		return Plan{}, fmt.Errorf("plan duty: %w", err)
	}
	people = people[:min(len(people), dutyMost)]
	bosses = slices.DeleteFunc(bosses, func(b Rung) bool { return slices.Contains(people, b) })
	return Plan{Rungs: slices.Concat(people, bosses)}, nil
}

// fitting makes rungs of those who are available and fit, each once.
func (r *Router) fitting(d Duty, people []AgentID) ([]Rung, error) {
	var rungs []Rung
	for i, id := range people {
		a := r.agents.by[id]
		if a == nil || a.status.state != Ready || a.device != DeviceIdle || slices.Contains(people[:i], id) {
			continue
		}
		fit, err := r.holds(a, Direct{Claims: d.Claims, Must: d.Must})
		if err != nil {
			return nil, err
		}
		if !fit {
			continue
		}
		rung := Rung{Agent: id, Site: a.Site, Ring: dutyRing}
		if a.Site == Mobile {
			rung.Accept = dutyAccept
		}
		rungs = append(rungs, rung)
	}
	return rungs, nil
}
