package sip

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hotline/sip/internal/memnet"
	"hotline/sip/internal/wire"
)

// FuzzMessage puts any bytes through reading, inspection and handlers, as if they
// came from the trunk. Nothing may panic, and no answer may hold a bare CR or LF.
func FuzzMessage(f *testing.F) {
	for _, file := range []string{"testdata/rfc4475.txt", "testdata/rfc5118.txt"} {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, section := range strings.Split(string(b), "\n== ")[1:] {
			_, text, _ := strings.Cut(section, "\n")
			f.Add([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
		}
	}
	var n memnet.Net
	cfg := Config{
		Listen: []string{"192.0.2.1:5060"}, Accounts: noAccounts{}, Timers: Timers{T1: time.Millisecond, T4: time.Millisecond, Qualify: -1},
		Trunks: []Trunk{{Name: "all", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Ping: -1}},
	}
	ua, err := build(cfg, serve(func(_ context.Context, d *Dialog) { _ = d.Reject(&StatusError{Status: 486}) }), slog.New(slog.DiscardHandler), nil, n.Host("192.0.2.1:5060"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		ua.run.crew.close()
		ua.tx.Close()
	})
	n.Host("192.0.2.2:5060")
	flow, err := n.Host("192.0.2.1:5060").Flow(netip.MustParseAddrPort("192.0.2.2:5060"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := wire.Parse(data)
		switch {
		case m == nil:
			return
		case err == nil:
			receiver{ua}.Receive(m, flow)
			_, _ = description(m)
			_ = readCaller(m, true).Number
			_ = readReason(m)
			_ = agreed(m, ua.cfg.Session)
			uri, routes := route("sip:a@b", routeSet(m, true))
			_, _ = nextHop(uri, routes)
		default:
			if m.IsRequest() {
				receiver{ua}.Malformed(m, &wire.SyntaxError{Status: 400, Reason: "x"}, flow)
			}
		}
		if got := testutil.ToFloat64(ua.met.panics); got != 0 {
			t.Fatal("a handler panicked")
		}
	})
}

type noAccounts struct{}

func (noAccounts) Account(string) (Account, bool) { return Account{}, false }

// FuzzAddress reads name-addr, Contact and Route values as we use them.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		`"a\"b, c" <sip:x@[::1]:5070;transport=TCP>;expires=60;+sip.instance="<urn:uuid:1>"`, "sip:y@h;q=0.5", "<tel:+86;phone-context=x>", "*", `"`, "<sip:p;lr>;x, <sip:q>",
		"<sip:%00@h>", "<sips:a:b@h:5061;maddr=1.2.3.4?x=y>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range wire.Split(s) {
			a, ok := wire.ParseAddress(v)
			if !ok {
				continue
			}
			if n := a.URI.Number(); strings.ContainsAny(n, "\r\n\x00") {
				t.Fatalf("number %q", n)
			}
			if to, ok := direct(&a.URI); ok && (!to.IsValid() || to.Addr().IsMulticast()) {
				t.Fatalf("would send to %v", to)
			}
			if d := displayName(a.Display); len([]rune(d)) > 64 || strings.ContainsAny(d, "\r\n\u202e") {
				t.Fatalf("display %q", d)
			}
			back, ok := wire.ParseURI(a.URI.String())
			if !ok || back.Host != a.URI.Host || back.User != a.URI.User {
				t.Fatalf("%q reads back with host %q", v, back.Host)
			}
		}
	})
}
