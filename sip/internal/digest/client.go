package digest

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/icholy/digest"

	"hotline/sip/internal/wire"
)

// ErrNoChallenge is returned when none of a peer's challenges can be answered.
var ErrNoChallenge = errors.New("answer challenge: no algorithm in common")

// Client answers challenges for one account and remembers the last, so that the
// next request needs none.
type Client struct {
	user, password string

	mu    sync.Mutex
	last  *digest.Challenge
	field string
	nc    int
}

// NewClient makes a client for an account.
func NewClient(user, password string) *Client { return &Client{user: user, password: password} }

// Field returns the header that authorises a request by the last challenge, and
// false when there was none.
func (c *Client) Field(method, uri string) (wire.Field, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		return wire.Field{}, false
	}
	c.nc++
	cred, err := digest.Digest(c.last, digest.Options{
		Method: method, URI: uri, Count: c.nc, Username: c.user, Password: c.password,
	})
	if err != nil {
		return wire.Field{}, false
	}
	return wire.Field{Name: c.field, Value: cred.String()}, true
}

// Learn takes the challenge of a 401 or 407. It returns ErrNoChallenge when there
// is none to answer. auth-int and the -sess algorithms are not answered.
func (c *Client) Learn(m *wire.Message) error {
	name, field := "WWW-Authenticate", "Authorization"
	if m.Status == 407 {
		name, field = "Proxy-Authenticate", "Proxy-Authorization"
	}
	var best *digest.Challenge
	for _, f := range m.Fields() {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		if ch := readChallenge(f.Value); ch != nil && rank(ch) > rank(best) {
			best = ch
		}
	}
	if best == nil {
		return ErrNoChallenge
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.field, c.nc = best, field, 0
	return nil
}

func readChallenge(value string) *digest.Challenge {
	ch, err := digest.ParseChallenge(value)
	if err != nil || !digest.CanDigest(ch) {
		return nil
	}
	for i := range ch.QOP {
		ch.QOP[i] = strings.TrimSpace(ch.QOP[i])
	}
	if len(ch.QOP) > 0 {
		if !slices.Contains(ch.QOP, "auth") {
			return nil
		}
		ch.QOP = []string{"auth"}
	}
	return ch
}

// rank orders challenges by strength.
func rank(ch *digest.Challenge) int {
	switch {
	case ch == nil:
		return 0
	case ch.Algorithm == "", strings.EqualFold(ch.Algorithm, "MD5"):
		return 1
	}
	return 2
}
