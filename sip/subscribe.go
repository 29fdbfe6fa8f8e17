package sip

import (
	"crypto/rand"
	"strings"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// subscription is one phone that watches one extension (RFC 6665).
type subscription struct {
	dialog  *Dialog
	bundle  *bundle
	watched string // the extension
	entity  string // its URI, as documents name it
	report  notifier
	// Guarded by report.mu:
	shown board // what the phone was shown last
	seen  struct{ version, calls uint64 }
	ends  time.Time
	end   *time.Timer
}

// The times of a subscription, and of its NOTIFYs.
const (
	watchDefault = time.Hour
	watchPace    = 200 * time.Millisecond
)

// watching are the requests that the dialog of a subscription takes.
var watching = map[string]func(*Dialog, *wire.Message, *transaction.Server){ // table
	"SUBSCRIBE": (*Dialog).renewed,
	"OPTIONS":   inside["OPTIONS"],
}

// subscribed takes a SUBSCRIBE that begins a subscription. Only an extension that
// proves its password may watch.
func (ua *UA) subscribed(m *wire.Message, f transport.Flow, who sender) {
	if who.line != nil {
		ua.refuse(m, f, wire.Reply{Status: 403})
		return
	}
	origin, ok := ua.authenticated(m, f, who)
	if !ok {
		return
	}
	s, expires, reply := ua.readSubscribe(m, f, origin)
	if reply != nil {
		ua.refuse(m, f, *reply)
		return
	}
	server, err := ua.tx.Open(m, f, nil)
	if err != nil {
		ua.refuse(m, f, refusedOpen(err))
		return
	}
	d := s.dialog
	if !ua.watchers.add(s) {
		d.reply(m, server, overloaded())
		return
	}
	s.report.mu.Lock()
	s.lasts(expires)
	s.report.mu.Unlock()
	d.reply(m, server, s.granted(server, expires))
	s.report.open()
}

// readSubscribe reads a SUBSCRIBE, or returns its refusal.
func (ua *UA) readSubscribe(m *wire.Message, f transport.Flow, origin Origin) (*subscription, time.Duration, *wire.Reply) {
	target, ok := contactOf(m)
	if !ok {
		return nil, 0, &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Contact)"}
	}
	name, params := wire.Value(m.Header("Event"))
	b := bundleNamed(name)
	if b == nil {
		return nil, 0, &wire.Reply{Status: 489, Fields: []wire.Field{allowEvents()}}
	}
	if accept := m.Values("Accept"); len(accept) > 0 && !accepts(accept, b.kind) {
		return nil, 0, &wire.Reply{Status: 406, Fields: []wire.Field{{Name: "Accept", Value: b.kind}}}
	}
	expires, reply := ua.watchTime(m)
	if reply != nil {
		return nil, 0, reply
	}
	ext := m.Target.Number()
	if _, known := ua.cfg.Accounts.Account(ext); !known {
		return nil, 0, &wire.Reply{Status: 404}
	}
	if b.own && ext != origin.Extension {
		return nil, 0, &wire.Reply{Status: 403}
	}
	tag := rand.Text()
	set := routeSet(m, false)
	d := ua.newDialog(peer{
		id:     dialogID{callID: m.CallID, local: tag, remote: m.FromTag()},
		local:  m.Header("To") + ";tag=" + tag,
		remote: m.Header("From"), origin: origin, called: ext, self: ext,
	}, path{target: target, routes: set, remote: m.Seq, flow: ua.hop(f, target, set, origin)})
	d.state = confirmed
	s := &subscription{dialog: d, bundle: b, watched: ext, entity: "sip:" + wire.EscapeUser(ext) + "@" + ua.host(f)}
	d.watch = s
	s.report.event = b.name
	if id, ok := params.Get("id"); ok && wire.IsToken(id) {
		s.report.event += ";id=" + id
	}
	s.report.pace = watchPace
	s.report.say, s.report.carry, s.report.gone = s.say, d.carry, s.gone
	s.report.traffic.busy = true // nothing before the 200
	return s, expires, nil
}

