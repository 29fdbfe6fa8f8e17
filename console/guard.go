package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// guard decides what reaches a handler: known hosts, our own page, sessions that go on.
type guard struct {
	web      Web
	key      []byte // of CSRF tokens; made at start
	sessions *sessions
}

// origin is the address of the console as the request's browser knows it; false for a name that is not ours. Without
// configured origins only addresses and localhost will do: a stranger's name may be made to point here (DNS rebinding).
func (g *guard) origin(r *http.Request) (string, bool) {
	host := strings.ToLower(r.Host)
	for _, origin := range g.web.Origins {
		if strings.HasSuffix(origin, "://"+host) {
			return origin, true
		}
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if len(g.web.Origins) > 0 || (err != nil && name != "localhost") {
		return "", false
	}
	return "http://" + host, true
}

// ours says whether a request that changes something was sent by our own page (RFC 6454, 7.3).
func ours(r *http.Request, origin string) bool {
	all := r.Header.Values("Origin")
	return len(all) == 1 && all[0] == origin
}

// secure says whether the browser reaches us by TLS, so that cookies may ask for it.
func secure(origin string) bool { return strings.HasPrefix(origin, "https://") }

// cookies names the two cookies: of the session, and of a page that is not signed in yet. With TLS the browser vouches
// by the prefix that no other host has set them (RFC 6265bis, 4.1.3.2).
func cookies(origin string) (session, form string) {
	prefix := ""
	if secure(origin) {
		prefix = "__Host-"
	}
	return prefix + "hotline", prefix + "hotline-form"
}

func setCookie(w http.ResponseWriter, origin, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: secure(origin), SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// csrf is the token that belongs to a cookie: only a page that may read our answers knows it.
func (g *guard) csrf(cookie string) string {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// checkToken compares the token sent with a change to the cookie that came along.
func (g *guard) checkToken(r *http.Request, cookie string) error {
	if cookie == "" || !hmac.Equal([]byte(r.Header.Get("X-CSRF-Token")), []byte(g.csrf(cookie))) {
		return refusal(wrongToken)
	}
	return nil
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > 128 {
		return ""
	}
	return c.Value
}

// session gives the session that a request belongs to.
func (g *guard) session(r *http.Request, asks bool) (view, bool) {
	origin, _ := g.origin(r)
	name, _ := cookies(origin)
	value := cookie(r, name)
	if value == "" {
		return view{}, false
	}
	return g.sessions.find(r.Context(), value, asks)
}

// admit checks a request of the API against its route and gives the session, which is empty on open routes.
func (g *guard) admit(r *http.Request, to route) (view, error) {
	origin, ok := g.origin(r)
	changes := r.Method != http.MethodGet && r.Method != http.MethodHead
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case !ok:
		return view{}, refusal(wrongHost)
	case changes && !ours(r, origin), site != "" && site != "same-origin" && site != "none":
		return view{}, refusal(wrongOrigin)
	case to.open:
		return view{}, nil
	}
	v, ok := g.session(r, !to.stream)
	if !ok {
		return view{}, refusal(signedOut)
	}
	if changes {
		if err := g.checkToken(r, v.token); err != nil {
			return view{}, err
		}
	}
	if !v.person.rights.has(to.needs) {
		return view{}, refusal(forbidden)
	}
	return v, nil
}

// client is the address that a request came from: the peer's, or behind a trusted proxy the nearest one that is none.
func (g *guard) client(r *http.Request) netip.Addr {
	peer := addressOf(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !g.proxy(peer) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		peer = next
	}
	return peer
}

func (g *guard) proxy(a netip.Addr) bool {
	return slices.ContainsFunc(g.web.Proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// addressOf takes the address out of host:port.
func addressOf(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr()
}

// defend sets what every answer says to the browser: nothing but our own files may run, and nobody may frame us.
func defend(next http.Handler, origin func(*http.Request) (string, bool)) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if known, ok := origin(r); ok && secure(known) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
