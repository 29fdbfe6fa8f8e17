package sip

import (
	"maps"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// accepted deals with a 2xx: it is acknowledged, and the dialog is ready unless
// the answer is missing.
func (f *fork) accepted(c *transaction.Client, m *wire.Message) (*Dialog, error) {
	d := f.confirm(c, m)
	d.mu.Lock()
	sdp, _ := description(m)
	if len(sdp) > 0 {
		d.user.answered = sdp
	}
	missing := len(d.user.answered) == 0
	d.mu.Unlock()
	f.call.mu.Lock()
	f.done = true
	f.call.mu.Unlock()
	if missing {
		d.terminate(&EndError{Cause: ErrNoAnswer, Reason: Reason{Protocol: "SIP", Cause: 488}})
		return nil, ErrNoAnswer
	}
	return d, nil
}

// confirm brings the dialog of a 2xx into being and sends its ACK.
func (f *fork) confirm(c *transaction.Client, m *wire.Message) *Dialog {
	d := f.early(m)
	d.mu.Lock()
	d.retarget(m)
	if set := routeSet(m, true); len(set) > 0 {
		d.path.routes = set // the 2xx says for good (RFC 3261 section 13.2.2.4)
	}
	d.path.updates = m.Has("Allow", "UPDATE")
	d.path.local = max(d.path.local, f.try.seq)
	if d.state == calling {
		d.state = confirmed
		d.timer.take(d, m)
	}
	d.mu.Unlock()
	ack := d.ack(c, m)
	f.call.mu.Lock()
	f.acks[m.ToTag()] = ack
	f.call.mu.Unlock()
	f.call.ua.met.request("ACK", "out")
	_ = d.flow().Send(ack)
	return d
}

// late deals with what arrives when the call is decided: a phone that answers all
// the same is acknowledged and hung up, a repeated 2xx acknowledged again, and a
// phone that rings only now is cancelled.
func (f *fork) late(e event) {
	if e.m == nil {
		return
	}
	switch m := e.m; {
	case m.Status < 200:
		f.call.mu.Lock()
		wanted, first := f.wanted, !f.heard
		f.heard = true
		f.call.mu.Unlock()
		if wanted && first {
			_ = e.c.Cancel(f.reason.field())
		}
	case m.Status < 300:
		f.call.mu.Lock()
		ack := f.acks[m.ToTag()]
		d := f.dialogs[m.ToTag()]
		f.call.mu.Unlock()
		if ack != nil && d != nil {
			_ = d.flow().Send(ack)
			return
		}
		f.confirm(e.c, m).dismiss(Elsewhere())
	}
}

// forget lets go of early dialogs that came to nothing.
func (f *fork) forget() {
	f.call.mu.Lock()
	all := maps.Clone(f.dialogs)
	f.call.mu.Unlock()
	for _, d := range all {
		d.mu.Lock()
		idle := d.state == calling
		if idle {
			d.finish(&EndError{Cause: ErrLocal})
		}
		d.mu.Unlock()
		if idle {
			d.ua.dialogs.remove(d)
		}
	}
}
