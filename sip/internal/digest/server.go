package digest

import (
	"crypto/rand"
	"crypto/subtle"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/icholy/digest"

	"hotline/sip/internal/wire"
)

// Options are what a Server needs.
type Options struct {
	Realm string
	// Secret keys the nonces; random when empty.
	Secret []byte
	// Life is how long a nonce may be used, 60 s when 0.
	Life time.Duration
	// Algorithms are offered and taken, in order of preference: "SHA-256" and "MD5"
	// when empty (RFC 8760).
	Algorithms []string
}

// Server checks credentials.
type Server struct {
	realm  string
	secret []byte
	life   time.Duration
	offers []string
	used   counts
}

// NewServer makes a server.
func NewServer(o Options) *Server {
	if o.Life == 0 {
		o.Life = time.Minute
	}
	if len(o.Secret) == 0 {
		o.Secret = []byte(rand.Text())
	}
	if len(o.Algorithms) == 0 {
		o.Algorithms = []string{"SHA-256", "MD5"}
	}
	return &Server{realm: o.Realm, secret: o.Secret, life: o.Life, offers: o.Algorithms, used: counts{life: o.Life}}
}

// Ask says how a client is challenged.
type Ask struct {
	// Stale tells it that its password was right and its nonce not.
	Stale bool
	// MD5 leaves the stronger algorithms out, if MD5 is offered at all.
	MD5 bool
}

// Challenge returns the challenges for a client, in order of preference (RFC 8760
// section 2.3).
func (s *Server) Challenge(source netip.Addr, ask Ask) []string {
	c := digest.Challenge{Realm: s.realm, Nonce: s.newNonce(source), Stale: ask.Stale, QOP: []string{"auth"}}
	weak := ask.MD5 && slices.Contains(s.offers, "MD5")
	var out []string
	for _, a := range s.offers {
		if c.Algorithm = a; a == "MD5" || !weak {
			out = append(out, c.String())
		}
	}
	return out
}

// Secrets are an account's HA1 values: hex hashes of user:realm:password. An
// empty one makes that algorithm fail.
type Secrets struct{ MD5, SHA256 string }

// Hash returns the secrets of a password.
func Hash(user, realm, password string) Secrets {
	return Secrets{MD5: hash("MD5", user, realm, password), SHA256: hash("SHA-256", user, realm, password)}
}

// Attempt is a request with credentials.
type Attempt struct {
	Method string
	URI    string // the Request-URI as it came
	// Headers are the values of Authorization or Proxy-Authorization.
	Headers []string
	Source  netip.Addr
}

// Verdict is what credentials are worth.
type Verdict uint8

const (
	// None means no usable credentials: challenge.
	None Verdict = iota
	// Good means the user is who it says.
	Good
	// Stale means a right password with an old, foreign or spent nonce: challenge
	// again and say so.
	Stale
	// Wrong means an unknown user or a wrong password, with a nonce of ours that
	// was given to that address; nobody can cause it in another's name.
	Wrong
)

// Check judges the credentials of a request; lookup gives an account's secrets.
// The user is returned whatever the verdict, None excepted.
func (s *Server) Check(a Attempt, lookup func(user string) (Secrets, bool)) (string, Verdict) {
	c := s.pick(a)
	if c == nil {
		return "", None
	}
	secrets, known := lookup(c.Username)
	ha1 := secrets.SHA256
	if !strings.EqualFold(c.Algorithm, "SHA-256") {
		ha1 = secrets.MD5
	}
	nobody := hash(c.Algorithm, c.Username, s.realm, string(s.secret)) // made for all, so that all take as long
	known = known && ha1 != ""
	if !known {
		ha1 = nobody
	}
	good := s.matches(c, a.Method, ha1) && known
	ours, fresh := s.checkNonce(c.Nonce, a.Source)
	switch {
	case good && ours && fresh && s.used.rise(c.Nonce, c.Nc):
		return c.Username, Good
	case good:
		return c.Username, Stale
	case ours:
		return c.Username, Wrong
	}
	return c.Username, None
}

// pick takes the strongest credentials that answer a challenge of ours.
func (s *Server) pick(a Attempt) *digest.Credentials {
	var best *digest.Credentials
	for _, h := range a.Headers {
		c, err := digest.ParseCredentials(h)
		if err != nil || c.Realm != s.realm || !s.takes(c) || !SameURI(c.URI, a.URI) {
			continue
		}
		if best == nil || strings.EqualFold(c.Algorithm, "SHA-256") {
			best = c
		}
	}
	return best
}

func (s *Server) takes(c *digest.Credentials) bool {
	switch {
	case c.QOP != "auth" || c.Nc <= 0 || c.Cnonce == "" || c.Username == "" || c.Userhash:
		return false
	case c.Algorithm == "":
		return slices.Contains(s.offers, "MD5")
	}
	return slices.Contains(s.offers, strings.ToUpper(c.Algorithm))
}

func (s *Server) matches(c *digest.Credentials, method, ha1 string) bool {
	want, err := digest.Digest(
		&digest.Challenge{Realm: c.Realm, Nonce: c.Nonce, Algorithm: c.Algorithm, QOP: []string{"auth"}},
		digest.Options{Method: method, URI: c.URI, Count: c.Nc, Cnonce: c.Cnonce, Username: c.Username, A1: strings.ToLower(ha1)},
	)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(c.Response))) == 1
}

// SameURI reports whether the uri of credentials is the Request-URI, as closely as
// phones write it: byte for byte, or the same host and port, with the same user or
// none. A nonce works once, so nothing can be replayed within that.
func SameURI(a, b string) bool {
	if a == b {
		return true
	}
	u, ok := wire.ParseURI(a)
	v, good := wire.ParseURI(b)
	return ok && good && strings.EqualFold(u.Host, v.Host) && port(u) == port(v) && (u.User == v.User || u.User == "")
}

func port(u wire.URI) int {
	switch {
	case u.Port != 0:
		return u.Port
	case u.Scheme == "sips":
		return 5061
	}
	return 5060
}
