package digest

import (
	"net/netip"
	"sync"
	"time"
)

// Limits on wrong passwords.
const (
	window     = time.Minute
	penalty    = time.Minute
	perAccount = 10  // from one address for one account
	perAddress = 100 // from one address for all accounts: a scan
	maxTallies = 20_000
)

// Failures bars an address from an account after too many wrong passwords. The
// account itself is never barred: its owner's phone is elsewhere.
type Failures struct {
	mu    sync.Mutex
	tally map[attempt]*tally
}

// attempt is an address with an account; an empty account stands for all.
type attempt struct {
	addr netip.Addr
	user string
}

type tally struct {
	since  time.Time
	count  int
	barred time.Time // until then
}

// NewFailures makes an empty record.
func NewFailures() *Failures { return &Failures{tally: make(map[attempt]*tally)} }

// Barred reports whether the address may not try this account now.
func (f *Failures) Barred(addr netip.Addr, user string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	for _, key := range [...]attempt{{addr, user}, {addr, ""}} {
		if t := f.tally[key]; t != nil && now.Before(t.barred) {
			return true
		}
	}
	return false
}

// Note counts a wrong password.
func (f *Failures) Note(addr netip.Addr, user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(attempt{addr, user}, perAccount)
	f.add(attempt{addr, ""}, perAddress)
}

func (f *Failures) add(key attempt, limit int) {
	now := time.Now()
	t := f.tally[key]
	if t == nil {
		if len(f.tally) >= maxTallies {
			f.sweep(now)
		}
		t = &tally{since: now}
		f.tally[key] = t
	}
	if now.Sub(t.since) > window {
		t.since, t.count = now, 0
	}
	if t.count++; t.count >= limit {
		t.barred = now.Add(penalty)
	}
}

// sweep forgets what no longer matters, and everything if all still does.
func (f *Failures) sweep(now time.Time) {
	for key, t := range f.tally {
		if now.Sub(t.since) > window && now.After(t.barred) {
			delete(f.tally, key)
		}
	}
	if len(f.tally) >= maxTallies {
		clear(f.tally)
	}
}

// Clear forgets the failures of an address for an account that it now knows the
// password of.
func (f *Failures) Clear(addr netip.Addr, user string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tally, attempt{addr, user})
}
