package wire

import (
	"strings"
)

// Field is one header field: a long name and a value on one line.
type Field struct{ Name, Value string }

// Message is a SIP request or response that passed [Parse].
type Message struct {
	// Method is the request's, case kept; empty in a response.
	Method string
	// Target is the Request-URI.
	Target URI
	// Status is the response's code, 100 to 699; 0 in a request.
	Status int
	// Phrase is the response's reason phrase.
	Phrase string

	From, To Address
	CallID   string
	// Seq is the CSeq number and Verb its method.
	Seq  uint32
	Verb string
	// Via is the topmost Via value.
	Via  Via
	Body []byte

	fields []Field
}

// IsRequest reports whether m is a request.
func (m *Message) IsRequest() bool { return m.Method != "" }

// Fields returns all header fields in order. They must not be changed.
func (m *Message) Fields() []Field { return m.fields }

// Header returns the first field of that name, or "". Names compare without case.
func (m *Message) Header(name string) string {
	v, _ := m.Lookup(name)
	return v
}

// Lookup returns the first field of that name and whether there is one.
func (m *Message) Lookup(name string) (string, bool) {
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].Name, name) {
			return m.fields[i].Value, true
		}
	}
	return "", false
}

// Values returns every value of a header that may be a list: several fields of
// the name and commas inside one are the same thing (RFC 3261 section 7.3.1).
func (m *Message) Values(name string) []string {
	var out []string
	for i := range m.fields {
		if strings.EqualFold(m.fields[i].Name, name) && m.fields[i].Value != "" {
			out = append(out, Split(m.fields[i].Value)...)
		}
	}
	return out
}

// Has reports whether a list header such as Supported holds the token.
func (m *Message) Has(name, token string) bool {
	for i := range m.fields {
		if !strings.EqualFold(m.fields[i].Name, name) {
			continue
		}
		rest := m.fields[i].Value
		for rest != "" {
			var one string
			one, rest, _ = strings.Cut(rest, ",")
			if strings.EqualFold(strings.Trim(one, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// Number returns a decimal header such as Expires. It reports false when the
// header is missing or not a number below 2^32 (RFC 3261 section 20.19).
func (m *Message) Number(name string) (uint32, bool) {
	v, ok := m.Lookup(name)
	if !ok {
		return 0, false
	}
	v, _, _ = strings.Cut(v, ";")
	n, ok := digits(strings.Trim(v, " \t"), 1<<32-1)
	return uint32(n), ok
}

// FromTag returns the tag of From; RFC 2543 callers send none.
func (m *Message) FromTag() string {
	tag, _ := m.From.Params.Get("tag")
	return tag
}

// ToTag returns the tag of To, empty outside a dialog.
func (m *Message) ToTag() string {
	tag, _ := m.To.Params.Get("tag")
	return tag
}

// Contacts reads every Contact. It reports false when one is malformed; the
// star of a REGISTER is returned as an Address whose Display is "*".
func (m *Message) Contacts() ([]Address, bool) {
	values := m.Values("Contact")
	out := make([]Address, 0, len(values))
	for _, v := range values {
		if v == "*" {
			out = append(out, Address{Display: v})
			continue
		}
		a, ok := ParseAddress(v)
		if !ok {
			return nil, false
		}
		out = append(out, a)
	}
	return out, true
}

// Hops returns Max-Forwards, or 70 when the message has none.
func (m *Message) Hops() int {
	if n, ok := m.Number("Max-Forwards"); ok {
		return int(n)
	}
	return 70
}
