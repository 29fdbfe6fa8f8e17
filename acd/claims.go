package acd

import "time"

// Claims is what gives a caller precedence. Each claim is worth points, and a point is a head start of ten seconds, so
// that nobody starves: whoever has waited longer by the difference is served first. Minor and Danger are protected
// classes besides: they come before everybody else, and no limit of a queue is applied to them.
type Claims uint8

// The claims, with their worth in points.
const (
	// Soldier is a soldier, a veteran or their kin: 20.
	Soldier Claims = 1 << iota
	// Frail is an elder or a person with a disability: 20.
	Frail
	// Repeat has given up waiting once today: 30.
	Repeat
	// Deadline has a time limit that ends in less than seven days: 40.
	Deadline
	// Minor is under 18, or of unknown age on a line for minors: 60. A Minor is offered only to agents who hold the
	// minors qualification of the Config, whatever the queue asks for.
	Minor
	// Danger is in danger now: 1000. Preferences are not waited for.
	Danger
)

// Point is the head start that one point of priority gives.
const Point = 10 * time.Second

var worth = [...]int{20, 20, 30, 40, 60, 1000} // table

// Protected says whether c holds a protected class.
func (c Claims) Protected() bool { return c&(Minor|Danger) != 0 }

// Points is the sum of what the claims are worth.
func (c Claims) Points() int {
	sum := 0
	for i, points := range worth {
		if c&(1<<i) != 0 {
			sum += points
		}
	}
	return sum
}
