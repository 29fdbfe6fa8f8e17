package sip

import (
	"net/netip"
	"sync"
	"time"
)

// gate limits what unknown addresses may send, before anything is read of it. It
// remembers a bounded number of them.
type gate struct {
	perSource, all float64

	mu      sync.Mutex
	total   bucket
	sources map[netip.Addr]*bucket
	friends map[netip.Addr]time.Time // whom we called, and when
}

const (
	maxSources = 8192
	maxFriends = 4096
	friendship = time.Hour
)

func newGate(l Limits) *gate {
	return &gate{
		perSource: float64(l.PerSource), all: float64(l.Strangers),
		sources: make(map[netip.Addr]*bucket), friends: make(map[netip.Addr]time.Time),
	}
}

// bucket holds up to one second's allowance.
type bucket struct {
	tokens float64
	at     time.Time
}

func (b *bucket) take(rate float64, now time.Time) bool {
	if b.at.IsZero() {
		b.tokens = rate
	} else {
		b.tokens = min(rate, b.tokens+rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// stranger reports whether a message from an unknown address is heard. IPv6
// addresses count by their /64, which one sender can have whole.
func (g *gate) stranger(addr netip.Addr) bool {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			addr = p.Addr()
		}
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.sources[addr]
	if b == nil {
		if len(g.sources) >= maxSources {
			g.sweep(now)
		}
		b = &bucket{}
		g.sources[addr] = b
	}
	return b.take(g.perSource, now) && g.total.take(g.all, now)
}

// sweep forgets addresses that have their whole allowance again, and all of them
// when that is not enough: the limit for all still holds.
func (g *gate) sweep(now time.Time) {
	for addr, b := range g.sources {
		if now.Sub(b.at) > time.Second {
			delete(g.sources, addr)
		}
	}
	if len(g.sources) >= maxSources {
		clear(g.sources)
	}
}

// befriend notes an address that we send a request to, so that its answers are
// heard however many they are.
func (g *gate) befriend(addr netip.Addr) {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.friends) >= maxFriends {
		clear(g.friends) // those we go on talking to come back with the next request
	}
	g.friends[addr] = now
}

// friend reports whether we called the address within the last hour.
func (g *gate) friend(addr netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.friends[addr]
	return ok && time.Since(at) < friendship
}

// size returns how many unknown addresses are remembered.
func (g *gate) size() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.sources)
}
