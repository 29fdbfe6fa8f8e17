package wire

import (
	"net/netip"
	"strings"
)

// writer builds a message. Every value that we compose passes guard, so that no
// display name, number, reason or configured text can add a header of its own.
type writer struct{ b []byte }

func (w *writer) start(parts ...string) {
	for _, p := range parts {
		w.guard(p)
	}
	w.b = append(w.b, "\r\n"...)
}

func (w *writer) field(name, value string) {
	w.b = append(w.b, name...)
	w.b = append(w.b, ": "...)
	w.guard(value)
	w.b = append(w.b, "\r\n"...)
}

// echo writes a value that came from the network through Parse as it came.
func (w *writer) echo(name, value string) {
	w.b = append(w.b, name...)
	w.b = append(w.b, ": "...)
	w.b = append(w.b, value...)
	w.b = append(w.b, "\r\n"...)
}

// guard writes s with every control character turned into a blank.
func (w *writer) guard(s string) {
	at := len(w.b)
	w.b = append(w.b, s...)
	for i := at; i < len(w.b); i++ {
		if isControl(w.b[i]) {
			w.b[i] = ' '
		}
	}
}

func (w *writer) fields(list []Field) {
	for _, f := range list {
		if IsToken(f.Name) {
			w.field(f.Name, f.Value)
		}
	}
}

func (w *writer) body(kind string, body []byte) []byte {
	if len(body) > 0 {
		w.field("Content-Type", kind)
	}
	w.field("Content-Length", itoa(len(body)))
	w.b = append(w.b, "\r\n"...)
	return append(w.b, body...)
}

// Reply is an answer to a request.
type Reply struct {
	Status int
	Phrase string // empty for the usual one
	// Tag is put on To when the request has none there and Status is above 100.
	Tag    string
	Fields []Field
	// Type is the body's Content-Type.
	Type string
	Body []byte
}

// Reply writes the answer to m, which came from source (RFC 3261 section 8.2.6).
// It works for requests that failed Parse as well, as far as they could be read,
// and returns nil when there is no Via to send an answer along.
func (m *Message) Reply(r Reply, source netip.AddrPort) []byte {
	if _, ok := m.Lookup("Via"); !ok || !m.IsRequest() {
		return nil
	}
	if r.Phrase == "" {
		r.Phrase = Phrase(r.Status)
	}
	w := writer{b: make([]byte, 0, 512+len(r.Body))}
	w.start("SIP/2.0 ", itoa(r.Status), " ", r.Phrase)
	routes := r.Status > 100 && r.Status < 300 && m.Method != "REGISTER"
	top := true
	for _, f := range m.fields {
		switch f.Name {
		case "Via":
			w.echo("Via", m.stamped(f.Value, top, source))
			top = false
		case "Record-Route":
			if routes {
				w.echo(f.Name, f.Value)
			}
		case "From", "Call-ID", "CSeq":
			w.echo(f.Name, f.Value)
		case "To":
			w.echo("To", m.tagged(f.Value, r))
		case "Timestamp":
			if r.Status == 100 {
				w.echo(f.Name, f.Value)
			}
		}
	}
	w.fields(r.Fields)
	return w.body(r.Type, r.Body)
}

func (m *Message) stamped(value string, top bool, source netip.AddrPort) string {
	if !top || m.Via.Host == "" {
		return value
	}
	if i := index(value, ','); i >= 0 {
		return m.Via.stamp(value[:i], source) + value[i:]
	}
	return m.Via.stamp(value, source)
}

// tagged puts the tag on To. A value that could not be read is left alone.
func (m *Message) tagged(value string, r Reply) string {
	if r.Status == 100 || r.Tag == "" || m.ToTag() != "" || m.To.URI.Scheme == "" {
		return value
	}
	return value + ";tag=" + r.Tag
}

// SDP is the type of session descriptions (RFC 4566).
const SDP = "application/sdp"

// Request is a request to be sent.
type Request struct {
	Method string
	URI    string
	// Via is protocol, transport and sent-by, as in "SIP/2.0/UDP 192.0.2.1:5060";
	// branch and rport are added from Branch.
	Via    string
	Branch string
	Routes []string
	// From and To are header values with their tags.
	From, To string
	CallID   string
	Seq      uint32
	// Hops is Max-Forwards; 0 stands for 70.
	Hops   int
	Fields []Field
	// Type is the body's Content-Type; empty stands for SDP.
	Type string
	Body []byte
}

// Bytes writes the request.
func (r *Request) Bytes() []byte {
	w := writer{b: make([]byte, 0, 768+len(r.Body))}
	w.start(r.Method, " ", r.URI, " SIP/2.0")
	w.field("Via", r.Via+";rport;branch="+r.Branch)
	for _, route := range r.Routes {
		w.field("Route", route)
	}
	if r.Hops == 0 {
		r.Hops = 70
	}
	w.field("Max-Forwards", itoa(r.Hops))
	w.field("From", r.From)
	w.field("To", r.To)
	w.field("Call-ID", r.CallID)
	w.field("CSeq", itoa(int(r.Seq))+" "+r.Method)
	w.fields(r.Fields)
	if r.Type == "" {
		r.Type = SDP
	}
	return w.body(r.Type, r.Body)
}

// hop makes the request that goes the way of r inside its transaction.
func (r *Request) hop(method, to string) *Request {
	return &Request{
		Method: method, URI: r.URI, Via: r.Via, Branch: r.Branch, Routes: r.Routes,
		From: r.From, To: to, CallID: r.CallID, Seq: r.Seq,
	}
}

// Ack makes the ACK for a refusal of r (RFC 3261 section 17.1.1.3); to is the To
// value of the refusal.
func (r *Request) Ack(to string) *Request { return r.hop("ACK", to) }

// Cancel makes the CANCEL of r (RFC 3261 section 9.1).
func (r *Request) Cancel(fields []Field) *Request {
	c := r.hop("CANCEL", r.To)
	c.Fields = fields
	return c
}

// Quote makes a quoted string of s: escapes written, control characters gone.
func Quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case isControl(c):
			b.WriteByte(' ')
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// EscapeUser escapes what may not stand in the user part of a SIP URI.
func EscapeUser(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
