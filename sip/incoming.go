package sip

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// incoming is the INVITE that began a dialog with us as the called side.
type incoming struct {
	m      *wire.Message
	server *transaction.Server
	offer  []byte
	// rel tells that provisional answers must be reliable (RFC 3262).
	rel bool
	// Guarded by Dialog.mu:
	rseq     uint32
	reliable *repeater // of the provisional answer that waits for its PRACK
}

// invited takes an INVITE that begins a call.
func (ua *UA) invited(m *wire.Message, f transport.Flow, who sender) {
	origin, ok := ua.authenticated(m, f, who)
	if !ok {
		return
	}
	target, ok := contactOf(m)
	if !ok {
		ua.refuse(m, f, wire.Reply{Status: 400, Phrase: "Bad Request (Bad Contact)"})
		return
	}
	if r := tooBrief(m, ua.cfg.Session); r != nil {
		ua.refuse(m, f, *r)
		return
	}
	serve, reply := ua.successor(m, origin)
	switch {
	case reply != nil:
		ua.refuse(m, f, *reply)
		return
	case serve == nil && ua.door.draining.Load() && !ua.admits(m.Target.Number()):
		ua.refuse(m, f, overloaded())
		return
	case serve == nil:
		serve = ua.handler.ServeCall
	}
	d := ua.called(m, f, origin, target)
	server, err := ua.tx.Open(m, f, d)
	if err != nil {
		ua.refuse(m, f, refusedOpen(err))
		return
	}
	d.call.server = server
	ua.dialogs.add(d)
	if !ua.run.crew.Run(func() { ua.serve(d, serve) }) {
		_ = d.Reject(&StatusError{Status: 503, RetryAfter: retryAfter})
	}
}

// contactOf returns the caller's Contact. There must be one (RFC 3261 section
// 8.1.1.8); a caller from before that is reached at its From.
func contactOf(m *wire.Message) (string, bool) {
	contacts, ok := m.Contacts()
	switch {
	case ok && len(contacts) == 1 && contacts[0].URI.Host != "":
		return contacts[0].URI.String(), true
	case ok && len(contacts) == 0 && !m.Via.Modern():
		return m.From.URI.String(), true
	}
	return "", false
}

// admits reports whether the handler takes a call although we drain.
func (ua *UA) admits(number string) bool {
	a, ok := ua.handler.(Admitter)
	return ok && a.Admit(number)
}

// called makes the dialog of an INVITE (RFC 3261 section 12.1.1). The INVITE of an
// old caller may lack a From tag.
func (ua *UA) called(m *wire.Message, f transport.Flow, origin Origin, target string) *Dialog {
	offer, _ := description(m)
	tag := rand.Text()
	set := routeSet(m, false)
	d := ua.newDialog(peer{
		id:     dialogID{callID: m.CallID, local: tag, remote: m.FromTag()},
		local:  m.Header("To") + ";tag=" + tag,
		remote: m.Header("From"),
		origin: origin,
		caller: readCaller(m, origin.Trunk != ""),
		called: m.Target.Number(),
		self:   m.Target.Number(),
	}, path{
		target: target, routes: set, remote: m.Seq,
		flow:    ua.hop(f, target, set, origin),
		updates: m.Has("Allow", "UPDATE"), timers: m.Has("Supported", "timer"),
	})
	d.call = &incoming{m: m, offer: offer, rel: m.Has("Require", "100rel")}
	return d
}

// serve runs the handler of a call and cleans up after it.
func (ua *UA) serve(d *Dialog, handle func(context.Context, *Dialog)) {
	defer func() {
		if v := recover(); v != nil {
			ua.panicked(v)
		}
		d.leave()
	}()
	handle(d.ctx, d)
}

// leave ends what the handler left: an unanswered call by 500, another by BYE.
func (d *Dialog) leave() {
	if d.Reject(&StatusError{Status: 500}) == nil {
		return
	}
	d.terminate(&EndError{Cause: ErrLocal, Reason: NormalClearing()})
}

// respond answers the INVITE; it is called with d.mu held and returns what sends
// the answer, to be called without it.
func (d *Dialog) respond(r wire.Reply) func() {
	f := d.call.server.Flow()
	r.Tag = d.peer.id.local
	if r.Status > 100 && r.Status < 300 {
		r.Fields = append(r.Fields, wire.Field{Name: "Contact", Value: d.ua.contact(f, d.peer.self)})
	}
	b := d.ua.reply(d.call.m, f, r)
	return func() { d.call.server.Respond(r.Status, b) }
}

// Reject refuses an incoming call that is not answered yet. It returns ErrState
// when the call is answered, and the cause when it has ended.
func (d *Dialog) Reject(e *StatusError) error {
	return d.reject(e, &EndError{Cause: ErrLocal, Reason: Reason{Protocol: "SIP", Cause: e.Status}})
}

func (d *Dialog) reject(e *StatusError, cause *EndError) error {
	d.mu.Lock()
	if err := d.unanswered(); err != nil {
		d.mu.Unlock()
		return err
	}
	send := d.respond(wire.Reply{Status: e.Status, Phrase: e.Phrase, Fields: e.fields(d.ua.host(d.call.server.Flow()))})
	d.finish(cause)
	d.mu.Unlock()
	send()
	d.ua.dialogs.remove(d)
	return nil
}

// unanswered reports why the INVITE cannot be answered any more, or nil. It is
// called with d.mu held.
func (d *Dialog) unanswered() error {
	switch {
	case d.state == ended:
		return d.cause()
	case d.call == nil || d.state != calling:
		return ErrState
	}
	return nil
}

// Ring tells the caller that it rings: 180, made reliable when the caller requires
// it. A caller that requires it and sent no offer gets nothing, since a reliable
// answer would have to carry ours (RFC 3262 section 5).
func (d *Dialog) Ring() error {
	d.mu.Lock()
	if err := d.unanswered(); err != nil {
		d.mu.Unlock()
		return err
	}
	if d.call.rel && (d.call.offer == nil || d.call.reliable != nil) {
		d.mu.Unlock()
		return nil
	}
	reply := wire.Reply{Status: 180}
	if d.call.rel {
		d.call.rseq++
		reply.Fields = []wire.Field{{Name: "Require", Value: "100rel"}, {Name: "RSeq", Value: strconv.Itoa(int(d.call.rseq))}}
	}
	send := d.respond(reply)
	if d.call.rel {
		d.call.reliable = repeat(provisionals(d.ua.cfg.Timers), send, d.unpracked)
	}
	d.mu.Unlock()
	send()
	return nil
}

// unpracked gives up on a caller that never acknowledged the 180.
func (d *Dialog) unpracked() {
	_ = d.reject(&StatusError{Status: 504}, &EndError{Cause: ErrNoPrack})
}

// pracked takes a PRACK (RFC 3262 section 3).
func (d *Dialog) pracked(m *wire.Message) wire.Reply {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.call == nil || d.call.reliable == nil {
		return wire.Reply{Status: 481}
	}
	want := strconv.Itoa(int(d.call.rseq)) + " " + strconv.Itoa(int(d.call.m.Seq)) + " INVITE"
	if strings.Join(strings.Fields(m.Header("RAck")), " ") != want {
		return wire.Reply{Status: 481}
	}
	d.call.reliable.stop()
	return wire.Reply{Status: 200}
}
