package wire

import (
	"net/netip"
	"net/url"
	"strings"

	sipmsg "github.com/emiago/sipgo/sip"
)

// URI is a SIP or SIPS URI read by sipgo's grammar (RFC 3261 section 19.1), or
// the scheme and the uninterpreted rest of any other.
type URI struct {
	sipmsg.Uri
	// Opaque is what follows the scheme of a URI that is neither sip nor sips.
	Opaque string
	text   string
}

// String returns the URI as it came, so that a Contact is called by exactly what
// it registered.
func (u *URI) String() string { return u.text }

// Bare is String without the headers that may follow a question mark.
func (u *URI) Bare() string {
	bare, _, _ := strings.Cut(u.text, "?")
	return bare
}

// ParseURI reads a URI. It reports false for anything that is not one.
func ParseURI(s string) (URI, bool) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) || strings.ContainsAny(s, " \t<>\"") {
		return URI{}, false
	}
	scheme = strings.ToLower(scheme)
	if scheme != "sip" && scheme != "sips" {
		return URI{Uri: sipmsg.Uri{Scheme: scheme}, Opaque: rest, text: s}, rest != ""
	}
	u := URI{text: s}
	if err := sipmsg.ParseUri(s, &u.Uri); err != nil || u.Wildcard {
		return URI{}, false
	}
	// sipgo finds the user before the last @ it meets, which may stand in a
	// parameter; unescaped it may not stand there at all.
	if n := strings.Count(rest, "@"); n > 1 || n == 1 && u.User == "" {
		return URI{}, false
	}
	return u, isHost(u.Host) && u.Port >= 0 && u.Port <= 65535
}

func isScheme(s string) bool {
	for i, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// isHost reports whether s is a host name, an IPv4 address or an IPv6 reference.
func isHost(s string) bool {
	if strings.HasPrefix(s, "[") {
		_, err := netip.ParseAddr(strings.Trim(s, "[]"))
		return err == nil && strings.HasSuffix(s, "]")
	}
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return s != "" && len(s) <= 255
}

// Param returns a URI parameter, its name compared without case.
func (u *URI) Param(name string) (string, bool) { return Params(u.UriParams).Get(name) }

// Addr returns the host as an address; it is invalid when the host is a name.
// Names from requests are never resolved.
func (u *URI) Addr() netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
}

// Number returns the dialled or calling user: the user part of a SIP URI with
// escapes undone and user parameters cut off, or the number of a tel URI (RFC
// 3966). It is empty when the user holds control characters.
func (u *URI) Number() string {
	user := u.User
	if u.Scheme == "tel" {
		user = u.Opaque
	}
	user, _, _ = strings.Cut(user, ";")
	plain, err := url.PathUnescape(user)
	if err != nil {
		plain = user
	}
	for i := range len(plain) {
		if isControl(plain[i]) {
			return ""
		}
	}
	return plain
}

// Params are header or URI parameters in order.
type Params []sipmsg.HeaderKV

// Get returns a parameter; names are compared without case.
func (p Params) Get(name string) (string, bool) {
	for _, kv := range p {
		if strings.EqualFold(kv.K, name) {
			return kv.V, true
		}
	}
	return "", false
}
