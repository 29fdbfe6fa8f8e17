package switchboard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/acd"
	"hotline/sip"
)

// The reasons for which a supervisor cannot take part in a talk.
var (
	// ErrNoTalk means that no such talk goes on.
	ErrNoTalk = errors.New("no such talk goes on")
	// ErrPrivate means a talk that nobody may listen to, such as on the duty line.
	ErrPrivate = errors.New("nobody may listen to this talk")
	// ErrNoPhone means that the supervisor's phone is not registered, busy, or was not answered.
	ErrNoPhone = errors.New("the supervisor's phone did not answer")
)

// Mode is how a supervisor takes part in a talk.
type Mode string

// The modes.
const (
	Monitoring Mode = "monitor" // hears both, is heard by nobody
	Whispering Mode = "whisper" // is heard by the counselor
	Barging    Mode = "barge"   // is heard by both
)

// Supervision is a supervisor's part in a talk.
type Supervision struct {
	Supervisor acd.AgentID
	Contact    acd.ContactID
	Mode       Mode
	Since      time.Time // in this mode
}

// Monitor rings the supervisor's phone and lets it hear the talk of a contact, or makes a supervisor who takes part in it
// already be heard by nobody. The phone has no way to be heard until Whisper or Barge. It returns when the phone has been
// answered, or ErrNoTalk, ErrPrivate and ErrNoPhone.
func (s *Service) Monitor(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID) error {
	return s.takePart(ctx, supervisor, contact, Monitoring)
}

// Whisper is Monitor, and lets the counselor hear the supervisor.
func (s *Service) Whisper(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID) error {
	return s.takePart(ctx, supervisor, contact, Whispering)
}

// Barge is Monitor, and lets caller and counselor hear the supervisor. When the counselor leaves, the supervisor goes on
// with the caller.
func (s *Service) Barge(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID) error {
	return s.takePart(ctx, supervisor, contact, Barging)
}

// TakeOver is Barge, and lets the counselor go: the supervisor serves the caller from then on, and has a counselor's keys. A call that a counselor's phone made cannot be taken over: ErrNoTalk.
func (s *Service) TakeOver(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID) error {
	if err := s.takePart(ctx, supervisor, contact, Barging); err != nil {
		return err
	}
	h, ok := s.talks.helping(supervisor, contact)
	if !ok {
		return fmt.Errorf("take over: %w", ErrNoTalk)
	}
	leg := s.talks.serving(h.circle)
	if leg == nil {
		return fmt.Errorf("take over: %w", ErrNoTalk)
	}
	if leg.dialog == h.circle.call.dialog {
		return fmt.Errorf("take over: %w: it ends with the phone that made it", ErrNoTalk)
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	_ = leg.dialog.Hangup(bye, sip.NormalClearing()) // a phone that does not answer BYE is gone, too
	return nil
}

// Stop takes a supervisor out of a talk. It is ErrNoTalk when there is nothing to stop, as after TakeOver.
func (s *Service) Stop(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID) error {
	h, ok := s.talks.helping(supervisor, contact)
	if !ok {
		return fmt.Errorf("stop listening: %w", ErrNoTalk)
	}
	s.talks.dismiss(&h.companion)
	select {
	case <-h.gone:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// takePart makes a supervisor take part in a talk in a mode.
func (s *Service) takePart(ctx context.Context, supervisor acd.AgentID, contact acd.ContactID, m Mode) error {
	h, fresh, err := s.talks.admit(supervisor, contact, false)
	if err == nil && fresh {
		err = h.come(ctx)
	}
	if err == nil {
		err = h.turn(m)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", m, err)
	}
	return nil
}
