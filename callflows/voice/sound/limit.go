package sound

import (
	"math"
	"time"
)

// ceiling is the highest peak a finished sound has, -1 dB under full scale.
const ceiling = 0.891

// Level brings the sound to a loudness in LUFS. Peaks that would pass the
// ceiling are held by a look-ahead limiter, never cut.
func (s Sound) Level(target float64) Sound {
	out := s
	for range 4 {
		now := out.Loudness()
		if now <= -100 {
			return s
		}
		gain := power(target) / power(now)
		out = out.Gain(math.Sqrt(gain)).limit()
	}
	return out
}

// limit lowers the gain smoothly around every peak above the ceiling: the
// smallest gain needed within 5 ms, averaged over the same time.
func (s Sound) limit() Sound {
	if s.Peak() <= ceiling {
		return s
	}
	need := make([]float64, len(s.Samples))
	for i, x := range s.Samples {
		need[i] = min(1, ceiling/max(x, -x, ceiling))
	}
	reach := count(5*time.Millisecond, s.Rate)
	smooth := average(lowest(need, reach), reach)
	out := Sound{Rate: s.Rate, Samples: make([]float64, len(s.Samples))}
	for i, x := range s.Samples {
		out.Samples[i] = x * smooth[i]
	}
	return out
}

// lowest is the smallest value within reach on each side.
func lowest(x []float64, reach int) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		low := x[i]
		for _, v := range x[max(0, i-reach):min(len(x), i+reach+1)] {
			low = min(low, v)
		}
		out[i] = low
	}
	return out
}

// average is the mean within reach on each side; it never exceeds what lowest
// allows, for each value it averages is bounded by the one in the middle.
func average(x []float64, reach int) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = mean(x[max(0, i-reach):min(len(x), i+reach+1)])
	}
	return out
}
