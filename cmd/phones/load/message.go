package load

import (
	"bytes"
	"net/netip"
	"strconv"
)

// message is a SIP message, as far as a phone must understand it. Its parts point into what was read.
type message struct {
	raw    []byte
	method string // of a request
	uri    []byte
	status int // of an answer
	reason []byte

	headers headers
	cseq    cseq
	body    []byte
}

// headers are the values a dialog is made of.
type headers struct {
	via       [][]byte
	route     [][]byte // Record-Route
	from, to  []byte
	callID    []byte
	contact   []byte
	challenge [][]byte // WWW-Authenticate and Proxy-Authenticate
	proxy     bool     // the challenge is a proxy's
}

type cseq struct {
	number int
	method string
}

// methods are the names of requests we know, so that reading one allocates nothing.
var methods = []string{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "NOTIFY", "REFER", "PRACK", "MESSAGE"} // table

func methodOf(b []byte) string {
	for _, m := range methods {
		if m == string(b) {
			return m
		}
	}
	return string(b)
}

// parse reads a message. Keep-alives and garbage are not ok.
func parse(b []byte) (m message, ok bool) {
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if !m.start(line) {
		return m, false
	}
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, found := bytes.Cut(line, []byte(":"))
		if found {
			m.header(bytes.TrimSpace(name), bytes.TrimSpace(value))
		}
	}
	m.raw, m.body = b, body
	h := &m.headers
	return m, h.callID != nil && h.from != nil && h.to != nil && len(h.via) > 0 && m.cseq.method != ""
}

// start reads the first line.
func (m *message) start(line []byte) bool {
	first, rest, ok := bytes.Cut(line, []byte(" "))
	second, third, _ := bytes.Cut(rest, []byte(" "))
	if !ok || len(second) == 0 {
		return false
	}
	if string(first) == "SIP/2.0" {
		m.status, _ = strconv.Atoi(string(second))
		m.reason = third
		return m.status >= 100 && m.status < 700
	}
	m.method, m.uri = methodOf(first), second
	return string(third) == "SIP/2.0"
}

func (m *message) header(name, value []byte) {
	h := &m.headers
	switch {
	case is(name, "Via", "v"):
		h.via = append(h.via, value)
	case is(name, "Record-Route", ""):
		h.route = append(h.route, value)
	case is(name, "From", "f"):
		h.from = value
	case is(name, "To", "t"):
		h.to = value
	case is(name, "Call-ID", "i"):
		h.callID = value
	case is(name, "Contact", "m"):
		h.contact = value
	case is(name, "CSeq", ""):
		number, method, _ := bytes.Cut(value, []byte(" "))
		m.cseq.number, _ = strconv.Atoi(string(number))
		m.cseq.method = methodOf(bytes.TrimSpace(method))
	case is(name, "WWW-Authenticate", ""):
		h.challenge = append(h.challenge, value)
	case is(name, "Proxy-Authenticate", ""):
		h.challenge, h.proxy = append(h.challenge, value), true
	}
}

// is compares a header's name with its long and its compact form.
func is(name []byte, long, short string) bool {
	return len(name) == len(long) && bytes.EqualFold(name, []byte(long)) || short != "" && bytes.EqualFold(name, []byte(short))
}

// uriOf is the URI of a name-addr or addr-spec: what stands between angle brackets, else all before parameters.
func uriOf(value []byte) []byte {
	if i := bytes.IndexByte(value, '<'); i >= 0 {
		inside, _, _ := bytes.Cut(value[i+1:], []byte(">"))
		return inside
	}
	uri, _, _ := bytes.Cut(value, []byte(";"))
	return bytes.TrimSpace(uri)
}

// userOf is the user part of a SIP URI, empty when it has none.
func userOf(uri []byte) []byte {
	_, rest, _ := bytes.Cut(uri, []byte(":"))
	user, _, found := bytes.Cut(rest, []byte("@"))
	if !found {
		return nil
	}
	return user
}

// session is what a session description says: where audio goes and how.
type session struct {
	address netip.AddrPort
	law     law
	events  uint8 // payload type of telephone events, 0 for none
	mute    bool  // the other side does not want to hear us
}

// parseSession reads a session description. It is not ok without audio in G.711.
func parseSession(body []byte) (s session, ok bool) {
	var host netip.Addr
	var port uint16
	found, inAudio := false, false
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("c=IN IP4 ")):
			if a, err := netip.ParseAddr(string(line[9:])); err == nil && (inAudio || !host.IsValid()) {
				host = a
			}
		case bytes.HasPrefix(line, []byte("m=")):
			inAudio = !found && bytes.HasPrefix(line, []byte("m=audio "))
			if inAudio {
				port, s.law, found = audioLine(line)
			}
		case inAudio:
			s.attribute(line)
		}
	}
	s.address = netip.AddrPortFrom(host, port)
	return s, found && host.Is4() && port > 0
}

// audioLine reads "m=audio 4000 RTP/AVP 8 0 101": the port and the first law of G.711 named.
func audioLine(line []byte) (port uint16, l law, ok bool) {
	words := bytes.Fields(line[len("m=audio "):])
	if len(words) < 3 {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(string(words[0]), 10, 16)
	for _, w := range words[2:] {
		switch string(w) {
		case "8":
			return uint16(n), pcma, err == nil
		case "0":
			return uint16(n), pcmu, err == nil
		}
	}
	return 0, 0, false
}

func (s *session) attribute(line []byte) {
	switch {
	case bytes.HasPrefix(line, []byte("a=rtpmap:")) && bytes.Contains(line, []byte(" telephone-event/8000")):
		number, _, _ := bytes.Cut(line[len("a=rtpmap:"):], []byte(" "))
		n, _ := strconv.ParseUint(string(number), 10, 7)
		s.events = uint8(n) //nolint:gosec // seven bits
	case string(line) == "a=sendonly", string(line) == "a=inactive":
		s.mute = true
	}
}
