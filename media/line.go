package media

import (
	"math/rand/v2"
	"time"

	"hotline/media/sdp"
)

// Line is whether the peer still sends anything, audio or reports.
type Line uint8

// The states of a line, and what may follow: Live -> Quiet -> Lost, and Live again from either.
const (
	Live Line = iota
	Quiet
	Lost
)

// String returns the state's name.
func (l Line) String() string { return [...]string{"live", "quiet", "lost", "?"}[l&3] }

// choreTime is how often a session's chores are done.
const choreTime = time.Second

// watch notices when a peer falls silent. A peer that has us on hold may be silent much longer.
type watch struct {
	agreed bool
	held   bool
	limits Limits
	last   time.Duration // last sign of life
	state  Line
	out    chan Line
	chore  time.Duration // when the session's chores are due next
	lost   uint64        // packets counted as lost so far
}

// apply follows what was agreed. The time runs from the agreement, not from before it.
func (w *watch) apply(agreed sdp.Params, now time.Duration) {
	w.agreed, w.held = true, agreed.Held()
	w.last = now
}

// heard notes a sign of life.
func (w *watch) heard(now time.Duration) {
	w.last = now
	if w.state != Live {
		w.enter(Live)
	}
}

// check moves on when the silence has lasted long enough.
func (w *watch) check(now time.Duration) {
	if !w.agreed {
		return
	}
	silent := now - w.last
	switch {
	case w.held:
		if silent >= w.limits.Held && w.state != Lost {
			w.enter(Lost)
		}
	case silent >= w.limits.Lost && w.state != Lost:
		w.enter(Lost)
	case silent >= w.limits.Quiet && w.state == Live:
		w.enter(Quiet)
	}
}

// enter changes the state and tells it. When nobody listens the oldest news is dropped: only the
// latest matters.
func (w *watch) enter(state Line) {
	w.state = state
	for {
		select {
		case w.out <- state:
			return
		default:
		}
		select {
		case <-w.out:
		default:
		}
	}
}

// chores does what a session needs once a second: reports, the watch over the line, the count of
// what was lost.
func (s *Session) chores(p *plane) {
	w, now := &s.watch, p.turn.now
	if w.chore == 0 {
		// Spread the chores of sessions that begin together.
		w.chore = now + time.Duration(rand.Int64N(int64(choreTime)))
		return
	}
	w.chore = now + choreTime
	w.check(now)
	if lost := s.in.count.lost(); lost > w.lost {
		p.counters.lost += lost - w.lost
		w.lost = lost
	}
	s.report(p)
}
