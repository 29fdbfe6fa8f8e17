package sip

import (
	"context"
	"errors"
	"fmt"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// cause is why the dialog ended.
func (d *Dialog) cause() error {
	if cause := context.Cause(d.ctx); cause != nil {
		return cause
	}
	return ErrState
}

// Hangup ends the call as its state asks: an unanswered one is refused with the
// reason's status (480 when the reason is not a refusal), an answered one gets BYE,
// after its ACK if that is still awaited. The dialog's context ends at once with
// ErrLocal. Hangup waits for the peer's answer to BYE until ctx ends, which is an
// error but leaves nothing to be done; the dialog's own context is no help there,
// since it has ended. Called again it does nothing.
func (d *Dialog) Hangup(ctx context.Context, r Reason) error {
	gone := d.terminate(&EndError{Cause: ErrLocal, Reason: r})
	if gone == nil {
		return nil
	}
	select {
	case <-gone:
		return nil
	case <-d.ua.run.over:
		return fmt.Errorf("hang up: %w", ErrStopped)
	case <-ctx.Done():
		return fmt.Errorf("hang up: %w", context.Cause(ctx))
	}
}

// terminate ends the call as Hangup does, with any cause, without waiting. It
// returns a channel that closes when the peer has answered the BYE, or nil when
// none was needed.
func (d *Dialog) terminate(end *EndError) <-chan struct{} {
	status := end.Reason.Cause
	if end.Reason.Protocol != "SIP" || status < 300 || status > 699 {
		status = 480
	}
	if d.reject(&StatusError{Status: status, Reason: end.Reason}, end) == nil {
		return nil
	}
	d.mu.Lock()
	switch d.state {
	case answered:
		d.talk.bye = &end.Reason // not before the ACK (RFC 3261 section 15)
		d.finish(end)
	case confirmed:
		d.talk.drop()
		d.finish(end)
		d.mu.Unlock()
		return d.sendBye(end.Reason)
	case calling, ended:
	}
	d.mu.Unlock()
	return nil
}

// dismiss hangs up a call that nobody wants any more, whatever its state here.
func (d *Dialog) dismiss(r Reason) {
	d.mu.Lock()
	d.finish(&EndError{Cause: ErrLocal, Reason: r})
	d.mu.Unlock()
	d.sendBye(r)
}

// sendBye sends BYE and forgets the dialog when it is answered or given up.
func (d *Dialog) sendBye(r Reason) <-chan struct{} {
	gone := make(chan struct{})
	d.mu.Lock()
	bye := d.request("BYE")
	d.mu.Unlock()
	bye.Fields = append(bye.Fields, r.field()...)
	sink := &byeSink{d: d, gone: gone}
	send := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), 4*d.ua.cfg.Timers.T1)
		defer cancel()
		if _, err := d.dress(ctx, bye, sink); err != nil {
			sink.end()
		}
	}
	if alive(d.flow()) {
		send()
	} else if !d.ua.run.crew.Run(send) { // opening a connection takes time
		sink.end()
	}
	return gone
}

// byeSink waits for the answer to a BYE. A challenge is answered once, in calls
// that we placed with credentials.
type byeSink struct {
	d     *Dialog
	gone  chan struct{}
	tried bool
}

func (s *byeSink) Answered(_ *transaction.Client, m *wire.Message) {
	if m.Status < 200 {
		return
	}
	if (m.Status == 401 || m.Status == 407) && !s.tried && s.d.peer.auth != nil && s.d.peer.auth.Learn(m) == nil {
		s.tried = true
		s.d.mu.Lock()
		bye := s.d.request("BYE")
		s.d.mu.Unlock()
		if _, err := s.d.dress(context.WithoutCancel(s.d.ctx), bye, s); err == nil {
			return
		}
	}
	s.end()
}

func (s *byeSink) Failed(*transaction.Client, error) { s.end() }

func (s *byeSink) end() {
	s.d.ua.dialogs.remove(s.d)
	close(s.gone)
}

// start sends a request of ours.
func (ua *UA) start(r *wire.Request, f transport.Flow, s transaction.Sink) error {
	_, err := ua.begin(r, f, s)
	return err
}

// begin is start that returns the transaction.
func (ua *UA) begin(r *wire.Request, f transport.Flow, s transaction.Sink) (*transaction.Client, error) {
	r.Via, r.Branch = ua.via(f), transaction.NewBranch()
	ua.met.request(r.Method, "out")
	ua.gate.befriend(f.Remote().Addr())
	c, err := ua.tx.Start(r, f, s)
	if err != nil {
		return nil, fmt.Errorf("send %s: %w", r.Method, errors.Join(ErrUnreachable, err))
	}
	return c, nil
}

// hungUp takes the peer's BYE. An INVITE that is not answered yet gets 487
// (RFC 3261 section 15.1.2); a re-INVITE gets it when its turn comes.
func (d *Dialog) hungUp(m *wire.Message, server *transaction.Server) {
	r := readReason(m)
	server.Respond(200, d.ua.reply(m, server.Flow(), wire.Reply{Status: 200}))
	end := &EndError{Cause: ErrHungUp, Reason: r}
	if d.reject(&StatusError{Status: 487}, end) == nil {
		return
	}
	d.mu.Lock()
	d.talk.drop()
	d.finish(end)
	d.mu.Unlock()
	d.ua.dialogs.remove(d)
}

// cancel takes a CANCEL (RFC 3261 section 9.2). It is answered with the To tag of
// the call it cancels.
func (ua *UA) cancel(m *wire.Message, f transport.Flow) {
	server := ua.tx.Cancelled(m, f)
	if server == nil {
		ua.refuse(m, f, wire.Reply{Status: 481})
		return
	}
	d, ok := server.Owner().(*Dialog)
	if !ok { // answered already: a CANCEL too late changes nothing
		ua.refuse(m, f, wire.Reply{Status: 200})
		return
	}
	ua.answer(m, f.To(m.Via.ReplyPort(f.Remote().Port())), wire.Reply{Status: 200, Tag: d.peer.id.local})
	_ = d.reject(&StatusError{Status: 487}, &EndError{Cause: ErrCancelled, Reason: readReason(m)})
}
