package sip_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// A caller prints as nothing but "caller", whatever prints it.
func TestCallerIsNotPrinted(t *testing.T) {
	c := sip.Caller{Number: "+8613800000000", Display: "Li Ming", Asserted: "PAI"}
	hidden := sip.Caller{Number: "+8613800000000", Anonymous: true}
	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, nil))
	log.Info("call", "from", c, "group", struct{ C sip.Caller }{c})
	text := b.String() + fmt.Sprint(c, &c, hidden) + fmt.Sprintf("%v %+v %#v %s %q %d %x", c, c, c, c, c, c, c) + fmt.Sprintf("%+v %#v", struct{ C sip.Caller }{c}, []sip.Caller{c})
	if strings.Contains(text, "138") || strings.Contains(text, "Li") {
		t.Errorf("printed: %s", text)
	}
	if c.String() != "caller" || hidden.String() != "anonymous caller" || c.GoString() != "caller" {
		t.Error("prints as something else")
	}
}

func certificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSCall(t *testing.T) {
	cert, pool := certificate(t)
	center := start(t, nil, outsider, func(c *sip.Config) { c.TLS.Certificate = cert })
	if !center.ua.AddrTLS().IsValid() {
		t.Fatal("no TLS")
	}
	ends := make(chan error, 1)
	desk := start(t, answering(ends), func(c *sip.Config) { c.Accounts, c.Trunks, c.TLS.Roots = nil, nil, pool })
	reg, err := desk.ua.Register(t.Context(), sip.Registration{Server: center.ua.AddrTLS().String() + ";transport=tls", User: "8001", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	if got := center.ua.Registrar().Contacts("8001"); len(got) != 1 || got[0].Transport != "TLS" || !strings.Contains(got[0].URI, "transport=tls") {
		t.Errorf("contacts %+v", got)
	}
	got := result(t, place(t.Context(), center.ua, sip.Invite{To: sip.Extension("8001")}))
	if got.err != nil {
		t.Fatal(got.err)
	}
	if err := got.d.Hangup(t.Context(), sip.Reason{}); err != nil {
		t.Error(err)
	}
	wantCause(t, end(t, ends), sip.ErrHungUp)
	stranger := start(t, nil, func(c *sip.Config) { c.Accounts, c.Trunks = nil, nil })
	if _, err := stranger.ua.Register(t.Context(), sip.Registration{Server: center.ua.AddrTLS().String() + ";transport=tls", User: "8001", Password: "secret"}); !errors.Is(err, sip.ErrUnreachable) {
		t.Errorf("a certificate nobody vouches for: %v", err)
	}
}

// The connection of a call is gone when we hang up: the peer is called at its Contact.
func TestHangupOverANewConnection(t *testing.T) {
	out, ends := make(chan *sip.Dialog, 1), make(chan error, 1)
	r := start(t, talking(nil, out, ends))
	p := siptest.TCP(t, r.ua.Addr())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c := p.Call("12348")
	c.Invite(siptest.Offer, "Contact: <sip:peer@"+listener.Addr().String()+";transport=tcp>")
	c.Ack(p.Expect("200"))
	d := <-out
	p.Close()
	eventually(t, "connection gone", func() bool { return r.count("connections") == 0 })
	done := make(chan error, 1)
	go func() { done <- d.Hangup(context.Background(), sip.NormalClearing()) }()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	again := siptest.Over(t, conn)
	again.Reply(again.Expect("BYE"), "200 OK", "", "")
	if err := end(t, done); err != nil {
		t.Error(err)
	}
}

// A phone's connection cannot be opened from our side: the BYE is given up at once.
func TestHangupOfALostPhone(t *testing.T) {
	r := start(t, nil, outsider)
	p := siptest.TCP(t, r.ua.Addr())
	p.Register("8001", "secret")
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	p.Reply(p.Expect("INVITE"), "200 OK", "t", siptest.Answer)
	got := result(t, call)
	p.Close()
	eventually(t, "connection gone", func() bool { return r.count("connections") == 0 })
	if err := got.d.Hangup(t.Context(), sip.Reason{}); err != nil {
		t.Error(err)
	}
	eventually(t, "dialog gone", func() bool { return r.count("dialogs") == 0 })
}

func TestListenOnAllAddresses(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends), func(c *sip.Config) { c.Listen = []string{"0.0.0.0:0"} })
	p := siptest.UDP(t, r.ua.Addr())
	_, port, err := net.SplitHostPort(r.ua.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p.Aim(mustAddr("127.0.0.1:" + port))
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	ok := p.Expect("200")
	if ok.URI("Contact") != "sip:12348@127.0.0.1:"+port {
		t.Errorf("Contact %s", ok.Get("Contact"))
	}
	c.Ack(ok)
	c.Send("BYE")
	p.Expect("200 BYE")
	end(t, ends)
}

// Lost, doubled and reordered messages change nothing but the time it takes.
func TestCallOverABadLink(t *testing.T) {
	for name, link := range map[string]func() func(bool, *siptest.Message) int{
		"every third lost": func() func(bool, *siptest.Message) int {
			n := 0
			return func(out bool, m *siptest.Message) int {
				if out && m.Method() == "ACK" {
					return 1
				}
				n++
				return min(1, n%3)
			}
		},
		"all doubled": func() func(bool, *siptest.Message) int {
			return func(bool, *siptest.Message) int { return 2 }
		},
		"ACK lost, BYE before it": func() func(bool, *siptest.Message) int {
			return func(out bool, m *siptest.Message) int {
				if out && m.Method() == "ACK" {
					return -1
				}
				return 1
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ends := make(chan error, 1)
			r := start(t, answering(ends))
			p := r.peer()
			p.Link(link())
			c := p.Call("12348")
			c.Invite(siptest.Offer)
			ok := until(t, p, c, "200 INVITE")
			c.Ack(ok)
			c.Send("BYE")
			until(t, p, c, "200 BYE")
			wantCause(t, end(t, ends), sip.ErrHungUp)
			eventually(t, "dialog gone", func() bool { return r.count("dialogs") == 0 })
		})
	}
}

// until waits for an answer, repeating the last request as UDP peers do.
func until(t *testing.T, p *siptest.Peer, c *siptest.Call, what string) *siptest.Message {
	t.Helper()
	for range 50 {
		for _, m := range p.Within(40 * time.Millisecond) {
			if m.Status() == 200 && strings.HasSuffix(what, " "+m.Method()) {
				return m
			}
		}
		c.Again()
	}
	t.Fatalf("no %s", what)
	return nil
}

// Metrics have the names that are documented, and labels from closed lists.
func TestMetricNames(t *testing.T) {
	r := start(t, busy)
	p := r.peer()
	for _, method := range []string{"OPTIONS", "MADEUP1", "MADEUP2"} {
		p.Call("x").Send(method)
		p.Next()
	}
	p.Call("x").Send("ACK")
	eventually(t, "stray ACK", func() bool { return r.count("dropped_total") == 1 })
	all, err := r.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range all {
		got[f.GetName()] = true
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if strings.Contains(l.GetValue(), "MADEUP") {
					t.Errorf("a peer made the label %s", l.GetValue())
				}
			}
		}
	}
	for _, name := range []string{
		"requests_total", "responses_total", "dropped_total", "panics_total", "registrations", "registrations_unreachable",
		"dialogs", "sources", "connections", "transactions_pending", "transactions_parked", "trunk_up",
	} {
		if !got["hotline_sip_"+name] {
			t.Errorf("no metric %s", name)
		}
	}
	if _, err := sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}}, nil, nil, r.reg); err == nil {
		t.Error("two user agents share one registry's names")
	}
}
