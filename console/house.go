package console

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/store"
)

// Staff is who may sign in. store.DB implements it.
type Staff interface {
	// Authenticate returns store.ErrDenied, alike and after the same time, for all who may not.
	Authenticate(ctx context.Context, login, password string) (store.Staff, error)
	// StaffByExtension returns store.ErrNotFound for nobody.
	StaffByExtension(ctx context.Context, extension string) (store.Staff, error)
}

// Directory tells how people and queues are called. It answers from memory.
type Directory interface {
	// Person is the name of an agent, empty when it is not known.
	Person(acd.AgentID) string
	// Queue is what is known of a queue; the zero Queue when nothing is.
	Queue(acd.QueueID) Queue
}

// Queue is what people call a queue and what it promises.
type Queue struct {
	Name   string
	Minors bool
	Within time.Duration // the wait within which callers are to be answered
	Target float64       // of how many, in percent
}

// Floor is what happens on the floor. The switchboard implements it.
type Floor interface {
	Snapshot() acd.Snapshot
	// Callers lists those on the line, at most so many of each queue.
	Callers(most int) []acd.CallerView
	// Live is the number of calls going on, those in a menu among them.
	Live() int
	// Watch has f told every change from now on, in order. It does not block.
	Watch(f func(acd.Event))
}

// Steering is a supervisor's hand on the floor. Its errors are those of acd.
type Steering interface {
	Move(ticket acd.TicketID, to acd.QueueID) error
	Prioritise(ticket acd.TicketID, points int) error
	SignOut(agent acd.AgentID) error
}

// Supervision is listening to a talk and helping in it, by the supervisor's phone. The supervisor cannot be heard until
// Whisper (by the counselor) or Barge (by both). A supervisor takes part in one call at a time.
type Supervision interface {
	// Monitor rings the supervisor's phone and lets it hear the call. It returns ErrNoCall, ErrPrivate and ErrNoPhone.
	Monitor(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	// Whisper and Barge begin as Monitor does when the supervisor is not in the call yet.
	Whisper(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	Barge(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	// Stop takes the supervisor out of the call. It returns ErrNoCall when there is nothing to stop.
	Stop(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	// Listening lists who takes part in which call.
	Listening() []Listener
}

// The reasons for which Supervision refuses.
var (
	// ErrNoCall says that there is no such call any more.
	ErrNoCall = errors.New("no such call")
	// ErrPrivate says that nobody may listen to the call: the duty line, a private room, a caller who asked for none.
	ErrPrivate = errors.New("nobody may listen to this call")
	// ErrNoPhone says that the supervisor's phone is not registered, busy or was not answered.
	ErrNoPhone = errors.New("the supervisor's phone did not answer")
)

// Listener is a supervisor who takes part in a call.
type Listener struct {
	Supervisor acd.AgentID
	Call       acd.ContactID
	Mode       Mode
	Since      time.Time // in this mode
}

// Mode is how a supervisor takes part in a call.
type Mode string

// The modes.
const (
	Monitoring Mode = "monitor" // hears both, is heard by nobody
	Whispering Mode = "whisper" // is heard by the counselor
	Barging    Mode = "barge"   // is heard by both
)

// Messages counts what callers left and nobody has answered. store.DB implements it.
type Messages interface {
	Messages(ctx context.Context, at time.Time) (store.Messages, error)
}

// Audit keeps who did what. store.DB implements it.
type Audit interface {
	Audit(ctx context.Context, actor, action, object string, detail map[string]any) error
}
