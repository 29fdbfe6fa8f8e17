package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// ring rings the phone of the agent an offer reserved, until it is answered or the offer ends. On an error the offer
// has been ended: the caller keeps the place.
func (c *Call) ring(ctx context.Context, offer *acd.Offer) (*Leg, error) {
	c.progress.at(event.StageRinging)
	began := time.Now()
	number := c.file.nextOffer()
	leg, err := c.svc.openLeg(c.file, event.RoleStaff, c.caller.audio)
	if err != nil {
		c.log.Error("no audio for the counselor's phone", "error", err)
		offer.Decline(acd.Unreachable)
		return nil, err
	}
	c.file.note(&event.Offered{Offer: number, Queue: string(offer.Ticket.Queue()), Extension: string(offer.Agent), Leg: leg.number})
	err = c.invite(ctx, offer, leg)
	if err == nil {
		err = offer.Accept()
	}
	why := acd.NoWhy
	if err != nil {
		why = ringEnd(ctx, offer, err)
		leg.hangUp(ctx, cancelReason(why))
		offer.Decline(why)
	}
	c.file.note(&event.OfferEnded{Offer: number, Extension: string(offer.Agent), Why: offerEnd(why), Rang: time.Since(began)})
	if err != nil {
		if ctx.Err() == nil {
			c.progress.at(event.StageQueue)
		}
		return nil, err
	}
	return leg, nil
}

// invite rings every phone of the agent; the leg is ready when it returns nil.
func (c *Call) invite(ctx context.Context, offer *acd.Offer, leg *Leg) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go endWith(ctx, offer.Done(), func() { cancel(ringOver(offer.Why())) })
	c.file.legAdded(leg, event.DirectionOut, sip.Origin{Extension: string(offer.Agent)})
	dialog, err := c.svc.ua.Invite(ctx, sip.Invite{
		To:      sip.Extension(offer.Agent),
		Offer:   leg.terms.Offer(sdp.SendRecv),
		From:    sip.Caller{Number: c.line.Number, Display: string(offer.Ticket.Queue())},
		Headers: map[string]string{"X-Contact": c.file.contact.String()},
		For:     c.dialog,
		Progress: func(code int, _ []byte) {
			c.file.note(&event.LegRinging{Leg: leg.number, Code: code})
		},
	})
	if err != nil {
		return err
	}
	leg.dialog = dialog
	leg.expect(false, dialog.Remote().Addr())
	if err := leg.TakeAnswer(dialog.Answered()); err != nil {
		return err
	}
	dialog.Serve(leg)
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
