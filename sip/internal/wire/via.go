package wire

import (
	"net/netip"
	"strings"

	sipmsg "github.com/emiago/sipgo/sip"
)

// Cookie starts every branch made by RFC 3261 rules (section 8.1.1.7).
const Cookie = "z9hG4bK"

// Via is the topmost Via value (RFC 3261 section 20.42).
type Via struct {
	Transport string // as it came, for example UDP
	Host      string
	Port      int // 0 when none was given
	Branch    string
	rport     bool
}

// parseVia reads one Via value: protocol, host and port by sipgo's grammar, whose
// faults in host and port are silent and so checked here; parameters by ours,
// which knows quotes.
func parseVia(value string) (Via, bool) {
	sent, _, _ := strings.Cut(value, ";")
	h, err := sipmsg.DefaultHeadersParser()["via"](nil, sent)
	v, ok := h.(*sipmsg.ViaHeader)
	if err != nil || !ok {
		return Via{}, false
	}
	if !strings.EqualFold(v.ProtocolName, "SIP") || v.ProtocolVersion != "2.0" || !IsToken(v.Transport) {
		return Via{}, false
	}
	if !isHost(v.Host) && !isHost("["+v.Host+"]") || v.Port < 0 || v.Port > 65535 {
		return Via{}, false
	}
	out := Via{Transport: v.Transport, Host: v.Host, Port: v.Port}
	if len(sent) == len(value) {
		return out, true
	}
	params, ok := ParseParams(value[len(sent)+1:])
	out.Branch, _ = params.Get("branch")
	port, has := params.Get("rport")
	out.rport = has && port == ""
	return out, ok
}

// Modern reports whether the branch was made by RFC 3261 rules and so names the
// transaction by itself.
func (v Via) Modern() bool { return len(v.Branch) > len(Cookie) && strings.HasPrefix(v.Branch, Cookie) }

// ReplyPort is the UDP port an answer goes to: where the request came from when
// rport was asked for (RFC 3581), else the port of the Via (RFC 3261 section 18.2.2).
func (v Via) ReplyPort(source uint16) uint16 {
	switch {
	case v.rport, v.Host == "": // a Via that could not be read names no port
		return source
	case v.Port != 0:
		return uint16(v.Port)
	case strings.EqualFold(v.Transport, "TLS"):
		return 5061
	}
	return 5060
}

// stamp adds to a top Via value where the request really came from (RFC 3261
// section 18.2.1, RFC 3581 section 4).
func (v Via) stamp(value string, source netip.AddrPort) string {
	addr := source.Addr().Unmap()
	named, err := netip.ParseAddr(v.Host)
	if !v.rport && err == nil && named.Unmap() == addr {
		return value
	}
	var b strings.Builder
	b.Grow(len(value) + 64)
	sent, rest, _ := strings.Cut(value, ";")
	b.WriteString(sent)
	for _, param := range split(rest, ';') {
		name, port, _ := strings.Cut(param, "=")
		switch {
		case param == "" || strings.EqualFold(name, "received"):
			continue
		case strings.EqualFold(name, "rport") && port == "":
			param = "rport=" + itoa(int(source.Port()))
		}
		b.WriteByte(';')
		b.WriteString(param)
	}
	b.WriteString(";received=")
	b.WriteString(addr.String())
	return b.String()
}
