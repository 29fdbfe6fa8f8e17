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
	// Call is the call of a ticket.
	Call(ticket acd.TicketID) (acd.ContactID, error)
	// Reclassify says, in the name of a member of staff, that a caller in line or in a talk is a minor or in danger. It
	// returns ErrNoCall.
	Reclassify(call acd.ContactID, class Class, by acd.AgentID) error
}

// Class is what a caller turns out to be. There is no way back.
type Class string

// The classes.
const (
	Minor  Class = "minor"
	Danger Class = "danger"
)

// Supervision is listening to a talk and helping in it, by the supervisor's phone. The supervisor cannot be heard until
// whispering (by the counselor) or barging (by both). A supervisor takes part in one call at a time.
type Supervision interface {
	// TakePart rings the supervisor's phone and lets it take part in the call, or changes the mode of who does already. It
	// returns ErrNoCall, ErrPrivate and ErrNoPhone.
	TakePart(ctx context.Context, supervisor acd.AgentID, call acd.ContactID, as Mode) error
	// TakeOver lets the counselor go and the supervisor serve the caller; the errors are those of TakePart.
	TakeOver(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	// Stop takes the supervisor out of the call. It returns ErrNoCall when there is nothing to stop.
	Stop(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error
	// Listening lists who takes part in which call.
	Listening() []Listener
	// StandDown says that the danger of a call for help is over. It returns ErrNoCall when nobody called for help.
	StandDown(supervisor acd.AgentID, call acd.ContactID) error
}

// Own is what counselors do for themselves, about the call they are in. Errors are those of acd, ErrNoCall, ErrPrivate and
// ErrNotRecorded.
type Own interface {
	// Be makes the agent ready, sends it on break with a reason, or ends its wrap-up.
	Be(agent acd.AgentID, state Presence, reason string) error
	// Pause leaves out of the recording what is said from now on, or ends that.
	Pause(agent acd.AgentID, call acd.ContactID, on bool) error
	Paused(call acd.ContactID) bool
	// Overheard lists the supervisors who take part in a call and of whom its counselor is told.
	Overheard(call acd.ContactID) []Listener
	// Panic calls for help in the call.
	Panic(agent acd.AgentID, call acd.ContactID) error
}

// Conduct is what is done about callers who abuse the line, and for those in danger. Errors are ErrNoCall, ErrPrivate and those
// named.
type Conduct interface {
	// Warn says a warning to an abusive caller and returns when it has been said. It returns ErrProtected and ErrNotWarned.
	Warn(ctx context.Context, by acd.AgentID, call acd.ContactID) error
	// EndAbuse ends the call of a caller who was warned twice, with a reason of AbuseReasons. Errors are those of Warn.
	EndAbuse(ctx context.Context, by acd.AgentID, call acd.ContactID, reason string) error
	// Emergency calls an emergency number into the call: apart, for a supervisor who has joined. It returns ErrNoGuest.
	Emergency(ctx context.Context, by acd.AgentID, call acd.ContactID, number string) error
}

// AbuseReasons are those for which a call may be ended.
func AbuseReasons() []string { return []string{"insults", "harassment", "prank"} }

// Presence is what somebody at work wants to be.
type Presence string

// The presences.
const (
	BeReady   Presence = "ready"
	BeAway    Presence = "break"
	BeWrapped Presence = "wrapped" // done with wrap-up before its time
)

// Reasons are those of breaks.
func Reasons() []string { return []string{"rest", "meal", "meeting", "training", "paperwork"} }

// Conference is who talks with whom. Its errors are ErrNoCall and ErrPrivate.
type Conference interface {
	// Parties lists those in talks who are heard.
	Parties() []Party
	// Invite asks a colleague who is free into a call, and is answered when the phone is; with apart the counselor and the
	// colleague talk first, while the caller hears music, until Together. It returns ErrNoGuest besides.
	Invite(ctx context.Context, call acd.ContactID, colleague acd.AgentID, apart bool) error
	Together(call acd.ContactID) error
	// Mute makes a party be heard by nobody, or by all again.
	Mute(call acd.ContactID, leg int, on bool) error
	// Dismiss lets a colleague go who was invited.
	Dismiss(call acd.ContactID, leg int) error
}

// Party is one of those in a talk.
type Party struct {
	Call  acd.ContactID
	Leg   int         // its number in the call
	Role  string      // caller, staff, supervisor ...
	Agent acd.AgentID // empty for the caller, and for guests from outside
	Guest bool        // can be dismissed
	Muted bool
	Apart bool // the caller does not hear this one
}

// The reasons for which Steering, Supervision, Conference and Own refuse.
var (
	// ErrNoCall says that there is no such call any more.
	ErrNoCall = errors.New("no such call")
	// ErrPrivate says that nobody may listen to the call: the duty line, a private room, a caller who asked for none.
	ErrPrivate = errors.New("nobody may listen to this call")
	// ErrNoPhone says that the supervisor's phone is not registered, busy or was not answered.
	ErrNoPhone = errors.New("the supervisor's phone did not answer")
	// ErrLocked says that nobody joins the call any more.
	ErrLocked = errors.New("the call is locked")
	// ErrProtected says that a child, or somebody in danger, is neither warned nor sent away.
	ErrProtected = errors.New("a protected caller")
	// ErrNotWarned says that the caller has not heard two warnings to their end.
	ErrNotWarned = errors.New("not warned twice")
	// ErrNotRecorded says that nothing of the call is recorded, so that there is nothing to pause.
	ErrNotRecorded = errors.New("this call is not recorded")
	// ErrNoGuest says that a colleague cannot be invited or did not answer.
	ErrNoGuest = errors.New("the colleague cannot be reached")
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

// Alarms tells what people have to look at besides what the router alarms about. It answers from memory.
type Alarms interface {
	Alarms() []Alarm
}

// Alarm is something that people have to look at.
type Alarm struct {
	Kind   string // in lower case with dashes
	Since  time.Time
	Object string        // tells alarms of one kind apart; never shown
	Agent  acd.AgentID   // whom it is about; empty for nobody
	Call   acd.ContactID // the call it is about; empty for none
}

// Audit keeps who did what. store.DB implements it.
type Audit interface {
	Audit(ctx context.Context, actor, action, object string, detail map[string]any) error
}
