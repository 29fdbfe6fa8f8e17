package sip

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// register takes a REGISTER (RFC 3261 section 10.3). Without credentials it is
// challenged, whoever asks for whatever account.
func (ua *UA) register(m *wire.Message, f transport.Flow) {
	user, reply := ua.login(m, f, "Authorization", 401)
	if reply != nil {
		ua.refuse(m, f, *reply)
		return
	}
	if m.To.URI.Number() != user {
		ua.respond(m, f, wire.Reply{Status: 403})
		return
	}
	changes, reply := ua.changes(m)
	if reply == nil {
		reply = ua.registrar.change(m, f, user, changes)
	}
	ua.respond(m, f, *reply)
}

// authenticated decides on whose behalf an INVITE comes: a trunk's, known by its
// address, or a registered phone's, which must prove its password each time.
func (ua *UA) authenticated(m *wire.Message, f transport.Flow, who sender) (Origin, bool) {
	switch {
	case who.line != nil:
		return Origin{Trunk: who.line.Name}, true
	case who.friend:
		return Origin{}, true
	}
	user, reply := ua.login(m, f, "Proxy-Authorization", 407)
	switch {
	case reply != nil:
		ua.refuse(m, f, *reply)
		return Origin{}, false
	case !ua.registrar.speaks(f, user):
		ua.refuse(m, f, wire.Reply{Status: 403})
		return Origin{}, false
	}
	return Origin{Extension: user}, true
}

// proven checks that a request within a dialog comes from the extension at its
// other end: from where that is registered, and with its password.
func (ua *UA) proven(m *wire.Message, f transport.Flow, ext string) *wire.Reply {
	user, reply := ua.login(m, f, "Proxy-Authorization", 407)
	if reply == nil && (user != ext || !ua.registrar.speaks(f, user)) {
		reply = &wire.Reply{Status: 403}
	}
	return reply
}

// login checks a request's credentials. It returns the account's name, or the
// answer to give instead: a challenge, or 403, which is the same for an unknown
// user, a wrong password and too many of them.
func (ua *UA) login(m *wire.Message, f transport.Flow, header string, status int) (string, *wire.Reply) {
	source := f.Remote().Addr()
	a := digest.Attempt{Method: m.Method, URI: m.Target.String(), Source: source}
	for _, field := range m.Fields() {
		if strings.EqualFold(field.Name, header) {
			a.Headers = append(a.Headers, field.Value)
		}
	}
	user, verdict := ua.door.digest.Check(a, ua.secrets)
	md5 := false
	if verdict == digest.None && len(a.Headers) == 0 {
		md5 = ua.door.stumbles.again(source, m)
	} else {
		ua.door.stumbles.answered(source, m)
	}
	if verdict != digest.None && ua.door.failures.Barred(source, user) {
		ua.met.auth.WithLabelValues("barred").Inc()
		return "", &wire.Reply{Status: 403}
	}
	switch verdict {
	case digest.Good:
		ua.met.auth.WithLabelValues("good").Inc()
		ua.door.failures.Clear(source, user)
		return user, nil
	case digest.Wrong:
		ua.met.auth.WithLabelValues("wrong").Inc()
		ua.door.failures.Note(source, user)
		return "", &wire.Reply{Status: 403}
	case digest.Stale:
		ua.met.auth.WithLabelValues("stale").Inc()
		return "", ua.challenge(status, source, digest.Ask{Stale: true})
	case digest.None:
	}
	return "", ua.challenge(status, source, digest.Ask{MD5: md5})
}

func (ua *UA) secrets(user string) (digest.Secrets, bool) {
	a, ok := ua.cfg.Accounts.Account(user)
	return digest.Secrets{MD5: a.MD5, SHA256: a.SHA256}, ok
}

func (ua *UA) challenge(status int, source netip.Addr, ask digest.Ask) *wire.Reply {
	name := "WWW-Authenticate"
	if status == 407 {
		name = "Proxy-Authenticate"
	}
	r := &wire.Reply{Status: status}
	for _, c := range ua.door.digest.Challenge(source, ask) {
		r.Fields = append(r.Fields, wire.Field{Name: name, Value: c})
	}
	return r
}

// change is one contact of a REGISTER; expires 0 removes it.
type change struct {
	uri, key string
	expires  time.Duration
}

