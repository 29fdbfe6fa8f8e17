package acd

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Shift is the time for which a person is on the roster. It may pass midnight.
type Shift struct {
	Agent    AgentID
	From, To time.Time
	Site     Site
	Facility string  // the detention house or procuratorate that the shift is for; empty for the centre
	Backup   AgentID // who is called when Agent does not come
}

// ErrShift is returned for a shift without an agent, or one that does not end after it begins.
var ErrShift = errors.New("shift is not a time of a person")

// roster are the shifts in force.
type roster []*turnOut

// turnOut is a shift and how far it has come.
type turnOut struct {
	Shift
	stage turnStage
	timer deadline
}

type turnStage uint8

const (
	toCome    turnStage = iota
	begun               // the agent has time to come
	missing             // the alarm is raised
	escalated           // the backup was called
)

func (s Shift) covers(at time.Time) bool { return !at.Before(s.From) && at.Before(s.To) }

func (s Shift) same(t Shift) bool {
	return s.Agent == t.Agent && s.From.Equal(t.From) && s.To.Equal(t.To) && s.Site == t.Site && s.Facility == t.Facility
}

// SetRoster puts shifts in force, all or none. Shifts that go on unchanged are not begun again. The roster signs nobody
// in: the event ShiftStarted says whose time has come, and AlarmNoShow who is absent. It returns an ErrShift for each
// shift that is wrong.
func (r *Router) SetRoster(shifts []Shift) error {
	var faults []error
	for i, s := range shifts {
		if s.Agent == "" || !s.To.After(s.From) {
			faults = append(faults, fmt.Errorf("shift %d: %w", i+1, ErrShift))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("set roster: %w", err)
	}
	r.begin()
	defer r.end()
	old := r.agents.roster
	r.agents.roster = nil
	for _, s := range shifts {
		if !s.To.After(r.time.wall) {
			continue
		}
		t := &turnOut{Shift: s}
		if i := slices.IndexFunc(old, func(o *turnOut) bool { return o.same(s) }); i >= 0 {
			t.stage = old[i].stage
		}
		t.timer.fire = func() { r.turn(t) }
		r.agents.roster = append(r.agents.roster, t)
		r.agenda.set(&t.timer, r.time.at(t.due(r.rulings.NoShow)))
	}
	for _, t := range old {
		r.agenda.clear(&t.timer)
		if t.stage >= missing && !slices.ContainsFunc(r.agents.roster, func(n *turnOut) bool { return n.same(t.Shift) }) {
			r.quiet(alarmKey{AlarmNoShow, string(t.Agent)})
		}
	}
	return nil
}

// due is when the shift is to be looked at next.
func (t *turnOut) due(grace time.Duration) time.Time {
	at := t.To
	switch t.stage {
	case toCome:
		at = t.From
	case begun:
		at = t.From.Add(grace)
	case missing:
		at = t.From.Add(3 * grace)
	default:
	}
	if at.After(t.To) {
		return t.To
	}
	return at
}

// turn is the shift's timer.
func (r *Router) turn(t *turnOut) {
	switch here := r.here(t.Agent); {
	case !t.To.After(r.time.wall):
		r.agents.roster = slices.DeleteFunc(r.agents.roster, func(o *turnOut) bool { return o == t })
		r.quiet(alarmKey{AlarmNoShow, string(t.Agent)})
		r.emit(Event{Kind: ShiftEnded, Agent: t.Agent, Note: t.Site.String()})
		return
	case t.stage == toCome:
		t.stage = begun
		r.emit(Event{Kind: ShiftStarted, Agent: t.Agent, Note: t.Site.String()})
	case here:
		t.stage = escalated
	case t.stage == begun:
		t.stage = missing
		r.alarm(alarmKey{AlarmNoShow, string(t.Agent)})
	default:
		t.stage = escalated
		r.emit(Event{Kind: BackupCalled, Agent: t.Agent, Note: string(t.Backup)})
	}
	r.agenda.set(&t.timer, r.time.at(t.due(r.rulings.NoShow)))
}

// here says whether an agent is signed in.
func (r *Router) here(id AgentID) bool {
	a := r.agents.by[id]
	return a != nil && a.status.state != Offline
}

// arrived notes that an agent has signed in: the shift is no longer missed.
func (r *Router) arrived(a *agent) { r.quiet(alarmKey{AlarmNoShow, string(a.ID)}) }

// OnDuty lists the shifts that go on now, in the order of the roster.
func (r *Router) OnDuty() []Shift {
	r.begin()
	defer r.end()
	return r.onDuty()
}

func (r *Router) onDuty() []Shift {
	var now []Shift
	for _, t := range r.agents.roster {
		if t.covers(r.time.wall) {
			now = append(now, t.Shift)
		}
	}
	return now
}
