package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// attempt is one call to one or several places at once. Its goroutine is that of
// Invite; what arrives is put into a box for it. Once a winner is found or given
// up, what still arrives is dealt with where it arrives.
type attempt struct {
	ua *UA
	in *Invite

	mu    sync.Mutex
	box   []event
	bell  chan struct{}
	over  bool
	forks []*fork
}

// event is an answer or a failure of one fork.
type event struct {
	fork *fork
	c    *transaction.Client
	m    *wire.Message
	err  error
}

// fork runs an attempt.
func (ua *UA) fork(ctx context.Context, in Invite, places []destination) (*Dialog, error) {
	a := &attempt{ua: ua, in: &in, bell: make(chan struct{}, 1)}
	var err error
	for _, p := range places {
		f := &fork{call: a, to: p, auth: p.auth, dialogs: map[string]*Dialog{}, acks: map[string][]byte{}, try: try{rseq: map[string]uint32{}}}
		if f.auth == nil && in.Credentials != nil {
			f.auth = digest.NewClient(in.Credentials.Username, in.Credentials.Password)
		}
		f.try.req = ua.compose(&in, &p, rand.Text()+"@"+ua.host(p.flow), rand.Text())
		a.forks = append(a.forks, f)
		if e := f.send(); e != nil {
			f.done = true
			err = e
		}
	}
	d, failed := a.wait(ctx)
	if d == nil && failed == nil {
		failed = err
	}
	return d, failed
}

// wait deals with what arrives until somebody answers, all have refused, nothing
// is heard, or the context ends.
func (a *attempt) wait(ctx context.Context) (*Dialog, error) {
	silence := time.NewTimer(a.in.Silence)
	defer silence.Stop()
	var best error
	for {
		if a.allDone() {
			a.end(Reason{})
			return nil, best
		}
		select {
		case <-ctx.Done():
			var end *EndError
			reason := Reason{}
			if errors.As(context.Cause(ctx), &end) {
				reason = end.Reason
			}
			a.end(reason)
			return nil, context.Cause(ctx)
		case <-a.ua.run.base.Done():
			a.end(Reason{})
			return nil, ErrStopped
		case <-silence.C:
			best = worse(best, a.silent())
		case <-a.bell:
			d, err := a.open()
			if d != nil {
				a.end(Elsewhere())
				return d, nil
			}
			best = worse(best, err)
		}
	}
}

func (a *attempt) allDone() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.forks {
		if !f.done {
			return false
		}
	}
	return true
}

// silent gives up the places that nothing was heard of.
func (a *attempt) silent() error {
	var quiet []*fork
	a.mu.Lock()
	for _, f := range a.forks {
		if !f.heard && !f.done {
			f.done, f.wanted = true, true
			quiet = append(quiet, f)
		}
	}
	a.mu.Unlock()
	for _, f := range quiet {
		f.try.client.Abandon()
	}
	if quiet == nil {
		return nil
	}
	return ErrUnreachable
}

// open empties the box. It returns the dialog of the first 2xx that can be used.
func (a *attempt) open() (*Dialog, error) {
	var best error
	for {
		a.mu.Lock()
		if len(a.box) == 0 {
			a.mu.Unlock()
			return nil, best
		}
		e := a.box[0]
		a.box = a.box[1:]
		a.mu.Unlock()
		if e.c != e.fork.try.client && (e.m == nil || e.m.Status >= 300) {
			continue // of a try that was repeated with credentials
		}
		d, err := e.fork.take(e)
		if d != nil {
			return d, nil
		}
		best = worse(best, err)
	}
}

// end closes the attempt: every fork without a final answer is cancelled, and what
// is left in the box is dealt with as late.
func (a *attempt) end(r Reason) {
	a.mu.Lock()
	a.over = true
	left := a.box
	a.box = nil
	var ringing, quiet []*fork
	for _, f := range a.forks {
		switch {
		case f.done && !f.wanted:
			continue
		case f.heard:
			ringing = append(ringing, f)
		default:
			quiet = append(quiet, f)
		}
		f.wanted, f.reason = true, r
	}
	a.mu.Unlock()
	for _, f := range ringing {
		_ = f.try.client.Cancel(r.field())
	}
	for _, f := range quiet {
		f.try.client.Abandon() // CANCEL has to wait for a sign of life
	}
	for _, e := range left {
		e.fork.late(e)
	}
	for _, f := range a.forks {
		f.forget()
	}
}

// decline gives up all other places: somebody said no for all (RFC 3261 section
// 16.7, step 5).
func (a *attempt) decline() {
	a.mu.Lock()
	var ringing []*fork
	for _, f := range a.forks {
		if f.done {
			continue
		}
		f.done, f.wanted = true, true
		if f.heard {
			ringing = append(ringing, f)
		}
	}
	a.mu.Unlock()
	for _, f := range ringing {
		f.cancel()
	}
}

// worse keeps the error that says more: any refusal over silence, a busy or
// declined phone over a missing one (RFC 3261 section 16.7, step 6).
func worse(a, b error) error {
	var x, y *StatusError
	switch {
	case a == nil:
		return b
	case b == nil, errors.As(a, &x) && !errors.As(b, &y):
		return a
	case !errors.As(a, &x):
		return b
	}
	if rank(y.Status) > rank(x.Status) {
		return b
	}
	return a
}

func rank(status int) int {
	switch {
	case status >= 600:
		return 4
	case status == 486:
		return 3
	case status == 503, status == 408, status == 480:
		return 1
	}
	return 2
}
