package sip

import (
	"fmt"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// fork is the call to one place.
type fork struct {
	call *attempt
	to   destination
	auth *digest.Client
	try  try

	// Guarded by attempt.mu:
	heard   bool // something came
	done    bool // refused, failed or given up
	wanted  bool // to be cancelled
	reason  Reason
	dialogs map[string]*Dialog // by To tag
	acks    map[string][]byte  // of 2xx answers, by To tag
}

// try is the INVITE being tried. It belongs to the goroutine of Invite.
type try struct {
	req    *wire.Request
	client *transaction.Client
	again  int // how often it was repeated in another form
	seq    uint32
	rseq   map[string]uint32 // the last RSeq, by To tag
}

// send sends the INVITE, with credentials once challenged.
func (f *fork) send() error {
	f.try.seq++
	r := *f.try.req
	r.Seq = f.try.seq
	r.Fields = append([]wire.Field(nil), f.try.req.Fields...)
	if f.auth != nil {
		if field, ok := f.auth.Field(r.Method, r.URI); ok {
			r.Fields = append(r.Fields, field)
		}
	}
	var err error
	f.try.client, err = f.call.ua.begin(&r, f.to.flow, f) // answers wait in the box
	return err
}

// Answered puts an answer into the box, or deals with it when the call is over.
func (f *fork) Answered(c *transaction.Client, m *wire.Message) { f.event(event{fork: f, c: c, m: m}) }

// Failed puts a failure into the box.
func (f *fork) Failed(c *transaction.Client, err error) { f.event(event{fork: f, c: c, err: err}) }

func (f *fork) event(e event) {
	a := f.call
	a.mu.Lock()
	if a.over {
		a.mu.Unlock()
		f.late(e)
		return
	}
	a.box = append(a.box, e)
	a.mu.Unlock()
	select {
	case a.bell <- struct{}{}:
	default:
	}
}

// take deals with one answer while the call is being placed.
func (f *fork) take(e event) (*Dialog, error) {
	if e.err != nil {
		return nil, f.fail(fmt.Errorf("%w: %w", ErrUnreachable, e.err))
	}
	f.call.mu.Lock()
	f.heard = true
	late := f.done
	f.call.mu.Unlock()
	if late {
		f.late(e)
		return nil, nil
	}
	switch m := e.m; {
	case m.Status < 200:
		f.provisional(m)
		return nil, nil
	case m.Status < 300:
		return f.accepted(e.c, m)
	default:
		return nil, f.refused(m)
	}
}

func (f *fork) fail(err error) error {
	f.call.mu.Lock()
	defer f.call.mu.Unlock()
	f.done = true
	return err
}

// refused deals with a final answer other than success: a challenge and a session
// interval too short are answered by another try.
func (f *fork) refused(m *wire.Message) error {
	switch {
	case (m.Status == 401 || m.Status == 407) && f.auth != nil && f.try.again < 2 && f.auth.Learn(m) == nil:
	case m.Status == 422 && f.try.again < 2 && readMinimum(m) > 0:
		f.lengthen(readMinimum(m))
	default:
		err := f.fail(refusal(m))
		if m.Status >= 600 {
			f.call.decline()
		}
		return err
	}
	f.try.again++
	if err := f.send(); err != nil {
		return f.fail(err)
	}
	return nil
}

// cancel sends the CANCEL that is wanted, once.
func (f *fork) cancel() {
	f.call.mu.Lock()
	c, r := f.try.client, f.reason
	f.wanted = false
	f.call.mu.Unlock()
	_ = c.Cancel(r.field())
}

func (f *fork) lengthen(minimum time.Duration) {
	for i, field := range f.try.req.Fields {
		if field.Name == "Session-Expires" || field.Name == "Min-SE" {
			f.try.req.Fields[i].Value = seconds(max(minimum, f.call.ua.cfg.Session.Expires))
			if field.Name == "Min-SE" {
				f.try.req.Fields[i].Value = seconds(minimum)
			}
		}
	}
}
