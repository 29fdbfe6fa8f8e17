package acd

import (
	"math"
	"time"
)

// Clock is where a Router takes its time from. The default is the time package, so tests may use testing/synctest; a
// simulation passes a Clock of its own and runs days in seconds.
type Clock interface {
	// Now is the current time.
	Now() time.Time
	// AfterFunc calls f once after d. The Router asks for one Timer only and sets it again and again.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is the part of time.Timer that a Router needs.
type Timer interface {
	// Reset makes the timer fire once after d, instead of when it was due before.
	Reset(d time.Duration) bool
}

type systemClock struct{}

func (systemClock) Now() time.Time                            { return time.Now() }
func (systemClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// moment is a time in nanoseconds since the Router was made. It is taken from the monotonic clock, so that neither the
// order of callers nor a time limit moves when the wall clock is set.
type moment int64

const never moment = math.MaxInt64

func (m moment) add(d time.Duration) moment      { return m + moment(d) }
func (m moment) since(from moment) time.Duration { return time.Duration(m - from) }

// timeline holds the Router's present: one reading of the clock serves a whole operation.
type timeline struct {
	clock  Clock
	epoch  time.Time
	now    moment
	wall   time.Time
	zone   *time.Location
	dayEnd time.Time // next midnight in zone, by the wall clock
}

func newTimeline(clock Clock, zone *time.Location) timeline {
	t := timeline{clock: clock, epoch: clock.Now(), zone: zone}
	t.read()
	return t
}

// read takes the time and says whether a new day has begun since the last reading.
func (t *timeline) read() (newDay bool) {
	t.wall = t.clock.Now()
	t.now = max(t.now, moment(t.wall.Sub(t.epoch)))
	if t.wall.Before(t.dayEnd) {
		return false
	}
	y, m, d := t.wall.In(t.zone).Date()
	t.dayEnd = time.Date(y, m, d+1, 0, 0, 0, 0, t.zone)
	return true
}

// at turns a wall time into a moment; the zero time is never.
func (t *timeline) at(wall time.Time) moment {
	if wall.IsZero() {
		return never
	}
	return t.now.add(wall.Sub(t.wall))
}

// wallAt is the wall time of a moment, as the wall clock stands now.
func (t *timeline) wallAt(m moment) time.Time { return t.wall.Add(m.since(t.now)) }
