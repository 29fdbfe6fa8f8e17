package sip

import (
	"context"
	"fmt"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// ackWait is a 2xx to an INVITE that is repeated until its ACK comes.
type ackWait struct {
	seq      uint32
	repeater *repeater
	done     func(body []byte) // called without d.mu, once
}

// Answer takes an incoming call: 200 with the session description, repeated until
// the caller acknowledges it. For an INVITE with an offer, sdp is the answer to
// it. Without one sdp is our offer, and the answer from the ACK is returned.
//
// It returns once acknowledged. Otherwise it returns the cause of the dialog's
// end (ErrNoAck after 64*T1, with BYE sent; ErrCancelled, ErrHungUp ...), or that
// of ctx, and then the call is being hung up.
func (d *Dialog) Answer(ctx context.Context, sdp []byte) ([]byte, error) {
	acked := make(chan []byte, 1)
	if err := d.accept(sdp, func(body []byte) { acked <- body }); err != nil {
		return nil, fmt.Errorf("answer call: %w", err)
	}
	var body []byte
	select {
	case body = <-acked:
	case <-d.ctx.Done():
		return nil, fmt.Errorf("answer call: %w", d.cause())
	case <-ctx.Done():
		d.terminate(&EndError{Cause: ErrLocal, Reason: NormalClearing()})
		return nil, fmt.Errorf("answer call: %w", context.Cause(ctx))
	}
	if d.call.offer != nil {
		return nil, nil
	}
	if len(body) == 0 {
		d.terminate(&EndError{Cause: ErrNoAnswer, Reason: Reason{Protocol: "SIP", Cause: 488}})
		return nil, fmt.Errorf("answer call: %w", ErrNoAnswer)
	}
	d.mu.Lock()
	d.user.answered = body
	d.mu.Unlock()
	return body, nil
}

// accept sends the 2xx of the first INVITE.
func (d *Dialog) accept(sdp []byte, done func([]byte)) error {
	d.mu.Lock()
	if err := d.unanswered(); err != nil {
		d.mu.Unlock()
		return err
	}
	d.call.reliable.stop()
	d.state = answered
	d.user.answered = d.call.offer
	send := d.confirm(d.call.server, d.call.m, sdp, done)
	d.mu.Unlock()
	send()
	return nil
}

// confirm makes the 2xx to an INVITE of the peer and arranges that it is repeated
// until done is told of the ACK (RFC 3261 section 13.3.1.4); also over TCP, since
// there may be another hop. It is called with d.mu held and returns what sends the
// first one, to be called without it.
func (d *Dialog) confirm(server *transaction.Server, m *wire.Message, sdp []byte, done func([]byte)) func() {
	d.user.offered = sdp
	f := server.Flow()
	fields := append(d.ua.capabilities(), d.timer.accept(d, m)...)
	fields = append(fields, wire.Field{Name: "Contact", Value: d.ua.contact(f, d.peer.self)})
	b := d.ua.reply(m, f, wire.Reply{Status: 200, Tag: d.peer.id.local, Fields: fields, Type: sdpType, Body: sdp})
	w := &ackWait{seq: m.Seq, done: done}
	w.repeater = repeat(answers(d.ua.cfg.Timers), func() { server.Send(b) }, func() { d.unacknowledged(w) })
	d.talk.ack = w
	return func() { server.Respond(200, b) }
}

// acknowledged takes the ACK of a 2xx. A repeated or late one changes nothing.
func (d *Dialog) acknowledged(m *wire.Message) {
	body, ok := description(m)
	if !ok {
		body = nil
	}
	d.mu.Lock()
	w := d.talk.ack
	if w == nil || w.seq != m.Seq {
		d.mu.Unlock()
		return
	}
	w.repeater.stop()
	d.talk.ack = nil
	bye := d.talk.bye
	if d.state == answered {
		d.state = confirmed
	}
	d.talk.wake()
	d.mu.Unlock()
	if bye != nil {
		d.sendBye(*bye)
		return
	}
	w.done(body)
}

// unacknowledged ends a call whose 2xx was never acknowledged: with BYE, since the
// peer may think that it has a session.
func (d *Dialog) unacknowledged(w *ackWait) {
	d.mu.Lock()
	if d.talk.ack != w {
		d.mu.Unlock()
		return
	}
	d.talk.ack = nil
	reason := Reason{Protocol: "SIP", Cause: 408, Text: "ACK not received"}
	if d.talk.bye != nil {
		reason = *d.talk.bye
	}
	d.finish(&EndError{Cause: ErrNoAck})
	d.mu.Unlock()
	d.sendBye(reason)
}
