package wire

import (
	"strings"

	sipmsg "github.com/emiago/sipgo/sip"
)

// Split cuts a header value at the commas outside quotes and angle brackets.
func Split(value string) []string { return split(value, ',') }

func split(value string, sep byte) []string {
	out := make([]string, 0, 1+strings.Count(value, string(sep)))
	for {
		i := index(value, sep)
		if i < 0 {
			return append(out, strings.Trim(value, " \t"))
		}
		out = append(out, strings.Trim(value[:i], " \t"))
		value = value[i+1:]
	}
}

// index finds sep outside quotes and angle brackets, or returns -1.
func index(s string, sep byte) int {
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !angle:
			quoted = !quoted
		case quoted:
		case c == sep && !angle:
			return i
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		}
	}
	return -1
}

// ParseParams reads ";name=value;flag" with the leading semicolon already cut.
// Quotes around a value are removed. It reports false for an empty name.
func ParseParams(s string) (Params, bool) {
	if s == "" {
		return nil, true
	}
	parts := split(s, ';')
	out := make(Params, 0, len(parts))
	for _, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			return out, false
		}
		if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
			value = value[1 : len(value)-1]
		}
		out = append(out, sipmsg.HeaderKV{K: name, V: value})
	}
	return out, true
}

// Value cuts the parameters off a header value such as "1800;refresher=uas".
func Value(s string) (string, Params) {
	i := index(s, ';')
	if i < 0 {
		return strings.Trim(s, " \t"), nil
	}
	params, _ := ParseParams(s[i+1:])
	return strings.Trim(s[:i], " \t"), params
}

// Address is a name-addr or addr-spec with its header parameters (RFC 3261
// section 20.10).
type Address struct {
	Display string // without its quotes
	URI     URI
	Params  Params
}

// ParseAddress reads one address. A comma in an unquoted display name is let
// pass in From and To; a URI without brackets must hold no question mark.
func ParseAddress(s string) (Address, bool) {
	open := index(s, '<')
	if open < 0 {
		return parseSpec(s)
	}
	end := strings.IndexByte(s[open:], '>')
	if end < 0 {
		return Address{}, false
	}
	end += open
	uri, ok := ParseURI(s[open+1 : end])
	if !ok {
		return Address{}, false
	}
	a := Address{Display: unquote(strings.Trim(s[:open], " \t")), URI: uri}
	rest := strings.Trim(s[end+1:], " \t")
	if rest == "" {
		return a, true
	}
	if rest[0] != ';' {
		return Address{}, false
	}
	a.Params, ok = ParseParams(rest[1:])
	return a, ok
}

// parseSpec reads an addr-spec: what follows a semicolon belongs to the header.
func parseSpec(s string) (Address, bool) {
	spec, rest, more := strings.Cut(s, ";")
	if strings.ContainsRune(spec, '?') {
		return Address{}, false
	}
	uri, ok := ParseURI(strings.Trim(spec, " \t"))
	if !ok {
		return Address{}, false
	}
	a := Address{URI: uri}
	if more {
		a.Params, ok = ParseParams(rest)
	}
	return a, ok
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.ContainsRune(s, '\\') {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
