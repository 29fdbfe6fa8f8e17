package sip_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// carriers makes a service with a phone 8001 on 127.0.0.1 and a trunk whose two
// servers are scripted peers.
type carriers struct {
	*rig
	phone *siptest.Peer
	a, b  *siptest.Peer
}

func withCarriers(t *testing.T, change ...func(*sip.Trunk)) carriers {
	t.Helper()
	nowhere := netip.MustParseAddrPort("127.0.0.1:9")
	a, b := siptest.UDPFrom(t, "127.0.0.11", nowhere), siptest.UDPFrom(t, "127.0.0.12", nowhere)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
			return
		}
		tickets <- d
		<-ctx.Done()
	}), func(c *sip.Config) {
		trunk := sip.Trunk{
			Name: "city", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.11/32")},
			Servers: []string{a.Addr().String() + ";transport=udp", b.Addr().String() + ";transport=udp"}, Username: "line", Password: "pw", From: "12348",
			Prefixes: []string{"138", "020"}, Ping: -1,
		}
		for _, f := range change {
			f(&trunk)
		}
		c.Trunks = []sip.Trunk{trunk}
		c.Emergency = []sip.Outside{{Trunk: "elsewhere", Number: "120"}, {Trunk: "city", Number: "110"}}
	})
	a.Aim(r.ua.Addr())
	b.Aim(r.ua.Addr())
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	return carriers{r, p, a, b}
}

// tickets hands dialogs of incoming calls to tests, which run one after the other.
var tickets = make(chan *sip.Dialog, 1)

// ticket lets the phone call in and returns its ticket.
func (c carriers) ticket() (sip.Ticket, error) {
	call := c.phone.Call("9")
	call.Invite(siptest.Offer)
	m := c.phone.Expect("407 INVITE")
	call.AckRefusal(m)
	call.Invite(siptest.Offer, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), "8001", "secret", "INVITE", call.Target, 1))
	call.Ack(c.phone.Expect("200 INVITE"))
	return (<-tickets).Ticket()
}

func TestTrunkCall(t *testing.T) {
	c := withCarriers(t)
	ticket, err := c.ticket()
	if err != nil {
		t.Fatal(err)
	}
	call := place(t.Context(), c.ua, sip.Invite{To: ticket.Dial("city", "13800000000"), From: sip.Caller{Number: "8001", Display: "Counselor"}})
	m := c.a.Expect("INVITE")
	if !strings.HasPrefix(m.Start, "INVITE sip:13800000000@127.0.0.11:") || !strings.HasPrefix(m.Get("From"), "<sip:12348@127.0.0.1>") {
		t.Errorf("INVITE wrong:\n%s", m)
	}
	c.a.Reply(m, "401 Unauthorized", "t", "", `WWW-Authenticate: Digest realm="carrier", nonce="n", algorithm=MD5, qop="auth"`)
	m = c.a.Expect("INVITE")
	if !strings.Contains(m.Get("Authorization"), `username="line"`) {
		t.Errorf("authorised by %s", m.Get("Authorization"))
	}
	c.a.Reply(m, "200 OK", "t", siptest.Answer)
	c.a.Expect("ACK")
	got := result(t, call)
	if got.err != nil || got.d.Origin().Trunk != "city" || got.d.Called() != "13800000000" {
		t.Fatalf("got %v", got.err)
	}
	if _, err := got.d.Ticket(); !errors.Is(err, sip.ErrNotAllowed) {
		t.Errorf("the outside party got a ticket: %v", err)
	}
	in := c.a.Accept(m, "t")
	in.Send("BYE")
	c.a.Expect("200 BYE")
}

