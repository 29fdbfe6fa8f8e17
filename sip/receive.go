package sip

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// receiver is the UA as the layers below see it.
type receiver struct{ ua *UA }

// sender is who sent a request, as far as its address tells.
type sender struct {
	phone  bool  // a registered phone
	line   *line // a trunk
	friend bool  // somebody we called, while no accounts are kept
}

func (s sender) stranger() bool { return !s.phone && s.line == nil && !s.friend }

// who looks at a flow: a registered phone's own flow first, then a trunk's address.
func (ua *UA) who(f transport.Flow) sender {
	if ua.registrar.speaks(f, "") {
		return sender{phone: true}
	}
	addr := f.Remote().Addr()
	if l := ua.lines.from(addr); l != nil {
		return sender{line: l}
	}
	return sender{friend: ua.cfg.Accounts == nil && ua.gate.friend(addr)}
}

// Receive takes a well-formed message from the sockets.
func (r receiver) Receive(m *wire.Message, f transport.Flow) {
	if m.IsRequest() {
		r.ua.met.request(m.Method, "in")
	} else {
		r.ua.met.response(m.Status, "in")
	}
	r.ua.tx.Receive(m, f)
}

// Malformed answers a request that cannot be used. Strangers are answered only
// where it helps a phone that wants to register.
func (r receiver) Malformed(m *wire.Message, fault *wire.SyntaxError, f transport.Flow) {
	r.ua.met.request(m.Method, "in")
	if m.Method != "REGISTER" && r.ua.who(f).stranger() {
		r.ua.met.drop("malformed")
		return
	}
	r.ua.refuse(m, f, wire.Reply{Status: fault.Status, Phrase: phraseOf(fault)})
}

func phraseOf(fault *wire.SyntaxError) string {
	if fault.Status == 400 {
		return "Bad Request (" + fault.Reason + ")"
	}
	return ""
}

// Closed forgets the phones of a connection.
func (r receiver) Closed(f transport.Flow) { r.ua.registrar.lost(f) }

// Request takes a request that repeats nothing. A panic answers it with 500.
func (r receiver) Request(m *wire.Message, f transport.Flow) {
	ua := r.ua
	defer func() {
		if v := recover(); v != nil {
			ua.panicked(v)
			ua.refuse(m, f, wire.Reply{Status: 500})
		}
	}()
	who := ua.who(f)
	d := ua.dialogs.find(m)
	if d == nil {
		d = ua.watchers.dialogs.find(m)
	}
	switch {
	case d != nil && !d.knows(f, who), who.stranger() && d == nil && m.Method != "REGISTER":
		ua.refuse(m, f, wire.Reply{Status: 403})
	case m.Method == "CANCEL":
		ua.cancel(m, f)
	default:
		if reply := ua.check(m); reply != nil {
			ua.refuse(m, f, *reply)
			return
		}
		switch {
		case d != nil:
			d.receive(m, f)
		case m.ToTag() != "":
			ua.refuse(m, f, wire.Reply{Status: 481})
		default:
			ua.outside(m, f, who)
		}
	}
}

// outside takes a request outside any dialog.
func (ua *UA) outside(m *wire.Message, f transport.Flow, who sender) {
	switch m.Method {
	case "INVITE":
		ua.invited(m, f, who)
	case "REGISTER":
		ua.register(m, f)
	case "OPTIONS":
		ua.options(m, f)
	case "SUBSCRIBE":
		ua.subscribed(m, f, who)
	default: // methods that live in a dialog only
		ua.refuse(m, f, wire.Reply{Status: 481})
	}
}

// Ack takes the ACK of a 2xx. Nothing ever answers an ACK.
func (r receiver) Ack(m *wire.Message, f transport.Flow) {
	d := r.ua.dialogs.find(m)
	if d == nil || !d.knows(f, r.ua.who(f)) {
		r.ua.met.drop("stray ACK")
		return
	}
	d.acknowledged(m)
}

// refuse answers without a transaction: the same request gets the same answer
// again, and nothing is remembered (RFC 3261 section 8.2.7).
func (ua *UA) refuse(m *wire.Message, f transport.Flow, r wire.Reply) {
	r.Tag = ua.tagFor(m)
	ua.answer(m, f.To(m.Via.ReplyPort(f.Remote().Port())), r)
}

// answer sends an answer along a flow.
func (ua *UA) answer(m *wire.Message, f transport.Flow, r wire.Reply) {
	if b := ua.reply(m, f, r); b != nil {
		_ = f.Send(b)
	}
}

// reply writes an answer with what all answers have.
func (ua *UA) reply(m *wire.Message, f transport.Flow, r wire.Reply) []byte {
	ua.met.response(r.Status, "out")
	r.Fields = append(r.Fields, wire.Field{Name: "Server", Value: ua.cfg.Product})
	if r.Status == 405 || r.Status == 501 {
		r.Fields = append(r.Fields, ua.allow())
	}
	return m.Reply(r, f.Remote())
}

// respond answers a request in a transaction of its own and keeps the answer for
// its repetitions.
func (ua *UA) respond(m *wire.Message, f transport.Flow, r wire.Reply) {
	s, err := ua.tx.Open(m, f, nil)
	if err != nil {
		ua.refuse(m, f, refusedOpen(err))
		return
	}
	if r.Tag == "" {
		r.Tag = ua.tagFor(m)
	}
	s.Respond(r.Status, ua.reply(m, s.Flow(), r))
}

// refusedOpen is the answer to a request that got no transaction.
func refusedOpen(err error) wire.Reply {
	if errors.Is(err, transaction.ErrMerged) {
		return wire.Reply{Status: 482}
	}
	return overloaded()
}

// overloaded is 503 with Retry-After.
func overloaded() wire.Reply {
	return wire.Reply{Status: 503, Fields: []wire.Field{{Name: "Retry-After", Value: strconv.Itoa(int(retryAfter / time.Second))}}}
}

// tagFor is the To tag of an answer given without remembering the request.
func (ua *UA) tagFor(m *wire.Message) string {
	h := hmac.New(sha256.New, ua.door.tagKey)
	for _, s := range [...]string{m.CallID, m.FromTag(), m.Via.Branch} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
