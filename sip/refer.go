package sip

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// Refer is a phone's wish that the other party of its call be transferred (RFC
// 3515, RFC 5589). The user agent dials nothing: the dialog's owner does what it
// thinks right, reports with Progress, and ends with Done. The phone usually hangs
// up meanwhile, so a [Ticket] for an outside number is taken before that.
type Refer struct {
	// Target is the number or extension to transfer to, as the phone wrote it,
	// escapes undone, at most 64 bytes; its host is not looked at. In an attended
	// transfer it is who the phone believes to be at the other end of Replaces.
	Target string
	// Replaces is, in an attended transfer, the phone's own other call, whose
	// place the transferred party takes (RFC 3891); nil in a blind one. It may not
	// be answered yet, see Dialog.Connected.
	Replaces *Dialog
	// ReferredBy is the user that the phone names as the transferring one (RFC
	// 3892), cleaned, or ""; nothing proves it. Who really asked is the Origin of
	// the dialog.
	ReferredBy string

	dialog *Dialog
	report notifier
	silent bool     // no reports wanted (RFC 4488)
	late   error    // what Replaces names is not there
	stand  standing // guarded by report.mu
	ends   time.Time
	end    *time.Timer
}

// standing is how far a transfer is, as a status.
type standing struct {
	code  int
	told  int // what the phone was told
	final bool
	muted bool // the phone wants to hear no more
}

// referLife is how long a transfer may go on before its phone is told no more.
const referLife = 3 * time.Minute

// OnRefer sets who decides on transfers asked for by the phone at the other end: an
// extension that has proved its password for the request. It is called one at a
// time and must return soon: nil takes the request on (202), and then Done has to
// follow; a *StatusError refuses it with its status, any other error with 603. A
// call that came or went by a trunk cannot ask (403). Until it is set all are
// declined.
func (d *Dialog) OnRefer(f func(*Refer) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.user.refer = f
}

// Progress tells the phone how far the transfer is: a provisional status, such as
// 180 when the target rings. After Done it does nothing.
func (r *Refer) Progress(code int) {
	if code > 100 && code < 200 {
		r.set(code, false)
	}
}

// Done tells the phone how the transfer ended: nil for success, a *StatusError for
// its status, ErrUnreachable for 408, any other error for 503. Only the first call
// counts.
func (r *Refer) Done(err error) {
	code := 200
	var refused *StatusError
	switch {
	case errors.As(err, &refused):
		code = refused.Status
	case errors.Is(err, ErrUnreachable):
		code = 408
	case err != nil:
		code = 503
	}
	r.set(code, true)
}

func (r *Refer) set(code int, final bool) {
	r.report.mu.Lock()
	changed := !r.stand.final
	if changed {
		r.stand.code, r.stand.final = code, final
	}
	r.report.mu.Unlock()
	switch {
	case !changed:
	case final && r.silent:
		r.report.close()
	case !r.silent:
		r.report.push()
	}
}

// expire gives up on an owner that never said Done.
func (r *Refer) expire() { r.Done(ErrUnreachable) }

// say is the state of the transfer as a NOTIFY says it (RFC 3515 section 2.4.5):
// first always that it has begun.
func (r *Refer) say(whole bool) (note, bool) {
	code, final := r.stand.code, r.stand.final
	if r.stand.told == 0 {
		code, final = 100, false
	}
	if code == r.stand.told && !whole && !final {
		return note{}, false
	}
	r.stand.told = code
	n := note{
		state: "active;expires=" + seconds(max(time.Second, time.Until(r.ends))), last: final,
		kind: "message/sipfrag;version=2.0", body: []byte("SIP/2.0 " + strconv.Itoa(code) + " " + wire.Phrase(code) + "\r\n"),
	}
	switch {
	case final:
		n.state = "terminated;reason=noresource"
	case r.stand.muted:
		n.state, n.last = "terminated;reason=timeout", true
	}
	return n, true
}

// referred takes a REFER.
func (d *Dialog) referred(m *wire.Message, server *transaction.Server) {
	ext := d.peer.origin.Extension
	if ext == "" {
		d.reply(m, server, wire.Reply{Status: 403}) // callers may not send us anywhere
		return
	}
	if reply := d.ua.proven(m, server.Source(), ext); reply != nil {
		d.reply(m, server, *reply)
		return
	}
	r, reply := d.readRefer(m)
	if reply != nil {
		d.reply(m, server, *reply)
		return
	}
	d.mu.Lock()
	take := d.user.refer
	switch {
	case d.state != confirmed:
		reply = new(wire.Reply)
		*reply = soon()
	case take == nil:
		reply = &wire.Reply{Status: 603}
	case d.user.referring != nil:
		reply = &wire.Reply{Status: 491}
	default:
		r.begin(m)
	}
	d.mu.Unlock()
	if reply != nil {
		d.reply(m, server, *reply)
		return
	}
	if !d.user.queue.offer(func() { r.decide(take, m, server) }) {
		r.report.close()
		d.reply(m, server, soon())
	}
}

// begin makes r the dialog's open transfer. The first subscription of a dialog needs
// no id, the others have their CSeq (RFC 3515 section 2.4.6). It is called with d.mu
// held.
func (r *Refer) begin(m *wire.Message) {
	d := r.dialog
	r.report.event = "refer"
	if d.user.referred {
		r.report.event += ";id=" + strconv.Itoa(int(m.Seq))
	}
	d.user.referred, d.user.referring = true, r
	r.report.say, r.report.carry, r.report.gone = r.say, d.carry, r.over
	r.report.traffic.busy = true // nothing before the 202
	r.end = time.AfterFunc(referLife, r.expire)
}

