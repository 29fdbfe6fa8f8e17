package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/ivr"
	"hotline/store/event"
)

// Papers are what the office has prepared to be read to people in a talk: a pledge, a referral, a term of a settlement.
type Papers interface {
	// Paper finds what a flow is given for a person. It is ErrNoPaper when nothing is prepared.
	Paper(ctx context.Context, q Question) (Paper, error)
}

// ErrNoPaper says that there is nothing to be read to somebody.
var ErrNoPaper = errors.New("nothing is prepared for this person")

// Question is what a counselor wants read to somebody in a talk.
type Question struct {
	Flow  string
	About string // what the counselor keyed behind the code; empty for nothing
	Visit Visit  // of the person
	Guest bool   // somebody brought into the talk: not the one whose contact it is
}

// Paper is what a flow is given, and what its outcome is filed for.
type Paper struct {
	Flow    string   // that reads it; empty for the one asked for
	Subject event.ID // the row it is about; zero for none
	Party   event.ID // the side of a mediation; zero for none
	Vars    map[string]ivr.Value
	About   string    // more that is filed with the outcome
	Due     time.Time // filed with the outcome, when the flow itself promises nothing
}
