package switchboard

import (
	"context"

	"hotline/acd"
	"hotline/media"
	"hotline/sip"
)

// companion is the phone of somebody who takes part in a talk beside caller and counselor.
type companion struct {
	circle    *circle
	extension string     // empty outside
	offer     *acd.Offer // keeps the router from ringing the phone; nil outside
	leg       *Leg
	quit      chan struct{} // closed to send it home
	gone      chan struct{} // closed when it has gone

	// The rest is guarded by the talks.
	party   *media.Party // while heard by both
	leaving bool
	left    bool
	yielded bool // the phone stays, with the caller
}

func newCompanion(o *circle, extension string) companion {
	return companion{circle: o, extension: extension, quit: make(chan struct{}), gone: make(chan struct{})}
}

func (m *companion) contact() acd.ContactID {
	return acd.ContactID(m.circle.call.file.contact.String())
}

// dismiss sends the companion home. The caller holds the lock of the talks.
func (m *companion) dismiss() {
	if !m.leaving {
		m.leaving = true
		close(m.quit)
	}
}

// stay waits until the companion hangs up, is lost or sent home.
func (m *companion) stay() {
	line := m.leg.audio.Line()
	for {
		select {
		case <-m.quit:
			return
		case <-m.leg.dialog.Context().Done():
			return
		case state, open := <-line:
			if !open || state == media.Lost {
				return
			}
		}
	}
}

// part lets the companion's phone go, unless it stays with the caller. It tells whether it went.
func (m *companion) part(ctx context.Context) bool {
	if m.leg != nil {
		m.circle.call.tape.detach(m.leg)
	}
	if m.yielded {
		return false
	}
	if m.leg != nil {
		m.leg.hangUp(ctx, sip.NormalClearing())
	}
	if m.offer != nil {
		m.offer.Finish()
	}
	return true
}

// yield ends the part of a companion who goes on with the caller, as the caller's partner.
func (m *companion) yield() *partner {
	m.circle.call.svc.talks.yield(m)
	<-m.gone
	return &partner{leg: m.leg, offer: m.offer, extension: m.extension}
}
