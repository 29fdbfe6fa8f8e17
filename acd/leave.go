package acd

// Leave gives up the ticket's place. The ending is counted at once, and once only: what was counted before, such as a talk
// or a callback that was taken, stands. A ring for the ticket ends and its agent is not blamed; a talk ends as by Finish.
// Without effect when the ticket is over.
func (t *Ticket) Leave(e Ending) {
	t.r.begin()
	defer t.r.end()
	t.r.leaveLine(t, e)
}

func (r *Router) leaveLine(t *Ticket, e Ending) {
	if t.life.stand == over {
		return
	}
	rings := t.life.stand == ringing || t.life.rung
	if t.life.stand == talking {
		r.hangUp(t.offers[0])
	} else {
		r.absent(t)
	}
	left := t.event(Left)
	left.Outcome, left.Stage = e.Outcome, t.stage(rings)
	left.Wait = r.time.now.since(t.life.joined)
	if e.Key != 0 {
		left.Note = string(e.Key)
	}
	r.emit(left)
	r.count(t, e, rings)
	if e.Outcome == Abandoned {
		r.remember(t)
	}
	r.over(t)
}

// stage is where the ticket is now.
func (t *Ticket) stage(rings bool) Stage {
	switch {
	case t.back != nil:
		return InCallback
	case t.life.stand == talking:
		return InTalk
	case rings:
		return InRinging
	default:
		return InQueue
	}
}

// count counts the outcome of a visit, the first one that there is.
func (r *Router) count(t *Ticket, e Ending, rings bool) {
	if t.life.ended {
		return
	}
	t.life.ended = true
	t.life.tally.end(e, r.time.now.since(t.life.joined), t.rules.Times.Short, rings)
}

// answered counts a caller whom an agent has taken.
func (r *Router) answered(t *Ticket, o *Offer) {
	r.count(t, Ending{Outcome: Served}, false)
	r.waitOver(t.line, t)
	t.line.pace.served(r.time.now, t.line.wait.Len() > 0)
	e := o.event(Answered)
	e.Wait = r.time.now.since(t.life.joined)
	r.emit(e)
}

// waitOver takes a ticket out of those whose wait is going on. When it was the last, there is no long wait any more.
func (r *Router) waitOver(l *line, t *Ticket) {
	l.ages.Delete(t)
	if l.ages.Len() == 0 {
		r.quiet(alarmKey{AlarmLongWait, string(l.name)})
	}
}

// over ends the ticket's life.
func (r *Router) over(t *Ticket) {
	r.agenda.clear(&t.life.timer)
	t.line.wait.Delete(t)
	r.waitOver(t.line, t)
	r.forgetPromise(t)
	t.life.stand = over
	t.offers = nil
	delete(r.tickets.by, t.rank.id)
	t.signal()
}

// LeftEarly counts a caller who hung up before entering any queue, in the greeting or the menu.
func (r *Router) LeftEarly(at Stage) {
	r.begin()
	defer r.end()
	r.tickets.early[at]++
}

// Ticket finds a ticket that is not over, for supervisors who know its number.
func (r *Router) Ticket(id TicketID) (*Ticket, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tickets.by[id]
	if t == nil {
		return nil, ErrUnknownTicket
	}
	return t, nil
}
