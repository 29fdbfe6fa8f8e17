package sip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// Reoffer sends a re-INVITE with a new offer and returns the peer's answer. An
// offer of the peer that is open is waited for; glare (491) is tried again after
// the pause of RFC 3261 section 14.1. A refusal is a *StatusError and leaves the
// session as it was. When ctx ends before the answer the re-INVITE is cancelled.
func (d *Dialog) Reoffer(ctx context.Context, offer []byte) ([]byte, error) {
	for {
		answer, err := d.offer(ctx, offer)
		var refused *StatusError
		if err == nil {
			return answer, nil
		}
		if !errors.As(err, &refused) || refused.Status != 491 {
			return nil, fmt.Errorf("offer again: %w", err)
		}
		if err := d.pause(ctx, glarePause(d.peer.owner)); err != nil {
			return nil, fmt.Errorf("offer again: %w", err)
		}
	}
}

// glarePause is how long the two sides wait after 491: the owner of the Call-ID
// 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms.
func glarePause(owner bool) time.Duration {
	if owner {
		return 2100*time.Millisecond + time.Duration(rand.IntN(191))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(201)) * 10 * time.Millisecond
}

func (d *Dialog) pause(ctx context.Context, wait time.Duration) error {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-d.ctx.Done():
		return d.cause()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// offer runs one re-INVITE.
func (d *Dialog) offer(ctx context.Context, offer []byte) ([]byte, error) {
	if err := d.claim(ctx); err != nil {
		return nil, err
	}
	defer d.release()
	m, err := d.reinvite(ctx, offer)
	if err != nil {
		return nil, err
	}
	body, _ := description(m)
	if len(body) == 0 {
		d.terminate(&EndError{Cause: ErrNoAnswer, Reason: Reason{Protocol: "SIP", Cause: 488}})
		return nil, ErrNoAnswer
	}
	d.mu.Lock()
	d.user.answered, d.user.offered = body, offer
	d.mu.Unlock()
	return body, nil
}

// reinvite sends a re-INVITE, answers a challenge where that is ours to do, and
// acknowledges the 2xx that it returns.
func (d *Dialog) reinvite(ctx context.Context, offer []byte) (*wire.Message, error) {
	for tries := 0; ; tries++ {
		d.mu.Lock()
		r := d.request("INVITE")
		r.Fields = append(r.Fields, d.ua.allow(), wire.Field{Name: "Supported", Value: "timer"})
		r.Fields = append(r.Fields, d.timer.request(d.ua.cfg.Session)...)
		r.Body = offer
		d.mu.Unlock()
		m, err := d.invite(ctx, r)
		if err != nil {
			return nil, err
		}
		if m.Status < 300 {
			d.mu.Lock()
			d.retarget(m)
			d.timer.take(d, m)
			d.mu.Unlock()
			return m, nil
		}
		switch {
		case m.Status == 422 && tries < 2:
			d.lengthen(m)
		case !d.retry(m, tries):
			return nil, d.refused(m)
		}
	}
}

// retry reports whether a request is sent again with credentials.
func (d *Dialog) retry(m *wire.Message, tries int) bool {
	return (m.Status == 401 || m.Status == 407) && tries < 2 && d.peer.auth != nil && d.peer.auth.Learn(m) == nil
}

// refused reads a refusal within the dialog. Two of them mean that the peer lost
// the dialog, which then ends (RFC 3261 section 12.2.1.2).
func (d *Dialog) refused(m *wire.Message) error {
	if m.Status == 481 || m.Status == 408 {
		d.terminate(&EndError{Cause: ErrGone, Reason: Reason{Protocol: "SIP", Cause: m.Status}})
		return d.cause()
	}
	return refusal(m)
}

// dress gives a request what depends on the way it takes.
func (d *Dialog) dress(ctx context.Context, r *wire.Request, s transaction.Sink) (*transaction.Client, error) {
	f, err := d.way(ctx)
	if err != nil {
		return nil, err
	}
	if r.Method == "INVITE" || r.Method == "UPDATE" || r.Method == "NOTIFY" {
		r.Fields = append(r.Fields, wire.Field{Name: "Contact", Value: d.ua.contact(f, d.peer.self)})
	}
	if d.peer.auth != nil {
		if field, ok := d.peer.auth.Field(r.Method, r.URI); ok {
			r.Fields = append(r.Fields, field)
		}
	}
	return d.ua.begin(r, f, s)
}

// invite sends a re-INVITE and waits for its final answer. A 2xx is acknowledged,
// also one that comes after ctx has ended.
func (d *Dialog) invite(ctx context.Context, r *wire.Request) (*wire.Message, error) {
	s := &reinviteSink{d: d, final: make(chan result, 1)}
	c, err := d.dress(ctx, r, s)
	if err != nil {
		return nil, err
	}
	select {
	case got := <-s.final:
		return d.result(got)
	case <-d.ctx.Done():
		return nil, d.cause()
	case <-ctx.Done():
		s.cancel(c)
		return nil, context.Cause(ctx)
	}
}

// result turns a silence within the dialog into its end.
func (d *Dialog) result(got result) (*wire.Message, error) {
	if got.err != nil {
		d.terminate(&EndError{Cause: ErrGone, Reason: Reason{Protocol: "SIP", Cause: 408}})
		return nil, errors.Join(ErrGone, got.err)
	}
	return got.m, nil
}
