package main

import (
	"context"
	"errors"
	"fmt"

	"hotline/acd"
	"hotline/console"
	"hotline/switchboard"
)

// supervision is the console's way into the talks of the switchboard.
type supervision struct{ talks *switchboard.Service }

var _ console.Supervision = supervision{}

// Monitor implements console.Supervision, and so do the others.
func (s supervision) Monitor(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.Monitor(ctx, supervisor, call))
}

func (s supervision) Whisper(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.Whisper(ctx, supervisor, call))
}

func (s supervision) Barge(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.Barge(ctx, supervisor, call))
}

func (s supervision) Stop(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.Stop(ctx, supervisor, call))
}

func (s supervision) Listening() (all []console.Listener) {
	for _, l := range s.talks.Listening() {
		all = append(all, console.Listener{Supervisor: l.Supervisor, Call: l.Contact, Mode: console.Mode(l.Mode), Since: l.Since})
	}
	return all
}

// consoleError adds to a refusal of the switchboard the console's word for it.
func consoleError(err error) error {
	for ours, theirs := range map[error]error{
		switchboard.ErrNoTalk: console.ErrNoCall, switchboard.ErrPrivate: console.ErrPrivate, switchboard.ErrNoPhone: console.ErrNoPhone,
	} {
		if errors.Is(err, ours) {
			return fmt.Errorf("%w: %w", theirs, err)
		}
	}
	return err
}
