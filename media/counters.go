package media

import (
	"sync/atomic"
	"time"
)

// Reason is why a received packet was dropped.
type Reason uint8

// The reasons.
const (
	Malformed  Reason = iota // no RTP or RTCP
	Stranger                 // not from the peer's address
	Foreign                  // from the peer's address, of a second source beside the one that talks
	Unagreed                 // a payload number nobody agreed on
	Duplicate                // repeated, or too old
	Unexpected               // nothing is agreed yet
	reasons
)

// String returns the reason as metrics name it.
func (r Reason) String() string {
	return [...]string{"malformed", "stranger", "foreign", "payload", "duplicate", "unexpected", "?"}[min(r, reasons)]
}

// lateBounds are the upper bounds of the lateness histogram.
var lateBounds = [...]time.Duration{ // table
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond,
	5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
}

// counters are what a plane counts, in its own turn and without atomics.
type counters struct {
	received, sent, unsent uint64
	reportsIn, reportsOut  uint64
	lost, keys, panics     uint64
	dropped                [reasons]uint64
	late                   [len(lateBounds) + 1]uint64
	lateSum                time.Duration
	skipped                uint64
}

// lateness notes how late a slot was served.
func (c *counters) lateness(d time.Duration) {
	i := 0
	for i < len(lateBounds) && d > lateBounds[i] {
		i++
	}
	c.late[i]++
	c.lateSum += d
}

// board is where a plane shows its counters after each turn, so that a scrape reads memory and
// never touches the packet path.
type board struct {
	received, sent, unsent atomic.Uint64
	reportsIn, reportsOut  atomic.Uint64
	lost, keys, panics     atomic.Uint64
	dropped                [reasons]atomic.Uint64
	late                   [len(lateBounds) + 1]atomic.Uint64
	lateSum                atomic.Int64
	skipped                atomic.Uint64
}

// show copies the counters that changed. A plane that is busy has changed a handful of them.
func (b *board) show(c *counters) {
	pairs := [...]struct {
		to   *atomic.Uint64
		from uint64
	}{
		{&b.received, c.received},
		{&b.sent, c.sent},
		{&b.unsent, c.unsent},
		{&b.reportsIn, c.reportsIn},
		{&b.reportsOut, c.reportsOut},
		{&b.lost, c.lost},
		{&b.keys, c.keys},
		{&b.panics, c.panics},
		{&b.skipped, c.skipped},
	}
	for _, p := range pairs {
		put(p.to, p.from)
	}
	for i := range c.dropped {
		put(&b.dropped[i], c.dropped[i])
	}
	for i := range c.late {
		put(&b.late[i], c.late[i])
	}
	b.lateSum.Store(int64(c.lateSum))
}

// put stores v where it is not yet.
func put(to *atomic.Uint64, v uint64) {
	if to.Load() != v {
		to.Store(v)
	}
}
