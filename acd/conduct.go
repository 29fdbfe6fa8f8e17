package acd

import "time"

// move changes an agent's state by the table, and reports it. The callers see to it that the table allows the change.
func (r *Router) move(a *agent, to State, reason string) {
	if !follows[a.status.state].has(to) {
		panic("acd: no way from " + a.status.state.String() + " to " + to.String())
	}
	a.status = status{state: to, since: r.time.now, reason: reason}
	r.emit(Event{Kind: AgentState, Agent: a.ID, State: to, Note: reason})
}

// ready makes an agent Ready and looks for a caller.
func (r *Router) ready(a *agent) {
	r.move(a, Ready, "")
	r.quiet(alarmKey{AlarmMissed, string(a.ID)})
	r.quiet(alarmKey{AlarmRest, string(a.ID)})
	r.settle(a)
}

// pause sends an agent on break.
func (r *Router) pause(a *agent, reason string) {
	a.conduct.next = Ready
	r.agenda.clear(&a.timer)
	if a.status.state == Break {
		a.status.reason = reason
		r.emit(Event{Kind: AgentState, Agent: a.ID, State: Break, Note: reason})
		return
	}
	r.move(a, Break, reason)
	r.settle(a)
}

// leave takes an agent offline.
func (r *Router) leave(a *agent) {
	r.agenda.clear(&a.timer)
	r.handled(a)
	r.move(a, Offline, "")
	r.settle(a)
	r.quiet(alarmKey{AlarmMissed, string(a.ID)})
	r.quiet(alarmKey{AlarmRest, string(a.ID)})
}

// blame says what the end of a ring means for its agent, by why it ended. Who is asked whether a callback suits, and says
// no, has missed nothing.
func (r *Router) blame(o *Offer, why Why) {
	var wait time.Duration
	a, missed := o.agent, true
	switch why {
	case NoAnswer:
		wait = r.rulings.NoAnswer
	case Declined:
		wait, missed = r.rulings.Declined, o.Ticket == nil || o.Ticket.back == nil
	case Unreachable:
		wait = r.rulings.Unreachable
	case DeviceBusy:
		wait, missed = r.rulings.Busy, false
	default:
		missed = false
	}
	if missed {
		a.conduct.misses++
	}
	if wait > 0 {
		a.turn.idle = r.time.now
		a.conduct.pause = r.time.now.add(wait)
	}
	switch {
	case why == AgentGone: // whoever gave the agent back says where the agent goes
	case r.rulings.Misses > 0 && a.conduct.misses >= r.rulings.Misses:
		a.conduct.misses = 0
		r.pause(a, ReasonMissed)
		r.alarm(alarmKey{AlarmMissed, string(a.ID)})
	default:
		r.ready(a)
	}
}

// timeUp is the agent's timer: wrap-up or a pause is over.
func (r *Router) timeUp(a *agent) {
	if a.status.state == WrapUp {
		r.afterWrap(a)
		return
	}
	r.settle(a)
}

// settle makes the lanes agree with the agent's state after any change of it, and finds a caller for an agent who has
// become available.
func (r *Router) settle(a *agent) {
	if now := a.atWork(); now != a.working {
		a.working = now
		for _, l := range a.lanes {
			r.staff(l, now)
		}
	}
	if !a.available(r.time.now) {
		r.unfile(a)
		if a.status.state == Ready && a.conduct.pause > r.time.now {
			r.agenda.set(&a.timer, a.conduct.pause)
		}
		return
	}
	if a.can.expires <= r.time.now {
		r.requalify(a)
		return
	}
	if !a.filed {
		r.seek(a)
	}
}

// staff counts an agent in or out of the people at work for a lane.
func (r *Router) staff(l *lane, in bool) {
	if in {
		l.staff++
	} else {
		l.staff--
	}
	if l.watch != nil && l.watch.rules != nil {
		r.staffed(l.watch)
	}
}

// assess works out what a person holds now, and when that ends.
func (r *Router) assess(who Agent) (ability, error) {
	can := ability{expires: never}
	x := r.rulings.lexicon
	held, err := union(x, traitLanguage, who.Languages)
	if who.District != "" && err == nil {
		var bit traits
		bit, err = x.bit(traitDistrict, string(who.District))
		held |= bit
	}
	if who.Woman && err == nil {
		var bit traits
		bit, err = x.bit(traitWoman, "")
		held |= bit
	}
	for _, s := range who.Skills {
		bit, err := x.bit(traitQualification, string(s.Name))
		if err != nil {
			return can, err
		}
		ends := r.time.at(s.Expires)
		if ends <= r.time.now {
			continue
		}
		can.expires = min(can.expires, ends)
		for l := 1; l <= min(max(s.Level, 1), levels); l++ {
			can.held[l] |= bit
		}
	}
	can.held[1] |= held
	return can, err
}

// requalify takes an agent's abilities as they are now, and changes its lanes accordingly.
func (r *Router) requalify(a *agent) {
	r.unfile(a)
	can, err := r.assess(a.Agent)
	if err != nil {
		return // SignIn has named all of it before, so there is a bit for each
	}
	a.can.held, a.can.expires = can.held, can.expires
	r.agenda.set(&a.can.expiry, can.expires)
	for _, l := range a.lanes {
		if a.working {
			r.staff(l, false)
		}
	}
	a.lanes = a.lanes[:0]
	for _, l := range r.lanes.by {
		r.fit(a, l)
	}
	r.settle(a)
}

// qualified says whether an agent holds, at this instant, what a ticket must have.
func (r *Router) qualified(a *agent, t *Ticket) bool {
	if a.can.expires <= r.time.now {
		r.requalify(a)
	}
	return a.can.held[1].has(t.want.all) && !t.want.must.Bars(a.ID)
}
