package simulate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/acd"
)

// HalfHour is the length of the intervals by which arrivals are planned and results reported.
const HalfHour = 30 * time.Minute

const halfHours = int(24 * time.Hour / HalfHour)

// Plan is what is simulated.
type Plan struct {
	// Start is a time in the first day; the simulation begins at its midnight, in its location.
	Start time.Time
	// Days is how many days calls arrive. Those in progress after the last one come to their end.
	Days   int
	Queues []acd.Queue
	Agents acd.AgentRules
	// Streams are the arrivals at random, and Calls those that are given.
	Streams []Stream
	Calls   []Call
	Staff   []Staff
	// Seed makes the randomness: the same seed gives the same result.
	Seed uint64
}

// Stream is one kind of callers.
type Stream struct {
	Queue    acd.QueueID
	Claims   acd.Claims
	Must     acd.Must
	PerHour  [halfHours]float64 // calls an hour, by half-hour of the day
	Week     [7]float64         // factors by weekday from Sunday; all zero means 1
	Talk     Law
	Wrap     Law // nil means no wrap-up
	Patience Law // nil means without end
}

// Call is one given call, such as one of a real day.
type Call struct {
	At       time.Time
	Queue    acd.QueueID
	Claims   acd.Claims
	Talk     time.Duration
	Wrap     time.Duration
	Patience time.Duration // 0 means without end
}

// Staff is a number of like counselors who work the same hours.
type Staff struct {
	Like   acd.Agent // ID is the beginning of their names
	Count  int
	From   time.Duration // since midnight
	To     time.Duration // after From; beyond 24 h it is on the next day
	Answer time.Duration // how long they take to answer a ringing phone
	Off    [7]bool       // weekdays without work, from Sunday, by the day on which the shift begins
}

// With is the plan with more counselors.
func (p Plan) With(more ...Staff) Plan {
	p.Staff = slices.Concat(p.Staff, more)
	return p
}

// ErrPlan is in the chain of every fault of a Plan.
var ErrPlan = errors.New("bad plan")

// check names every fault of the plan.
func (p *Plan) check() error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("%w: %s", ErrPlan, fmt.Sprintf(format, args...)))
		}
	}
	fault(p.Days < 1, "%d days", p.Days)
	known := func(q acd.QueueID) bool {
		return slices.ContainsFunc(p.Queues, func(k acd.Queue) bool { return k.Name == q })
	}
	for i, s := range p.Streams {
		fault(!known(s.Queue), "stream %d: unknown queue %q", i+1, s.Queue)
		fault(s.Talk == nil, "stream %d: no law of talks", i+1)
		fault(slices.Min(s.PerHour[:]) < 0 || slices.Min(s.Week[:]) < 0, "stream %d: negative arrivals", i+1)
		for _, law := range []Law{s.Talk, s.Wrap, s.Patience} {
			fault(law != nil && negative(law), "stream %d: negative duration", i+1)
		}
	}
	for i, c := range p.Calls {
		fault(!known(c.Queue), "call %d: unknown queue %q", i+1, c.Queue)
		fault(c.Talk < 0 || c.Wrap < 0 || c.Patience < 0, "call %d: negative duration", i+1)
	}
	for i, s := range p.Staff {
		fault(s.Count < 0, "staff %d: %d people", i+1, s.Count)
		fault(s.From < 0 || s.To <= s.From || s.Answer < 0, "staff %d: hours from %s to %s", i+1, s.From, s.To)
		fault(s.To-s.From > 24*time.Hour, "staff %d: a shift of more than a day", i+1)
	}
	return errors.Join(faults...)
}

// perHour is the rate of a stream in one half-hour of one day.
func (s *Stream) perHour(half int, day time.Weekday) float64 {
	factor := s.Week[day]
	if s.Week == ([7]float64{}) {
		factor = 1
	}
	return s.PerHour[half] * factor
}
