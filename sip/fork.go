package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
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

// fork is the call to one place.
type fork struct {
	call *attempt
	to   destination
	auth *digest.Client

	// Of the goroutine of Invite alone:
	req    *wire.Request
	client *transaction.Client // of the latest try
	tries  int
	seq    uint32
	rseq   map[string]uint32 // by To tag

	// Guarded by attempt.mu:
	heard   bool // something came
	done    bool // refused, failed or given up
	wanted  bool // to be cancelled
	reason  Reason
	dialogs map[string]*Dialog // by To tag
	acks    map[string][]byte  // of 2xx answers, by To tag
}

// fork runs an attempt.
func (ua *UA) fork(ctx context.Context, in Invite, places []destination) (*Dialog, error) {
	a := &attempt{ua: ua, in: &in, bell: make(chan struct{}, 1)}
	var err error
	for _, p := range places {
		f := &fork{call: a, to: p, auth: p.auth, dialogs: map[string]*Dialog{}, acks: map[string][]byte{}, rseq: map[string]uint32{}}
		if f.auth == nil && in.Credentials != nil {
			f.auth = digest.NewClient(in.Credentials.Username, in.Credentials.Password)
		}
		f.req = ua.compose(&in, &p, rand.Text()+"@"+ua.host(p.flow), rand.Text())
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

// send sends the INVITE, with credentials once challenged.
func (f *fork) send() error {
	f.seq++
	r := *f.req
	r.Seq = f.seq
	r.Fields = append([]wire.Field(nil), f.req.Fields...)
	if f.auth != nil {
		if field, ok := f.auth.Field(r.Method, r.URI); ok {
			r.Fields = append(r.Fields, field)
		}
	}
	var err error
	f.client, err = f.call.ua.begin(&r, f.to.flow, f) // answers wait in the box
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
		f.client.Abandon()
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
		if e.c != e.fork.client && (e.m == nil || e.m.Status >= 300) {
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
		_ = f.client.Cancel(r.field())
	}
	for _, f := range quiet {
		f.client.Abandon() // CANCEL has to wait for a sign of life
	}
	for _, e := range left {
		e.fork.late(e)
	}
	for _, f := range a.forks {
		f.forget()
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
	case (m.Status == 401 || m.Status == 407) && f.auth != nil && f.tries < 2 && f.auth.Learn(m) == nil:
	case m.Status == 422 && f.tries < 2 && readMinimum(m) > 0:
		f.lengthen(readMinimum(m))
	default:
		err := f.fail(refusal(m))
		if m.Status >= 600 {
			f.call.decline()
		}
		return err
	}
	f.tries++
	if err := f.send(); err != nil {
		return f.fail(err)
	}
	return nil
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

// cancel sends the CANCEL that is wanted, once.
func (f *fork) cancel() {
	f.call.mu.Lock()
	c, r := f.client, f.reason
	f.wanted = false
	f.call.mu.Unlock()
	_ = c.Cancel(r.field())
}

func (f *fork) lengthen(minimum time.Duration) {
	for i, field := range f.req.Fields {
		if field.Name == "Session-Expires" || field.Name == "Min-SE" {
			f.req.Fields[i].Value = seconds(max(minimum, f.call.ua.cfg.Session.Expires))
			if field.Name == "Min-SE" {
				f.req.Fields[i].Value = seconds(minimum)
			}
		}
	}
}

// provisional deals with a 1xx: it makes the early dialog, acknowledges a reliable
// one (RFC 3262 section 4), and tells how far the call is.
func (f *fork) provisional(m *wire.Message) {
	if m.Status == 100 {
		return
	}
	tag := m.ToTag()
	sdp, _ := description(m)
	if tag != "" {
		d := f.early(m)
		if m.Has("Require", "100rel") && !f.prack(d, m) {
			return // repeated, or out of order: nothing new
		}
		if len(sdp) > 0 && m.Has("Require", "100rel") {
			d.mu.Lock()
			d.user.answered = sdp
			d.mu.Unlock()
		}
	}
	if f.call.in.Progress != nil {
		f.call.in.Progress(m.Status, sdp)
	}
}

// prack acknowledges a reliable provisional answer. It reports false for one that
// is not the next in order.
func (f *fork) prack(d *Dialog, m *wire.Message) bool {
	n, ok := m.Number("RSeq")
	last := f.rseq[m.ToTag()]
	if !ok || last != 0 && n != last+1 {
		return false
	}
	f.rseq[m.ToTag()] = n
	d.mu.Lock()
	r := d.request("PRACK")
	f.seq = max(f.seq, r.Seq)
	d.mu.Unlock()
	r.Fields = append(r.Fields, wire.Field{Name: "RAck", Value: fmt.Sprintf("%d %d INVITE", n, m.Seq)})
	if f.auth != nil {
		if field, ok := f.auth.Field(r.Method, r.URI); ok {
			r.Fields = append(r.Fields, field)
		}
	}
	_ = d.ua.start(r, d.path.flow, transaction.Nobody())
	return true
}

// early returns the dialog that an answer with a To tag belongs to, a new one the
// first time (RFC 3261 section 12.1.2).
func (f *fork) early(m *wire.Message) *Dialog {
	tag := m.ToTag()
	f.call.mu.Lock()
	known := f.dialogs[tag]
	f.call.mu.Unlock()
	if known != nil {
		return known
	}
	from := f.req.From
	_, local, _ := strings.Cut(from, ";tag=")
	set := routeSet(m, true)
	target := f.to.uri
	if c, ok := m.Contacts(); ok && len(c) > 0 && c[0].URI.Host != "" {
		target = c[0].URI.String()
	}
	d := f.call.ua.newDialog(peer{
		id:    dialogID{callID: f.req.CallID, local: local, remote: tag},
		local: from, remote: m.Header("To"), origin: f.to.origin, called: f.to.called, self: f.to.from,
		caller: f.call.in.From, owner: true, auth: f.auth,
	}, path{
		target: target, routes: set, local: f.seq,
		flow:    f.call.ua.hop(f.to.flow, target, set, f.to.origin),
		updates: m.Has("Allow", "UPDATE"), timers: m.Has("Supported", "timer"),
	})
	d.user.offered = f.call.in.Offer
	f.call.mu.Lock()
	f.dialogs[tag] = d
	f.call.mu.Unlock()
	f.call.ua.dialogs.add(d)
	return d
}

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
	d.path.local = max(d.path.local, f.seq)
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
