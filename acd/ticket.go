package acd

import (
	"errors"
	"time"
)

// Request is a caller who wants to be served.
type Request struct {
	Queue   QueueID
	Contact ContactID
	Claims  Claims
	// Must is asked of the agent besides what the queue asks.
	Must Must
	// Prefer is asked of the agent for as long as the queue's Relaxing says.
	Prefer Prefer
	// Person is by whom a caller is known who comes back after the line dropped, or has a callback already.
	Person PersonKey
	// Shared says that Person is a phone used by many, or withheld: nobody gets an old place by it.
	Shared bool
	// Since is when the caller first entered the queue, for places kept over a restart or a transfer; zero is now.
	Since time.Time
	// Callback is set for a callback that was promised before; nil is a caller on the line.
	Callback *Promise
}

// Prefer is what a caller would like.
type Prefer struct {
	Agent    AgentID // the counselor of last time
	Language Language
	District District
	Level    int // least level in one of the queue's skills, 1 to 5
}

// Ticket is one caller's place in line, from Join to Leave. It survives rings that fail and counselors who are lost: the
// caller keeps the place.
type Ticket struct {
	r      *Router
	req    Request // as joined, with what was learnt since
	want   want
	line   *line
	rules  *rules // frozen at join
	rank   rank
	life   life
	lane   *lane    // where the ticket stands while it may be matched
	offers []*Offer // the phones that ring for it, or the one it talks to
	wake   chan struct{}
	news   error // why the last Wait ended without an offer
	back   *callback
}

// want is what the caller asks for, as traits.
type want struct {
	all      traits
	must     Must
	language traits
	district traits
	level    uint8
	agent    *agent
}

// stand is where a ticket is between Join and Leave.
type stand uint8

const (
	idle    stand = iota // has a place, and nobody in Wait to take an offer
	waiting              // in Wait: may be matched
	parked               // in Wait: a callback whose time has not come
	ringing              // an agent is reserved
	talking              // an agent has accepted
	over                 // left
)

// life is what a ticket has been through.
type life struct {
	stand  stand
	joined moment // this visit to this queue: figures and limits count from here
	ladder moment // the ladder counts from here: earlier than joined when steps were skipped or an old place was regained
	stage  int    // steps of the ladder taken
	asked  bool   // ErrAskMessage was returned because nobody was at work
	// dropped are preferences that nobody at work met.
	dropped likes
	tally   *Tally // where the visit is counted
	ended   bool   // its outcome is counted
	rung    bool   // a phone rang until the caller was gone
	// guarded callers came by a protected queue and stay protected wherever they are moved.
	guarded bool
	timer   deadline
	told    told
}

// The reasons for which Wait returns without an offer, besides the end of its context.
var (
	// ErrClosed says that nobody is at work for the queue. Protected callers never get it.
	ErrClosed = errors.New("queue closed")
	// ErrFull says that the queue has as many callers as it may. Protected callers never get it.
	ErrFull = errors.New("queue full")
	// ErrNobody says that the queue is open and nobody at work holds what the caller must have. Protected callers never
	// get it.
	ErrNobody = errors.New("nobody at work may serve this caller")
	// ErrTimeout says that an ordinary caller has waited as long as the queue allows.
	ErrTimeout = errors.New("waited too long")
	// ErrAskMessage says that the ladder has come to the step at which a message is to be offered, or that nobody at all is
	// at work for a protected caller. The place is kept: call Wait again when the caller wants to go on waiting.
	ErrAskMessage = errors.New("offer to leave a message")
	// ErrOver says that the ticket was left.
	ErrOver = errors.New("ticket is over")
	// ErrInUse says that a Wait for the ticket is running already, or that it has an offer that has not ended.
	ErrInUse = errors.New("ticket is in use")
)

// ID is the ticket's number.
func (t *Ticket) ID() TicketID {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.rank.id
}

// Contact is the call the ticket stands for.
func (t *Ticket) Contact() ContactID {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.req.Contact
}

// Version names the rules that the ticket joined, or was moved, under.
func (t *Ticket) Version() string {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.rules.version
}

// Queue is where the ticket stands.
func (t *Ticket) Queue() QueueID {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.line.name
}

// Claims are what is known of the caller now.
func (t *Ticket) Claims() Claims {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.req.Claims
}

// LostAgent says that the caller was in a talk when the counselor's phone died: whoever comes next has to know.
func (t *Ticket) LostAgent() bool {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return t.rank.lost
}

// event fills in what every event about a ticket carries.
func (t *Ticket) event(kind EventKind) Event {
	claims := t.req.Claims
	if t.rules.Protected {
		claims |= Minor
	}
	return Event{Kind: kind, Queue: t.line.name, Ticket: t.rank.id, Contact: t.req.Contact, Claims: claims}
}

// rerank changes a ticket's rank while it keeps its places in the trees.
func (t *Ticket) rerank(change func(*rank)) {
	queued, stood := t.line.wait.Delete(t), t.lane
	t.r.leaveLane(t)
	change(&t.rank)
	if queued {
		t.line.wait.Insert(t)
	}
	if stood != nil {
		t.r.place(t)
	}
}
