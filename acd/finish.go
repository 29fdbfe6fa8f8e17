package acd

import "time"

// Finish ends the talk: the agent goes to wrap-up and the ticket is over. On an offer that still rings it ends the ring as
// for a caller who left, so that a deferred Finish is right on every path. A callback that was not Reached is Unreached
// instead. Without effect after the end.
func (o *Offer) Finish() {
	o.r.begin()
	defer o.r.end()
	switch o.course.stage {
	case offerRinging:
		o.r.endRing(o, CallerGone)
	case offerTalking:
		switch t := o.Ticket; {
		case t == nil:
			o.r.hangUp(o)
		case t.back != nil && !t.back.reached:
			o.r.unreached(t)
		default:
			o.r.leaveLine(t, Ending{Outcome: Served})
		}
	default:
	}
}

// Lost says that the agent's phone died in mid-talk and the caller is still there. The agent goes to wrap-up with a
// device that is gone. The caller is before everybody of the same class from now on, marked in events; call Wait again.
// Without effect unless the talk is on.
func (o *Offer) Lost() {
	o.r.begin()
	defer o.r.end()
	t := o.Ticket
	if o.course.stage != offerTalking || t == nil {
		return
	}
	o.agent.device = DeviceGone
	o.r.hangUp(o)
	t.offers = t.offers[:0]
	o.r.forgetPromise(t)
	t.back = nil
	t.rank.lost = true
	t.life.stand = idle
	t.life.joined, t.life.ladder = o.r.time.now, o.r.time.now // the talk was no wait
	t.life.tally.Lost++
	t.line.wait.Insert(t)
	t.line.ages.Insert(t)
	e := t.event(Returned)
	e.Agent, e.Note = o.Agent, "lost agent"
	o.r.emit(e)
}

// hangUp ends the talk for the agent.
func (r *Router) hangUp(o *Offer) {
	a, talk := o.agent, r.time.now.since(o.course.began)
	o.end(NoWhy)
	e := o.event(Finished)
	e.Wait = talk
	r.emit(e)
	a.turn.talk += talk
	a.turn.calls++
	danger, rules := o.course.danger, (*rules)(nil)
	if t := o.Ticket; t != nil {
		danger, rules = danger || t.req.Claims&Danger != 0, t.rules
		t.life.tally.Times.Talk += talk
		if t.back != nil {
			t.line.backs.working--
		}
		r.quiet(alarmKey{AlarmUnfit, string(a.ID)})
	}
	if danger {
		a.conduct.crisis++
	} else {
		a.conduct.crisis = 0
	}
	a.conduct.talk, a.conduct.rules = talk, rules
	r.wrapUp(a, danger)
}

// wrapUp begins the agent's notes.
func (r *Router) wrapUp(a *agent, danger bool) {
	limit, long := r.rulings.Wrap, r.rulings.LongWrap
	if rules := a.conduct.rules; rules != nil {
		limit, long = rules.Times.Wrap, rules.Times.LongWrap
	}
	if danger {
		limit = max(limit, long)
	}
	a.conduct.began = r.time.now
	if limit <= 0 || a.conduct.next == Offline {
		r.afterWrap(a)
		return
	}
	r.move(a, WrapUp, "")
	r.agenda.set(&a.timer, r.time.now.add(limit))
	r.settle(a)
}

// afterWrap does what the agent asked for during the call, or makes the agent Ready. After several calls in danger in a
// row the agent rests first, unless a protected caller waits whom the agent may serve now.
func (r *Router) afterWrap(a *agent) {
	r.agenda.clear(&a.timer)
	r.handled(a)
	switch {
	case a.conduct.next == Offline:
		r.leave(a)
	case a.conduct.next == Break:
		r.pause(a, a.conduct.reason)
	case r.rulings.Crisis > 0 && a.conduct.crisis >= r.rulings.Crisis && !r.needed(a):
		a.conduct.crisis = 0
		r.pause(a, ReasonRest)
		r.alarm(alarmKey{AlarmRest, string(a.ID)})
	default:
		r.ready(a)
	}
}

// needed says whether a protected caller waits whom the agent may serve.
func (r *Router) needed(a *agent) bool {
	if a.device != DeviceIdle {
		return false
	}
	t := r.best(a)
	return t != nil && t.rank.protected
}

// handled adds a call and its wrap-up to what is known of the queue's pace.
func (r *Router) handled(a *agent) {
	rules := a.conduct.rules
	if rules == nil {
		return
	}
	wrap := r.time.now.since(a.conduct.began)
	l := r.queues.by[rules.Name]
	l.pace.handled(a.conduct.talk + wrap)
	l.ledger.now(r).Times.Wrap += wrap
	a.conduct.rules = nil
}

// EndWrap ends wrap-up early. It returns ErrUnknownAgent, and has no effect in any other state.
func (r *Router) EndWrap(id AgentID) error {
	return r.with(id, "end wrap-up", func(a *agent) {
		if a.status.state == WrapUp {
			r.afterWrap(a)
		}
	})
}

// ExtendWrap makes wrap-up longer by d, as far as the queue's MaxWrap after its start. It returns ErrUnknownAgent, and has
// no effect in any other state.
func (r *Router) ExtendWrap(id AgentID, d time.Duration) error {
	return r.with(id, "extend wrap-up", func(a *agent) {
		if a.status.state != WrapUp {
			return
		}
		most := 15 * time.Minute
		if a.conduct.rules != nil {
			most = a.conduct.rules.Times.MaxWrap
		}
		r.agenda.set(&a.timer, max(a.timer.at, min(a.timer.at.add(d), a.conduct.began.add(most))))
	})
}
