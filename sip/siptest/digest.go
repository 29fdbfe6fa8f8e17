package siptest

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"strings"
)

// Authorize makes the value of Authorization or Proxy-Authorization that answers a
// challenge (RFC 7616), with a use count.
func Authorize(challenge, user, password, method, uri string, count int) string {
	field := func(name string) string {
		_, after, _ := strings.Cut(challenge, name+"=")
		value, _, _ := strings.Cut(after, ",")
		return strings.Trim(strings.TrimSpace(value), `"`)
	}
	hash := func(s string) string { return fmt.Sprintf("%x", md5.Sum([]byte(s))) }
	algorithm := field("algorithm")
	if strings.EqualFold(algorithm, "SHA-256") {
		hash = func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	}
	nonce, realm, nc := field("nonce"), field("realm"), fmt.Sprintf("%08x", count)
	ha1 := hash(user + ":" + realm + ":" + password)
	response := hash(ha1 + ":" + nonce + ":" + nc + ":cnonce:auth:" + hash(method+":"+uri))
	return fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s, cnonce="cnonce", qop=auth, nc=%s`,
		user, realm, nonce, uri, response, algorithm, nc)
}

// Register registers the peer for an extension and returns the answer. The first
// challenge is answered; headers are added to both requests.
func (p *Peer) Register(user, password string, headers ...string) *Message {
	p.t.Helper()
	c := p.Call(user)
	c.Target = "sip:" + p.server.String()
	c.From = fmt.Sprintf("<sip:%s@%s>;tag=r%d", user, p.server, c.Peer.local.Port())
	c.Send("REGISTER", headers...)
	m := p.Expect("401 REGISTER")
	c.Send("REGISTER", append(headers, "Authorization: "+Authorize(m.Get("WWW-Authenticate"), user, password, "REGISTER", c.Target, 1))...)
	for {
		if m = p.Next(); m.Method() == "REGISTER" {
			return m
		}
	}
}
