package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// answered is a phone that has taken a call, and the offer by which it has it: that of the agent who was rung, or of a
// colleague who picked it up.
type answered struct {
	leg   *Leg
	offer *acd.Offer
}

// ring rings the phone of the agent an offer reserved, until it is answered or the offer ends. On an error the offer
// has been ended: the caller keeps the place. Where several were reserved at once all are rung: the first whose audio is
// there has the caller, and the others stop.
func (c *Call) ring(ctx context.Context, offer *acd.Offer) (answered, error) {
	others := offer.Others()
	if len(others) == 0 {
		return c.reach(ctx, offer, c.doorOf(offer))
	}
	c.progress.at(event.StageRinging)
	type end struct {
		answered
		err error
	}
	ends := make(chan end, 1+len(others))
	for _, o := range append(others, offer) {
		c.partings.Go(func() { // who waits for one that stopped ringing is not the caller
			got, err := c.knock(ctx, o, c.doorOf(o))
			ends <- end{got, err}
		})
	}
	var last error
	for range cap(ends) {
		one := <-ends
		if one.err == nil {
			return one.answered, nil
		}
		last = one.err
	}
	c.backInLine(ctx)
	return answered{}, last
}

// backInLine says that the caller waits again.
func (c *Call) backInLine(ctx context.Context) {
	if ctx.Err() == nil {
		c.progress.at(event.StageQueue)
	}
}

// door is how an agent is reached.
type door struct {
	to   sip.Destination
	ring time.Duration // at most; 0 is as long as the offer
	// opens is asked when the phone is answered, and has the last word: a voicemail answers, too. Nil lets everybody in.
	opens func(ctx context.Context, l *Leg) error
	// ringing is what a colleague may pick up; nil for nothing.
	ringing *ringing
}

// reach rings at one door; see ring.
func (c *Call) reach(ctx context.Context, offer *acd.Offer, at door) (answered, error) {
	c.progress.at(event.StageRinging)
	got, err := c.knock(ctx, offer, at)
	if err != nil {
		c.backInLine(ctx)
	}
	return got, err
}

// knock is reach, whatever becomes of the call meanwhile.
func (c *Call) knock(ctx context.Context, offer *acd.Offer, at door) (answered, error) {
	began := time.Now()
	number := c.file.nextOffer()
	leg, err := c.svc.openLeg(c.file, event.RoleStaff, c.near())
	if err != nil {
		c.log.Error("no audio for the counselor's phone", "error", err)
		offer.Decline(acd.Unreachable)
		return answered{}, err
	}
	c.file.note(&event.Offered{Offer: number, Queue: queueOf(offer), Extension: string(offer.Agent), Leg: leg.number})
	at.ringing = c.svc.ringings.begin(c, offer, at)
	c.svc.metrics.census.rung(offer)
	err = c.enter(ctx, offer, at, leg)
	c.svc.ringings.end(at.ringing)
	if err == nil {
		err = at.ringing.accept(offer)
	}
	why, picked := acd.NoWhy, at.ringing.taken()
	if err != nil {
		if why = ringEnd(ctx, offer, err); picked {
			why = acd.Elsewhere
		}
		if why == acd.Unreachable {
			c.log.Warn("phone not reached", "agent", string(offer.Agent), "error", err)
		}
		leg.hangUp(ctx, cancelReason(why))
		offer.Decline(why)
	}
	c.file.note(&event.OfferEnded{Offer: number, Extension: string(offer.Agent), Why: offerEnd(why), Rang: time.Since(began)})
	if err == nil {
		return answered{leg, offer}, nil
	}
	if picked {
		if got := <-at.ringing.got; got.leg != nil {
			return got, nil
		}
	}
	return answered{}, err
}

// near is the audio that another leg's is to be beside; nil when the caller is not there yet.
func (c *Call) near() *media.Session {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.caller.Leg == nil {
		return nil
	}
	return c.caller.audio
}

// peer is the caller's dialog, for who is not on the call's goroutine: another one after the line dropped.
func (c *Call) peer() *sip.Dialog {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.dialog
}

// queueOf is the queue of an offer; empty for a direct one.
func queueOf(offer *acd.Offer) string {
	if offer.Ticket == nil {
		return ""
	}
	return string(offer.Ticket.Queue())
}

