package ivr

import (
	"context"
	"time"

	"hotline/ivr/spoken"
)

// Lang is a language of the prompts: zh-CN, yue or en.
type Lang = spoken.Lang

// Phone is the caller's side of a call, as a flow sees it. Every method but
// Note blocks until it is done. When the caller has gone, the context ends and
// each returns its cause; any other error is a fault of ours, and the flow
// takes the caller to a person.
type Phone interface {
	// Say plays a saying and returns when its last frame is sent, or at once
	// with the key when one interrupts it (see Saying.Keys). A key already
	// waiting interrupts at the first frame.
	Say(ctx context.Context, s Saying) (Key, error)
	// Input takes keys, those already waiting first. Silence is a result, not
	// an error. Collect does the work when keys come on a channel.
	Input(ctx context.Context, r InputRequest) (Input, error)
	// Queue lines the caller up, rings counselors, and lets them talk. While the
	// caller waits it runs the request's Hold, with a context that ends when the
	// wait does, and goes on only when Hold has returned: the flow's state is
	// Hold's until then. It returns when the counselor has released a caller who
	// is still there, or says why nobody served. When a counselor answers in the
	// instant the caller chooses to leave, the counselor wins: Served.
	Queue(ctx context.Context, r QueueRequest) (QueueResult, error)
	// Record sounds the tone and keeps what the caller says. When the caller hangs
	// up meanwhile, the result is filled in and the error is the context's cause.
	Record(ctx context.Context, r RecordRequest) (RecordResult, error)
	// Note files an event of the call; it returns at once and cannot fail.
	Note(e Event)
}

// Part is one recording to play: a file below audio/<Lang>/, without its ending.
type Part struct {
	Lang Lang
	ID   string // "P-GREET", "P-POS.1", "parts/n5", "clips/rent"
}

// KeyRule says what a key does to the words being said.
type KeyRule int

// The rules. The zero value is barge-in.
const (
	Interrupt KeyRule = iota // a key stops the words and is returned
	Keep                     // the words are heard to the end; keys wait for the next input
	Drop                     // legal text: heard to the end, and keys before its last word are forgotten
)

// Saying is something to play: the parts in order, or music for a while.
type Saying struct {
	Prompts []string // the ids being said, for logs and tests
	Parts   []Part
	Text    string        // the words, for screens and tests; never logged
	Music   string        // instead of Parts: audio/music/<Music>.wav, looped
	For     time.Duration // how long the music plays
	Keys    KeyRule
	Expect  string // keys that mean something now; others are wrong, but still returned
	Marks   Marks  // of the call: a private call's audio is not kept
}

// InputRequest asks for keys.
type InputRequest struct {
	First time.Duration // until the first key
	Next  time.Duration // between keys
	Max   int           // at most so many keys; the last one ends the input
	Stop  string        // keys that end the input and are not part of it
	Typed string        // keys typed ahead, as if pressed now
	// Expect are the keys with a meaning when Max is 1, and Example is a number
	// that can be right otherwise: for rehearsal and proof.
	Expect  string
	Example string
	// Optional means that silence is an answer too: nothing changes.
	Optional bool
	Marks    Marks
}

// InputEnd says how an input ended.
type InputEnd int

// The ends of an input. Only Full and Stopped are complete.
const (
	SilenceEnd InputEnd = iota // no key came at all
	PauseEnd                   // some keys, then none for too long
	FullEnd                    // as many keys as were asked for
	StopEnd                    // a key of Stop
)

// Input is what the caller keyed. Its String never shows the keys.
type Input struct {
	Keys string
	End  InputEnd
	Stop Key // the key that ended it
}

// String tells the end, not the keys: they may be a PIN or a number.
func (i Input) String() string {
	return [...]string{"silence", "pause", "full", "stopped"}[i.End]
}

// Waiting is the caller's place in a queue, seen from the hold program.
type Waiting interface {
	// Place tells how the wait stands now.
	Place() Place
	// Mark adds marks to the waiting caller: danger rises at once.
	Mark(m Marks)
}

// Place is a place in a queue.
type Place struct {
	Ahead int           // callers in front
	Wait  time.Duration // honest estimate, the higher end; 0 when unknown
	Ready int           // counselors signed in who may take this caller
}

// QueueRequest lines a caller up.
type QueueRequest struct {
	Queue    string
	Priority int       // added to the queue's own
	Since    time.Time // when the caller first entered this queue: the place is kept
	Limit    time.Duration
	Marks    Marks    // Protected: no limit, only qualified counselors
	Wishes   []string // preferences, such as woman; they may relax
	Prefer   string   // the counselor who knows this caller, rung first
	Vars     map[string]Value
	// Hold entertains the caller. It returns true when the caller chose to leave
	// the line, false when ctx ended. It is called once.
	Hold func(ctx context.Context, w Waiting) (leave bool)
	// Leaving tells, once Hold has returned true, what the caller left the line for. It may be nil.
	Leaving func() Leaving
}

// Leaving is what a caller leaves a line for.
type Leaving struct {
	For LeaveFor
	Key Key // that was pressed; NoKey when none was
}

// LeaveFor is where a caller goes who leaves a line.
type LeaveFor int

// Where a caller goes.
const (
	Elsewhere   LeaveFor = iota // to another part of the flow
	ForCallback                 // to be called back
	ForMessage                  // to leave a message
)

// QueueOutcome says how a wait ended.
type QueueOutcome int

// The outcomes of a wait.
const (
	Served   QueueOutcome = iota // a counselor talked with the caller and released the call
	Closed                       // nobody is signed in who may take this caller
	Full                         // the queue takes no more; never for a protected call
	TimedOut                     // the limit passed; never for a protected call
	Left                         // the hold program returned true
)

// String is the outcome as a flow writes it.
func (o QueueOutcome) String() string {
	return [...]string{"served", "closed", "full", "timeout", "left"}[o]
}

// QueueResult is how a wait ended, and what the counselor saw in the call.
type QueueResult struct {
	Outcome QueueOutcome
	Marks   Marks // added by the counselor: danger, silent, abusive
}

// RecordRequest keeps what the caller says.
type RecordRequest struct {
	Class    string // message or comment
	Limit    time.Duration
	Stop     string // keys that end it
	Replaces string // the take thrown away because the caller speaks again
}

// RecordResult is a recording made.
type RecordResult struct {
	ID     string        // names the recording to whoever files it
	Length time.Duration // of the audio
	Voice  time.Duration // how much of it was speech
	Stop   Key           // the key that ended it
}
