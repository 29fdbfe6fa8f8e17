package wire

import (
	"bytes"
	"strconv"
)

// span marks one field in the scanner's text.
type span struct {
	name       string // known fields
	from, mid  int    // the name as it came, for unknown fields
	start, end int    // the value
}

// scanner cuts a message into fields. It does not stop at the first fault, so
// that the answer can echo the fields that were readable.
type scanner struct {
	data  []byte
	text  []byte
	spans []span
	fault *SyntaxError
}

func (s *scanner) blame(f *SyntaxError) {
	if s.fault == nil {
		s.fault = f
	}
}

// line takes the next line without its end. A bare CR or LF is a fault, but still
// hides nothing: LF ends the line for the echo too.
func (s *scanner) line() (line []byte, ok bool) {
	i := bytes.IndexByte(s.data, '\n')
	if i < 0 {
		return nil, false
	}
	line, s.data = s.data[:i], s.data[i+1:]
	if i == 0 || line[i-1] != '\r' {
		s.blame(bad("Bare Line Feed"))
		return line, true
	}
	line = line[:i-1]
	if bytes.IndexByte(line, '\r') >= 0 {
		s.blame(bad("Bare Carriage Return"))
	}
	return line, true
}

// fields scans up to the empty line; what is left in s.data is the body.
func (s *scanner) fields() {
	for len(s.spans) <= maxFields {
		base := s.data
		line, ok := s.line()
		for ok && len(line) > 0 && len(s.data) > 0 && (s.data[0] == ' ' || s.data[0] == '\t') {
			_, ok = s.line()
		}
		switch {
		case !ok:
			s.blame(bad("Header Not Ended"))
			return
		case len(line) == 0:
			return
		}
		s.field(base[:len(base)-len(s.data)])
	}
	s.blame(bad("Too Many Headers"))
}

// field takes one header field with its folds and line end.
func (s *scanner) field(line []byte) {
	if len(line) > maxField {
		s.blame(bad("Header Too Long"))
		return
	}
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		s.blame(bad("Header Without Colon"))
		return
	}
	name := line[:colon]
	for len(name) > 0 && (name[len(name)-1] == ' ' || name[len(name)-1] == '\t') {
		name = name[:len(name)-1]
	}
	if !tokenBytes(name) {
		s.blame(bad("Bad Header Name"))
		return
	}
	h, known := lookup(name)
	sp := span{name: h.name, from: len(s.text)}
	if !known {
		s.text = append(s.text, name...)
	}
	sp.mid, sp.start = len(s.text), len(s.text)
	var clean bool
	s.text, clean = appendValue(s.text, line[colon+1:], h.form)
	sp.end = len(s.text)
	if !clean {
		s.blame(bad("Control Character"))
		s.text = s.text[:sp.from]
		return
	}
	s.spans = append(s.spans, sp)
	if known {
		s.count(h)
	}
}

func tokenBytes(name []byte) bool {
	for _, c := range name {
		if !isToken(c) {
			return false
		}
	}
	return len(name) > 0
}

func (s *scanner) count(h header) {
	n := 0
	for _, sp := range s.spans {
		if sp.name == h.name {
			n++
		}
	}
	switch {
	case n > 1 && h.single:
		s.blame(bad("Doubled " + h.name))
	case n > maxKind, n > maxVias && h.form == hop:
		s.blame(bad("Too Many " + h.name))
	}
}

// list turns the spans into fields that share one string.
func (s *scanner) list() []Field {
	text := string(s.text)
	out := make([]Field, len(s.spans))
	for i, sp := range s.spans {
		out[i] = Field{Name: sp.name, Value: text[sp.start:sp.end]}
		if sp.name == "" {
			out[i].Name = text[sp.from:sp.mid]
		}
	}
	return out
}

// digits reads a decimal number of at most limit.
func digits(s string, limit uint64) (uint64, bool) {
	if s == "" || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n <= limit
}
