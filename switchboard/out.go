package switchboard

import (
	"context"
	"errors"
	"strings"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// serveExtension serves a call that a counselor's phone makes: to another extension of the house, or outside. Only an
// extension that may dial out holds a ticket, so no other call can leave by a trunk.
func (s *Service) serveExtension(ctx context.Context, d *sip.Dialog) {
	if number, ok := strings.CutPrefix(d.Called(), FeatureTake); ok {
		s.serveTake(ctx, d, number)
		return
	}
	if deed, digit, ok := s.Codes.read(d.Called()); ok {
		if deed == DeedPickUp {
			s.pickUpCode(ctx, d, digit)
		} else {
			s.serveDeed(ctx, d, deed, digit)
		}
		return
	}
	if _, ok := s.Office.Agent(d.Called()); ok {
		s.serveHouse(ctx, d)
		return
	}
	ticket, err := d.Ticket()
	trunk, routed := s.Route(d.Called())
	switch {
	case err != nil:
		_ = d.Reject(&sip.StatusError{Status: 403})
		s.metrics.refused.WithLabelValues("may_not_dial_out").Inc()
	case !routed:
		_ = d.Reject(&sip.StatusError{Status: 404})
		s.metrics.refused.WithLabelValues("no_trunk").Inc()
	default:
		c := newCall(s, d, Line{Number: s.Shown})
		c.out(ctx, ticket.Dial(trunk, d.Called()), trunk)
	}
}

// out is the story of a call to the outside: the counselor's phone is the caller's leg of the dialog, and the other
// side is the person the contact is about.
func (c *Call) out(ctx context.Context, to sip.Destination, trunk string) {
	extension := c.dialog.Origin().Extension
	offer, err := c.svc.Router.Engage(acd.AgentID(extension), acd.ContactID(c.file.contact.String()))
	asking := errors.Is(err, acd.ErrUnavailable) && c.svc.desks.talking(extension) // somebody for advice, the caller on hold
	if err != nil && !errors.Is(err, acd.ErrUnknownAgent) && !asking {
		_ = c.dialog.Reject(&sip.StatusError{Status: 486})
		return
	}
	if offer != nil {
		defer offer.Finish()
	}
	staff, err := c.pickUp()
	if err != nil {
		return
	}
	staff.role = event.RoleStaff
	c.openOut(trunk)
	c.file.legAdded(staff, event.DirectionIn, c.dialog.Origin())
	asked := c.svc.desks.asks(c.dialog)
	defer asked()
	rings := func() { _ = c.dialog.Ring() } // a counselor who has hung up hears nothing
	far, err := c.callFar(ctx, event.RoleCaller, staff.audio, outside{to, trunk}, rings)
	asked()
	if err != nil {
		c.unreached(ctx, staff, err)
		return
	}
	c.caller, c.wayHome = callerLeg{far}, outside{to, trunk}
	by, given, next := c.talkOut(ctx, staff, far, extension)
	if given != nil {
		c.file.legEnded(far)
		close(given.left)
	}
	staff.hangUp(ctx, sip.NormalClearing())
	if offer != nil {
		offer.Finish() // who is in danger may talk on with others
	}
	if given == nil {
		c.partOut(ctx, next)
	}
	c.tape.close(ctx)
	c.file.note(&event.Closed{Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: by})
}

func (c *Call) openOut(trunk string) {
	number := c.svc.Numbers.Parse(c.dialog.Called())
	c.person = c.svc.Sealer.Number(number, "keyed")
	c.file.note(&event.Opened{
		Channel: event.ChannelCallOut, Line: c.line.Number, Caller: c.person,
		Trunk: trunk, Node: c.svc.Node, Boot: c.svc.Boot, External: c.file.callID(c.dialog),
	})
	c.svc.metrics.opened.WithLabelValues(c.line.Number).Inc()
}

// callFar calls a number outside and returns its leg, near another one. rings is told that it rings; nil when nobody need be.
func (c *Call) callFar(ctx context.Context, role event.Role, near *media.Session, to outside, rings func()) (*Leg, error) {
	far, err := c.svc.openLeg(c.file, role, near)
	if err != nil {
		return nil, err
	}
	c.file.note(&event.LegAdded{Leg: far.number, Role: far.role, Direction: event.DirectionOut, Trunk: to.trunk})
	far.dialog, err = c.svc.ua.Invite(ctx, sip.Invite{
		To: to.destination, Offer: far.terms.Offer(sdp.SendRecv), For: c.peer(),
		Progress: func(code int, _ []byte) {
			if rings != nil {
				rings()
			}
			c.file.note(&event.LegRinging{Leg: far.number, Code: code})
		},
	})
	if err == nil {
		far.expect(true, far.dialog.Remote().Addr())
		err = far.TakeAnswer(far.dialog.Answered())
	}
	if err != nil {
		far.hangUp(ctx, sip.NormalClearing())
		return nil, err
	}
	far.serve()
	c.file.legAnswered(far)
	return far, nil
}

// outside is a number that may be called, and the trunk that takes it.
type outside struct {
	destination sip.Destination
	trunk       string
}

// unreached tells the counselor's phone what the network said.
func (c *Call) unreached(ctx context.Context, staff *Leg, err error) {
	refusal := &sip.StatusError{Status: 480}
	_ = errors.As(err, &refusal)
	_ = c.dialog.Reject(refusal)
	staff.hangUp(ctx, sip.NormalClearing())
	c.file.note(&event.Closed{Outcome: event.OutcomeUnreached, Stage: event.StageSetup, By: event.PartyNetwork, Code: refusal.Status})
}

// talkOut joins the two until one leaves, or until the other side is taken to a caller whom the counselor has on hold.
// Of somebody in danger the one who goes on is returned, too.
func (c *Call) talkOut(ctx context.Context, staff, far *Leg, extension string) (by event.Party, given *visit, next *partner) {
	c.tape = c.svc.record(c.file, event.RecordingAdvice, 2, "caller,staff", c.log)
	c.tape.attach(far, callerChannel)
	c.tape.attach(staff, staffChannel)
	staff.serve()
	if _, err := c.dialog.Answer(ctx, staff.pending); err != nil {
		return event.PartyStaff, nil, nil
	}
	c.file.legAnswered(staff)
	circle, err := c.meet(staff, extension)
	if err != nil {
		c.log.Error("not joined", "error", err)
		return event.PartySystem, nil, nil
	}
	hush := circle.reads(ctx, staff, extension)
	done := circle.handTo(ctx, &hands{
		leg: staff, who: acd.AgentID(extension), loose: func(keys string) { c.press(ctx, keys) },
	})
	c.file.note(&event.Connected{Extension: extension, Leg: staff.number})
	began := time.Now()
	v := newVisit(far, "")
	defer c.svc.desks.receive(c.dialog, v)()
	by = c.untilOut(ctx, circle, staff, v)
	done()
	hush()
	circle.by = by
	c.file.note(&event.TalkEnded{Extension: extension, Leg: staff.number, By: by, Talked: time.Since(began)})
	if v.isTaken() {
		given = v
	} else {
		next = c.heirOut(circle, staff)
	}
	circle.Close()
	if next == nil {
		c.tape.detach(c.caller.Leg)
	}
	return by, given, next
}

// press presses keys to the other side, which may be a menu.
func (c *Call) press(ctx context.Context, keys string) {
	c.mu.RLock()
	far := c.caller
	c.mu.RUnlock()
	err := far.audio.Dial(ctx, keys)
	if errors.Is(err, media.ErrNoEvents) {
		err = far.audio.Tones(ctx, keys)
	}
	if err != nil && ctx.Err() == nil {
		c.log.Warn("keys not passed on", "error", err)
	}
}

// Route finds the trunk that takes a number, by its first digits.
func (c Config) Route(number string) (trunk string, ok bool) {
	if number == "" || strings.Trim(number, "+0123456789*#") != "" {
		return "", false
	}
	best := -1
	for _, r := range c.Routes {
		if strings.HasPrefix(number, r.Prefix) && len(r.Prefix) > best {
			trunk, best = r.Trunk, len(r.Prefix)
		}
	}
	return trunk, best >= 0
}

// Route says which trunk takes numbers that begin so.
type Route struct{ Prefix, Trunk string }
