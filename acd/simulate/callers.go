package simulate

import (
	"errors"
	"math/rand/v2"
	"time"

	"hotline/acd"
)

// arrivals is one stream on its way through the days.
type arrivals struct {
	*Stream
	at     time.Time
	random *rand.Rand
}

// halfHour is the half-hour of the day that a time falls into, and the time since it began.
func halfHour(at time.Time) (half int, since time.Duration) {
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
	return int(clock / HalfHour), clock % HalfHour
}

// next moves to the time of the next call; false when no more come before the end.
func (a *arrivals) next(end time.Time) bool {
	left := a.random.ExpFloat64() // of the expected number of calls
	for a.at.Before(end) {
		half, since := halfHour(a.at)
		rate, rest := a.perHour(half, a.at.Weekday()), HalfHour-since
		expected := rate * rest.Hours()
		if expected >= left {
			a.at = a.at.Add(time.Duration(left / rate * float64(time.Hour)))
			return a.at.Before(end)
		}
		left -= expected
		a.at = a.at.Add(rest)
	}
	return false
}

// draw makes the call that arrives now.
func (a *arrivals) draw() *call {
	c := &call{must: a.Must, Call: Call{At: a.at, Queue: a.Queue, Claims: a.Claims, Talk: a.Talk.Draw(a.random)}}
	if a.Wrap != nil {
		c.Wrap = a.Wrap.Draw(a.random)
	}
	if a.Patience != nil {
		c.Patience = max(1, a.Patience.Draw(a.random))
	}
	return c
}

// arrive plans the next call of a stream, and after it the one that follows.
func (f *floor) arrive(a *arrivals) {
	if !a.next(f.ends) {
		return
	}
	c := a.draw()
	f.tasks.plan(a.at, func() {
		f.dial(c)
		f.arrive(a)
	})
}

// dial lets a caller join the queue.
func (f *floor) dial(c *call) {
	t, err := f.router.Join(acd.Request{Queue: c.Queue, Claims: c.Claims, Must: c.must})
	if err != nil {
		f.book.refuse(c)
		return
	}
	c.ticket = t
	f.calls[t.ID()] = c
	if c.Patience > 0 {
		f.tasks.plan(f.clock.now.Add(c.Patience), func() { f.giveUp(c) })
	}
	f.present(c)
}

// present lets a caller wait. One who is asked for a message waits on instead, one who is sent away goes.
func (f *floor) present(c *call) {
	err := c.ticket.Present()
	if errors.Is(err, acd.ErrAskMessage) {
		err = c.ticket.Present()
	}
	if err != nil {
		f.leave(c, acd.Dismissed)
	}
}

// giveUp is the end of a caller's patience.
func (f *floor) giveUp(c *call) {
	if !c.gone {
		f.leave(c, acd.Abandoned)
	}
}

func (f *floor) leave(c *call, outcome acd.Outcome) {
	c.gone = true
	c.ticket.Leave(acd.Ending{Outcome: outcome})
}

// hear is the Router's observer. What it leads to is planned and not done, for the Router is in the middle of something.
func (f *floor) hear(e acd.Event) {
	switch e.Kind {
	case acd.Offered:
		f.tasks.plan(f.clock.now.Add(f.workers[e.Agent].staff.Answer), func() { f.answer(e.Ticket, e.Agent) })
	case acd.OfferEnded, acd.Unserved:
		f.tasks.plan(f.clock.now, func() { f.again(e.Ticket) })
	case acd.Left:
		delete(f.calls, e.Ticket)
	case acd.AgentState:
		f.book.agent(e)
	default:
	}
}

// again lets a caller wait who was rung for in vain, or acts on the news.
func (f *floor) again(id acd.TicketID) {
	c := f.calls[id]
	if c == nil || c.gone || c.ticket.Ringing() != nil {
		return
	}
	if err := c.ticket.News(); err != nil && !errors.Is(err, acd.ErrAskMessage) {
		f.leave(c, acd.Dismissed)
		return
	}
	if err := c.ticket.Present(); err != nil && !errors.Is(err, acd.ErrInUse) {
		f.present(c)
	}
}

// answer is a counselor who picks up the phone.
func (f *floor) answer(id acd.TicketID, agent acd.AgentID) {
	c := f.calls[id]
	if c == nil {
		return
	}
	for o := range ringing(c.ticket) {
		if o.Agent == agent && o.Accept() == nil {
			c.gone = true // from the line
			f.tasks.plan(f.clock.now.Add(c.Talk), func() { f.finish(c, o) })
			return
		}
	}
}

// ringing yields the phones that ring for a ticket.
func ringing(t *acd.Ticket) func(func(*acd.Offer) bool) {
	return func(yield func(*acd.Offer) bool) {
		first := t.Ringing()
		if first == nil || !yield(first) {
			return
		}
		for _, o := range first.Others() {
			if !yield(o) {
				return
			}
		}
	}
}

// finish ends a talk, and plans the end of the wrap-up.
func (f *floor) finish(c *call, o *acd.Offer) {
	w := f.workers[o.Agent]
	w.wraps++
	wrap := w.wraps
	o.Finish()
	f.must(f.router.ExtendWrap(o.Agent, c.Wrap)) // beyond the queue's own limit when it is longer
	f.tasks.plan(f.clock.now.Add(c.Wrap), func() {
		if w.wraps == wrap {
			f.must(f.router.EndWrap(o.Agent))
		}
	})
}