func TestTrunkFailsOver(t *testing.T) {
	c := withCarriers(t)
	ticket, err := c.ticket()
	if err != nil {
		t.Fatal(err)
	}
	dial := func() <-chan placed { return place(t.Context(), c.ua, sip.Invite{To: ticket.Dial("city", "02012345")}) }
	call := dial()
	c.a.Reply(c.a.Expect("INVITE"), "503 Service Unavailable", "t", "")
	c.b.Reply(c.b.Expect("INVITE"), "486 Busy Here", "t", "")
	var e *sip.StatusError
	if got := result(t, call); !errors.As(got.err, &e) || e.Status != 486 {
		t.Errorf("got %v", got.err)
	}
	call = dial() // the first is known to be down: tried last
	c.b.Expect("INVITE")
	late := c.a.Expect("INVITE") // b was silent
	wantCause(t, result(t, call).err, sip.ErrUnreachable)
	c.a.Reply(late, "200 OK", "t", siptest.Answer)
	c.a.Expect("ACK")
	c.a.Reply(c.a.Expect("BYE"), "200 OK", "", "")
	c.a.Forget()
	c.b.Forget()
	call = dial()
	m := c.a.Expect("INVITE")
	c.a.Reply(m, "404 Not Found", "t", "")
	if got := result(t, call); !errors.As(got.err, &e) || e.Status != 404 {
		t.Errorf("a refusal must not fail over: %v", got.err)
	}
}

// Nothing but an authenticated extension that may dial out leaves by a trunk, and
// that within the trunk's prefixes and limits.
func TestNoTollFraud(t *testing.T) {
	c := withCarriers(t, func(t *sip.Trunk) { t.Daily, t.AtOnce = 3, 1 })
	in := c.a.Call("12348") // a call from the trunk
	in.Invite(siptest.Offer)
	in.Ack(c.a.Expect("200 INVITE"))
	d := <-tickets
	if _, err := d.Ticket(); !errors.Is(err, sip.ErrNotAllowed) {
		t.Errorf("a caller from the trunk got a ticket: %v", err)
	}
	ticket, err := c.ticket()
	if err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]sip.Destination{
		"no ticket":      sip.Ticket{}.Dial("city", "13800000000"),
		"other prefix":   ticket.Dial("city", "0085212345"),
		"not a number":   ticket.Dial("city", "138@evil"),
		"with a header":  ticket.Dial("city", "138\r\nEvil: 1"),
		"no number":      ticket.Dial("city", ""),
		"other trunk":    ticket.Dial("village", "13800000000"),
		"a URI":          sip.URI("sip:13800000000@" + c.a.Addr().String()),
		"too long":       ticket.Dial("city", "138"+strings.Repeat("0", 40)),
		"nobody at all":  nil,
		"empty trunk":    ticket.Dial("", "138"),
		"prefix is case": ticket.Dial("CITY", "138"),
	} {
		_, err := c.ua.Invite(t.Context(), sip.Invite{To: to, Offer: []byte("v=0")})
		if !errors.Is(err, sip.ErrNotAllowed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	answer := func() *sip.Dialog {
		call := place(t.Context(), c.ua, sip.Invite{To: ticket.Dial("city", "13800000000")})
		c.a.Reply(c.a.Expect("INVITE"), "200 OK", "t", siptest.Answer)
		return result(t, call).d
	}
	first := answer()
	_, err = c.ua.Invite(t.Context(), sip.Invite{To: ticket.Dial("city", "13800000000"), Offer: []byte("v=0")})
	wantCause(t, err, sip.ErrNotAllowed) // one at once
	go func() { _ = first.Hangup(context.Background(), sip.Reason{}) }()
	c.a.Reply(c.a.Expect("BYE"), "200 OK", "", "")
	<-first.Context().Done()
	eventually(t, "room for another", func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.ua.Invite(ctx, sip.Invite{To: ticket.Dial("city", "13800000000"), Offer: []byte("v=0")})
		return !errors.Is(err, sip.ErrNotAllowed)
	})
	call := place(t.Context(), c.ua, sip.Invite{To: ticket.Dial("city", "13800000000")})
	got := result(t, call)
	if got.err == nil {
		t.Error("a fourth call a day is placed")
	}
}

