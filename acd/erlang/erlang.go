// Package erlang computes how many counselors a load of calls needs, and what callers then meet: Erlang B and C, and
// Erlang A for callers who give up. All of it assumes arrivals at random and one kind of call; acd/simulate does without.
package erlang

import (
	"errors"
	"math"
	"time"
)

// ErrOverloaded says that there are no more agents than erlangs of load: without callers who give up the line would grow
// for ever. Patience knows the answer for those who do.
var ErrOverloaded = errors.New("load is not less than the number of agents")

// Load is a steady stream of calls. It counts all that are offered: with those answered only, a shortage repeats itself.
type Load struct {
	Calls  float64       // an hour
	Handle time.Duration // mean of talk and wrap-up
}

// Erlangs is the number of agents that the load keeps busy on average.
func (l Load) Erlangs() float64 { return l.Calls * l.Handle.Hours() }

// Service is what callers meet.
type Service struct {
	Delayed   float64       // part of the callers who wait
	Level     float64       // part of all callers answered within the time asked for
	Abandoned float64       // part of all callers who give up; 0 in Erlang C
	Wait      time.Duration // mean over all callers
	Occupancy float64       // part of their time for which agents are busy
}

// Blocked is Erlang B: the part of the calls refused when so many lines carry so many erlangs and nobody can wait.
func Blocked(erlangs float64, lines int) float64 {
	b := 1.0
	for k := 1; k <= lines; k++ {
		b = erlangs * b / (float64(k) + erlangs*b)
	}
	return b
}

// Delayed is Erlang C: the part of the calls that have to wait. It is 1 when the agents are not enough.
func Delayed(erlangs float64, agents int) float64 {
	n := float64(agents)
	if n <= erlangs {
		return 1
	}
	b := Blocked(erlangs, agents)
	return n * b / (n - erlangs*(1-b))
}

// Service is Erlang C: what callers meet who never give up, with the level for answers within so long. It returns
// ErrOverloaded.
func (l Load) Service(agents int, within time.Duration) (Service, error) {
	a, n := l.Erlangs(), float64(agents)
	if n <= a {
		return Service{}, ErrOverloaded
	}
	pw, spare := Delayed(a, agents), n-a
	return Service{
		Delayed:   pw,
		Level:     1 - pw*math.Exp(-spare*within.Seconds()/l.Handle.Seconds()),
		Wait:      time.Duration(pw * float64(l.Handle) / spare),
		Occupancy: a / n,
	}, nil
}

// Agents is the least number of agents with whom at least this part of the callers is answered within so long, by Erlang C.
// The level is below 1.
func (l Load) Agents(level float64, within time.Duration) int {
	for n := int(l.Erlangs()) + 1; ; n++ {
		if s, err := l.Service(n, within); err == nil && s.Level >= level {
			return n
		}
	}
}

// Rostered is how many people have to be on the roster so that agents of them are at work, when this part of paid time,
// below 1, is spent otherwise.
func Rostered(agents int, shrinkage float64) int {
	return int(math.Ceil(float64(agents)/(1-shrinkage) - 1e-9))
}
