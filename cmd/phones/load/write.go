package load

import (
	"fmt"
	"strconv"
	"strings"
)

// dialog is what the messages of one call, or of one registration, have in common.
type dialog struct {
	callID string
	local  string // our From or To value, tag included
	remote string // theirs
	target string // Request-URI
	routes []string
	seq    int
}

// learn takes from an answer what our next requests need.
func (d *dialog) learn(m *message) {
	d.remote = string(m.headers.to)
	if m.headers.contact != nil {
		d.target = string(uriOf(m.headers.contact))
	}
	d.routes = d.routes[:0]
	for i := len(m.headers.route) - 1; i >= 0; i-- {
		d.routes = append(d.routes, string(m.headers.route[i]))
	}
}

// ask is one request of a dialog.
type ask struct {
	method string
	seq    int
	branch string // the transaction; one of its own when empty
	extra  string // whole header lines
	body   string
}

// request writes a request of the dialog.
func (d *dialog) request(e *end, r ask) []byte {
	if r.branch == "" {
		r.branch = d.branch(r.method, r.seq)
	}
	b := make([]byte, 0, 768+len(r.extra)+len(r.body))
	b = add(b, r.method, " ", d.target, " SIP/2.0\r\nVia: SIP/2.0/UDP ", e.name, ";rport;branch=z9hG4bK", r.branch)
	b = add(b, "\r\nMax-Forwards: 70\r\nFrom: ", d.local, "\r\nTo: ", d.remote, "\r\nCall-ID: ", d.callID, "\r\nCSeq: ")
	b = strconv.AppendInt(b, int64(r.seq), 10)
	b = add(b, " ", r.method)
	for _, route := range d.routes {
		b = add(b, "\r\nRoute: ", route)
	}
	b = add(b, "\r\nUser-Agent: phones\r\n", r.extra)
	return finish(b, r.body)
}

// branch names a transaction. CANCEL and the acknowledgement of a refusal bear their INVITE's.
func (d *dialog) branch(method string, seq int) string {
	if method == "CANCEL" {
		method = "INVITE"
	}
	return d.callID[:strings.IndexByte(d.callID, '@')] + method[:1] + strconv.Itoa(seq)
}

// refusalAck acknowledges an answer of 300 and above, which belongs to the INVITE's own transaction.
func (d *dialog) refusalAck(e *end, m *message) []byte {
	of := *d
	of.remote = string(m.headers.to)
	return of.request(e, ask{method: "ACK", seq: m.cseq.number, branch: d.branch("INVITE", m.cseq.number)})
}

// answer writes an answer to a request. to is the To value, with our tag when there is one; extra are whole header lines.
func answer(m *message, status int, to, extra, body string) []byte {
	b := make([]byte, 0, 768+len(body))
	b = strconv.AppendInt(add(b, "SIP/2.0 "), int64(status), 10)
	b = add(b, " ", reasons[status], "\r\n")
	for _, v := range m.headers.via {
		b = header(b, "Via: ", v)
	}
	for _, r := range m.headers.route {
		b = header(b, "Record-Route: ", r)
	}
	b = header(b, "From: ", m.headers.from)
	b = add(b, "To: ", to, "\r\n")
	b = header(b, "Call-ID: ", m.headers.callID)
	b = strconv.AppendInt(add(b, "CSeq: "), int64(m.cseq.number), 10)
	b = add(b, " ", m.cseq.method, "\r\n", extra)
	return finish(b, body)
}

var reasons = map[int]string{ // table
	100: "Trying", 180: "Ringing", 200: "OK", 481: "Call Does Not Exist", 486: "Busy Here", 487: "Request Terminated",
	488: "Not Acceptable Here", 501: "Not Implemented", 603: "Decline",
}

func add(b []byte, parts ...string) []byte {
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func header(b []byte, name string, value []byte) []byte {
	return append(append(append(b, name...), value...), "\r\n"...)
}

func finish(b []byte, body string) []byte {
	if body != "" {
		b = add(b, "Content-Type: application/sdp\r\n")
	}
	b = strconv.AppendInt(add(b, "Content-Length: "), int64(len(body)), 10)
	return add(b, "\r\n\r\n", body)
}

// describe writes our session description: both laws when asked for both, one when one was agreed on.
func describe(s *stream, version int, laws []law, events uint8) string {
	var b strings.Builder
	addr := s.rtp.addr
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP", s.id, version, addr.Addr(), addr.Addr(), addr.Port())
	for _, l := range laws {
		fmt.Fprintf(&b, " %d", l.payload())
	}
	if events > 0 {
		fmt.Fprintf(&b, " %d", events)
	}
	for _, l := range laws {
		fmt.Fprintf(&b, "\r\na=rtpmap:%d %s/8000", l.payload(), l)
	}
	if events > 0 {
		fmt.Fprintf(&b, "\r\na=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15", events, events)
	}
	b.WriteString("\r\na=ptime:20\r\na=sendrecv\r\n")
	return b.String()
}
