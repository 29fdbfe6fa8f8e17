package acd

import (
	"slices"
	"time"
)

// Why says how a ring ended without a talk.
type Why uint8

// The ends of a ring.
const (
	NoWhy       Why = iota
	NoAnswer        // the phone rang as long as it may
	DeviceBusy      // the phone was in use
	Declined        // the agent refused
	Unreachable     // nothing was heard from the phone
	CallerGone      // the caller left or stopped waiting
	Elsewhere       // another agent took the caller
	AgentGone       // the agent signed out or went on break
	Unfit           // what was learnt of the caller, or a date, takes the agent out of the circle
)

// String names the end in lower case, as filed.
func (w Why) String() string {
	return [...]string{
		"", "no-answer", "busy", "declined", "unreachable", "caller-gone", "elsewhere", "agent-gone", "unfit",
	}[w]
}

// EndedError is returned by Accept for an offer that has ended already.
type EndedError struct{ Why Why }

// Error says how the offer ended.
func (e *EndedError) Error() string {
	if e.Why == NoWhy {
		return "accept offer: talk is over"
	}
	return "accept offer: ended: " + e.Why.String()
}

// Offer is an agent who is reserved for a caller, then in a talk with the caller. It ends on every path: by Decline or
// Finish; by the ring limit, which is the Router's own timer; and when the caller or the agent is gone.
type Offer struct {
	// Agent is whose phone is to be rung, at Site.
	Agent AgentID
	Site  Site
	// Contact is the call it is about; Ticket is nil when the agent was reserved without one.
	Contact ContactID
	Ticket  *Ticket

	r      *Router
	agent  *agent
	course course
	asked  Direct   // of an offer without a ticket
	group  []*Offer // all that ring for the ticket at once, nil when there is one
	done   chan struct{}
	expiry deadline
}

// course is how far an offer has come.
type course struct {
	stage  offerStage
	began  moment // ring, then talk
	why    Why
	danger bool // a direct call in danger; of a ticket the claims tell
}

type offerStage uint8

const (
	offerRinging offerStage = iota
	offerTalking
	offerDone
)

// pair reserves an agent for a ticket, and more agents when the queue rings several at once.
func (r *Router) pair(t *Ticket, l *lane, first *agent) {
	r.leaveLane(t)
	r.agenda.clear(&t.life.timer)
	t.life.stand = ringing
	t.line.wait.Delete(t)
	t.offers = append(t.offers[:0], r.reserve(first, t, t.req.Contact, t.rules.Times.Ring))
	for len(t.offers) < t.rules.Several && t.back == nil {
		a := r.pick(l, t)
		if a == nil {
			break
		}
		t.offers = append(t.offers, r.reserve(a, t, t.req.Contact, t.rules.Times.Ring))
	}
	if len(t.offers) > 1 {
		group := slices.Clone(t.offers)
		for _, o := range group {
			o.group = group
		}
	}
	if t.back != nil {
		t.line.backs.working++
	}
	t.signal()
}

// reserve makes an agent Reserved and returns the offer.
func (r *Router) reserve(a *agent, t *Ticket, contact ContactID, ring time.Duration) *Offer {
	o := &Offer{Agent: a.ID, Site: a.Site, Contact: contact, Ticket: t, r: r, agent: a, course: course{began: r.time.now}, done: make(chan struct{})}
	o.expiry.fire = func() { r.endRing(o, NoAnswer) }
	r.agenda.set(&o.expiry, r.time.now.add(ring))
	r.agents.rung++
	r.unfile(a)
	a.turn.rung = r.agents.rung
	a.offer = o
	r.move(a, Reserved, string(contact))
	r.emit(o.event(Offered))
	return o
}

func (o *Offer) event(kind EventKind) Event {
	e := Event{Kind: kind, Contact: o.Contact, Agent: o.Agent}
	if o.Ticket != nil {
		e = o.Ticket.event(kind)
		e.Agent = o.Agent
	}
	return e
}