// changes reads the contacts of a REGISTER. A star alone with Expires 0 is the
// single change with an empty uri.
func (ua *UA) changes(m *wire.Message) ([]change, *wire.Reply) {
	contacts, ok := m.Contacts()
	if !ok {
		return nil, &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Contact)"}
	}
	general := ua.cfg.Timers.RegisterMax
	if n, ok := m.Number("Expires"); ok {
		general = time.Duration(n) * time.Second
	}
	var out []change
	for _, c := range contacts {
		if c.Display == "*" && c.URI.Scheme == "" {
			if len(contacts) != 1 || general != 0 {
				return nil, &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Contact)"}
			}
			return []change{{}}, nil
		}
		if c.URI.Scheme != "sip" && c.URI.Scheme != "sips" {
			return nil, &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Contact)"}
		}
		one, err := ua.readChange(&c, general)
		if err != nil {
			return nil, &wire.Reply{Status: 423, Fields: []wire.Field{{Name: "Min-Expires", Value: seconds(ua.cfg.Timers.RegisterMin)}}}
		}
		out = append(out, one)
	}
	return out, nil
}

var errTooBrief = errors.New("registration too brief")

func (ua *UA) readChange(c *wire.Address, general time.Duration) (change, error) {
	expires := general
	if s, ok := c.Params.Get("expires"); ok {
		if n, err := strconv.ParseUint(s, 10, 32); err == nil {
			expires = time.Duration(n) * time.Second
		}
	}
	if expires > 0 && expires < ua.cfg.Timers.RegisterMin {
		return change{}, errTooBrief
	}
	out := change{uri: c.URI.String(), expires: min(expires, ua.cfg.Timers.RegisterMax)}
	// A phone says by its instance that it is the same at a new address (RFC 5626);
	// others are the same at the same address.
	if id, ok := c.Params.Get("+sip.instance"); ok && id != "" {
		out.key = id
	} else {
		kind, _ := c.URI.Param("transport")
		out.key = c.URI.User + "@" + strings.ToLower(c.URI.Host) + ":" + strconv.Itoa(c.URI.Port) + ";" + strings.ToLower(kind)
	}
	return out, nil
}

// change applies all changes of a REGISTER or none, and returns the answer.
func (r *Registrar) change(m *wire.Message, f transport.Flow, ext string, changes []change) *wire.Reply {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		reply := overloaded()
		return &reply
	}
	if len(changes) == 1 && changes[0].uri == "" {
		changes = nil
		for _, b := range r.byExt[ext] {
			changes = append(changes, change{uri: b.uri, key: b.key})
		}
	}
	for _, c := range changes {
		if b := r.find(ext, c.key); b != nil && b.callID == m.CallID && m.Seq <= b.seq {
			return &wire.Reply{Status: 500} // out of order (RFC 3261 section 10.3, step 7)
		}
	}
	for _, c := range changes {
		r.apply(m, f, ext, c)
	}
	r.announce(ext)
	return &wire.Reply{Status: 200, Fields: r.listing(ext)}
}

func (r *Registrar) find(ext, key string) *binding {
	i := slices.IndexFunc(r.byExt[ext], func(b *binding) bool { return b.key == key })
	if i < 0 {
		return nil
	}
	return r.byExt[ext][i]
}

// apply makes one change. When an extension has too many contacts the oldest goes.
func (r *Registrar) apply(m *wire.Message, f transport.Flow, ext string, c change) {
	if old := r.find(ext, c.key); old != nil {
		r.cut(old)
	}
	if c.expires == 0 {
		return
	}
	if list := r.byExt[ext]; len(list) >= r.ua.cfg.Limits.Contacts {
		r.cut(list[0])
	}
	r.put(&binding{
		ext: ext, uri: c.uri, key: c.key, flow: f, callID: m.CallID, seq: m.Seq,
		expires: time.Now().Add(c.expires), agent: displayName(m.Header("User-Agent")),
	})
}

// listing is the contacts in force, for the answer.
func (r *Registrar) listing(ext string) []wire.Field {
	var out []wire.Field
	for _, b := range r.byExt[ext] {
		left := max(0, int(time.Until(b.expires).Round(time.Second)/time.Second))
		out = append(out, wire.Field{Name: "Contact", Value: "<" + b.uri + ">;expires=" + strconv.Itoa(left)})
	}
	return append(out, wire.Field{Name: "Date", Value: time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05") + " GMT"})
}
