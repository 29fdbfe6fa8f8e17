package sip

import (
	"context"
	"net/netip"
	"sync"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Dialog is the signalling half of one leg. Its Context ends, with a cause, at
// BYE, CANCEL or failure. It serialises what both sides ask of it: at most one
// offer is open at a time, and glare is answered as RFC 3261 section 14 says.
// All methods may be called from any goroutine.
type Dialog struct {
	ua    *UA
	peer  peer
	call  *incoming     // the INVITE we answer; nil in a call that we placed
	watch *subscription // not a call, but this

	ctx    context.Context //nolint:containedctx // the dialog's life is this context
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	state state
	path  path
	talk  exchange
	timer refresher
	user  user
}

// state of a dialog.
//
//	calling ──2xx sent──► answered ──ACK──► confirmed ──BYE──► ended
//	   │ └───2xx received, ACK sent──────────►│
//	   └──refused, cancelled──────────────────────────────────►│
type state uint8

const (
	calling state = iota
	answered
	confirmed
	ended
)

// peer is what never changes about the other side.
type peer struct {
	id     dialogID
	local  string // our From or To value, with our tag
	remote string // theirs
	origin Origin
	caller Caller
	called string
	self   string // the user of our Contact
	// owner tells that we sent the first INVITE and so own the Call-ID.
	owner bool
	// auth answers challenges; nil in calls that came to us, whose challenges
	// are never answered.
	auth *digest.Client
}

// path is how requests go to the other side. Dialog.mu guards it.
type path struct {
	target  string // the peer's Contact URI
	routes  []string
	flow    transport.Flow
	local   uint32 // the last CSeq we used
	remote  uint32 // the last one of the peer
	updates bool   // the peer allows UPDATE
	timers  bool   // the peer supports session timers
}

// user is what the owner of the dialog gave us. Dialog.mu guards it.
type user struct {
	negotiator Negotiator
	info       func(contentType string, body []byte) error
	refer      func(*Refer) error
	replace    func(ctx context.Context, by *Dialog)
	referring  *Refer // the transfer being done
	referred   bool   // there was one
	transfer   *transfer
	queue      queue
	answered   []byte // the peer's description, last known
	offered    []byte // ours, last sent
}

// Negotiator answers the peer's offers within a dialog. Its methods are called
// one at a time.
type Negotiator interface {
	// AnswerOffer answers a re-INVITE's or UPDATE's offer. An error refuses it
	// with 488 and leaves the session as it is.
	AnswerOffer(offer []byte) (answer []byte, err error)
	// MakeOffer makes the offer for a re-INVITE that has none.
	MakeOffer() (offer []byte, err error)
	// TakeAnswer takes the answer to MakeOffer, and the answer that came back
	// when we refreshed the session. An error ends the call.
	TakeAnswer(answer []byte) error
}

// Context ends when the dialog does. Its cause is an *EndError.
func (d *Dialog) Context() context.Context { return d.ctx }

// Origin returns where an incoming call is from; for a call that we placed, the
// extension or trunk that was called.
func (d *Dialog) Origin() Origin { return d.peer.origin }

// Called returns the dialled number: the user part of the Request-URI of an
// incoming call, escapes undone.
func (d *Dialog) Called() string { return d.peer.called }

// Caller returns who calls.
func (d *Dialog) Caller() Caller { return d.peer.caller }

// CallID returns the Call-ID, the same on both sides, for logs.
func (d *Dialog) CallID() string { return d.peer.id.callID }

// Remote returns the address that the dialog's signalling goes to.
func (d *Dialog) Remote() netip.AddrPort { return d.flow().Remote() }

func (d *Dialog) flow() transport.Flow {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.path.flow
}

// Header returns the first field of that name of an incoming INVITE, cleaned of
// control characters, or "". It may hold a number: do not log it.
func (d *Dialog) Header(name string) string {
	if d.call == nil {
		return ""
	}
	return clean(d.call.m.Header(name))
}

// Hops returns how many more hops an incoming call may make (Max-Forwards).
func (d *Dialog) Hops() int {
	if d.call == nil {
		return 0
	}
	return d.call.m.Hops()
}

// Offer returns the session description of an incoming INVITE, nil when it has none.
func (d *Dialog) Offer() []byte {
	if d.call == nil {
		return nil
	}
	return d.call.offer
}

// Answered returns the peer's answer to the offer of a call that we placed, and
// whatever replaced it since; for an incoming call without offer, the answer in
// the ACK.
func (d *Dialog) Answered() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.user.answered
}

// Connected reports whether the call is answered, acknowledged and not ended.
func (d *Dialog) Connected() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state == confirmed
}

// Serve sets who answers the peer's offers. Until then they are put off with 491.
func (d *Dialog) Serve(n Negotiator) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.user.negotiator = n
}

// OnInfo sets who takes the bodies of INFO requests (RFC 6086), such as digits.
// An error answers 415. Calls come one at a time.
func (d *Dialog) OnInfo(f func(contentType string, body []byte) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.user.info = f
}

// newDialog makes a dialog that belongs to the UA's life.
func (ua *UA) newDialog(p peer, way path) *Dialog {
	d := &Dialog{ua: ua, peer: p, path: way}
	d.ctx, d.cancel = context.WithCancelCause(ua.run.base)
	d.user.queue.crew = &ua.run.crew
	return d
}

// knows reports whether a request from there may touch the dialog: the peer's
// address, the same trunk, or the same extension at a new place.
func (d *Dialog) knows(f transport.Flow, who sender) bool {
	switch {
	case who.line != nil && who.line.Name == d.peer.origin.Trunk:
		return true
	case who.phone && d.peer.origin.Extension != "" && d.ua.registrar.speaks(f, d.peer.origin.Extension):
		return true
	}
	return d.Remote().Addr() == f.Remote().Addr()
}

// finish ends the dialog's life with a cause, the first one given, and stops its
// timers. It is called with d.mu held.
func (d *Dialog) finish(cause *EndError) {
	if d.state == ended {
		return
	}
	d.state = ended
	d.timer.stop()
	if d.call != nil {
		d.call.reliable.stop()
	}
	d.cancel(cause)
}

// request makes a request within the dialog (RFC 3261 section 12.2.1.1). It is
// called with d.mu held.
func (d *Dialog) request(method string) *wire.Request {
	d.path.local++
	return d.numbered(method, d.path.local)
}

// numbered makes a request with a given CSeq, as ACK needs.
func (d *Dialog) numbered(method string, seq uint32) *wire.Request {
	uri, routes := route(d.path.target, d.path.routes)
	return &wire.Request{
		Method: method, URI: uri, Routes: routes, From: d.peer.local, To: d.peer.remote,
		CallID: d.peer.id.callID, Seq: seq,
		Fields: []wire.Field{{Name: "User-Agent", Value: d.ua.cfg.Product}},
	}
}
