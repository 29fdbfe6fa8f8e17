package ivr

import "time"

// EventKind says what happened.
type EventKind string

// The kinds of events. Numbers and PINs never stand in one.
const (
	Entered    EventKind = "entered"    // a node begins
	LeftNode   EventKind = "left"       // a node ends: Way, Keys, Took, HungUp
	Marked     EventKind = "marked"     // Name: the marks added
	Spoke      EventKind = "language"   // Value: the language chosen
	Assigned   EventKind = "variable"   // Name, Value; secrets are not told
	Agreed     EventKind = "consent"    // Name: the purpose; Value: agreed or refused; Consent
	Asked      EventKind = "asked"      // Name: a survey's question, asked for the first time
	Answered   EventKind = "survey"     // Name: the question; Value: the answer
	Tapped     EventKind = "tap"        // Value: yes, no or danger
	Message    EventKind = "message"    // Name: the recording; Value: how to call back; Due
	Comment    EventKind = "comment"    // Name: the recording
	Promised   EventKind = "callback"   // Value: the reference
	Booked     EventKind = "booking"    // Name: what; Value: the reference; Due
	Requested  EventKind = "request"    // Name: what; Value: the reference
	Played     EventKind = "clip"       // Name: the clip; Value: whole or cut
	Unserved   EventKind = "source"     // Name: the source that gave no answer; Value: why
	FaultEvent EventKind = "fault"      // Value: what went wrong
	FlowEnded  EventKind = "flow-ended" // Value: the outcome
)

// Where is a node of a flow, and the exact flow.
type Where struct {
	Flow string
	Hash string // SHA-256 of the flow's file
	Node string
	Kind string // of the node
}

// Event is something worth filing.
type Event struct {
	Kind EventKind
	Where
	Lang    Lang
	Way     string        // the way taken out of the node
	Keys    string        // pressed in the node; secrets as dots
	Took    time.Duration // time spent in the node
	HungUp  bool          // the caller left during the node
	Name    string
	Value   string
	Due     time.Time // what was promised to the caller
	Consent *Consent
}

// Consent is the proof of a key pressed after a legal text. The key was
// pressed Read after the first word: with the time of the event it gives the
// place in the recording.
type Consent struct {
	Prompts []string      // in the order read
	Hash    string        // SHA-256 of the exact words, in the language read
	Key     Key           // the answer
	Read    time.Duration // from the first word to the key
	Times   int           // how often the text was read
}
