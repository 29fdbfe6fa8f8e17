package acd

import "time"

// due is when the ticket's lane is to be looked at again.
func (t *Ticket) due(waited time.Duration) moment {
	at := t.limit()
	if t.back != nil {
		at = t.back.shuts
	}
	if next := t.bound(waited); next > 0 {
		at = min(at, t.life.ladder.add(next))
	}
	return at
}

// step is the ticket's timer: a callback's time has come, the wait is over, or the circle of agents widens.
func (r *Router) step(t *Ticket) {
	switch t.life.stand {
	case parked:
		r.unpark(t)
		t.life.stand = waiting
		r.place(t)
	case waiting:
		r.widen(t)
	default:
	}
}

// widen looks again at the lane of a waiting ticket.
func (r *Router) widen(t *Ticket) {
	waited := r.time.now.since(t.life.ladder)
	switch {
	case r.time.now >= t.limit():
		r.send(t, ErrTimeout)
	case t.back != nil && r.time.now >= t.back.shuts:
		r.leaveLane(t)
		r.schedule(t, r.time.wall)
		r.park(t)
	case r.takeSteps(t, waited) && t.back == nil:
		r.send(t, ErrAskMessage)
	case t.lane.key == t.key(waited):
		r.agenda.set(&t.life.timer, t.due(waited))
	default:
		r.leaveLane(t)
		r.place(t)
	}
}

// takeSteps reports the steps of the ladder that a wait has come to and raises their alarms. It says whether one of them
// asks for a message.
func (r *Router) takeSteps(t *Ticket, waited time.Duration) (message bool) {
	for steps := t.rules.step(waited); t.life.stage < steps; t.life.stage++ {
		step := &t.rules.Ladder[t.life.stage]
		e := t.event(Widened)
		e.Wait = step.After
		r.emit(e)
		if step.Alarm {
			r.alarm(alarmKey{AlarmLongWait, string(t.line.name)})
		}
		message = message || step.Message
	}
	return message
}
