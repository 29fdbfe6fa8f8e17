package ivr

import (
	"context"
	"log/slog"
	"time"

	"hotline/ivr/calendar"
)

// Desk is what a flow may ask of the office behind the phone. Each service is
// small and may be nil: asking it is then as asking one that is away, and the
// node takes its unavailable way. A service must return when its context ends;
// an answer is a result, an error means there is none.
type Desk struct {
	Files      Files
	Hours      Hours
	Cases      Cases
	Facilities Facilities
	Stations   Stations
	Slots      Slots
	Requests   Requests
	Duty       Duty
	Callbacks  Callbacks
	Clips      Clips
}

// Caller is who calls. It never prints its number.
type Caller struct {
	Number    string // as the network gave it, E.164 where possible; empty when withheld
	Anonymous bool
}

// String hides the number.
func (c Caller) String() string {
	if c.Anonymous || c.Number == "" {
		return "anonymous"
	}
	return "a caller"
}

// LogValue hides the number.
func (c Caller) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Files knows callers: their language, their flags, their needs.
type Files interface {
	// File finds the caller's file; one that is not Known is an answer too.
	File(ctx context.Context, c Caller, line string) (File, error)
}

// File is what is known about a caller, as far as a flow may know it.
type File struct {
	Known     bool
	Minor     bool // flagged as a minor: protected from here on
	Blocked   bool // on this line, now
	Slow      bool // needs longer timers
	Woman     bool // asked for a woman counselor before
	Lang      Lang // the language of the last call; empty when not known
	Facility  string
	Counselor string // who knows the caller
	Calls     int    // earlier calls
}

// Hours are the working calendars. Without them a flow uses those it was
// loaded with.
type Hours interface {
	Moment(ctx context.Context, name string, at time.Time) (calendar.Moment, error)
}

// Finding is the outcome of a lookup by a number and a secret.
type Finding int

// The outcomes of a lookup.
const (
	Missing Finding = iota // no such number, or the wrong secret: the caller is not told which
	Found
	Locked // too many wrong secrets; a person must look
)

// Cases finds cases, appointments and mediations by reference and query code,
// counting wrong codes.
type Cases interface {
	// Case finds what kind ("case", "appointment" or "mediation") of thing bears
	// the reference. It never says more than Missing for a wrong code.
	Case(ctx context.Context, kind, reference, code string) (CaseAnswer, error)
}

// CaseAnswer is what a caller with the right code may hear.
type CaseAnswer struct {
	Finding Finding
	ID      string    // for later requests about it; never spoken
	Status  string    // a phrase of the catalogue
	Due     time.Time // by when the caller hears more
	Place   string    // a phrase, of an appointment
}

// Facilities are detention houses and procuratorates with their PINs.
type Facilities interface {
	// Facility checks a facility's code and PIN, counting wrong PINs.
	Facility(ctx context.Context, code, pin string) (FacilityAnswer, error)
}

// FacilityAnswer tells whether code and PIN belong together.
type FacilityAnswer struct {
	Finding Finding
	ID      string
}

// Stations are the legal-aid stations of the city.
type Stations interface {
	// Station finds the one nearest to a district code, or none.
	Station(ctx context.Context, district string) (Station, error)
}

// Station is a place to walk in.
type Station struct {
	Found bool
	Name  string // a phrase
	Hours string // a phrase
}

// Slots are the appointments that can be taken.
type Slots interface {
	// Free lists the earliest slots of a kind after a time, at most limit.
	Free(ctx context.Context, kind, district string, after time.Time, limit int) ([]Slot, error)
	// Take books a slot for the caller, in one step: of two callers one gets it.
	// Moves names the appointment it replaces, or is empty.
	Take(ctx context.Context, slot string, by Caller, moves string) (Booking, error)
}

// Slot is an appointment that can be taken.
type Slot struct {
	ID    string
	At    time.Time
	Place string // a phrase
}

// Booking is the outcome of taking a slot. Taken means somebody was quicker.
type Booking struct {
	Taken     bool
	Reference string
}

// Requests takes what callers ask the office to do.
type Requests interface {
	// File keeps a request durably and gives its reference.
	File(ctx context.Context, r Request) (Receipt, error)
}

// Request is something a caller asks for: papers, cancel, presence, forward,
// notice, objection, article, station.
type Request struct {
	Kind   string
	Caller Caller
	Marks  Marks
	Values map[string]Value
}

// Receipt is the outcome of a request. Refused is a rule's answer, such as a
// text message to a number that must not get one.
type Receipt struct {
	Refused   bool
	Reference string
	Due       time.Time
}

// Duty rings the people on call, one after the other.
type Duty interface {
	// Ring calls the lawyers of a roster until one accepts by key and has talked
	// with the caller, or nobody did. The caller hears the request's Hold
	// meanwhile. The request has no way to ask for a recording: a duty call of a
	// Private caller has none, any other follows its line.
	Ring(ctx context.Context, r DutyRequest) (DutyResult, error)
}

// DutyRequest asks for somebody on call.
type DutyRequest struct {
	Roster string
	Ring   time.Duration // per person
	Within time.Duration // from answer to the key that accepts
	Most   int           // people tried
	Accept *Flow         // run on the lawyer's leg; its outcome "accepted" accepts
	Marks  Marks
	Vars   map[string]Value
	Hold   func(ctx context.Context, w Waiting) (leave bool)
}

// DutyOutcome says how a duty call ended.
type DutyOutcome int

// The outcomes of a duty call.
const (
	DutyServed DutyOutcome = iota // a lawyer accepted and talked with the caller
	DutyNobody                    // nobody accepted
	DutyLeft                      // the caller chose something else meanwhile
)

// DutyResult is how a duty call ended.
type DutyResult struct {
	Outcome DutyOutcome
	Marks   Marks // added by the lawyer
}

// Callbacks keeps promises to call back.
type Callbacks interface {
	// Promise keeps a callback with the place in line. A promise to the same
	// number and queue within a day is merged with the first.
	Promise(ctx context.Context, c Callback) (Receipt, error)
}

// Callback is a promise to call somebody back.
type Callback struct {
	Queue   string
	Number  string    // empty: the number that calls now
	Caller  Caller    // who asks
	Since   time.Time // when the caller entered the queue: the place kept
	Neutral bool      // do not say who we are when we call
	Lang    Lang
	Marks   Marks
}

// Clips is the library of the Civil Code.
type Clips interface {
	// Clip picks a clip on a topic, or one of any topic when it is empty.
	Clip(ctx context.Context, topic string, lang Lang) (Clip, error)
}

// Clip is a recording of the library. An empty ID means there is none.
type Clip struct {
	ID string
}

// String hides the number.
func (c Callback) String() string { return "a callback in " + c.Queue }

// GoString hides the number.
func (c Callback) GoString() string { return c.String() }

// LogValue hides the number.
func (c Callback) LogValue() slog.Value { return slog.StringValue(c.String()) }
