package sip

import (
	"errors"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// reinvited takes a re-INVITE (RFC 3261 section 14.2). It is answered off the
// reading goroutine, since the negotiator may take its time.
func (d *Dialog) reinvited(m *wire.Message, server *transaction.Server) {
	if r := tooBrief(m, d.ua.cfg.Session); r != nil {
		d.reply(m, server, *r)
		return
	}
	ok, ours := d.enter()
	switch {
	case ok:
		d.user.queue.add(func() { d.renegotiate(m, server) })
	case ours:
		d.reply(m, server, wire.Reply{Status: 491})
	default:
		d.reply(m, server, soon())
	}
}

// renegotiate answers the re-INVITE, and ends the call if a negotiator's panic
// leaves it in doubt.
func (d *Dialog) renegotiate(m *wire.Message, server *transaction.Server) {
	refused := wire.Reply{Status: 500}
	done := false
	defer func() {
		if !done {
			d.leaveOffer() // before the answer, after which the peer may offer again
			d.reply(m, server, refused)
		}
	}()
	d.mu.Lock()
	n := d.user.negotiator
	d.mu.Unlock()
	if n == nil {
		refused.Status = 491
		return
	}
	offer, _ := description(m)
	var sdp []byte
	var err error
	if offer == nil {
		sdp, err = n.MakeOffer()
	} else {
		sdp, err = n.AnswerOffer(offer)
	}
	if err != nil {
		refused = d.notAcceptable(server, err)
		return
	}
	d.mu.Lock()
	if d.state != confirmed {
		refused.Status = 487
		d.mu.Unlock()
		return
	}
	d.retarget(m)
	if offer != nil {
		d.user.answered = offer
	}
	send := d.confirm(server, m, sdp, func(body []byte) { d.renegotiated(offer == nil, body) })
	d.mu.Unlock()
	done = true
	send()
}

// renegotiated takes the ACK of a re-INVITE's 2xx, with the answer when the offer
// was ours.
func (d *Dialog) renegotiated(ours bool, answer []byte) {
	d.leaveOffer()
	if !ours {
		return
	}
	d.user.queue.add(func() {
		if len(answer) == 0 {
			d.terminate(&EndError{Cause: ErrNoAnswer, Reason: Reason{Protocol: "SIP", Cause: 488}})
			return
		}
		d.takeAnswer(answer)
	})
}

// takeAnswer gives an answer to the negotiator. One that it cannot take ends the
// call: the two sides no longer agree.
func (d *Dialog) takeAnswer(answer []byte) {
	d.mu.Lock()
	n := d.user.negotiator
	d.user.answered = answer
	d.mu.Unlock()
	if n == nil {
		return
	}
	if err := n.TakeAnswer(answer); err != nil {
		d.ua.log.Warn("answer of the peer not usable, call ended", "error", err)
		d.terminate(&EndError{Cause: ErrNoAnswer, Reason: Reason{Protocol: "SIP", Cause: 488}})
	}
}

// notAcceptable is 488, or the status the negotiator asks for.
func (d *Dialog) notAcceptable(server *transaction.Server, err error) wire.Reply {
	e := &StatusError{Status: 488}
	if !errors.As(err, &e) {
		e.Warning = "Session description not acceptable"
	}
	return wire.Reply{Status: e.Status, Phrase: e.Phrase, Fields: e.fields(d.ua.host(server.Flow()))}
}

// updated takes an UPDATE (RFC 3311 section 5.2): with an offer like a re-INVITE
// but answered at once, without one as a refresh of session timer and Contact.
func (d *Dialog) updated(m *wire.Message, server *transaction.Server) {
	if r := tooBrief(m, d.ua.cfg.Session); r != nil {
		d.reply(m, server, *r)
		return
	}
	offer, _ := description(m)
	if offer == nil {
		d.refreshed(m, server, nil)
		return
	}
	ok, ours := d.enter()
	switch {
	case ok:
		d.user.queue.add(func() { d.answerUpdate(m, server, offer) })
	case ours:
		d.reply(m, server, wire.Reply{Status: 491})
	default:
		d.reply(m, server, soon())
	}
}

func (d *Dialog) answerUpdate(m *wire.Message, server *transaction.Server, offer []byte) {
	refused := wire.Reply{Status: 500}
	done := false
	defer func() {
		if !done {
			d.leaveOffer()
			d.reply(m, server, refused)
		}
	}()
	d.mu.Lock()
	n := d.user.negotiator
	d.mu.Unlock()
	if n == nil {
		refused.Status = 491
		return
	}
	sdp, err := n.AnswerOffer(offer)
	if err != nil {
		refused = d.notAcceptable(server, err)
		return
	}
	done = true
	d.mu.Lock()
	d.user.offered, d.user.answered = sdp, offer
	d.mu.Unlock()
	d.leaveOffer()
	d.refreshed(m, server, sdp)
}

// refreshed answers an UPDATE with 200.
func (d *Dialog) refreshed(m *wire.Message, server *transaction.Server, sdp []byte) {
	d.mu.Lock()
	d.retarget(m)
	fields := append(d.ua.capabilities(), d.timer.accept(d, m)...)
	d.mu.Unlock()
	fields = append(fields, wire.Field{Name: "Contact", Value: d.ua.contact(server.Flow(), d.peer.self)})
	d.reply(m, server, wire.Reply{Status: 200, Fields: fields, Type: sdpType, Body: sdp})
}
