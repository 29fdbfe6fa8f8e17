package acd

import (
	"errors"
	"slices"
	"time"
)

// ErrUnreached is returned by Wait for a callback whose tries are used up. Leave the ticket.
var ErrUnreached = errors.New("callback did not reach the caller")

// ErrNoCallback is returned when a ticket is not that of a callback with an agent.
var ErrNoCallback = errors.New("no callback is being made")

// Promise is a callback that the centre has promised.
type Promise struct {
	// Windows are the times of day at which the caller may be called; none means those of the queue.
	Windows []Window
	// Tries is how often the caller was called already, for a promise kept over a restart.
	Tries int
	// Due is the earliest time of the next try; zero is as soon as it is the caller's turn.
	Due time.Time
}

// callback is a ticket whose caller has hung up and is called when it is the caller's turn: an agent first, then the
// caller, so that there are never more calls than agents who are free. It keeps the order of all callers.
type callback struct {
	promise Promise
	tries   int
	due     moment // not before
	shuts   moment // end of the window that due falls into
	reached bool
	end     error
}

// Callback turns the ticket into a callback: the caller hangs up and keeps the place. The visit is counted as Callback. It
// returns the ticket to Wait for from now on: when the person has a callback in the queue already the two become one, that
// one's ticket is returned, with the better of both places, and this ticket is over. It returns ErrOver and ErrInUse.
func (t *Ticket) Callback(p Promise) (*Ticket, error) {
	r := t.r
	r.begin()
	defer r.end()
	switch {
	case t.life.stand == over:
		return nil, ErrOver
	case t.life.stand != idle || t.back != nil:
		return nil, ErrInUse
	}
	if key, ok := t.known(); ok {
		if other := r.tickets.promised[key]; other != nil {
			r.merge(t, other)
			return other, nil
		}
	}
	r.promise(t, p, "")
	return t, nil
}

// promise makes a callback of a ticket. The note is "kept" for one that was promised before the ticket joined.
func (r *Router) promise(t *Ticket, p Promise, note string) {
	p.Windows = slices.Clone(p.Windows)
	t.back = &callback{promise: p, tries: p.Tries}
	r.count(t, Ending{Outcome: Callback}, false)
	r.waitOver(t.line, t)
	t.line.backs.pending++
	if key, ok := t.known(); ok {
		r.tickets.promised[key] = t
	}
	at := r.time.wall
	if p.Due.After(at) {
		at = p.Due
	}
	r.schedule(t, at)
	e := t.event(CallbackTaken)
	e.Note = note
	r.emit(e)
}

// merge makes one of two callbacks for the same person.
func (r *Router) merge(t, other *Ticket) {
	r.count(t, Ending{Outcome: Callback}, false)
	t.life.tally.Backs.Merged++
	e := t.event(CallbackTaken)
	e.Note = "merged"
	r.emit(e)
	if t.rank.start < other.rank.start {
		start := t.rank.start
		other.rerank(func(k *rank) { k.start = start })
	}
	r.leaveLine(t, Ending{Outcome: Callback})
}

// forgetPromise drops a callback that is over.
func (r *Router) forgetPromise(t *Ticket) {
	if t.back == nil {
		return
	}
	t.line.backs.pending--
	if key, ok := t.known(); ok && r.tickets.promised[key] == t {
		delete(r.tickets.promised, key)
	}
}

// schedule sets the callback's next try to the first time from at on that falls into one of its windows.
func (r *Router) schedule(t *Ticket, at time.Time) {
	opens, shuts := t.window(at)
	t.back.due, t.back.shuts = r.time.at(opens), r.time.at(shuts)
}

// window is the first time from at on at which the caller may be called.
func (t *Ticket) window(at time.Time) (opens, shuts time.Time) {
	windows := t.back.promise.Windows
	if len(windows) == 0 {
		windows = []Window{t.retries().Window}
	}
	return within(windows, at.In(t.r.time.zone))
}

