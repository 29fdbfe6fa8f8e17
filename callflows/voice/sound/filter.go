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

// highpass is the bilinear form of the usual analogue section.
func highpass(freq, q float64, rate int) biquad {
	w := 2 * math.Pi * freq / float64(rate)
	cos, alpha := math.Cos(w), math.Sin(w)/(2*q)
	a0 := 1 + alpha
	return biquad{(1 + cos) / 2 / a0, -(1 + cos) / a0, (1 + cos) / 2 / a0, -2 * cos / a0, (1 - alpha) / a0}
}

// butterworth lists the quality of each section of an eighth-order filter.
func butterworth() []float64 { return []float64{0.50979558, 0.60134489, 0.89997622, 2.5629154} }

// Telephone limits the sound to the band a telephone carries, 300 to 3400 Hz, by
// steep slopes: the hum of "ee" and "oo" lies just below and hissing just above,
// and levelling by what the line cuts away would leave the rest too faint.
func (s Sound) Telephone() Sound {
	out := Sound{Rate: s.Rate, Samples: s.Samples}
	for _, q := range butterworth() {
		out.Samples = highpass(bandLow+20, q, s.Rate).run(out.Samples)
	}
	cutoff := 2 * (bandHigh - 150) / float64(s.Rate)
	if cutoff >= 0.9 {
		return out
	}
	bank, in := newBank(1, slope{cutoff, 48}), out.Samples
	out.Samples = make([]float64, len(in))
	for i := range in {
		out.Samples[i] = bank.at(in, i, 0)
	}
	return out
}
