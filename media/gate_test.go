package media

import (
	"net/netip"
	"testing"
	"time"
)

var (
	phone  = netip.MustParseAddrPort("192.0.2.1:4000")
	mapped = netip.MustParseAddrPort("192.0.2.1:61000")   // the phone's host, another port
	nat    = netip.MustParseAddrPort("203.0.113.9:61000") // the host its signalling comes from
	thief  = netip.MustParseAddrPort("198.51.100.66:4000")
)

// step is one packet and what the gate should say.
type step struct {
	at   time.Duration
	from netip.AddrPort
	ssrc uint32
	want verdict
}

func TestGate(t *testing.T) {
	for name, c := range map[string]struct {
		pinned bool
		hosts  []netip.Addr
		steps  []step
		source netip.AddrPort
	}{
		"trunk takes the SDP's address only": {pinned: true, steps: []step{
			{0, thief, 1, stranger}, {0, mapped, 1, stranger}, {0, phone, 1, admitted}, {2 * time.Second, mapped, 1, stranger},
		}, source: phone},
		"trunk may name no other host": {pinned: true, hosts: []netip.Addr{nat.Addr()}, steps: []step{
			{0, nat, 1, stranger}, {0, phone, 1, admitted},
		}, source: phone},
		"phone at its address is closed at once": {steps: []step{
			{0, phone, 1, admitted}, {0, mapped, 1, stranger}, {0, thief, 1, stranger}, {ms, phone, 1, admitted},
		}, source: phone},
		"phone behind a port-changing NAT": {steps: []step{
			{0, thief, 1, stranger}, {0, mapped, 1, admitted}, {900 * ms, thief, 1, stranger}, {5 * time.Second, thief, 1, stranger}, {5 * time.Second, mapped, 1, admitted},
		}, source: mapped},
		"phone behind another host's NAT": {hosts: []netip.Addr{nat.Addr()}, steps: []step{
			{0, thief, 1, stranger}, {0, nat, 1, admitted}, {ms, mapped, 1, stranger}, {2 * time.Second, nat, 1, admitted},
		}, source: nat},
		"the SDP's own address wins within a second": {hosts: []netip.Addr{nat.Addr()}, steps: []step{
			{0, nat, 1, admitted}, {500 * ms, phone, 2, admitted}, {600 * ms, nat, 1, stranger},
		}, source: phone},
		"but not later": {hosts: []netip.Addr{nat.Addr()}, steps: []step{
			{0, nat, 1, admitted}, {1000 * ms, phone, 2, stranger}, {1100 * ms, nat, 1, admitted},
		}, source: nat},
		"a thief who guesses the source is still a stranger": {steps: []step{
			{0, phone, 1, admitted}, {20 * ms, thief, 1, stranger}, {40 * ms, phone, 1, admitted},
		}, source: phone},
		"another source beside the one that talks": {steps: []step{
			{0, phone, 1, admitted}, {10 * ms, phone, 2, foreign}, {20 * ms, phone, 1, admitted}, {30 * ms, phone, 2, foreign}, {40 * ms, phone, 1, admitted},
		}, source: phone},
		"another source instead of it": {steps: []step{
			{0, phone, 1, admitted}, {20 * ms, phone, 2, foreign}, {40 * ms, phone, 2, admitted}, {60 * ms, phone, 2, admitted}, {70 * ms, phone, 1, foreign},
		}, source: phone},
		"another source after a pause": {steps: []step{
			{0, phone, 1, admitted}, {200 * ms, phone, 2, admitted},
		}, source: phone},
		"source numbered zero": {steps: []step{{0, phone, 0, admitted}, {20 * ms, phone, 0, admitted}}, source: phone},
	} {
		t.Run(name, func(t *testing.T) {
			g := gate{pinned: c.pinned, hosts: c.hosts}
			g.agree(phone)
			for i, s := range c.steps {
				if got := g.admit(s.from, s.ssrc, s.at); got != s.want {
					t.Errorf("step %d: %v, want %v", i, got, s.want)
				}
			}
			if g.source != c.source {
				t.Errorf("source %v, want %v", g.source, c.source)
			}
		})
	}
}

func TestGateBeforeAgreement(t *testing.T) {
	var g gate
	if g.admit(phone, 1, 0) != stranger || g.admit(netip.AddrPort{}, 1, 0) != stranger {
		t.Error("admitted before anything was agreed")
	}
}

func TestGateAgreesAnew(t *testing.T) {
	g := gate{}
	g.agree(phone)
	g.admit(phone, 1, 0)
	g.agree(phone) // a refresh
	if g.admit(thief, 1, 20*ms) != stranger || g.source != phone {
		t.Error("a refresh opened the gate")
	}
	moved := netip.MustParseAddrPort("192.0.2.2:5000")
	g.agree(moved)
	if g.admit(phone, 1, 40*ms) != stranger || g.admit(moved, 9, 40*ms) != admitted {
		t.Error("a moved phone is not heard at its new address")
	}
}

func TestGateReports(t *testing.T) {
	rtcp := netip.MustParseAddrPort("192.0.2.1:4001")
	other := netip.MustParseAddrPort("192.0.2.1:61001")
	for name, c := range map[string]struct {
		pinned bool
		talked bool
		from   netip.AddrPort
		ssrc   uint32
		want   verdict
		nat    bool
	}{
		"agreed address":              {talked: true, from: rtcp, ssrc: 1, want: admitted},
		"shared port":                 {talked: true, from: phone, ssrc: 1, want: admitted},
		"other port of the same host": {talked: true, from: other, ssrc: 1, want: stranger},
		"NAT's port of the same host": {talked: true, nat: true, from: other, ssrc: 1, want: admitted},
		"NAT's host, wrong source":    {talked: true, nat: true, from: other, ssrc: 2, want: foreign},
		"NAT, agreed address":         {talked: true, nat: true, from: rtcp, ssrc: 1, want: admitted},
		"NAT, thief":                  {talked: true, nat: true, from: thief, ssrc: 1, want: stranger},
		"trunk, other port":           {pinned: true, talked: true, from: other, ssrc: 1, want: stranger},
		"trunk, agreed":               {pinned: true, talked: true, from: rtcp, ssrc: 1, want: admitted},
		"thief":                       {talked: true, from: thief, ssrc: 1, want: stranger},
		"wrong source":                {talked: true, from: rtcp, ssrc: 2, want: foreign},
		"before any audio":            {from: rtcp, ssrc: 2, want: admitted},
		"before any audio, thief":     {from: thief, ssrc: 2, want: stranger},
		"before any audio, same host": {from: other, ssrc: 2, want: stranger},
	} {
		t.Run(name, func(t *testing.T) {
			g := gate{pinned: c.pinned}
			g.agree(phone)
			switch {
			case c.nat:
				g.admit(mapped, 1, 0)
			case c.talked:
				g.admit(phone, 1, 0)
			}
			if got := g.report(c.from, rtcp, c.ssrc); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
			second := netip.MustParseAddrPort("192.0.2.1:61003")
			if got := g.report(second, rtcp, c.ssrc); c.want == admitted && c.from != rtcp && got != stranger {
				t.Errorf("then another port: %v", got)
			}
		})
	}
}