// retries is when the caller is called again: who is in danger soon, and at any time of the day.
func (t *Ticket) retries() CallbackRule {
	rule := t.rules.Callback
	if t.req.Claims&Danger != 0 {
		rule.Retries = []time.Duration{dangerRetry, dangerRetry, dangerRetry}
		rule.Window, rule.Morning = Window{To: day}, -1
	}
	return rule
}

// dangerRetry is when somebody in danger who was not reached is called again, three times.
const dangerRetry = 5 * time.Minute

// Again tells when a callback will be tried again if the present try does not reach the caller, and false when it is the
// last, or the ticket is none.
func (t *Ticket) Again() (time.Time, bool) {
	t.r.begin()
	defer t.r.end()
	if t.back == nil {
		return time.Time{}, false
	}
	next, ok := t.retries().next(t.back.tries+1, t.r.time.wall.In(t.r.time.zone))
	if !ok {
		return time.Time{}, false
	}
	opens, _ := t.window(next)
	return opens, true
}

// park puts a callback aside until its time has come.
func (r *Router) park(t *Ticket) {
	t.life.stand = parked
	t.line.wait.Delete(t)
	r.agenda.set(&t.life.timer, t.back.due)
}

// unpark puts a callback that may have been parked in line again.
func (r *Router) unpark(t *Ticket) {
	t.line.wait.Delete(t)
	t.line.wait.Insert(t)
}

// Reached says that the caller has answered a callback and been joined to the agent. It returns ErrNoCallback unless an
// agent has accepted the callback.
func (t *Ticket) Reached() error {
	r := t.r
	r.begin()
	defer r.end()
	if t.back == nil || t.life.stand != talking {
		return ErrNoCallback
	}
	if t.back.reached {
		return nil
	}
	t.back.reached = true
	t.life.tally.Backs.Reached++
	e := t.offers[0].event(Answered)
	e.Wait = r.time.now.since(t.life.joined)
	r.emit(e)
	return nil
}

// Unreached says that the caller did not answer a callback, or not in person. The agent is free again at once. The next
// try is at next; the place is kept, and Wait waits for that time. When there is no next try, next is zero and Wait
// returns ErrUnreached. It returns ErrNoCallback unless an agent was reserved for the callback.
func (t *Ticket) Unreached() (next time.Time, err error) {
	r := t.r
	r.begin()
	defer r.end()
	if t.back == nil || t.back.reached || t.life.stand != ringing && t.life.stand != talking {
		return time.Time{}, ErrNoCallback
	}
	r.unreached(t)
	if t.back.end != nil {
		return time.Time{}, nil
	}
	return r.time.wallAt(t.back.due), nil
}

func (r *Router) unreached(t *Ticket) {
	if t.life.stand == talking {
		r.dropDial(t)
	} else {
		r.endRings(t)
	}
	t.line.wait.Delete(t)
	t.back.tries++
	t.life.tally.Backs.Missed++
	e := t.event(CallbackMissed)
	next, ok := t.retries().next(t.back.tries, r.time.wall.In(r.time.zone))
	if ok {
		r.schedule(t, next)
		e.Wait = t.back.due.since(r.time.now)
	} else {
		t.back.end = ErrUnreached
		t.life.tally.Backs.Unreached++
	}
	r.emit(e)
}

// dropDial frees an agent who accepted a callback that did not reach the caller. There is nothing to wrap up.
func (r *Router) dropDial(t *Ticket) {
	o := t.offers[0]
	t.offers = t.offers[:0]
	t.line.backs.working--
	t.life.stand = idle
	o.end(CallerGone)
	e := o.event(OfferEnded)
	e.Why, e.Wait = CallerGone, r.time.now.since(o.course.began)
	r.emit(e)
	o.agent.conduct.rules = nil
	r.afterWrap(o.agent)
}

// next is the time of the try after so many, false when there is none.
func (c CallbackRule) next(tries int, now time.Time) (time.Time, bool) {
	if tries <= len(c.Retries) {
		return now.Add(c.Retries[tries-1]), true
	}
	if tries > len(c.Retries)+1 || c.Morning < 0 {
		return time.Time{}, false
	}
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).Add(c.Morning), true
}
