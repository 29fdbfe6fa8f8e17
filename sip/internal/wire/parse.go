package wire

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
)

var scanners = sync.Pool{New: func() any { return new(scanner) }} // table of spare buffers

// Parse reads one whole message: a datagram, or what a [Framer] cut from a
// stream. Nothing of data is kept. The error is always a *SyntaxError; the message
// comes with it as far as it could be read, for the answer's echo.
func Parse(data []byte) (*Message, error) {
	s, _ := scanners.Get().(*scanner)
	defer func() {
		s.data, s.fault = nil, nil
		s.text, s.spans = s.text[:0], s.spans[:0]
		scanners.Put(s)
	}()
	for len(data) >= 2 && data[0] == '\r' && data[1] == '\n' {
		data = data[2:] // RFC 3261 section 7.5
	}
	if len(data) > MaxMessage {
		return nil, junk("Message Too Large")
	}
	s.data = data
	m := &Message{}
	first, ok := s.line()
	if !ok || !s.start(m, string(first)) {
		return nil, junk("Not SIP")
	}
	s.fields()
	m.fields = s.list()
	s.body(m)
	s.core(m)
	if s.fault == nil {
		return m, nil
	}
	if !m.IsRequest() || m.Method == "ACK" {
		s.fault.Status = 0
	}
	return m, s.fault
}

// start reads the start line. It reports false for bytes that are not SIP.
func (s *scanner) start(m *Message, line string) bool {
	for i := range len(line) {
		if isControl(line[i]) {
			s.blame(bad("Control Character"))
		}
	}
	if len(line) > 4 && strings.EqualFold(line[:4], "SIP/") {
		return s.status(m, line)
	}
	if at := strings.LastIndexByte(line, '/'); at < 4 || !strings.EqualFold(line[at-3:at], "SIP") {
		return false
	}
	method, rest, _ := strings.Cut(line, " ")
	if !IsToken(method) {
		return false
	}
	m.Method = method
	target, version, _ := strings.Cut(rest, " ")
	switch {
	case !strings.EqualFold(version[:min(4, len(version))], "SIP/"), strings.ContainsAny(version, " \t"):
		s.blame(bad("Bad Request Line"))
		return true
	case !strings.EqualFold(version, "SIP/2.0"):
		s.blame(&SyntaxError{Status: 505, Reason: "Version Not Supported"})
		return true
	}
	var ok bool
	if m.Target, ok = ParseURI(target); !ok || m.Target.Headers != nil {
		s.blame(bad("Bad Request-URI"))
	}
	return true
}

// status reads the start line of a response.
func (s *scanner) status(m *Message, line string) bool {
	version, rest, _ := strings.Cut(line, " ")
	code, phrase, _ := strings.Cut(rest, " ")
	n, ok := digits(code, 699)
	if !ok || len(code) != 3 || n < 100 || !strings.EqualFold(version, "SIP/2.0") {
		s.blame(junk("Bad Status Line"))
	}
	m.Status, m.Phrase = int(n), phrase
	return true
}

// body cuts the body by Content-Length (RFC 3261 section 18.3).
func (s *scanner) body(m *Message) {
	rest := s.data
	if v, ok := m.Lookup("Content-Length"); ok {
		n, ok := digits(v, MaxMessage)
		switch {
		case !ok:
			s.blame(bad("Bad Content-Length"))
			return
		case int(n) > len(rest):
			s.blame(bad("Body Shorter Than Content-Length"))
			return
		}
		rest = rest[:n]
	}
	if len(rest) > 0 {
		m.Body = bytes.Clone(rest)
	}
}

// core reads the fields every message must have (RFC 3261 section 8.1.1).
func (s *scanner) core(m *Message) {
	var ok bool
	if m.From, ok = ParseAddress(m.Header("From")); !ok {
		s.blame(bad("Bad From"))
	}
	if m.To, ok = ParseAddress(m.Header("To")); !ok {
		s.blame(bad("Bad To"))
	}
	if m.CallID = m.Header("Call-ID"); m.CallID == "" || strings.ContainsAny(m.CallID, " \t") {
		s.blame(bad("Bad Call-ID"))
	}
	s.seq(m)
	top := m.Header("Via")
	if i := index(top, ','); i >= 0 {
		top = top[:i]
	}
	if m.Via, ok = parseVia(top); !ok {
		m.Via = Via{}
		s.blame(bad("Bad Via"))
	}
	for _, name := range [...]string{"Max-Forwards", "Expires", "Min-Expires", "RSeq"} {
		if v, has := m.Lookup(name); has {
			limit := uint64(1<<32 - 1)
			if name == "Max-Forwards" {
				limit = 255
			}
			if _, ok := digits(v, limit); !ok {
				s.blame(bad("Bad " + name))
			}
		}
	}
}

func (s *scanner) seq(m *Message) {
	parts := strings.Fields(m.Header("CSeq"))
	if len(parts) != 2 {
		s.blame(bad("Bad CSeq"))
		return
	}
	n, ok := digits(parts[0], 1<<31-1)
	if !ok || !IsToken(parts[1]) {
		s.blame(bad("Bad CSeq"))
		return
	}
	m.Seq, m.Verb = uint32(n), parts[1]
	if m.IsRequest() && m.Verb != m.Method {
		s.blame(bad("CSeq Method Mismatch"))
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
