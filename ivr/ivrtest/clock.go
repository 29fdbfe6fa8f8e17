package ivrtest

import "time"

// Clock is a time that passes only when told to. One call uses it from one
// goroutine.
type Clock struct{ now time.Time }

// NewClock begins at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the present.
func (c *Clock) Now() time.Time { return c.now }

// Pass lets time pass.
func (c *Clock) Pass(d time.Duration) {
	if d > 0 {
		c.now = c.now.Add(d)
	}
}
