package sip_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// A stranger who knows everything about a call can do nothing to it: every request
// within it gets 403, an ACK nothing, and the call goes on.
func TestStrangerInADialog(t *testing.T) {
	_, p, c, d, _ := talk(t, &desk{})
	stranger := siptest.UDPFrom(t, "127.0.0.66", p.Server())
	c.Peer = stranger
	for _, method := range []string{"BYE", "INVITE", "UPDATE", "INFO", "PRACK", "OPTIONS", "REFER", "CANCEL"} {
		stranger.Raw(c.Request(method, siptest.Offer))
		if m := stranger.Next(); m.Status() != 403 {
			t.Errorf("%s got %s", method, m.Start)
		}
	}
	c.Send("ACK")
	if got := stranger.Within(20 * time.Millisecond); len(got) != 0 {
		t.Errorf("an ACK got %s", got[0].Start)
	}
	if !d.Connected() || string(d.Answered()) != siptest.Offer {
		t.Error("the call has changed")
	}
	c.Peer = p
	c.Seq += 20
	c.Send("BYE")
	p.Expect("200 BYE")
}

// An answer goes to where the request came from, whatever address its Via names.
func TestViaOfAVictim(t *testing.T) {
	r := start(t, busy)
	victim := siptest.UDPFrom(t, "127.0.0.77", r.ua.Addr())
	p := r.peer()
	c := p.Call("12348")
	for _, extra := range []string{";rport", ";rport;received=127.0.0.77", ";rport;maddr=127.0.0.77", ";rport;ttl=1"} {
		raw := c.Request("OPTIONS", "")
		via, _, _ := strings.Cut(c.Via, ";")
		p.Raw(strings.Replace(raw, c.Via, strings.Replace(via, p.Addr().String(), victim.Addr().String(), 1)+extra+";branch=z9hG4bKv"+strings.Trim(extra, ";=."), 1))
		p.Expect("200 OPTIONS")
	}
	if got := victim.Within(20 * time.Millisecond); len(got) != 0 {
		t.Errorf("the victim got %s", got[0].Start)
	}
}

// A phone that registers or calls with a victim's Contact or Record-Route is talked to
// where it is; the victim hears nothing.
func TestContactOfAVictim(t *testing.T) {
	r := start(t, handler(counselor), outsider, func(c *sip.Config) { c.Timers.Qualify = 30 * time.Millisecond })
	victim := siptest.UDPFrom(t, "127.0.0.77", r.ua.Addr())
	p := phone(r, "127.0.0.1")
	evil := "Contact: " + victim.Contact()
	p.Register("8001", "secret", evil)
	p.Reply(p.Expect("OPTIONS"), "200 OK", "", "")
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	m := p.Expect("INVITE")
	p.Reply(m, "200 OK", "t", siptest.Answer, "Record-Route: <sip:"+victim.Addr().String()+";lr>")
	p.Expect("ACK")
	got := result(t, call)
	go func() { _ = got.d.Hangup(context.Background(), sip.Reason{}) }()
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	c := p.Call("9")
	c.Invite(siptest.Offer, evil)
	ask := p.Expect("407")
	c.AckRefusal(ask)
	c.Invite(siptest.Offer, evil, "Proxy-Authorization: "+siptest.Authorize(ask.Get("Proxy-Authenticate"), "8001", "secret", "INVITE", c.Target, 1))
	ok := p.Expect("200 INVITE")
	c.Ack(ok)
	go r.stop()
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	r.stop()
	if got := victim.Within(20 * time.Millisecond); len(got) != 0 {
		t.Errorf("the victim got %s", got[0].Start)
	}
}

