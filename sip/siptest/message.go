package siptest

import (
	"strconv"
	"strings"
)

// Message is a SIP message as text, cut but not judged.
type Message struct {
	// Start is the first line.
	Start string
	// Headers are "Name: value" lines in order.
	Headers []string
	// Body is what follows the empty line.
	Body string
}

// parse cuts a message. It is as lenient as can be.
func parse(raw string) *Message {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	return &Message{Start: lines[0], Headers: lines[1:], Body: body}
}

// String is the message as sent.
func (m *Message) String() string {
	return m.Start + "\r\n" + strings.Join(m.Headers, "\r\n") + "\r\n\r\n" + m.Body
}

// Status is the code of a response, 0 for a request.
func (m *Message) Status() int {
	if !strings.HasPrefix(m.Start, "SIP/2.0 ") || len(m.Start) < 11 {
		return 0
	}
	n, _ := strconv.Atoi(m.Start[8:11])
	return n
}

// Method is the method of a request, or that in CSeq of a response.
func (m *Message) Method() string {
	if m.Status() != 0 {
		_, method, _ := strings.Cut(m.Get("CSeq"), " ")
		return method
	}
	method, _, _ := strings.Cut(m.Start, " ")
	return method
}

// Get returns the first header of that name, "" when there is none.
func (m *Message) Get(name string) string {
	if all := m.All(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// All returns all headers of that name.
func (m *Message) All(name string) []string {
	var out []string
	for _, h := range m.Headers {
		n, v, _ := strings.Cut(h, ":")
		if strings.EqualFold(strings.TrimSpace(n), name) {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// Param returns a parameter of a header, such as the tag of To.
func (m *Message) Param(header, name string) string { return param(m.Get(header), name) }

func param(value, name string) string {
	if _, after, ok := strings.Cut(value, ">"); ok {
		value = after
	}
	for _, p := range strings.Split(value, ";") {
		n, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

// URI returns what stands between angle brackets in a header.
func (m *Message) URI(header string) string {
	_, after, _ := strings.Cut(m.Get(header), "<")
	uri, _, _ := strings.Cut(after, ">")
	return uri
}

// is reports whether the message is what was asked for: a method ("BYE"), a status
// ("200", "2xx"), or a status of a method ("200 INVITE").
func (m *Message) is(what string) bool {
	want, method, both := strings.Cut(what, " ")
	if both && m.Method() != method {
		return false
	}
	code := m.Status()
	if code == 0 {
		return m.Method() == want
	}
	return want == "xxx" || want == strconv.Itoa(code) || want == strconv.Itoa(code/100)+"xx"
}
