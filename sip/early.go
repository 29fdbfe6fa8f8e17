package sip

import (
	"fmt"
	"strings"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

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
		if f.call.in.Rings != nil {
			f.call.in.Rings(d.Place())
		}
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
	last := f.try.rseq[m.ToTag()]
	if !ok || last != 0 && n != last+1 {
		return false
	}
	f.try.rseq[m.ToTag()] = n
	d.mu.Lock()
	r := d.request("PRACK")
	f.try.seq = max(f.try.seq, r.Seq)
	d.mu.Unlock()
	r.Fields = append(r.Fields, wire.Field{Name: "RAck", Value: fmt.Sprintf("%d %d INVITE", n, m.Seq)})
	if f.auth != nil {
		if field, ok := f.auth.Field(r.Method, r.URI); ok {
			r.Fields = append(r.Fields, field)
		}
	}
	_ = d.ua.start(r, d.flow(), transaction.Nobody())
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
	from := f.try.req.From
	_, local, _ := strings.Cut(from, ";tag=")
	set := routeSet(m, true)
	target := f.to.uri
	if c, ok := m.Contacts(); ok && len(c) > 0 && c[0].URI.Host != "" {
		target = c[0].URI.String()
	}
	d := f.call.ua.newDialog(peer{
		id:    dialogID{callID: f.try.req.CallID, local: local, remote: tag},
		local: from, remote: m.Header("To"), origin: f.to.origin, called: f.to.called, self: f.to.from,
		caller: f.call.in.From, owner: true, auth: f.auth,
	}, path{
		target: target, routes: set, local: f.try.seq,
		flow:    f.call.ua.hop(f.to.flow, target, set, f.to.origin),
		updates: m.Has("Allow", "UPDATE"), timers: m.Has("Supported", "timer"),
	})
	d.user.offered, d.user.replace = f.call.in.Offer, f.call.in.Replaced
	f.call.mu.Lock()
	f.dialogs[tag] = d
	f.call.mu.Unlock()
	f.call.ua.dialogs.add(d)
	return d
}