// Credentials work once, for one method, one URI, one address.
func TestStolenCredentials(t *testing.T) {
	r := start(t, handler(counselor), outsider)
	p := phone(r, "127.0.0.1")
	owner := newPhone(p, "8001", "secret")
	auth := "Authorization: " + siptest.Authorize(owner.challenge, "8001", "secret", "REGISTER", owner.Target, 1)
	thief := phone(r, "127.0.0.66")
	stolen := thief.Call("8001")
	stolen.Target = owner.Target
	stolen.Send("REGISTER", auth)
	if m := thief.Next(); m.Status() != 401 {
		t.Errorf("from another address: %s", m.Start)
	}
	owner.uses = 0
	if m := owner.register(); m.Status() != 200 {
		t.Errorf("the owner, afterwards: %s", m.Start)
	}
	c := p.Call("12348")
	c.Invite(siptest.Offer, strings.Replace(auth, "Authorization", "Proxy-Authorization", 1))
	if m := p.Expect("4xx INVITE"); m.Status() != 403 && m.Status() != 407 {
		t.Errorf("for another method: %s", m.Start)
	}
	if n := len(r.ua.Registrar().Contacts("8001")); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// A nonce that is old is asked for anew, with stale=true, and the call then goes on.
func TestStaleNonceOfAnInvite(t *testing.T) {
	r := start(t, handler(counselor), outsider, func(c *sip.Config) { c.Auth.NonceLife = 50 * time.Millisecond })
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	m := p.Expect("407")
	c.AckRefusal(m)
	invite := func(m *siptest.Message) {
		c.Invite(siptest.Offer, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), "8001", "secret", "INVITE", c.Target, 1))
	}
	<-time.After(60 * time.Millisecond)
	invite(m)
	m = p.Expect("407")
	if !strings.Contains(m.Get("Proxy-Authenticate"), "stale=true") {
		t.Errorf("challenged by %s", m.Get("Proxy-Authenticate"))
	}
	c.AckRefusal(m)
	invite(m)
	c.Ack(p.Expect("200 INVITE"))
	c.Send("BYE")
	p.Expect("200 BYE")
}

// One phone may hold several extensions over one socket, and calls as any of them,
// but as no other.
func TestPhoneWithSeveralExtensions(t *testing.T) {
	origins := make(chan sip.Origin, 1)
	r := start(t, handler(func(_ context.Context, d *sip.Dialog) {
		origins <- d.Origin()
		_ = d.Reject(&sip.StatusError{Status: 486})
	}), outsider, func(c *sip.Config) { c.Accounts = accounts{"8001": true, "8002": false, "8003": false} })
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	p.Register("8002", "secret")
	for ext, want := range map[string]int{"8001": 486, "8002": 486, "8003": 403} {
		c := p.Call("12348")
		c.Invite(siptest.Offer)
		m := p.Expect("407")
		c.AckRefusal(m)
		c.Invite(siptest.Offer, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), ext, "secret", "INVITE", c.Target, 1))
		m = p.Expect("4xx INVITE")
		if m.Status() != want {
			t.Errorf("%s: %s", ext, m.Start)
		}
		c.AckRefusal(m)
		if want != 486 {
			continue
		}
		if got := <-origins; got.Extension != ext {
			t.Errorf("%s is taken for %+v", ext, got)
		}
	}
	for _, ext := range []string{"8001", "8002"} {
		call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension(ext)})
		p.Reply(p.Expect("INVITE"), "486 Busy Here", "t", "")
		result(t, call)
	}
}

// A forged answer with a wrong branch is nobody's; it is counted and changes nothing.
func TestForgedAnswer(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	forger := siptest.UDPFrom(t, "127.0.0.66", r.ua.Addr())
	forged := *m
	forged.Headers = append([]string(nil), m.Headers...)
	for i, h := range forged.Headers {
		if strings.HasPrefix(h, "Via:") {
			forged.Headers[i] = strings.Replace(h, "z9hG4bK", "z9hG4bKguess", 1)
		}
	}
	forger.Reply(&forged, "200 OK", "evil", siptest.Answer)
	eventually(t, "counted", func() bool { return r.count("dropped_total") == 1 })
	p.Reply(m, "486 Busy Here", "t", "")
	if got := result(t, call); got.err == nil {
		t.Error("the forged answer was taken")
	}
}
