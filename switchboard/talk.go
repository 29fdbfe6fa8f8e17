package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// errLostAgent means that the counselor's phone died in mid-talk and the caller is still there.
var errLostAgent = errors.New("counselor's phone lost")

// agentSilence is how long a counselor's phone may send nothing before it counts as dead: the caller is back in line
// within 15 s of its last packet.
const agentSilence = 12 * time.Second

// partner is who a caller talks with: a counselor, or somebody outside whom a counselor brought in.
type partner struct {
	leg       *Leg
	offer     *acd.Offer // nil outside
	extension string     // empty outside
	waited    time.Duration
	began     time.Time
	wishes    wishes
}

// talk joins caller and counselor until either leaves; who is handed on talks with the next.
func (c *Call) talk(ctx context.Context, agent *Leg, offer *acd.Offer, waited time.Duration) (ivr.QueueResult, error) {
	p := &partner{leg: agent, offer: offer, extension: string(offer.Agent), waited: waited}
	return c.with(ctx, p)
}

// with is the talk with a partner and with those who follow.
func (c *Call) with(ctx context.Context, p *partner) (ivr.QueueResult, error) {
	c.wayBack() // it is found only while the line is there
	for {
		c.partner.Store(p)
		by, err := c.together(ctx, p)
		ctx = c.here(ctx)
		var s *successor
		if errors.As(err, &s) {
			p = s.partner
			continue
		}
		var m *move
		if errors.As(err, &m) {
			if p, err = c.handOver(ctx, m); err == nil {
				continue
			}
		}
		c.progress.parted(by)
		c.caller.dropKeys() // what was pressed in the talk answers nothing that is asked after it
		if err != nil && ctx.Err() == nil {
			return ivr.QueueResult{}, err
		}
		return ivr.QueueResult{Outcome: ivr.Served}, err
	}
}

// together is one talk with one partner, whose leg is over when it returns.
func (c *Call) together(ctx context.Context, p *partner) (event.Party, error) {
	c.progress.at(event.StageTalk)
	c.progress.came(event.OutcomeAnswered)
	p.leg.audio.Limits(media.Limits{Quiet: agentSilence / 2, Lost: agentSilence})
	circle, err := c.meet(p.leg, p.extension)
	if err != nil {
		c.log.Error("not joined", "error", err)
		p.leg.hangUp(ctx, sip.NormalClearing())
		return event.PartySystem, c.lost(p)
	}
	defer circle.Close()
	c.tape.attach(p.leg, staffChannel)
	hush := circle.reads(ctx, p.leg, p.extension)
	c.file.note(&event.Connected{Queue: p.queue(), Extension: p.extension, Leg: p.leg.number, Waited: p.waited})
	c.log.Info("call", "stage", "talk", "agent", p.extension)
	p.began = time.Now()
	defer c.heed(ctx, p)()
	defer c.yielding(p)()
	done := circle.hand(ctx, p.leg, p.extension)
	if c.grip.holds() && p.extension != "" { // called for help before: nobody is left alone with it
		circle.rally()
	}
	by, err := c.converse(ctx, p)
	for c.dropped(ctx) && c.redial(ctx, circle, p) {
		ctx = c.here(ctx)
		by, err = c.converse(ctx, p)
	}
	done()
	hush()
	return c.concludes(ctx, circle, p, by, err)
}

// concludes ends the partner's part in a talk, and finds who goes on with a caller who is not to be left alone.
func (c *Call) concludes(ctx context.Context, circle *circle, p *partner, by event.Party, err error) (event.Party, error) {
	heir := circle.after(ctx, err)
	if heir != nil {
		by = event.PartyStaff
	}
	if circle.by = event.PartySystem; err == nil && heir == nil && !c.grip.holds() {
		circle.by = by
	}
	c.tape.detach(p.leg)
	if c.warnings.sentAway() && by == event.PartySystem {
		by = event.PartyStaff
	}
	c.talkEnded(p, by)
	var m *move
	if errors.As(err, &m) {
		c.partings.Go(func() { p.leg.part(ctx, m) })
	} else {
		p.leg.hangUp(ctx, sip.NormalClearing())
	}
	held := heir == nil && m == nil && ctx.Err() == nil && c.grip.holds()
	if held { // a caller in danger waits for who was called for help
		c.svc.talks.alone(circle)
		heir = circle.vigil(ctx)
	}
	switch {
	case heir != nil:
		p.finish()
		return by, &successor{heir.yield()}
	case errors.Is(err, errLostAgent):
		return by, c.lost(p)
	case held:
		p.finish()
		return by, &requeued{why: errHeld}
	}
	p.finish()
	return by, err
}

// errHeld means that the counselor has left a caller who is in danger.
var errHeld = errors.New("in danger, and left alone")

// talkEnded files the end of a talk.
func (c *Call) talkEnded(p *partner, by event.Party) {
	held := p.leg.heldFor()
	c.file.note(&event.TalkEnded{
		Extension: p.extension, Leg: p.leg.number, By: by, Held: held, Talked: max(time.Since(p.began)-held, 0),
	})
}

// lost says that the partner's line died and the caller is still there. Who came by the line is back at its head; who was
// handed on since has to join it again.
func (c *Call) lost(p *partner) error {
	if p.offer == nil || p.offer.Ticket == nil {
		p.finish()
		return &requeued{why: errLostAgent}
	}
	p.offer.Lost()
	return errLostAgent
}

// finish lets the counselor go to wrap-up.
func (p *partner) finish() {
	if p.offer != nil {
		p.offer.Finish()
	}
}

func (p *partner) queue() string {
	if p.offer == nil {
		return ""
	}
	return queueOf(p.offer)
}

// converse waits until either side leaves or the caller is handed on, and says who.
func (c *Call) converse(ctx context.Context, p *partner) (event.Party, error) {
	line := p.leg.audio.Line()
	for {
		select {
		case <-ctx.Done():
			return leaver(context.Cause(ctx)), context.Cause(ctx)
		case <-p.leg.dialog.Context().Done():
			switch cause := context.Cause(p.leg.dialog.Context()); {
			case errors.Is(cause, sip.ErrHungUp):
				return event.PartyStaff, p.wishes.last()
			case errors.Is(cause, sip.ErrStopped): // the caller's dialog ends in the same moment
				<-ctx.Done()
				return event.PartySystem, context.Cause(ctx)
			}
			return event.PartyNetwork, p.broken()
		case <-p.leg.audio.Done():
			return event.PartySystem, p.broken()
		case m := <-p.wishes.granted:
			return event.PartyStaff, p.wishes.take(m)
		case state, open := <-line:
			if !open {
				line = nil
			}
			if open && state == media.Lost {
				return event.PartyNetwork, p.broken()
			}
		}
	}
}

// leaver is who ended the caller's side.
func leaver(cause error) event.Party {
	var end *sip.EndError
	if errors.As(cause, &end) {
		return blame(end, event.PartyCaller)
	}
	return event.PartySystem
}

// broken is the end of a talk by a phone that died: a transfer that it had asked for goes on.
func (p *partner) broken() error {
	if m := p.wishes.last(); m != nil {
		return m
	}
	return errLostAgent
}
