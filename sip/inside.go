package sip

import (
	"math/rand/v2"
	"strconv"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// inside are the requests that a dialog takes, each with its handler. A method is
// added here and in check, allow and, if it is for the owner of the dialog, in
// user.
var inside = map[string]func(*Dialog, *wire.Message, *transaction.Server){ // table
	"INVITE":    (*Dialog).reinvited,
	"UPDATE":    (*Dialog).updated,
	"BYE":       (*Dialog).hungUp,
	"INFO":      (*Dialog).informed,
	"REFER":     (*Dialog).referred,
	"NOTIFY":    (*Dialog).notified,
	"SUBSCRIBE": (*Dialog).resubscribed,
	"PRACK":     func(d *Dialog, m *wire.Message, s *transaction.Server) { d.reply(m, s, d.pracked(m)) },
	"OPTIONS": func(d *Dialog, m *wire.Message, s *transaction.Server) {
		d.reply(m, s, wire.Reply{Status: 200, Fields: d.ua.capabilities()})
	},
}

// receive takes a request of the peer within the dialog, in the order of arrival
// (RFC 3261 section 12.2.2).
func (d *Dialog) receive(m *wire.Message, f transport.Flow) {
	handle := inside[m.Method]
	if d.watch != nil {
		handle = watching[m.Method]
	}
	if handle == nil {
		d.ua.refuse(m, f, wire.Reply{Status: 405})
		return
	}
	server, err := d.ua.tx.Open(m, f, nil)
	if err != nil {
		d.ua.refuse(m, f, refusedOpen(err))
		return
	}
	defer func() {
		if v := recover(); v != nil {
			d.ua.panicked(v)
			d.reply(m, server, wire.Reply{Status: 500})
		}
	}()
	d.mu.Lock()
	over, late := d.state == ended, m.Seq < d.path.remote
	if !late {
		d.path.remote = m.Seq
		if d.peer.origin.Extension != "" && f.Network() == d.path.flow.Network() {
			d.path.flow = f // a phone behind NAT may have a new port
		}
	}
	d.mu.Unlock()
	switch {
	case late:
		d.reply(m, server, wire.Reply{Status: 500})
	case over && m.Method != "BYE": // both hung up at once: BYE is still answered well
		d.reply(m, server, wire.Reply{Status: 481})
	default:
		handle(d, m, server)
	}
}

func (d *Dialog) reply(m *wire.Message, s *transaction.Server, r wire.Reply) {
	s.Respond(r.Status, d.ua.reply(m, s.Flow(), r))
}

// soon is 500 with a Retry-After of 0 to 10 s: another request is being dealt
// with (RFC 3261 section 14.2).
func soon() wire.Reply {
	return wire.Reply{Status: 500, Fields: []wire.Field{{Name: "Retry-After", Value: strconv.Itoa(rand.IntN(11))}}}
}

// informed takes an INFO.
func (d *Dialog) informed(m *wire.Message, server *transaction.Server) {
	d.mu.Lock()
	take := d.user.info
	d.mu.Unlock()
	switch {
	case len(m.Body) == 0:
		d.reply(m, server, wire.Reply{Status: 200})
		return
	case take == nil:
		d.reply(m, server, wire.Reply{Status: 415})
		return
	}
	if !d.user.queue.offer(func() { d.inform(m, server, take) }) {
		d.reply(m, server, soon())
	}
}

func (d *Dialog) inform(m *wire.Message, server *transaction.Server, take func(string, []byte) error) {
	r := wire.Reply{Status: 500}
	defer func() { d.reply(m, server, r) }()
	if err := take(m.Header("Content-Type"), m.Body); err != nil {
		r.Status = 415
		return
	}
	r.Status = 200
}

// retarget takes the peer's new Contact (RFC 3261 section 12.2.2). It is called
// with d.mu held.
func (d *Dialog) retarget(m *wire.Message) {
	contacts, ok := m.Contacts()
	if !ok || len(contacts) != 1 || contacts[0].URI.Host == "" {
		return
	}
	d.path.target = contacts[0].URI.String()
	if d.path.flow.Network() == transport.UDP {
		d.path.flow = d.ua.hop(d.path.flow, d.path.target, d.path.routes, d.peer.origin)
	}
}
