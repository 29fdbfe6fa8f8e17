package siptest

import (
	"fmt"
	"strings"
)

// Offer is a session description that any test may send.
const Offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

// Answer is another.
const Answer = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 50000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

// Call is one dialog of a Peer, with whatever tags, numbers and routes its script
// wants; all fields may be changed between messages.
type Call struct {
	Peer     *Peer
	ID       string
	Target   string // Request-URI
	From, To string // values with their tags, as in our requests
	Seq      int
	Via      string // of the last request
	Routes   []string
	Extra    []string // header lines for every request
	last     string
}

// Call begins a call to a number, nothing sent yet.
func (p *Peer) Call(number string) *Call {
	p.mu.Lock()
	p.n++
	n := p.n
	p.mu.Unlock()
	id := fmt.Sprintf("call-%s-%d-%d", p.network(), p.local.Port(), n)
	uri := "sip:" + number + "@" + p.server.String()
	return &Call{
		Peer: p, ID: id, Target: uri, To: "<" + uri + ">",
		From: fmt.Sprintf("\"Peer\" <sip:+8613800000000@%s>;tag=f%d", p.local, n),
	}
}

// Accept begins the other side of a call: one that arrived as an INVITE. Its
// requests go to the caller.
func (p *Peer) Accept(invite *Message, tag string) *Call {
	return &Call{
		Peer: p, ID: invite.Get("Call-ID"), Target: invite.URI("Contact"),
		From: invite.Get("To") + ";tag=" + tag, To: invite.Get("From"), Seq: 100, Routes: invite.All("Record-Route"),
	}
}

// Request makes a request without sending it. ACK and CANCEL take the number of the
// INVITE, CANCEL its Via too.
func (c *Call) Request(method, body string, headers ...string) string {
	switch method {
	case "ACK":
		c.Via = c.Peer.via()
	case "CANCEL":
	default:
		c.Seq++
		c.Via = c.Peer.via()
	}
	lines := []string{method + " " + c.Target + " SIP/2.0", "Via: " + c.Via}
	for _, r := range c.Routes {
		lines = append(lines, "Route: "+r)
	}
	to := c.To
	lines = append(lines, "Max-Forwards: 70", "From: "+c.From, "To: "+to, "Call-ID: "+c.ID, fmt.Sprintf("CSeq: %d %s", c.Seq, method))
	if method == "INVITE" || method == "UPDATE" || method == "REGISTER" {
		if !strings.Contains(strings.Join(headers, "\n"), "Contact:") {
			lines = append(lines, "Contact: "+c.Peer.Contact())
		}
	}
	lines = append(lines, c.Extra...)
	lines = append(lines, headers...)
	c.last = finish(lines, body)
	return c.last
}

// Send makes and sends a request without body.
func (c *Call) Send(method string, headers ...string) {
	c.Peer.t.Helper()
	c.Peer.Raw(c.Request(method, "", headers...))
}

// Invite sends an INVITE with a description, or without one.
func (c *Call) Invite(sdp string, headers ...string) {
	c.Peer.t.Helper()
	c.Peer.Raw(c.Request("INVITE", sdp, headers...))
}

// Again sends the last request once more, byte for byte.
func (c *Call) Again() {
	c.Peer.t.Helper()
	c.Peer.Raw(c.last)
}

// Join takes tag, target and routes from an answer, as a dialog's caller does.
func (c *Call) Join(answer *Message) {
	c.To = answer.Get("To")
	if uri := answer.URI("Contact"); uri != "" {
		c.Target = uri
	}
}

// Ack joins the dialog of a 2xx and acknowledges it, with a description or without.
func (c *Call) Ack(answer *Message, sdp ...string) {
	c.Peer.t.Helper()
	c.Join(answer)
	c.Peer.Raw(c.Request("ACK", strings.Join(sdp, "")))
}

// AckRefusal acknowledges an answer of 300 or above: the branch stays.
func (c *Call) AckRefusal(answer *Message) {
	c.Peer.t.Helper()
	lines := []string{
		"ACK " + c.Target + " SIP/2.0", "Via: " + c.Via, "Max-Forwards: 70", "From: " + c.From, "To: " + answer.Get("To"),
		"Call-ID: " + c.ID, fmt.Sprintf("CSeq: %d ACK", c.Seq),
	}
	c.Peer.Raw(finish(lines, ""))
}