// over lets the phone ask for the next transfer.
func (r *Refer) over() {
	d := r.dialog
	r.end.Stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.user.referring == r {
		d.user.referring = nil
	}
}

// carry sends a NOTIFY within the dialog.
func (d *Dialog) carry(fields []wire.Field, n note, s transaction.Sink) error {
	d.mu.Lock()
	r := d.request("NOTIFY")
	d.mu.Unlock()
	r.Fields = append(r.Fields, fields...)
	r.Type, r.Body = n.kind, n.body
	_, err := d.dress(context.WithoutCancel(d.ctx), r, s)
	return err
}

// resubscribed takes a SUBSCRIBE within a call: it may prolong or end the reports of
// the transfer that is open (RFC 3515 section 2.4.4), and nothing else.
func (d *Dialog) resubscribed(m *wire.Message, server *transaction.Server) {
	d.mu.Lock()
	r := d.user.referring
	d.mu.Unlock()
	event, _ := wire.Value(m.Header("Event"))
	expires, asked := m.Number("Expires")
	switch {
	case event != "refer":
		d.reply(m, server, wire.Reply{Status: 489, Fields: []wire.Field{{Name: "Allow-Events", Value: "refer"}}})
		return
	case r == nil || r.silent:
		d.reply(m, server, wire.Reply{Status: 481})
		return
	}
	left := max(0, time.Until(r.ends))
	if asked {
		left = min(left, time.Duration(expires)*time.Second)
	}
	d.reply(m, server, wire.Reply{Status: 200, Fields: []wire.Field{
		{Name: "Expires", Value: seconds(left)}, {Name: "Contact", Value: d.ua.contact(server.Flow(), d.peer.self)},
	}})
	if left == 0 {
		r.mute()
	}
	r.report.repeat()
}

// mute makes the next report the last one.
func (r *Refer) mute() {
	r.report.mu.Lock()
	defer r.report.mu.Unlock()
	r.stand.muted = true
}

// decide asks the owner and answers.
func (r *Refer) decide(take func(*Refer) error, m *wire.Message, server *transaction.Server) {
	d := r.dialog
	reply := wire.Reply{Status: 500}
	defer func() {
		if reply.Status != 202 {
			r.report.close()
		}
		d.reply(m, server, reply)
		if reply.Status == 202 && !r.silent {
			r.report.open()
		}
	}()
	var err error
	if r.late == nil {
		err = take(r)
	} else {
		r.Done(r.late)
	}
	var refused *StatusError
	switch {
	case errors.As(err, &refused):
		reply = wire.Reply{Status: refused.Status, Phrase: refused.Phrase, Fields: refused.fields(d.ua.host(server.Flow()))}
		return
	case err != nil:
		reply.Status = 603
		return
	}
	reply = wire.Reply{Status: 202, Fields: []wire.Field{{Name: "Contact", Value: d.ua.contact(server.Flow(), d.peer.self)}}}
	if r.silent {
		reply.Fields = append(reply.Fields, wire.Field{Name: "Refer-Sub", Value: "false"})
	}
}

// readRefer reads a REFER, or returns its refusal. What Replaces means is looked up;
// a miss is told by a report, since a refusal of the REFER itself, with 481 above
// all, would tell the phone that this call is gone.
func (d *Dialog) readRefer(m *wire.Message) (*Refer, *wire.Reply) {
	bad := &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Refer-To)"}
	values := m.Values("Refer-To")
	if len(values) != 1 {
		return nil, bad
	}
	to, ok := wire.ParseAddress(values[0])
	if !ok {
		return nil, bad
	}
	switch to.URI.Scheme {
	case "sip", "sips", "tel":
	default:
		return nil, &wire.Reply{Status: 416}
	}
	if method, ok := to.URI.Param("method"); ok && method != "INVITE" {
		return nil, &wire.Reply{Status: 603}
	}
	r := &Refer{
		Target: to.URI.Number(), dialog: d, silent: strings.EqualFold(m.Header("Refer-Sub"), "false"),
		stand: standing{code: 100}, ends: time.Now().Add(referLife),
	}
	if r.Target == "" || len(r.Target) > 64 {
		return nil, bad
	}
	if by, ok := wire.ParseAddress(m.Header("Referred-By")); ok {
		r.ReferredBy = clip(clean(by.URI.Number()), 64)
	}
	value, found, ok := embedded(&to.URI, "Replaces")
	if !ok {
		return nil, bad
	}
	if found {
		other, ok := readReplaces(value)
		if !ok {
			return nil, bad
		}
		if r.Replaces, r.late = d.other(other); r.Replaces == d {
			return nil, bad
		}
	}
	return r, nil
}

// other finds the phone's own other dialog. That of anybody else is not found.
func (d *Dialog) other(r replacement) (*Dialog, error) {
	o, refused := d.ua.replaced(r)
	switch {
	case refused != nil:
		return nil, refused
	case o.peer.origin.Extension != d.peer.origin.Extension:
		return nil, &StatusError{Status: 481}
	}
	return o, nil
}

// embedded returns a header that stands in a URI (RFC 3261 section 19.1.1), once at
// most.
func embedded(u *wire.URI, name string) (value string, found, ok bool) {
	_, headers, _ := strings.Cut(u.String(), "?")
	for _, h := range strings.Split(headers, "&") {
		k, v, _ := strings.Cut(h, "=")
		if k, _ = url.PathUnescape(k); !strings.EqualFold(k, name) {
			continue
		}
		var err error
		if value, err = url.PathUnescape(v); err != nil || found {
			return "", false, false
		}
		found = true
	}
	return value, found, true
}
