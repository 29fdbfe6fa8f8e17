package sip

import (
	"context"
	"errors"
	"sync"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// result is how a request of ours ended: a final answer or an error.
type result struct {
	m   *wire.Message
	err error
}

// finalSink waits for the final answer.
type finalSink struct{ final chan result }

func (s finalSink) Answered(_ *transaction.Client, m *wire.Message) {
	if m.Status >= 200 {
		s.give(result{m: m})
	}
}

func (s finalSink) Failed(_ *transaction.Client, err error) {
	s.give(result{err: errors.Join(ErrUnreachable, err)})
}

func (s finalSink) give(r result) {
	select {
	case s.final <- r:
	default:
	}
}

// ask sends a request outside any dialog and returns the final answer.
func (ua *UA) ask(ctx context.Context, r *wire.Request, f transport.Flow) (*wire.Message, error) {
	s := finalSink{make(chan result, 1)}
	c, err := ua.begin(r, f, s)
	if err != nil {
		return nil, err
	}
	select {
	case got := <-s.final:
		return got.m, got.err
	case <-ua.run.over:
		return nil, ErrStopped
	case <-ctx.Done():
		c.Abandon()
		return nil, errors.Join(ErrUnreachable, context.Cause(ctx))
	}
}

// reinviteSink waits for the answer to a re-INVITE and acknowledges it.
type reinviteSink struct {
	d     *Dialog
	final chan result

	mu        sync.Mutex
	ringing   bool   // a provisional answer came
	cancelled bool   // nobody waits any more
	ack       []byte // of the 2xx
	way       transport.Flow
}

// cancel gives up waiting. CANCEL may be sent only after a provisional answer.
func (s *reinviteSink) cancel(c *transaction.Client) {
	s.mu.Lock()
	s.cancelled = true
	ringing := s.ringing
	s.mu.Unlock()
	if ringing {
		_ = c.Cancel(nil)
	}
}

func (s *reinviteSink) Answered(c *transaction.Client, m *wire.Message) {
	switch {
	case m.Status < 200:
		s.mu.Lock()
		first := !s.ringing
		s.ringing = true
		cancelled := s.cancelled
		s.mu.Unlock()
		if cancelled && first {
			_ = c.Cancel(nil)
		}
	case m.Status < 300:
		s.accepted(c, m)
	default:
		s.give(result{m: m})
	}
}

// accepted acknowledges a 2xx, every time it comes. One that nobody waits for any
// more still changes the session, and so goes to the negotiator.
func (s *reinviteSink) accepted(c *transaction.Client, m *wire.Message) {
	s.mu.Lock()
	first := s.ack == nil
	if first {
		s.ack, s.way = s.d.ack(c, m), c.Flow()
	}
	ack, cancelled := s.ack, s.cancelled
	s.mu.Unlock()
	s.d.ua.met.request("ACK", "out")
	_ = s.way.Send(ack)
	if !first {
		return
	}
	if cancelled {
		if body, _ := description(m); len(body) > 0 {
			s.d.user.queue.add(func() { s.d.takeAnswer(body) })
		}
		return
	}
	s.give(result{m: m})
}

func (s *reinviteSink) Failed(_ *transaction.Client, err error) { s.give(result{err: err}) }

func (s *reinviteSink) give(r result) {
	select {
	case s.final <- r:
	default:
	}
}

// ack makes the ACK of a 2xx: with the CSeq of its INVITE, whatever was sent since,
// and a branch of its own (RFC 3261 section 13.2.2.4).
func (d *Dialog) ack(c *transaction.Client, m *wire.Message) []byte {
	d.mu.Lock()
	r := d.numbered("ACK", m.Seq)
	d.mu.Unlock()
	for _, f := range c.Request().Fields {
		if f.Name == "Authorization" || f.Name == "Proxy-Authorization" {
			r.Fields = append(r.Fields, f)
		}
	}
	r.Via, r.Branch = d.ua.via(c.Flow()), transaction.NewBranch()
	return r.Bytes()
}
