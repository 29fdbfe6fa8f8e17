package event

import "time"

// Enqueued says that the caller began to wait in a human queue. A caller in a
// minors queue is a minor from here on.
type Enqueued struct {
	Queue    string
	Place    int // 1 is next
	Priority int // head start in seconds
}

// Kind is KindEnqueued.
func (*Enqueued) Kind() Kind { return KindEnqueued }

func (e *Enqueued) fields(c *codec) {
	c.text("queue", &e.Queue)
	count(c, "place", &e.Place)
	count(c, "priority", &e.Priority)
}

// LeaveReason is why a caller left a queue without having been connected.
type LeaveReason string

// The reasons to leave a queue.
const (
	LeaveGone     LeaveReason = "gone"     // hung up
	LeaveKey      LeaveReason = "key"      // pressed the way out
	LeaveTimeout  LeaveReason = "timeout"  // waited the longest the queue allows
	LeaveClosed   LeaveReason = "closed"   // nobody signed in any more
	LeaveFull     LeaveReason = "full"     // never got in
	LeaveCallback LeaveReason = "callback" // took a callback
	LeaveMessage  LeaveReason = "message"  // went to leave a message
	LeaveMoved    LeaveReason = "moved"    // to another queue
	LeaveStopped  LeaveReason = "stopped"  // the service was stopped
)

// LeaveReasons lists the reasons; their places are written in the journal.
func LeaveReasons() []LeaveReason {
	return []LeaveReason{
		LeaveGone, LeaveKey, LeaveTimeout, LeaveClosed, LeaveFull, LeaveCallback, LeaveMessage, LeaveMoved, LeaveStopped,
	}
}

// Dequeued says that the caller left a queue without having been connected.
type Dequeued struct {
	Queue  string
	Why    LeaveReason
	Waited time.Duration
}

// Kind is KindDequeued.
func (*Dequeued) Kind() Kind { return KindDequeued }

func (e *Dequeued) fields(c *codec) {
	c.text("queue", &e.Queue)
	choice(c, "why", &e.Why, LeaveReasons())
	c.span("waited_ms", &e.Waited)
}

// Offered says that a counselor was reserved for the caller and is being rung.
type Offered struct {
	Offer     int // counted from 1 within the contact
	Queue     string
	Extension string
	Leg       int // 0 until the phone is invited
}

// Kind is KindOffered.
func (*Offered) Kind() Kind { return KindOffered }

func (e *Offered) fields(c *codec) {
	count(c, "offer", &e.Offer)
	c.text("queue", &e.Queue)
	c.text("extension", &e.Extension)
	count(c, "leg", &e.Leg)
}

// OfferEnd is how an offer ended.
type OfferEnd string

// The ends of an offer.
const (
	OfferAccepted    OfferEnd = "accepted"
	OfferDeclined    OfferEnd = "declined"
	OfferTimeout     OfferEnd = "timeout" // rang to the end
	OfferBusy        OfferEnd = "busy"
	OfferUnreachable OfferEnd = "unreachable" // no phone answered at all
	OfferCallerGone  OfferEnd = "caller_gone"
	OfferElsewhere   OfferEnd = "elsewhere" // another counselor was faster
	OfferWithdrawn   OfferEnd = "withdrawn" // the counselor signed out, or a supervisor moved the caller
	OfferFailed      OfferEnd = "failed"
)

// OfferEnds lists the ends; their places are written in the journal.
func OfferEnds() []OfferEnd {
	return []OfferEnd{
		OfferAccepted, OfferDeclined, OfferTimeout, OfferBusy, OfferUnreachable, OfferCallerGone, OfferElsewhere,
		OfferWithdrawn, OfferFailed,
	}
}

// OfferEnded says that an offer is over, and why.
type OfferEnded struct {
	Offer     int
	Extension string
	Why       OfferEnd
	Rang      time.Duration
}

// Kind is KindOfferEnded.
func (*OfferEnded) Kind() Kind { return KindOfferEnded }

func (e *OfferEnded) fields(c *codec) {
	count(c, "offer", &e.Offer)
	c.text("extension", &e.Extension)
	choice(c, "why", &e.Why, OfferEnds())
	c.span("rang_ms", &e.Rang)
}
