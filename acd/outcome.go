package acd

// Outcome is what became of a caller in a queue. The list is closed, and each visit is counted under one of them once, at
// the event. Answered, Abandoned, Callback and Message are counted by themselves; the others together are the diverted.
type Outcome uint8

// The outcomes.
const (
	NoOutcome   Outcome = iota // still in line
	Served                     // a human took the call
	Abandoned                  // left while waiting
	Callback                   // hung up with the promise of a callback
	Message                    // left a message
	Exited                     // pressed a key that leads elsewhere
	Transferred                // moved to another queue by a supervisor
	Outside                    // taken by somebody outside the queue: duty ladder, 110, another body
	Dismissed                  // the queue was closed or the wait too long, and a goodbye was spoken
	Interrupted                // the service stopped
	outcomes
)

// String names the outcome in lower case, as filed.
func (o Outcome) String() string {
	return [outcomes]string{
		"", "answered", "abandoned", "callback", "message", "exited", "transferred", "outside", "dismissed", "interrupted",
	}[o]
}

// Stage is where a caller was when the call ended.
type Stage uint8

// The stages. A caller is in a queue from InQueue on; those before are told to the Router by LeftEarly.
const (
	NoStage    Stage = iota
	InGreeting       // before the menu
	InMenu           // in the menu
	InQueue          // waiting
	InRinging        // a counselor's phone was ringing
	InTalk           // talking
	InCallback       // being called back
	stages
)

// String names the stage in lower case, as filed.
func (s Stage) String() string {
	return [stages]string{"", "greeting", "menu", "queue", "ringing", "talk", "callback"}[s]
}

// Ending says how a ticket ends: with an outcome and, for Exited, the key that was pressed.
type Ending struct {
	Outcome Outcome
	Key     rune
}
