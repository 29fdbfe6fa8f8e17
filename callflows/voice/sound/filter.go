package sound

import "math"

// The telephone's band, in Hz.
const (
	bandLow  = 300
	bandHigh = 3400
)

// biquad is a second-order section in direct form 1.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

func (q biquad) run(in []float64) []float64 {
	out := make([]float64, len(in))
	var x1, x2, y1, y2 float64
	for i, x := range in {
		y := float64(q.b0*x) + float64(q.b1*x1) + float64(q.b2*x2) - float64(q.a1*y1) - float64(q.a2*y2)
		x2, x1, y2, y1 = x1, x, y1, y
		out[i] = y
	}
	return out
}

// highpass and lowpass are the bilinear forms of the usual analogue sections.
func highpass(freq, q float64, rate int) biquad {
	w := 2 * math.Pi * freq / float64(rate)
	cos, alpha := math.Cos(w), math.Sin(w)/(2*q)
	a0 := 1 + alpha
	return biquad{(1 + cos) / 2 / a0, -(1 + cos) / a0, (1 + cos) / 2 / a0, -2 * cos / a0, (1 - alpha) / a0}
}

func lowpass(freq, q float64, rate int) biquad {
	w := 2 * math.Pi * freq / float64(rate)
	cos, alpha := math.Cos(w), math.Sin(w)/(2*q)
	a0 := 1 + alpha
	return biquad{(1 - cos) / 2 / a0, (1 - cos) / a0, (1 - cos) / 2 / a0, -2 * cos / a0, (1 - alpha) / a0}
}

// butterworth lists the quality of each section of a fourth-order filter.
func butterworth() []float64 { return []float64{0.54119610, 1.3065630} }

// Telephone limits the sound to the band a telephone carries, 300 to 3400 Hz, by
// fourth-order slopes.
func (s Sound) Telephone() Sound {
	x := s.Samples
	for _, q := range butterworth() {
		x = highpass(bandLow-20, q, s.Rate).run(x)
	}
	if s.Rate > 2*(bandHigh+50) {
		for _, q := range butterworth() {
			x = lowpass(bandHigh+50, q, s.Rate).run(x)
		}
	}
	return Sound{Rate: s.Rate, Samples: x}
}
