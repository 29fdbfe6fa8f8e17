package sound

import (
	"math"
	"time"
)

// Rate is the sampling rate of the telephone, in Hz.
const Rate = 8000

// Sound is one channel of samples between -1 and 1 at Rate samples a second.
type Sound struct {
	Rate    int
	Samples []float64
}

// Silence is nothing for a while, at the telephone's rate.
func Silence(d time.Duration) Sound {
	return Sound{Rate: Rate, Samples: make([]float64, count(d, Rate))}
}

// Join puts sounds of one rate after each other.
func Join(all ...Sound) Sound {
	joined := Sound{Rate: Rate}
	for _, s := range all {
		joined.Rate = s.Rate
		joined.Samples = append(joined.Samples, s.Samples...)
	}
	return joined
}

// Duration is how long the sound plays.
func (s Sound) Duration() time.Duration {
	if s.Rate == 0 {
		return 0
	}
	return time.Duration(len(s.Samples)) * time.Second / time.Duration(s.Rate)
}

// Peak is the largest sample's distance from zero.
func (s Sound) Peak() float64 {
	peak := 0.0
	for _, x := range s.Samples {
		peak = max(peak, math.Abs(x))
	}
	return peak
}

// Gain is the sound with every sample multiplied.
func (s Sound) Gain(factor float64) Sound {
	out := Sound{Rate: s.Rate, Samples: make([]float64, len(s.Samples))}
	for i, x := range s.Samples {
		out.Samples[i] = x * factor
	}
	return out
}

// Pad lengthens the sound with silence to a whole number of frames, so that it
// loops and joins on the telephone's 20 ms grid.
func (s Sound) Pad(frame int) Sound {
	if missing := (frame - len(s.Samples)%frame) % frame; missing > 0 {
		samples := make([]float64, len(s.Samples)+missing)
		copy(samples, s.Samples)
		s.Samples = samples
	}
	return s
}

func count(d time.Duration, rate int) int {
	return int(d * time.Duration(rate) / time.Second)
}

// decibels turns a ratio of amplitudes into decibels; nothing is -200.
func decibels(ratio float64) float64 {
	if ratio <= 1e-10 {
		return -200
	}
	return 20 * math.Log10(ratio)
}