// Others are the offers that ring for the same caller at the same time: the first to Accept wins, the rest end with
// Elsewhere.
func (o *Offer) Others() []*Offer {
	o.r.mu.Lock()
	defer o.r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.group), func(other *Offer) bool { return other == o })
}

// Done is closed when the offer has ended, whoever ended it: the side that rings the phone stops ringing then.
func (o *Offer) Done() <-chan struct{} { return o.done }

// Why says how the offer ended when there was no talk. It is NoWhy before the end and after a talk.
func (o *Offer) Why() Why {
	o.r.mu.Lock()
	defer o.r.mu.Unlock()
	return o.course.why
}

// Accept is the claim on the caller, made when the agent's audio is joined; for a callback, when the agent has taken it and
// the caller is to be dialled. It returns nil for the one winner, and then
// Finish must follow; else an *EndedError that says why the offer has ended. To accept twice is harmless.
func (o *Offer) Accept() error {
	o.r.begin()
	defer o.r.end()
	switch {
	case o.course.stage == offerTalking:
		return nil
	case o.course.stage == offerDone:
		return &EndedError{o.course.why}
	case o.Ticket != nil && !o.r.qualified(o.agent, o.Ticket):
		o.r.endRing(o, Unfit)
		return &EndedError{Unfit}
	}
	o.r.accept(o)
	return nil
}

// accept begins the talk.
func (r *Router) accept(o *Offer) {
	a, now := o.agent, r.time.now
	r.agenda.clear(&o.expiry)
	o.course.stage = offerTalking
	a.conduct.misses = 0
	if t := o.Ticket; t != nil {
		for _, other := range t.offers {
			if other != o {
				r.release(other, Elsewhere)
			}
		}
		t.offers = append(t.offers[:0], o)
		t.life.stand = talking
		if t.back == nil {
			r.answered(t, o)
		}
	}
	o.course.began = now
	r.move(a, Busy, string(o.Contact))
}

// Decline ends a ring without a talk: the caller keeps the place, and Wait is to be called again. What it means for the
// agent depends on why: a caller who left does not count against the agent. AgentGone is the Router's to say, by SignOut and
// Break, and is taken as Declined. Without effect after the end.
func (o *Offer) Decline(why Why) {
	o.r.begin()
	defer o.r.end()
	if why == AgentGone || why == NoWhy {
		why = Declined
	}
	if o.course.stage == offerRinging {
		o.r.endRing(o, why)
	}
}

// endRing ends one ring. When it was the ticket's last, the ticket is back in its place.
func (r *Router) endRing(o *Offer, why Why) {
	t := o.Ticket
	if t != nil {
		t.offers = slices.DeleteFunc(t.offers, func(other *Offer) bool { return other == o })
		if len(t.offers) == 0 {
			r.unring(t)
			t.life.rung = why == CallerGone
		}
	}
	r.release(o, why)
}

// endRings ends all rings of a ticket whose caller is gone.
func (r *Router) endRings(t *Ticket) {
	offers := slices.Clone(t.offers)
	t.offers = t.offers[:0]
	r.unring(t)
	for _, o := range offers {
		r.release(o, CallerGone)
	}
}

// unring puts a ticket that no phone rings for any more back in its place.
func (r *Router) unring(t *Ticket) {
	t.life.stand = idle
	t.line.wait.Insert(t)
	if t.back != nil {
		t.line.backs.working--
	}
}

// release gives back the agent of a ring that ended without a talk.
func (r *Router) release(o *Offer, why Why) {
	o.end(why)
	e := o.event(OfferEnded)
	e.Why, e.Wait = why, r.time.now.since(o.course.began)
	r.emit(e)
	r.blame(o, why)
}

// end closes the offer for good.
func (o *Offer) end(why Why) {
	o.r.agenda.clear(&o.expiry)
	o.course.stage, o.course.why = offerDone, why
	o.agent.offer = nil
	close(o.done)
}
