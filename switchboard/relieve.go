package switchboard

import (
	"context"
	"errors"

	"hotline/acd"
	"hotline/sip"
	"hotline/store/event"
)

// yielding lets a supervisor's phone take the call from the counselor's by its lamp (RFC 3891), until the function returned
// is called. Nobody else may: who talks with a caller is not relieved by a stray key.
func (c *Call) yielding(p *partner) (stop func()) {
	if p.extension == "" || c.private() {
		return func() {}
	}
	d := p.leg.dialog
	d.OnReplace(func(own context.Context, by *sip.Dialog) { c.relieve(own, p, by) })
	off := c.svc.lamps.serves(p.extension, d.Place())
	return func() {
		d.OnReplace(nil)
		off()
	}
}

// relieve serves a phone that asks for the place of the counselor's. Its own call is over when it returns.
func (c *Call) relieve(own context.Context, p *partner, by *sip.Dialog) {
	extension := by.Origin().Extension
	m := &move{done: make(chan struct{}), cancel: func() {}}
	leg, offer, err := c.relief(m, p, by)
	if err != nil {
		c.file.note(&event.Noted{Name: "take-over refused", Value: extension + " from " + p.extension})
		refusal := &sip.StatusError{Status: 480}
		_ = errors.As(err, &refusal)
		_ = by.Reject(refusal)
		return
	}
	c.file.note(&event.Noted{Name: "taken over", Value: extension + " from " + p.extension})
	leg.lit(&c.svc.lamps, extension)
	c.file.legAdded(leg, event.DirectionIn, by.Origin())
	if err = leg.admit(own); err != nil {
		leg.hangUp(own, sip.NormalClearing())
		offer.Finish()
		m.settle(p, nil, err)
		return
	}
	c.file.legAnswered(leg)
	m.settle(p, &partner{leg: leg, offer: offer, extension: extension}, nil)
	<-own.Done()
}

// relief decides whether a phone may take the call, and reserves who is at it.
func (c *Call) relief(m *move, p *partner, by *sip.Dialog) (*Leg, *acd.Offer, error) {
	agent, works := c.svc.Office.Agent(by.Origin().Extension)
	switch {
	case !works || agent.Site != acd.Supervisor:
		return nil, nil, &sip.StatusError{Status: 403, Warning: "only a supervisor takes over a call that is answered"}
	case c.private():
		return nil, nil, &sip.StatusError{Status: 403, Warning: "nobody takes over a private call"}
	}
	if err := c.svc.Router.Fit(agent.ID, c.direct()); err != nil {
		return nil, nil, refusalOf(err)
	}
	if !p.wishes.wish(m) {
		return nil, nil, &sip.StatusError{Status: 491}
	}
	offer, err := c.svc.Router.Engage(agent.ID, c.direct().Contact)
	if err != nil {
		m.settle(p, nil, err)
		return nil, nil, refusalOf(err)
	}
	leg, err := c.receive(by)
	if err != nil {
		offer.Finish()
		m.settle(p, nil, err)
	}
	return leg, offer, err
}
