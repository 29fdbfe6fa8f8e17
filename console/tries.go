package console

import (
	"net/netip"
	"sync"
	"time"
)

// tries counts failed sign-ins. Whoever fails too often waits; nobody else does: a counselor cannot be locked out by a
// stranger who knows the login.
type tries struct {
	limits Limits

	mu sync.Mutex
	by map[string]*window
}

// window counts failures since its beginning.
type window struct {
	began time.Time
	span  time.Duration
	count int
}

const (
	addressSpan = time.Minute
	accountSpan = 10 * time.Minute
	// mostTried bounds the memory that strangers can make us use.
	mostTried = 20_000
)

func newTries(l Limits) *tries { return &tries{limits: l, by: map[string]*window{}} }

// begin counts a try as failed until succeed says otherwise, so that many at once count too. When the try may not be
// made it returns how long to wait.
func (t *tries) begin(from netip.Addr, login string) (wait time.Duration) {
	now := time.Now()
	address, account, both := keysOf(from, login)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.by) >= mostTried {
		t.forget(now)
	}
	if w := t.window(address, addressSpan, now); w.count >= t.limits.Tries {
		return w.began.Add(w.span).Sub(now)
	}
	tried, known := t.window(account, accountSpan, now), t.window(both, accountSpan, now)
	if tried.count >= t.limits.Account && known.count > 0 {
		return known.began.Add(known.span).Sub(now)
	}
	t.by[address].count++
	tried.count++
	known.count++
	return 0
}

// succeed forgets the failures of a person who has signed in from an address.
func (t *tries) succeed(from netip.Addr, login string) {
	address, account, both := keysOf(from, login)
	t.mu.Lock()
	defer t.mu.Unlock()
	if own, all := t.by[both], t.by[account]; own != nil && all != nil {
		all.count -= own.count
	}
	if w := t.by[address]; w != nil {
		w.count--
	}
	delete(t.by, both)
}

func (t *tries) window(key string, span time.Duration, now time.Time) *window {
	w := t.by[key]
	if w == nil || now.Sub(w.began) >= w.span {
		w = &window{began: now, span: span}
		t.by[key] = w
	}
	return w
}

// forget drops windows that are over, and when that is not enough some that are not.
func (t *tries) forget(now time.Time) {
	for key, w := range t.by {
		if now.Sub(w.began) >= w.span {
			delete(t.by, key)
		}
	}
	for key := range t.by {
		if len(t.by) < mostTried/2 {
			return
		}
		delete(t.by, key)
	}
}

// keysOf names the windows of a try. An IPv6 customer has 2^64 addresses, so the network counts.
func keysOf(from netip.Addr, login string) (address, account, both string) {
	if from = from.Unmap(); from.Is6() {
		if p, err := from.WithZone("").Prefix(64); err == nil {
			from = p.Addr()
		}
	}
	return "a" + from.String(), "l" + login, "b" + from.String() + " " + login
}
