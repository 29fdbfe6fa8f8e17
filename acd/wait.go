package acd

import "context"

// Wait blocks until an agent is reserved for the ticket and returns the Offer, or says why not: ErrClosed, ErrTimeout,
// ErrAskMessage, ErrUnreached, ErrOver, ErrInUse, or the cause of the context's end. When the context ends in the same
// instant as an agent is found, the agent is given back and not blamed.
//
// The place in line is kept until Leave, whatever Wait returns. After an Offer has ended without a talk, call Wait again.
func (r *Router) Wait(ctx context.Context, t *Ticket) (*Offer, error) {
	for {
		if err := t.Present(); err != nil {
			return nil, err
		}
		select {
		case <-t.wake:
		case <-ctx.Done():
		}
		if o, err := t.take(ctx); o != nil || err != nil {
			return o, err
		}
	}
}

// Present lets the ticket be matched, and returns at once. It is the first half of Wait, for programs that drive many
// tickets from one goroutine: they learn of an offer by the event Offered and fetch it with Ringing. Its errors are those
// of Wait.
func (t *Ticket) Present() error {
	t.r.begin()
	defer t.r.end()
	return t.r.present(t)
}

func (r *Router) present(t *Ticket) error {
	switch t.life.stand {
	case idle:
	case over:
		return ErrOver
	default:
		return ErrInUse
	}
	select {
	case <-t.wake: // of an offer that ended before anybody took it
	default:
	}
	t.news = nil
	if err := r.hopeless(t); err != nil {
		return err
	}
	if t.back != nil {
		if r.time.now >= t.back.shuts {
			r.schedule(t, r.time.wall)
		}
		if t.back.due > r.time.now {
			r.park(t)
			return nil
		}
		r.unpark(t)
	}
	t.life.stand = waiting
	r.place(t)
	return nil
}

// hopeless says why waiting on is of no use, or nil.
func (r *Router) hopeless(t *Ticket) error {
	switch {
	case t.back != nil:
		return t.back.end
	case !t.rank.protected && t.line.closed:
		return ErrClosed
	case r.time.now >= t.limit():
		return ErrTimeout
	case t.rank.protected && !t.life.asked && !r.anybody(t):
		t.life.asked = true
		r.alarm(alarmKey{AlarmUnstaffed, string(t.line.name)})
		return ErrAskMessage
	default:
		return nil
	}
}

// forsake ends the present Wait of a caller for whom something was learnt that nobody at work fulfils.
func (r *Router) forsake(t *Ticket) {
	switch {
	case t.back != nil || r.anybody(t):
	case !t.rank.protected:
		r.send(t, ErrNobody)
	case !t.life.asked:
		t.life.asked = true
		r.alarm(alarmKey{AlarmUnstaffed, string(t.line.name)})
		r.send(t, ErrAskMessage)
	}
}

// limit is the end of the longest wait.
func (t *Ticket) limit() moment {
	if t.rank.protected || t.back != nil || t.rules.Times.MaxWait < 0 {
		return never
	}
	return t.life.joined.add(t.rules.Times.MaxWait)
}

// take is the second half of Wait: what has become of the ticket. It returns nothing when an offer came and went.
func (t *Ticket) take(ctx context.Context) (*Offer, error) {
	t.r.begin()
	defer t.r.end()
	switch {
	case ctx.Err() != nil:
		t.r.absent(t)
		return nil, context.Cause(ctx)
	case t.life.stand == ringing:
		return t.offers[0], nil
	case t.life.stand == over:
		return nil, ErrOver
	default:
		return nil, t.news
	}
}

// Ringing is the offer that the ticket has now, nil when it has none. When several phones ring it is the first; see
// Offer.Others.
func (t *Ticket) Ringing() *Offer {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if t.life.stand != ringing {
		return nil
	}
	return t.offers[0]
}

// News is why the last Wait or Present came to its end without an offer: an error of Wait, or nil while the ticket waits
// or rings. It is for programs that use Present; they learn of news by the event Unserved.
func (t *Ticket) News() error {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.news
}

// absent ends a wait or a ring without giving up the place.
func (r *Router) absent(t *Ticket) {
	switch t.life.stand {
	case waiting, parked:
		r.leaveLane(t)
		r.agenda.clear(&t.life.timer)
		t.life.stand = idle
	case ringing:
		r.endRings(t)
	default:
	}
}

// send ends the present Wait of a ticket with news.
func (r *Router) send(t *Ticket, news error) {
	r.absent(t)
	t.news = news
	e := t.event(Unserved)
	e.Wait, e.Note = r.time.now.since(t.life.joined), news.Error()
	r.emit(e)
	t.signal()
}

// signal wakes the goroutine in Wait. One signal is enough: Wait looks at the ticket, not at the signal.
func (t *Ticket) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
