package sip

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// destination is one place that a call goes to.
type destination struct {
	uri    string         // Request-URI
	to     string         // To, without tag
	flow   transport.Flow // nil until reached
	target resolve.Target // where, when there is no flow yet
	origin Origin         // what the dialog's Origin will be
	called string
	from   string // the number shown, on a trunk
	auth   *digest.Client
}

// locate finds the places of a URI.
func (ua *UA) locate(ctx context.Context, s string) ([]destination, error) {
	u, ok := wire.ParseURI(s)
	if !ok || u.Scheme != "sip" && u.Scheme != "sips" {
		return nil, errors.New("not a SIP URI")
	}
	server := resolve.Server{Host: strings.Trim(u.Host, "[]"), Port: uint16(u.Port)}
	kind, _ := u.Param("transport")
	switch {
	case u.Scheme == "sips" || strings.EqualFold(kind, "tls"):
		server.Network, server.Fixed = transport.TLS, true
	case strings.EqualFold(kind, "tcp"):
		server.Network, server.Fixed = transport.TCP, true
	case strings.EqualFold(kind, "udp"):
		server.Fixed = true
	}
	targets, err := ua.door.find.Find(ctx, server)
	if err != nil {
		return nil, errors.Join(ErrUnreachable, err)
	}
	out := make([]destination, len(targets))
	for i, t := range targets {
		out[i] = destination{uri: s, to: "<" + s + ">", target: t, called: u.Number()}
	}
	return out, nil
}

// largest is the size above which a request should not go by UDP (RFC 3261 section
// 18.1.1); headers take the room up to it that a description leaves.
const (
	largest  = 1300
	overhead = 700
)

// reach finds or opens the way to a place. A request too large for UDP goes by TCP
// where the configuration left that open and the server takes it.
func (ua *UA) reach(ctx context.Context, p destination, offer int) (transport.Flow, error) {
	t := p.target
	if !t.Fixed && t.Network == transport.UDP && offer+overhead > largest {
		if f, err := ua.net.Dial(ctx, transport.TCP, t.Addr, t.Name); err == nil {
			return f, nil
		}
	}
	f, err := ua.net.Dial(ctx, t.Network, t.Addr, t.Name)
	if err != nil {
		return nil, errors.Join(ErrUnreachable, err)
	}
	return f, nil
}

// compose makes the INVITE of a call to one place.
func (ua *UA) compose(in *Invite, p *destination, callID, tag string) *wire.Request {
	r := &wire.Request{
		Method: "INVITE", URI: p.uri, From: ua.from(in, p) + ";tag=" + tag, To: p.to, CallID: callID, Seq: 1,
		Hops: in.hops(), Body: in.Offer,
	}
	r.Fields = []wire.Field{
		{Name: "Contact", Value: ua.contact(p.flow, p.from)},
		ua.allow(),
		{Name: "Supported", Value: ua.supported()},
		{Name: "Session-Expires", Value: seconds(ua.cfg.Session.Expires)},
		{Name: "Min-SE", Value: seconds(ua.cfg.Session.MinExpires)},
		{Name: "User-Agent", Value: ua.cfg.Product},
	}
	if in.From.Anonymous && p.from == "" {
		r.Fields = append(r.Fields, wire.Field{Name: "Privacy", Value: "id"})
	}
	if in.Replaces != nil {
		r.Fields = append(r.Fields, wire.Field{Name: "Replaces", Value: in.Replaces.replaces()})
	}
	for name, value := range in.Headers {
		r.Fields = append(r.Fields, wire.Field{Name: name, Value: clean(value)})
	}
	return r
}

// from is the From value without its tag. An anonymous caller shows nothing (RFC
// 3323 section 4.1); a trunk shows the hotline's number and no name.
func (ua *UA) from(in *Invite, p *destination) string {
	host := ua.host(p.flow)
	switch {
	case p.from != "":
		return "<sip:" + wire.EscapeUser(p.from) + "@" + host + ">"
	case in.From.Anonymous:
		return `"Anonymous" <sip:anonymous@anonymous.invalid>`
	}
	user := in.From.Number
	if user == "" {
		user = ua.cfg.Product
	}
	addr := "<sip:" + wire.EscapeUser(user) + "@" + host + ">"
	if name := displayName(in.From.Display); name != "" {
		return wire.Quote(name) + " " + addr
	}
	return addr
}

// hostPort is a server's name as it stands in a URI.
func hostPort(t resolve.Target) string {
	host := t.Addr.Addr().String()
	if t.Addr.Addr().Is6() {
		host = "[" + host + "]"
	}
	if t.Name != "" && t.Name != t.Addr.Addr().String() {
		host = t.Name
		return host
	}
	return host + ":" + strconv.Itoa(int(t.Addr.Port()))
}
