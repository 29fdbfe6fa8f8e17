package sip

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Limits{PerSource: 20, Strangers: 50})
		a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		heard := func(addr netip.Addr, n int) (count int) {
			for range n {
				if g.stranger(addr) {
					count++
				}
			}
			return count
		}
		if n := heard(a, 100); n != 20 {
			t.Errorf("%d of 100 heard, want 20", n)
		}
		time.Sleep(500 * time.Millisecond)
		if n := heard(a, 100); n != 10 {
			t.Errorf("%d heard half a second later, want 10", n)
		}
		time.Sleep(time.Minute)
		if n := heard(a, 100) + heard(b, 100) + heard(netip.MustParseAddr("192.0.2.3"), 100); n != 50 {
			t.Errorf("%d heard of all strangers, want 50", n)
		}
		time.Sleep(time.Minute)
		net1, net2 := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff:2")
		if n := heard(net1, 100) + heard(net2, 100); n != 20 {
			t.Errorf("%d heard of one IPv6 network, want 20", n)
		}
	})
}

// Any number of source addresses takes a bounded place, and costs others nothing.
func TestTrapSipgo3SourcesAreBounded(t *testing.T) {
	g := newGate(Limits{PerSource: 20, Strangers: 1 << 30})
	addr := netip.MustParseAddr("10.0.0.1")
	for range 100_000 {
		g.stranger(addr)
		addr = addr.Next()
	}
	if n := g.size(); n > maxSources {
		t.Errorf("%d addresses remembered", n)
	}
}

func TestFriends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Limits{})
		addr := netip.MustParseAddr("10.0.0.1")
		g.befriend(addr)
		time.Sleep(30 * time.Minute)
		g.befriend(addr)
		time.Sleep(59 * time.Minute)
		if !g.friend(addr) {
			t.Error("forgotten too soon")
		}
		time.Sleep(time.Minute)
		if g.friend(addr) {
			t.Error("remembered too long")
		}
		for range maxFriends * 2 {
			g.befriend(addr)
			addr = addr.Next()
		}
		if len(g.friends) > maxFriends {
			t.Errorf("%d friends", len(g.friends))
		}
	})
}
