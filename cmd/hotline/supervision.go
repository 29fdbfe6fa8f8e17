package main

import (
	"context"
	"errors"
	"fmt"

	"hotline/acd"
	"hotline/console"
	"hotline/store/event"
	"hotline/switchboard"
)

// supervision is the console's way into the talks of the switchboard.
type supervision struct{ talks *switchboard.Service }

var (
	_ console.Supervision = supervision{}
	_ console.Conference  = supervision{}
	_ console.Own         = own{}
	_ console.Conduct     = own{}
)

// TakePart implements console.Supervision, and so do the next four.
func (s supervision) TakePart(ctx context.Context, supervisor acd.AgentID, call acd.ContactID, as console.Mode) error {
	way := map[console.Mode]func(context.Context, acd.AgentID, acd.ContactID) error{
		console.Monitoring: s.talks.Monitor, console.Whispering: s.talks.Whisper, console.Barging: s.talks.Barge,
	}[as]
	return consoleError(way(ctx, supervisor, call))
}

func (s supervision) TakeOver(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.TakeOver(ctx, supervisor, call))
}

func (s supervision) Stop(ctx context.Context, supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.Stop(ctx, supervisor, call))
}

func (s supervision) Listening() []console.Listener { return listeners(s.talks.Listening()) }

func listeners(of []switchboard.Supervision) (all []console.Listener) {
	for _, l := range of {
		all = append(all, console.Listener{Supervisor: l.Supervisor, Call: l.Contact, Mode: console.Mode(l.Mode), Since: l.Since})
	}
	return all
}

func (s supervision) StandDown(supervisor acd.AgentID, call acd.ContactID) error {
	return consoleError(s.talks.StandDown(supervisor, call))
}

// Parties implements console.Conference, and so do the others.
func (s supervision) Parties() (all []console.Party) {
	for _, seat := range s.talks.Seats() {
		all = append(all, console.Party{
			Call: seat.Contact, Leg: seat.Leg, Role: string(seat.Role), Agent: seat.Extension, Guest: seat.Guest, Muted: seat.Muted, Apart: seat.Apart,
		})
	}
	return all
}

func (s supervision) Invite(ctx context.Context, call acd.ContactID, colleague acd.AgentID, apart bool) error {
	_, err := s.talks.Invite(ctx, call, switchboard.Invitation{Extension: colleague, Apart: apart})
	return consoleError(err)
}

func (s supervision) Together(call acd.ContactID) error { return consoleError(s.talks.Together(call)) }

func (s supervision) Mute(call acd.ContactID, leg int, on bool) error {
	return consoleError(s.talks.Mute(call, leg, on))
}

func (s supervision) Dismiss(call acd.ContactID, leg int) error {
	return consoleError(s.talks.Dismiss(call, leg))
}

// steering is a supervisor's hand on the router. It implements console.Steering.
type steering struct {
	router *acd.Router
	talks  *switchboard.Service
}

// Move implements console.Steering, and so do the others.
func (s steering) Move(ticket acd.TicketID, to acd.QueueID) error {
	t, err := s.router.Ticket(ticket)
	if err != nil {
		return err
	}
	return t.Move(to)
}

func (s steering) Prioritise(ticket acd.TicketID, points int) error {
	t, err := s.router.Ticket(ticket)
	if err != nil {
		return err
	}
	return t.Prioritise(points)
}

func (s steering) Call(ticket acd.TicketID) (acd.ContactID, error) {
	t, err := s.router.Ticket(ticket)
	if err != nil {
		return "", err
	}
	return t.Contact(), nil
}

func (s steering) SignOut(agent acd.AgentID) error { return s.router.SignOut(agent) }

func (s steering) Reclassify(call acd.ContactID, class console.Class, by acd.AgentID) error {
	return consoleError(s.talks.Reclassify(call, event.Class(class), by))
}

// own is what counselors do for themselves. It implements console.Own.
type own struct {
	router *acd.Router
	talks  *switchboard.Service
}

// Be implements console.Own, and so do the others.
func (o own) Be(agent acd.AgentID, state console.Presence, reason string) error {
	switch state {
	case console.BeReady:
		return o.router.Ready(agent)
	case console.BeAway:
		return o.router.Break(agent, reason)
	default:
		return o.router.EndWrap(agent)
	}
}

func (o own) Pause(agent acd.AgentID, call acd.ContactID, on bool) error {
	if on {
		return consoleError(o.talks.PauseRecording(agent, call))
	}
	return consoleError(o.talks.ResumeRecording(agent, call))
}

func (o own) Paused(call acd.ContactID) bool { return o.talks.Paused(call) }

func (o own) Overheard(call acd.ContactID) []console.Listener {
	return listeners(o.talks.Overheard(call))
}

func (o own) Panic(agent acd.AgentID, call acd.ContactID) error {
	return consoleError(o.talks.Panic(agent, call))
}

// Warn implements console.Conduct, and so do the next two.
func (o own) Warn(ctx context.Context, by acd.AgentID, call acd.ContactID) error {
	_, err := o.talks.Warn(ctx, by, call)
	return consoleError(err)
}

func (o own) EndAbuse(ctx context.Context, by acd.AgentID, call acd.ContactID, reason string) error {
	return consoleError(o.talks.EndAbuse(ctx, by, call, switchboard.AbuseReason(reason)))
}

func (o own) Emergency(ctx context.Context, by acd.AgentID, call acd.ContactID, number string) error {
	_, err := o.talks.Emergency(ctx, by, call, number)
	return consoleError(err)
}

// consoleError adds to a refusal of the switchboard the console's word for it.
func consoleError(err error) error {
	for ours, theirs := range map[error]error{
		switchboard.ErrNoTalk: console.ErrNoCall, switchboard.ErrPrivate: console.ErrPrivate, switchboard.ErrNoPhone: console.ErrNoPhone,
		switchboard.ErrNoGuest: console.ErrNoGuest, switchboard.ErrNotRecorded: console.ErrNotRecorded, switchboard.ErrNoDanger: console.ErrNoCall,
		switchboard.ErrLocked: console.ErrLocked, switchboard.ErrProtected: console.ErrProtected, switchboard.ErrNotWarned: console.ErrNotWarned,
		switchboard.ErrWarning: console.ErrNotWarned,
	} {
		if errors.Is(err, ours) {
			return fmt.Errorf("%w: %w", theirs, err)
		}
	}
	return err
}
