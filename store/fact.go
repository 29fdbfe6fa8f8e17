package store

import (
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

// fact is an event of the journal on its way to the database.
type fact struct {
	seq     journal.Seq
	at      time.Time
	contact event.ID
	kind    event.Kind
	payload []byte
	body    event.Body // nil when it cannot be decoded
	refused error      // why it is to be set aside; nil when it is to be applied
}

// take makes a fact of a record. The payload is copied: the reader uses its own again.
func take(rec journal.Record, arena []byte, dec *event.Decoder) (fact, []byte) {
	start := len(arena)
	arena = append(arena, rec.Payload...)
	f := fact{seq: rec.Seq, at: rec.At, contact: rec.Contact, kind: rec.Kind, payload: arena[start:len(arena):len(arena)]}
	f.body, f.refused = dec.Decode(f.kind, f.payload)
	return f, arena
}

// contactRow is what the facts of one batch say about one contact.
type contactRow struct {
	id       event.ID
	opened   *event.Opened // nil when an earlier batch opened it
	at       time.Time     // when it was opened
	touched  bool          // there is something to write besides events
	minor    bool          // it must be filed among the minors
	class    event.Class   // empty when nothing was said
	danger   bool          // it was called danger, whatever came after
	risk     string
	talk     spoken
	wait     waiting
	filed    filed
	closed   *event.Closed
	closedAt time.Time
}

// spoken is in which words a contact was served.
type spoken struct {
	lang       string
	own        string // the language the caller chose, to be remembered; empty for none
	flow, hash string
}

// waiting is how a contact came to a counselor, and how long that took.
type waiting struct {
	queue, staff         event.ID
	queuedAt, answeredAt time.Time
	waited               bool
	wait                 time.Duration
	talk, hold, wrap     time.Duration
	wrapAt               time.Time
	disposition          string
}

// filed is where a new contact belongs.
type filed struct {
	no                   string
	line, profile, phone event.ID
	caseID               event.ID
}

// legKey names a leg.
type legKey struct {
	contact event.ID
	leg     int
}

// legRow is what the facts of one batch say about one leg.
type legRow struct {
	key      legKey
	added    *event.LegAdded // nil when an earlier batch added it
	addedAt  time.Time
	staff    event.ID
	ringAt   time.Time
	answered *event.LegAnswered
	answerAt time.Time
	ended    *event.LegEnded
	endedAt  time.Time
}

// recordingRow is what the facts of one batch say about one recording.
type recordingRow struct {
	id        event.ID
	contact   event.ID
	started   *event.RecordingStarted // nil when an earlier batch started it
	startedAt time.Time
	gaps      []byte // JSON objects, divided by commas
	closed    *event.RecordingClosed
	closedAt  time.Time
}

// surveyRow is what the facts of one batch say about one contact's survey.
type surveyRow struct {
	contact             event.ID
	channel, skipped    string
	score, solved       int
	comment             event.ID
	askedAt, answeredAt time.Time
}

// runRow is what the facts of one batch say about one run of a node.
type runRow struct {
	boot                 event.ID
	node, version, why   string
	startedAt, stoppedAt time.Time
}
