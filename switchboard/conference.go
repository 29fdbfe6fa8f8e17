package switchboard

import (
	"context"
	"errors"
	"fmt"

	"hotline/acd"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// ErrNoGuest means that somebody cannot be invited, or did not answer: not at work, busy, not qualified for the caller, a
// number that the counselor may not dial. It wraps why.
var ErrNoGuest = errors.New("the guest cannot be reached")

// Invitation says who is asked into a talk. One of Extension and Number is set.
type Invitation struct {
	// Extension is a colleague, who must be ready and hold what the caller must have.
	Extension acd.AgentID
	// Number is outside; the counselor must be one who may dial out, and the caller not a protected one.
	Number string
	// Apart lets the counselor talk with the guest first, while the caller hears music, until Together.
	Apart bool

	emergency bool        // Number is one of Config.Rescue
	beside    acd.AgentID // the supervisor who talks with it apart, when one of the talk
}

// guest is somebody who was invited.
type guest struct {
	companion
	number event.Number // sealed; of somebody outside
}

// Invite asks somebody into the talk of a contact, for the counselor. It returns the number of the guest's leg when the phone
// has been answered, or ErrNoTalk, ErrPrivate and ErrNoGuest. A colleague goes on with the caller when the counselor leaves.
func (s *Service) Invite(ctx context.Context, contact acd.ContactID, who Invitation) (leg int, err error) {
	who.emergency = false
	return s.bring(ctx, contact, who)
}

// bring is Invite, and Emergency.
func (s *Service) bring(ctx context.Context, contact acd.ContactID, who Invitation) (leg int, err error) {
	var number event.Number
	if who.Number != "" {
		number = s.Sealer.Number(s.Numbers.Parse(who.Number), "keyed")
	}
	g, err := s.talks.invite(contact, string(who.Extension), number)
	if err != nil {
		return 0, fmt.Errorf("invite: %w", err)
	}
	if err := g.come(ctx, who); err != nil {
		g.leave(ctx)
		select {
		case <-g.circle.over:
			err = ErrNoTalk
		default:
		}
		return 0, fmt.Errorf("invite: %w", err)
	}
	g.circle.call.file.note(&event.Noted{Name: "conference.joined", Value: string(who.Extension)}) // no outside numbers
	go g.attend(context.WithoutCancel(ctx))
	return g.leg.number, nil
}

// Together ends the counselor's talk with guests apart: all hear each other. It is ErrNoTalk, or ErrPrivate.
func (s *Service) Together(contact acd.ContactID) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("together: %w", err)
	}
	o.together()
	return nil
}

// Mute makes one of those in a talk be heard by nobody, or by all again: the caller, the counselor, a guest or a
// supervisor who has joined, by the number of the leg. What is not heard is not recorded. It is ErrNoTalk when there is no such leg in it, or ErrPrivate.
func (s *Service) Mute(contact acd.ContactID, leg int, on bool) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("mute: %w", err)
	}
	if !s.talks.mute(o, leg, on) {
		return fmt.Errorf("mute: %w: not with such a leg", ErrNoTalk)
	}
	return nil
}

// Dismiss lets a guest go, by the number of the leg. It is ErrNoTalk when there is no such guest, or ErrPrivate.
func (s *Service) Dismiss(contact acd.ContactID, leg int) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("dismiss: %w", err)
	}
	if !s.talks.dismissGuest(o, leg) {
		return fmt.Errorf("dismiss: %w: not with such a guest", ErrNoTalk)
	}
	return nil
}

// come rings the guest's phone and joins it.
func (g *guest) come(ctx context.Context, who Invitation) error {
	c := g.circle.call
	bring, err := g.plan(who)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoGuest, err)
	}
	ring, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go endWith(ring, g.quit, func() { cancel(&sip.EndError{Cause: sip.ErrLocal, Reason: sip.NormalClearing()}) })
	p, err := bring(ring)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoGuest, err)
	}
	g.leg, g.offer = p.leg, p.offer
	g.leg.audio.Limits(media.Limits{Quiet: agentSilence / 2, Lost: agentSilence})
	room := (*media.Room)(nil)
	switch {
	case who.emergency:
		room = c.svc.talks.besides(g.circle, who.beside, g.leg.number)
	case who.Apart:
		if room, err = g.circle.separate(g.leg); err != nil {
			return ErrNoTalk
		}
	}
	c.tape.join(g.leg, staffChannel)
	party, err := g.circle.mix.Join(g.leg.audio, media.JoinOptions{Room: room})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoGuest, err)
	}
	c.svc.talks.seated(g, party)
	return nil
}

// plan decides how the guest is fetched, as for a transfer.
func (g *guest) plan(who Invitation) (bringing, error) {
	c := g.circle.call
	switch {
	case who.emergency:
		return c.planEmergency(who.Number)
	case who.Extension != "":
		return c.planColleague(who.Extension)
	}
	return c.planOutside(&partner{leg: c.svc.talks.serving(g.circle)}, who.Number)
}

// attend waits until the guest leaves or is sent home. It runs on its own goroutine, which the circle's Close waits for.
func (g *guest) attend(ctx context.Context) {
	g.stay()
	if last := g.circle.call.svc.talks.rose(g); last {
		g.circle.together()
	}
	g.leave(ctx)
}

// leave lets the guest's phone go.
func (g *guest) leave(ctx context.Context) {
	if g.party != nil {
		g.party.Leave()
	}
	g.part(ctx)
	g.circle.call.svc.talks.unseated(g)
	close(g.gone)
}

// separate brings the counselor to a room without the caller, who hears music there.
func (o *circle) separate(guest *Leg) (*media.Room, error) {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	if o.apart == nil {
		o.apart, o.aside = o.mix.Room("consultation"), map[int]bool{}
	}
	o.aside[o.leg.no()], o.aside[guest.number] = true, true
	return o.apart, o.staff.Enter(o.apart)
}

// together brings all to one room.
func (o *circle) together() {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	if o.apart != nil {
		o.apart.Close()
		o.apart, o.aside = nil, nil
	}
	for _, c := range o.rooms {
		c.room.Close()
	}
	o.rooms = nil
}