// A duty telephone is called at the number of its account, and at no other.
func TestDutyMobile(t *testing.T) {
	c := withCarriers(t)
	for name, ext := range map[string]sip.Mobile{"no account": "9999", "no mobile": "8001", "a number": "13800000000", "nobody": ""} {
		if _, err := c.ua.Invite(t.Context(), sip.Invite{To: ext, Offer: []byte("v=0")}); !errors.Is(err, sip.ErrNotAllowed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	call := place(t.Context(), c.ua, sip.Invite{To: sip.Mobile("8009"), From: sip.Caller{Number: "13900000000"}})
	m := c.a.Expect("INVITE")
	if text := m.String(); !strings.Contains(text, "INVITE sip:13800000009@") || strings.Contains(text, "13900000000") {
		t.Errorf("the trunk saw the wrong number, or the caller's: %s", m.Start)
	}
	c.a.Reply(m, "200 OK", "t", siptest.Answer)
	if got := result(t, call); got.err != nil || got.d.Origin().Trunk != "city" {
		t.Errorf("called the mobile: %v", got.err)
	}
}

func TestTicketNeedsTheRight(t *testing.T) {
	c := withCarriers(t)
	p := phone(c.rig, "127.0.0.1")
	p.Register("8002", "secret")
	call := place(t.Context(), c.ua, sip.Invite{To: sip.Extension("8002")})
	p.Reply(p.Expect("INVITE"), "200 OK", "t", siptest.Answer)
	got := result(t, call)
	if _, err := got.d.Ticket(); !errors.Is(err, sip.ErrNotAllowed) {
		t.Errorf("8002 may dial out: %v", err)
	}
	call = place(t.Context(), c.ua, sip.Invite{To: sip.Extension("8001")})
	c.phone.Reply(c.phone.Expect("INVITE"), "200 OK", "t", siptest.Answer)
	got = result(t, call)
	if _, err := got.d.Ticket(); err != nil {
		t.Errorf("8001, called on its phone, may not dial out: %v", err)
	}
	hung := make(chan error, 1)
	go func() { hung <- got.d.Hangup(context.Background(), sip.Reason{}) }()
	c.phone.Expect("BYE")
	eventually(t, "no ticket after the end", func() bool { _, err := got.d.Ticket(); return err != nil })
	c.stop()
	wantCause(t, end(t, hung), sip.ErrStopped) // the BYE was never answered
}

// The challenge of a trunk within a call that came from it is not answered.
func TestChallengeOfACallerIsNotAnswered(t *testing.T) {
	c := withCarriers(t)
	in := c.a.Call("12348")
	in.Invite(siptest.Offer)
	in.Ack(c.a.Expect("200 INVITE"))
	d := <-tickets
	done := make(chan error, 1)
	go func() { done <- d.Hangup(context.Background(), sip.Reason{}) }()
	c.a.Reply(c.a.Expect("BYE"), "407 Who are you", "", "", `Proxy-Authenticate: Digest realm="evil", nonce="n", qop="auth"`)
	if err := end(t, done); err != nil {
		t.Error(err)
	}
	for _, m := range c.a.Within(5 * quick.T1) {
		if strings.Contains(m.String(), "Digest") {
			t.Errorf("answered by\n%s", m)
		}
	}
}

func TestTrunkPing(t *testing.T) {
	c := withCarriers(t, func(t *sip.Trunk) { t.Ping = 20 * time.Millisecond })
	m := c.a.Expect("OPTIONS")
	if !strings.HasPrefix(m.Start, "OPTIONS sip:127.0.0.11:") {
		t.Errorf("asked by %s", m.Start)
	}
	c.a.Reply(m, "404 Not Found", "t", "") // any answer but 503 is a sign of life
	c.b.Reply(c.b.Expect("OPTIONS"), "503 Service Unavailable", "t", "")
	eventually(t, "up", func() bool { return c.count("trunk_up") == 1 && c.ua.Trunks()[0].Up })
	c.a.Link(func(bool, *siptest.Message) int { return 0 })
	eventually(t, "down", func() bool { return c.count("trunk_up") == 0 && !c.ua.Trunks()[0].Up })
	eventually(t, "logged", func() bool { return strings.Contains(c.log.String(), "trunk changed") })
}

func TestTrunkRegisters(t *testing.T) {
	nowhere := netip.MustParseAddrPort("127.0.0.1:9")
	server := siptest.UDPFrom(t, "127.0.0.13", nowhere)
	r := start(t, answering(make(chan error, 1)), func(c *sip.Config) {
		c.Trunks = []sip.Trunk{{Name: "city", Servers: []string{server.Addr().String()}, Username: "line", Password: "pw", Register: true, Ping: -1}}
	})
	server.Aim(r.ua.Addr())
	m := server.Expect("REGISTER")
	server.Reply(m, "401 Unauthorized", "t", "", `WWW-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"`)
	m = server.Expect("REGISTER")
	server.Reply(m, "200 OK", "t", "", "Contact: "+m.Get("Contact")+";expires=600")
	eventually(t, "registered", func() bool { return r.ua.Trunks()[0].Registered && r.count("trunk_up") == 1 })
	stranger := siptest.UDPFrom(t, "127.0.0.14", r.ua.Addr())
	stranger.Call("12348").Invite(siptest.Offer)
	stranger.Expect("403")
	server.Call("12348").Invite(siptest.Offer)
	server.Expect("180 INVITE") // its server may call in
	go r.stop()
	last := server.Expect("REGISTER")
	for last.Get("Expires") != "0" {
		last = server.Expect("REGISTER")
	}
	server.Reply(last, "200 OK", "t", "")
	r.stop()
}

// dns is a name service on paper.
type dns struct {
	srv   map[string][]*net.SRV
	hosts map[string]string
}

func (d dns) SRV(_ context.Context, service, proto, name string) ([]*net.SRV, error) {
	if r, ok := d.srv["_"+service+"._"+proto+"."+name]; ok {
		return r, nil
	}
	return nil, errors.New("no such record")
}

func (d dns) Hosts(_ context.Context, name string) ([]netip.Addr, error) {
	if a, ok := d.hosts[name]; ok {
		return []netip.Addr{netip.MustParseAddr(a)}, nil
	}
	return nil, errors.New("no such host")
}

func TestTrunkBySRV(t *testing.T) {
	nowhere := netip.MustParseAddrPort("127.0.0.1:9")
	a, b := siptest.UDPFrom(t, "127.0.0.15", nowhere), siptest.UDPFrom(t, "127.0.0.16", nowhere)
	names := dns{
		srv: map[string][]*net.SRV{"_sip._udp.carrier.example": {
			{Target: "b.example.", Port: b.Addr().Port(), Priority: 20}, {Target: "a.example.", Port: a.Addr().Port(), Priority: 10},
		}},
		hosts: map[string]string{"a.example": "127.0.0.15", "b.example": "127.0.0.16"},
	}
	phone := start(t, nil, func(c *sip.Config) { c.Accounts, c.Trunks, c.Resolver = nil, nil, names })
	call := place(t.Context(), phone.ua, sip.Invite{To: sip.URI("sip:12348@carrier.example")})
	a.Aim(phone.ua.Addr())
	b.Aim(phone.ua.Addr())
	m := a.Expect("INVITE")
	if !strings.HasPrefix(m.Start, "INVITE sip:12348@carrier.example ") {
		t.Errorf("called as %s", m.Start)
	}
	a.Reply(m, "503 Full", "t", "")
	b.Reply(b.Expect("INVITE"), "200 OK", "t", siptest.Answer)
	if got := result(t, call); got.err != nil {
		t.Error(got.err)
	}
	_, err := phone.ua.Invite(t.Context(), sip.Invite{To: sip.URI("sip:12348@unknown.example"), Offer: []byte("v=0")})
	wantCause(t, err, sip.ErrUnreachable)
}
