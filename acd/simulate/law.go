package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Law is a law of random durations.
type Law interface {
	// Draw returns one duration, never negative.
	Draw(*rand.Rand) time.Duration
	// Mean is the mean of what Draw returns.
	Mean() time.Duration
}

// Constant is the same duration always.
type Constant time.Duration

// Draw returns the duration.
func (c Constant) Draw(*rand.Rand) time.Duration { return time.Duration(c) }

// Mean returns the duration.
func (c Constant) Mean() time.Duration { return time.Duration(c) }

// Exponential is the law of durations without memory, given by its mean. It is what Erlang's formulas assume.
type Exponential time.Duration

// Draw returns one duration.
func (e Exponential) Draw(r *rand.Rand) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(e))
}

// Mean returns the mean.
func (e Exponential) Mean() time.Duration { return time.Duration(e) }

// LogNormal is the law that talks are closest to: many short ones, some very long.
type LogNormal struct {
	Average time.Duration // the mean
	Spread  float64       // standard deviation in parts of the mean
}

// Draw returns one duration.
func (l LogNormal) Draw(r *rand.Rand) time.Duration {
	variance := math.Log1p(l.Spread * l.Spread)
	return time.Duration(float64(l.Average) * math.Exp(r.NormFloat64()*math.Sqrt(variance)-variance/2))
}

// Mean returns the mean.
func (l LogNormal) Mean() time.Duration { return l.Average }

// Seen is the law of durations that were seen: each is as likely as every other.
type Seen []time.Duration

// Draw returns one of the durations, 0 when there are none.
func (s Seen) Draw(r *rand.Rand) time.Duration {
	if len(s) == 0 {
		return 0
	}
	return s[r.IntN(len(s))]
}

// Mean returns the mean of the durations.
func (s Seen) Mean() time.Duration {
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return sum / time.Duration(max(1, len(s)))
}

// negative says whether a law was given a duration below 0.
func negative(l Law) bool {
	switch l := l.(type) {
	case Seen:
		return slices.ContainsFunc(l, func(d time.Duration) bool { return d < 0 })
	case LogNormal:
		return l.Average < 0 || l.Spread < 0
	default:
		return l.Mean() < 0
	}
}