// enter rings at the door and, when somebody answers, asks whether it opens.
func (c *Call) enter(ctx context.Context, offer *acd.Offer, at door, leg *Leg) error {
	wait := ctx
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(wait)) // why the ring ended comes before that the wait did
	defer cancel(nil)
	go func() {
		select {
		case <-at.ringing.over():
		case <-offer.Done():
		case <-wait.Done():
		case <-ctx.Done():
			return
		}
		switch why := offer.Why(); {
		case at.ringing.taken():
			cancel(ringOver(acd.Elsewhere))
		case why != acd.NoWhy:
			cancel(ringOver(why))
		default:
			cancel(context.Cause(wait))
		}
	}()
	if err := c.invite(ctx, offer, at, leg); err != nil || at.opens == nil {
		return err
	}
	return at.opens(ctx, leg)
}

// invite rings every phone of the agent; the leg is ready when it returns nil.
func (c *Call) invite(ctx context.Context, offer *acd.Offer, at door, leg *Leg) error {
	if at.ring > 0 {
		limited, end := context.WithTimeoutCause(ctx, at.ring, errNoAnswer)
		defer end()
		ctx = limited
	}
	c.file.legAdded(leg, event.DirectionOut, sip.Origin{Extension: string(offer.Agent)})
	defer c.svc.lamps.rings(string(offer.Agent))()
	dialog, err := c.svc.ua.Invite(ctx, sip.Invite{
		To:       at.to,
		Offer:    leg.terms.Offer(sdp.SendRecv),
		From:     sip.Caller{Number: c.line.Number, Display: queueOf(offer)},
		Headers:  at.headers(c.file.contact),
		For:      c.peer(),
		Rings:    at.ringing.shown(),
		Replaced: at.ringing.heed(),
		Progress: func(code int, _ []byte) {
			c.file.note(&event.LegRinging{Leg: leg.number, Code: code})
		},
	})
	if err != nil {
		return err
	}
	leg.dialog = dialog
	leg.lit(&c.svc.lamps, dialog.Origin().Extension)
	leg.expect(dialog.Origin().Trunk != "", dialog.Remote().Addr())
	if err := leg.TakeAnswer(dialog.Answered()); err != nil {
		return err
	}
	leg.serve()
	dialog.OnInfo(leg.info)
	c.file.legAnswered(leg)
	return nil
}

// endWith calls end when done is closed before the context ends.
func endWith(ctx context.Context, done <-chan struct{}, end func()) {
	select {
	case <-done:
		end()
	case <-ctx.Done():
	}
}

// ringOver is the cause that cancels the ringing, with the reason the phone is told.
func ringOver(why acd.Why) error {
	return &sip.EndError{Cause: sip.ErrLocal, Reason: cancelReason(why)}
}

// ringEnd reads from an error why a ring ended without a talk.
func ringEnd(ctx context.Context, offer *acd.Offer, err error) acd.Why {
	if why := offer.Why(); why != acd.NoWhy {
		return why
	}
	if ctx.Err() != nil {
		return acd.CallerGone
	}
	switch {
	case errors.Is(err, errNoAnswer):
		return acd.NoAnswer
	case errors.Is(err, errRefused):
		return acd.Declined
	}
	var status *sip.StatusError
	if errors.As(err, &status) {
		switch status.Status {
		case 486, 600:
			return acd.DeviceBusy
		case 603, 480, 487:
			return acd.Declined
		case 408:
			return acd.NoAnswer
		}
	}
	return acd.Unreachable
}

// cancelReason tells the phone why it stops ringing.
func cancelReason(why acd.Why) sip.Reason {
	if why == acd.Elsewhere {
		return sip.Elsewhere()
	}
	return sip.NormalClearing()
}

// offerEnd is the filed name of a ring's end.
func offerEnd(why acd.Why) event.OfferEnd {
	switch why {
	case acd.NoWhy:
		return event.OfferAccepted
	case acd.NoAnswer:
		return event.OfferTimeout
	case acd.DeviceBusy:
		return event.OfferBusy
	case acd.Declined:
		return event.OfferDeclined
	case acd.CallerGone:
		return event.OfferCallerGone
	case acd.Elsewhere:
		return event.OfferElsewhere
	case acd.AgentGone, acd.Unfit:
		return event.OfferWithdrawn
	default:
		return event.OfferUnreachable
	}
}
