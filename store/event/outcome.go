package event

// Outcome is what became of a contact: exactly one of a closed list, so that
// figures add up. Whether an abandoned contact was a short one follows from its
// times.
type Outcome string

// The outcomes.
const (
	OutcomeAnswered    Outcome = "answered"     // a human talked with the caller
	OutcomeAbandoned   Outcome = "abandoned"    // the caller left before anybody or anything served them
	OutcomeCallback    Outcome = "callback"     // a callback was promised
	OutcomeMessage     Outcome = "message"      // a message was kept
	OutcomeSelfService Outcome = "self_service" // the flow itself gave what was asked for
	OutcomeClosed      Outcome = "closed"       // heard that the line is closed, and a goodbye
	OutcomeSilent      Outcome = "silent"       // nothing was heard from the caller to the end
	OutcomeRefused     Outcome = "refused"      // no capacity, or the service was draining
	OutcomeBlocked     Outcome = "blocked"      // turned away by a flag on the caller
	OutcomeReferred    Outcome = "referred"     // handed to another body
	OutcomeUnreached   Outcome = "unreached"    // a call out that reached nobody
	OutcomeFailed      Outcome = "failed"       // ended by a fault of ours or of the network
	OutcomeInterrupted Outcome = "interrupted"  // the program died during it
)

// Outcomes lists the outcomes; their places are written in the journal.
func Outcomes() []Outcome {
	return []Outcome{
		OutcomeAnswered, OutcomeAbandoned, OutcomeCallback, OutcomeMessage, OutcomeSelfService, OutcomeClosed, OutcomeSilent,
		OutcomeRefused, OutcomeBlocked, OutcomeReferred, OutcomeUnreached, OutcomeFailed, OutcomeInterrupted,
	}
}

// Stage is how far a contact had come when it ended.
type Stage string

// The stages.
const (
	StageSetup    Stage = "setup"    // not yet answered by us
	StageGreeting Stage = "greeting" // before the first choice
	StageMenu     Stage = "menu"     // in the flow
	StageQueue    Stage = "queue"    // waiting
	StageRinging  Stage = "ringing"  // a counselor's phone was ringing
	StageTalk     Stage = "talk"
	StageMessage  Stage = "message" // leaving a message
	StageAfter    Stage = "after"   // after the talk: survey, goodbye
)

// Stages lists the stages; their places are written in the journal.
func Stages() []Stage {
	return []Stage{StageSetup, StageGreeting, StageMenu, StageQueue, StageRinging, StageTalk, StageMessage, StageAfter}
}

// Party is who did something.
type Party string

// The parties.
const (
	PartyCaller  Party = "caller"
	PartyStaff   Party = "staff"
	PartySystem  Party = "system"
	PartyNetwork Party = "network"
)

// Parties lists the parties; their places are written in the journal.
func Parties() []Party { return []Party{PartyCaller, PartyStaff, PartySystem, PartyNetwork} }
