package sip

import (
	"sync"
	"time"
)

// ladder is the times of repeating an answer until it is acknowledged: after gap,
// then twice as long each time up to limit, until left is used up.
type ladder struct {
	gap, limit, left time.Duration
}

// answers is the ladder of a 2xx (RFC 3261 section 13.3.1.4).
func answers(t Timers) ladder { return ladder{gap: t.T1, limit: t.T2, left: 64 * t.T1} }

// provisionals is the ladder of a reliable provisional (RFC 3262 section 3).
func provisionals(t Timers) ladder { return ladder{gap: t.T1, limit: 64 * t.T1, left: 64 * t.T1} }

// next returns how long to wait now. It reports false when the time is up.
func (l *ladder) next() (time.Duration, bool) {
	if l.left <= 0 {
		return 0, false
	}
	wait := min(l.gap, l.left)
	l.left -= wait
	l.gap = min(2*l.gap, l.limit)
	return wait, true
}

// repeater climbs a ladder: send at each step, giveUp at the end, nothing more
// once stopped. It holds no goroutine.
type repeater struct {
	mu      sync.Mutex
	ladder  ladder
	timer   *time.Timer
	stopped bool
	send    func()
	giveUp  func()
}

// repeat starts the first wait; the first sending is the caller's.
func repeat(l ladder, send, giveUp func()) *repeater {
	r := &repeater{ladder: l, send: send, giveUp: giveUp}
	r.mu.Lock()
	defer r.mu.Unlock()
	wait, _ := r.ladder.next()
	r.timer = time.AfterFunc(wait, r.step)
	return r
}

func (r *repeater) step() {
	r.mu.Lock()
	if r.stopped {
		r.mu.Unlock()
		return
	}
	wait, more := r.ladder.next()
	if more {
		r.timer.Reset(wait)
	} else {
		r.stopped = true
	}
	r.mu.Unlock()
	if more {
		r.send()
	} else {
		r.giveUp()
	}
}

// stop ends the repeating. It may be called twice, and on nil.
func (r *repeater) stop() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	r.timer.Stop()
}
