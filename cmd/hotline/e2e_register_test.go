package main_test

import (
	"strings"
	"testing"

	"hotline/sip/siptest"
)

// TestRegisterDigests has telephones register that reckon their digests by code of their own: with SHA-256, with MD5, and
// with a wrong password. The strongest algorithm is offered first, and protection of bodies (auth-int) never.
func TestRegisterDigests(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 2})
	asked := siptest.UDP(t, h.sip)
	call := registration(asked, h, h.desks[0].extension)
	call.Send("REGISTER")
	refused := asked.Expect("401 REGISTER")
	offered := refused.All("WWW-Authenticate")
	if len(offered) != 2 || !strings.Contains(offered[0], "algorithm=SHA-256") || !strings.Contains(offered[1], "algorithm=MD5") {
		t.Fatalf("offered %q, want SHA-256 before MD5", offered)
	}
	for _, challenge := range offered {
		if !strings.Contains(challenge, `qop="auth"`) || strings.Contains(challenge, "auth-int") {
			t.Errorf("offered %q, want qop auth alone", challenge)
		}
	}
	stranger := siptest.UDP(t, h.sip)
	if m := stranger.Register(h.desks[0].extension, "not "+password, "Expires: 600"); m.Status() < 400 {
		t.Errorf("with a wrong password: %s", m.Start)
	}
	for i, transport := range []*siptest.Peer{asked, siptest.TCP(t, h.sip)} {
		for j, algorithm := range []string{"SHA-256", "MD5"} {
			registerBy(t, h, transport, h.desks[(i+j)%2].extension, algorithm)
		}
	}
	h.ready(t, h.desks[0].extension)
	h.ready(t, h.desks[1].extension)
	h.flawless(t)
}

// registration begins a REGISTER of an extension.
func registration(p *siptest.Peer, h *house, extension string) *siptest.Call {
	c := p.Call(extension)
	c.Target, c.From = "sip:"+h.sip.String(), "<sip:"+extension+"@"+h.sip.String()+">;tag=r"+extension
	return c
}

// registerBy registers with the challenge of one algorithm.
func registerBy(t *testing.T, h *house, p *siptest.Peer, extension, algorithm string) {
	t.Helper()
	c := registration(p, h, extension)
	c.Send("REGISTER", "Expires: 600")
	for _, challenge := range p.Expect("401 REGISTER").All("WWW-Authenticate") {
		if !strings.Contains(challenge, "algorithm="+algorithm) {
			continue
		}
		c.Send("REGISTER", "Expires: 600", "Authorization: "+siptest.Authorize(challenge, extension, password, "REGISTER", c.Target, 1))
		if m := p.Expect("2xx REGISTER"); !strings.Contains(strings.Join(m.All("Contact"), " "), p.Addr().String()) {
			t.Errorf("registered with %s: %s, contacts %q", algorithm, m.Start, m.All("Contact"))
		}
		return
	}
	t.Errorf("%s is not offered", algorithm)
}
