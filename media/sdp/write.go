package sdp

import (
	"fmt"
	"net/netip"
	"strings"
)

// write returns our description. Its version rises only when the text differs from the last
// (RFC 3264 section 8).
func (x *Exchange) write(s shape, dir Direction, mux bool) []byte {
	body := x.body(s, dir, mux)
	if body != x.last {
		x.version++
		x.last = body
	}
	return fmt.Appendf(nil, "v=0\r\no=- %d %d IN %s\r\n%s", x.id, x.version, family(x.local.Address), body)
}

// body returns everything after the origin line.
func (x *Exchange) body(s shape, dir Direction, mux bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "s=-\r\nc=IN %s\r\nt=0 0\r\n", family(x.local.Address))
	for i, l := range s.lines {
		if i == s.audio {
			x.audio(&b, l, s)
			x.attributes(&b, dir, mux)
			continue
		}
		fmt.Fprintf(&b, "m=%s 0 %s %s\r\n", l.kind, l.proto, l.format)
	}
	return b.String()
}

// audio writes our m= line and the meaning of its payload numbers.
func (x *Exchange) audio(b *strings.Builder, l line, s shape) {
	fmt.Fprintf(b, "m=audio %d %s", x.local.Port, l.proto)
	for _, c := range s.codecs {
		fmt.Fprintf(b, " %d", c.payload)
	}
	if s.events != NoEvents {
		fmt.Fprintf(b, " %d", s.events)
	}
	b.WriteString("\r\n")
	for _, c := range s.codecs {
		fmt.Fprintf(b, "a=rtpmap:%d %s/8000\r\n", c.payload, c.codec)
	}
	if s.events != NoEvents {
		// Events 0 to 15 are the sixteen keys (RFC 4733 section 3.2).
		fmt.Fprintf(b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%[1]d 0-15\r\n", s.events)
	}
}

// attributes writes what holds for the whole stream.
func (x *Exchange) attributes(b *strings.Builder, dir Direction, mux bool) {
	b.WriteString("a=ptime:20\r\n")
	switch {
	case mux:
		b.WriteString("a=rtcp-mux\r\n")
	case x.local.RTCP != 0 && x.local.RTCP != x.local.Port+1:
		fmt.Fprintf(b, "a=rtcp:%d\r\n", x.local.RTCP)
	}
	fmt.Fprintf(b, "a=%s\r\n", dir)
}

// family writes an address with its type.
func family(a netip.Addr) string {
	if a.Is4() {
		return "IP4 " + a.String()
	}
	return "IP6 " + a.String()
}
