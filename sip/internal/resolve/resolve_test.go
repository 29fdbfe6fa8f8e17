package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transport"
)

// names is a name service on paper.
type names struct {
	srv   map[string][]*net.SRV
	hosts map[string][]netip.Addr
	hang  bool
	asked int
}

var errNone = errors.New("no such name")

func (n *names) SRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error) {
	n.asked++
	if n.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if r, ok := n.srv[service+" "+proto+" "+name]; ok {
		return r, nil
	}
	return nil, errNone
}

func (n *names) Hosts(ctx context.Context, name string) ([]netip.Addr, error) {
	if n.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if h, ok := n.hosts[name]; ok {
		return h, nil
	}
	return nil, errNone
}

func addrs(s ...string) (out []netip.Addr) {
	for _, a := range s {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func parse(t *testing.T, s string) resolve.Server {
	t.Helper()
	out, err := resolve.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFind(t *testing.T) {
	n := &names{
		srv: map[string][]*net.SRV{
			"sip udp carrier.example":  {{Target: "b.example.", Port: 5070, Priority: 20}, {Target: "a.example.", Port: 5060, Priority: 10}, {Target: "gone.example.", Priority: 5}},
			"sip tcp carrier.example":  {{Target: "a.example.", Port: 5080, Priority: 1}},
			"sips tcp carrier.example": {{Target: "a.example.", Port: 5061}},
			"sip udp none.example":     {{Target: "."}},
		},
		hosts: map[string][]netip.Addr{"a.example": addrs("192.0.2.1", "2001:db8::1"), "b.example": addrs("192.0.2.2"), "none.example": addrs("192.0.2.9")},
	}
	tests := map[string]string{
		"192.0.2.5":                             "[UDP 192.0.2.5:5060]",
		"192.0.2.5:5070;transport=tcp":          "[TCP 192.0.2.5:5070]",
		"[2001:db8::5]:5070":                    "[UDP [2001:db8::5]:5070]",
		"2001:db8::5":                           "[UDP [2001:db8::5]:5060]",
		"192.0.2.5;transport=TLS":               "[TLS 192.0.2.5:5061]",
		"carrier.example":                       "[UDP 192.0.2.1:5060 UDP [2001:db8::1]:5060 UDP 192.0.2.2:5070 TCP 192.0.2.1:5080 TCP [2001:db8::1]:5080]",
		"carrier.example;transport=tls":         "[TLS 192.0.2.1:5061 TLS [2001:db8::1]:5061]",
		"b.example":                             "[UDP 192.0.2.2:5060]",
		"b.example:5099":                        "[UDP 192.0.2.2:5099]",
		"none.example":                          "[UDP 192.0.2.9:5060]",
		"unknown.example":                       "find server unknown.example: no such name",
		"unknown.example:5060;transport=udp":    "find server unknown.example: no such name",
		"carrier.example;transport=udp":         "[UDP 192.0.2.1:5060 UDP [2001:db8::1]:5060 UDP 192.0.2.2:5070]",
		"a.example;transport=tcp":               "[TCP 192.0.2.1:5060 TCP [2001:db8::1]:5060]",
		"carrier.example:5061;transport=tls":    "find server carrier.example: no such name",
		"[2001:db8::5]:5061;transport=tls":      "[TLS [2001:db8::5]:5061]",
		"[2001:db8::5];transport=tcp":           "[TCP [2001:db8::5]:5060]",
		"::1":                                   "[UDP [::1]:5060]",
		"::ffff:192.0.2.7":                      "[UDP 192.0.2.7:5060]",
		"a.example:5071;transport=udp":          "[UDP 192.0.2.1:5071 UDP [2001:db8::1]:5071]",
		"none.example;transport=udp":            "[UDP 192.0.2.9:5060]",
		"carrier.example;transport=tcp":         "[TCP 192.0.2.1:5080 TCP [2001:db8::1]:5080]",
		"b.example;transport=tls":               "[TLS 192.0.2.2:5061]",
		"b.example:65535":                       "[UDP 192.0.2.2:65535]",
		"a.example:5060":                        "[UDP 192.0.2.1:5060 UDP [2001:db8::1]:5060]",
		"192.0.2.5:5060;transport=udp":          "[UDP 192.0.2.5:5060]",
		"unknown.example;transport=tcp":         "find server unknown.example: no such name",
		"[::ffff:192.0.2.7]:5090;transport=tcp": "[TCP 192.0.2.7:5090]",
	}
	for server, want := range tests {
		t.Run(server, func(t *testing.T) {
			targets, err := resolve.New(n).Find(t.Context(), parse(t, server))
			got := []string{}
			for _, x := range targets {
				got = append(got, x.Network.String()+" "+x.Addr.String())
			}
			text := fmt.Sprint(got)
			if err != nil {
				text = err.Error()
			}
			if text != want {
				t.Errorf("got %s, want %s", text, want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", ":5060", "h:0", "h:x", "h:70000", "a b", "sip:h@x", "h;transport=ws", "h;lr"} {
		if _, err := resolve.Parse(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// Weights share the load as RFC 2782 says, and every record is tried in the end.
func TestWeights(t *testing.T) {
	records := []*net.SRV{
		{Target: "spare.", Port: 3, Priority: 2}, {Target: "big.", Port: 1, Priority: 1, Weight: 75}, {Target: "small.", Port: 2, Priority: 1, Weight: 25},
	}
	n := &names{srv: map[string][]*net.SRV{"sip udp c": records}, hosts: map[string][]netip.Addr{"big": addrs("192.0.2.1"), "small": addrs("192.0.2.2"), "spare": addrs("192.0.2.3")}}
	first := 0
	for range 4000 {
		targets, err := resolve.New(n).Find(t.Context(), parse(t, "c;transport=udp"))
		if err != nil || len(targets) != 3 || targets[2].Addr.Port() != 3 {
			t.Fatalf("got %v, %v", targets, err)
		}
		if targets[0].Addr.Port() == 1 {
			first++
		}
	}
	if first < 2800 || first > 3200 {
		t.Errorf("the heavy record came first %d times of 4000, want about 3000", first)
	}
}

func TestTrapSipgoDNSStallIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &names{hosts: map[string][]netip.Addr{"c": addrs("192.0.2.1")}}
		f := resolve.New(n)
		if _, err := f.Find(t.Context(), parse(t, "c")); err != nil {
			t.Fatal(err)
		}
		n.hang = true
		if got, err := f.Find(t.Context(), parse(t, "c")); err != nil || len(got) != 1 {
			t.Errorf("within a minute: %v, %v", got, err)
		}
		time.Sleep(time.Minute)
		begin := time.Now()
		if got, err := f.Find(t.Context(), parse(t, "c")); err != nil || len(got) != 1 {
			t.Errorf("with the name service away: %v, %v; want what it said last", got, err)
		}
		if _, err := f.Find(t.Context(), parse(t, "new")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a name never seen: %v", err)
		}
		if took := time.Since(begin); took != 4*time.Second {
			t.Errorf("two look-ups took %v, want 2 s each", took)
		}
		asked := n.asked
		if _, err := f.Find(t.Context(), parse(t, "c")); err != nil || n.asked != asked {
			t.Errorf("asked again at once: %v", err)
		}
	})
}

func TestTargetsSayTheirTransport(t *testing.T) {
	n := &names{hosts: map[string][]netip.Addr{"a": addrs("192.0.2.1")}}
	for server, fixed := range map[string]bool{"a": false, "a;transport=udp": true, "192.0.2.1": false} {
		got, err := resolve.New(n).Find(t.Context(), parse(t, server))
		if err != nil || got[0].Fixed != fixed {
			t.Errorf("%s: %+v, %v; want fixed %v", server, got, err, fixed)
		}
	}
	if !slices.Equal([]string{"UDP", "TCP", "TLS"}, []string{transport.UDP.String(), transport.TCP.String(), transport.TLS.String()}) {
		t.Error("transports have other names")
	}
}
