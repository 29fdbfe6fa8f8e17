package switchboard

import (
	"context"
	"errors"
	"sync"
	"time"

	"hotline/acd"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// ringings are the phones of seats that ring for callers. A colleague may take such a call: by the lamp of the phone that
// rings, which shows where to ask (RFC 3891), or by a code. Duty phones outside, private calls and callbacks are for those
// who were asked.
type ringings struct {
	mu  sync.Mutex
	all []*ringing // in the order in which they began
}

// ringing is one phone that rings.
type ringing struct {
	call  *Call
	offer *acd.Offer

	gone chan struct{} // closed when somebody picked it up
	got  chan answered // takes one after that; no leg when the phone was lost at once

	mu  sync.Mutex
	won *acd.Offer // of who picked it up
}

// begin makes a ring known; nil for one that nobody may take.
func (r *ringings) begin(c *Call, offer *acd.Offer, at door) *ringing {
	if at.opens != nil || c.side().Leg == nil || c.private() {
		return nil
	}
	g := &ringing{call: c, offer: offer, gone: make(chan struct{}), got: make(chan answered, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, g)
	return g
}

// end forgets a ring.
func (r *ringings) end(g *ringing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, other := range r.all {
		if other == g {
			r.all = append(r.all[:i], r.all[i+1:]...)
			return
		}
	}
}

// at lists the rings of an extension, of all for an empty one, longest first.
func (r *ringings) at(extension string) (found []*ringing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.all {
		if extension == "" || string(g.offer.Agent) == extension {
			found = append(found, g)
		}
	}
	return found
}

// shown tells the lamps where to ask for a ring.
func (g *ringing) shown() func(sip.Place) {
	if g == nil {
		return nil
	}
	return g.call.svc.lamps.place(string(g.offer.Agent))
}

// heed takes the calls of those who ask for a ring's place.
func (g *ringing) heed() func(context.Context, *sip.Dialog) {
	if g == nil {
		return nil
	}
	return func(ctx context.Context, by *sip.Dialog) { g.call.svc.pickUpFirst(ctx, by, []*ringing{g}) }
}

// over is closed when somebody has picked the ring up.
func (g *ringing) over() <-chan struct{} {
	if g == nil {
		return nil
	}
	return g.gone
}

// taken reports whether somebody has picked the ring up.
func (g *ringing) taken() bool {
	if g == nil {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.won != nil
}

// accept is the claim of the phone that rings.
func (g *ringing) accept(offer *acd.Offer) error {
	if g == nil {
		return offer.Accept()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.won != nil { // by the same person, perhaps, at another phone
		return &acd.EndedError{Why: acd.Elsewhere}
	}
	return offer.Accept()
}

// claim gives the caller of a ring to an extension.
func (g *ringing) claim(extension string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	won, err := g.offer.PickUp(acd.AgentID(extension))
	if err == nil {
		g.won = won
		close(g.gone)
	}
	return err
}

// pickUpCode serves the code of a pick-up: of what rings at an extension, or of what rings longest and suits.
func (s *Service) pickUpCode(ctx context.Context, by *sip.Dialog, extension string) {
	s.pickUpFirst(ctx, by, s.ringings.at(extension))
}

// pickUpFirst gives a phone the first of some rings that it may have. The call of that phone is over when it returns.
func (s *Service) pickUpFirst(ctx context.Context, by *sip.Dialog, rings []*ringing) {
	extension := by.Origin().Extension
	refusal := &sip.StatusError{Status: 480, Warning: "nothing rings that can be picked up"}
	for _, g := range rings {
		leg, err := g.call.receive(by)
		if err != nil {
			return // it has been told
		}
		if err = g.claim(extension); err == nil {
			g.pickedUp(ctx, leg)
			return
		}
		_ = leg.audio.Close()
		refusal = refusalOfPickUp(err)
		g.call.file.note(&event.Noted{Name: "pick-up refused", Value: extension + " for " + string(g.offer.Agent)})
		s.Log.Info("pick-up refused", "agent", extension, "at", g.offer.Agent, "error", err)
	}
	_ = by.Reject(refusal)
}

// refusalOfPickUp is what a phone is told that may not have a call.
func refusalOfPickUp(err error) *sip.StatusError {
	var over *acd.EndedError
	switch {
	case errors.As(err, &over):
		return &sip.StatusError{Status: 603, Warning: "it has been answered or has stopped"}
	case errors.Is(err, acd.ErrUnfit):
		return &sip.StatusError{Status: 403, Warning: "not qualified for this caller"}
	case errors.Is(err, acd.ErrUnknownAgent):
		return &sip.StatusError{Status: 403, Warning: "sign in first"}
	}
	return &sip.StatusError{Status: 486, Warning: "in a call already"}
}

// receive prepares the audio of a phone of the house that calls to take this call, or refuses it.
func (c *Call) receive(by *sip.Dialog) (*Leg, error) {
	leg, err := c.svc.openLeg(c.file, event.RoleStaff, c.near())
	if err != nil {
		_ = by.Reject(&sip.StatusError{Status: 503, RetryAfter: c.svc.Retry})
		return nil, err
	}
	leg.dialog = by
	leg.expect(false, by.Remote().Addr())
	if by.Offer() == nil {
		return leg, nil
	}
	if leg.pending, err = leg.AnswerOffer(by.Offer()); err != nil {
		_ = leg.audio.Close()
		_, text := sdp.Warning(err)
		_ = by.Reject(&sip.StatusError{Status: 488, Warning: text})
	}
	return leg, err
}

// admit answers the phone of a leg that has been received.
func (l *Leg) admit(ctx context.Context) error {
	l.serve()
	l.dialog.OnInfo(l.info)
	body := l.pending
	if l.dialog.Offer() == nil {
		body = l.terms.Offer(sdp.SendRecv)
	}
	answer, err := l.dialog.Answer(ctx, body)
	if err == nil && l.dialog.Offer() == nil {
		err = l.TakeAnswer(answer)
	}
	return err
}

// pickedUp answers the phone that has taken a ring, and returns when its call is over. A phone that is lost before it is
// answered leaves the caller first in line.
func (g *ringing) pickedUp(ctx context.Context, leg *Leg) {
	c, began := g.call, time.Now()
	number, who := c.file.nextOffer(), string(g.won.Agent)
	leg.lit(&c.svc.lamps, who)
	c.file.note(&event.Noted{Name: "picked up", Value: who + " for " + string(g.offer.Agent)})
	c.file.legAdded(leg, event.DirectionIn, leg.dialog.Origin())
	c.file.note(&event.Offered{Offer: number, Queue: queueOf(g.won), Extension: who, Leg: leg.number})
	err := leg.admit(ctx)
	end := event.OfferAccepted
	if err != nil {
		end = event.OfferUnreachable
		leg.hangUp(ctx, sip.NormalClearing())
		if g.won.Ticket == nil {
			g.won.Finish()
		} else {
			g.won.Lost()
		}
		leg = nil
	} else {
		c.file.legAnswered(leg)
	}
	c.file.note(&event.OfferEnded{Offer: number, Extension: who, Why: end, Rang: time.Since(began)})
	g.got <- answered{leg, g.won}
	if leg != nil {
		<-ctx.Done()
	}
}