// watchTime is how long a subscription is asked for; 0 asks for one look.
func (ua *UA) watchTime(m *wire.Message) (time.Duration, *wire.Reply) {
	n, ok := m.Number("Expires")
	if !ok {
		return watchDefault, nil
	}
	asked := time.Duration(n) * time.Second
	if asked > 0 && asked < ua.cfg.Timers.RegisterMin {
		return 0, &wire.Reply{Status: 423, Fields: []wire.Field{{Name: "Min-Expires", Value: seconds(ua.cfg.Timers.RegisterMin)}}}
	}
	return min(asked, ua.cfg.Timers.RegisterMax), nil
}

// accepts reports whether ranges of an Accept header take a type.
func accepts(ranges []string, kind string) bool {
	whole, _, _ := strings.Cut(kind, "/")
	for _, r := range ranges {
		got, params := wire.Value(r)
		if q, ok := params.Get("q"); ok && strings.Trim(q, "0.") == "" {
			continue
		}
		switch strings.ToLower(got) {
		case kind, whole + "/*", "*/*":
			return true
		}
	}
	return false
}

// granted is the 200 to a SUBSCRIBE.
func (s *subscription) granted(server *transaction.Server, expires time.Duration) wire.Reply {
	d := s.dialog
	return wire.Reply{Status: 200, Tag: d.peer.id.local, Fields: []wire.Field{
		{Name: "Expires", Value: seconds(expires)}, {Name: "Contact", Value: d.ua.contact(server.Flow(), d.peer.self)},
	}}
}

// renewed takes a SUBSCRIBE within a subscription: it prolongs it or ends it.
func (d *Dialog) renewed(m *wire.Message, server *transaction.Server) {
	s := d.watch
	if reply := d.ua.proven(m, server.Source(), d.peer.origin.Extension); reply != nil {
		d.reply(m, server, *reply)
		return
	}
	name, _ := wire.Value(m.Header("Event"))
	expires, reply := d.ua.watchTime(m)
	switch {
	case name != s.bundle.name:
		reply = &wire.Reply{Status: 489, Fields: []wire.Field{allowEvents()}}
	case reply == nil:
		s.report.mu.Lock()
		if s.report.traffic.over {
			reply = &wire.Reply{Status: 481}
		} else {
			s.lasts(expires)
		}
		s.report.mu.Unlock()
	}
	if reply != nil {
		d.reply(m, server, *reply)
		return
	}
	d.mu.Lock()
	d.retarget(m)
	d.mu.Unlock()
	d.reply(m, server, s.granted(server, expires))
	s.report.repeat()
}

// lasts sets when the subscription ends. It is called with report.mu held.
func (s *subscription) lasts(expires time.Duration) {
	s.ends = time.Now().Add(expires)
	if s.end != nil {
		s.end.Stop()
	}
	if expires > 0 {
		s.end = time.AfterFunc(expires, s.report.repeat)
	}
}

// say is the next NOTIFY. It is called with report.mu held.
func (s *subscription) say(whole bool) (note, bool) {
	left := time.Until(s.ends)
	b := s.dialog.ua.watchers.board(s.watched)
	body, ok := s.bundle.write(s, b, whole || left <= 0)
	if !ok {
		return note{}, false
	}
	s.shown = b
	n := note{state: "active;expires=" + seconds(max(left, time.Second)), kind: s.bundle.kind, body: body}
	if left <= 0 {
		n.state, n.last = "terminated;reason=timeout", true
	}
	return n, true
}

// gone forgets the subscription.
func (s *subscription) gone() {
	s.report.mu.Lock()
	if s.end != nil {
		s.end.Stop()
	}
	s.report.mu.Unlock()
	d := s.dialog
	d.ua.watchers.remove(s)
	d.mu.Lock()
	d.finish(&EndError{Cause: ErrLocal})
	d.mu.Unlock()
}
