package sound

import (
	"math"
	"time"
)

// Loudness is the gated loudness of ITU-R BS.1770-4 in LUFS, its weighting
// computed for the sound's own rate. A sound shorter than one block of 400 ms is
// measured whole; silence is -200.
func (s Sound) Loudness() float64 {
	x := s.Samples
	for _, q := range weighting(s.Rate) {
		x = q.run(x)
	}
	powers := blocks(x, count(400*time.Millisecond, s.Rate))
	loud := gate(powers, power(-70))
	if len(loud) == 0 {
		return -200
	}
	loud = gate(loud, mean(loud)/10)
	return level(mean(loud))
}

// weighting is the head's shelf and the low cut of BS.1770, from their analogue
// forms.
func weighting(rate int) []biquad {
	return []biquad{shelf(1681.974450955533, 3.999843853973347, 0.7071752369554196, rate), lowcut(38.13547087602444, 0.5003270373238773, rate)}
}

func shelf(freq, gain, q float64, rate int) biquad {
	k := math.Tan(math.Pi * freq / float64(rate))
	vh := math.Pow(10, gain/20)
	vb := math.Pow(vh, 0.4996667741545416)
	a0 := 1 + k/q + k*k
	return biquad{
		(vh + vb*k/q + k*k) / a0,
		2 * (k*k - vh) / a0,
		(vh - vb*k/q + k*k) / a0,
		2 * (k*k - 1) / a0,
		(1 - k/q + k*k) / a0,
	}
}

func lowcut(freq, q float64, rate int) biquad {
	k := math.Tan(math.Pi * freq / float64(rate))
	a0 := 1 + k/q + k*k
	return biquad{1, -2, 1, 2 * (k*k - 1) / a0, (1 - k/q + k*k) / a0}
}

// blocks is the mean power of each block; blocks overlap by three quarters.
func blocks(x []float64, size int) []float64 {
	if len(x) <= size {
		return []float64{meanSquare(x)}
	}
	var powers []float64
	for at := 0; at+size <= len(x); at += size / 4 {
		powers = append(powers, meanSquare(x[at:at+size]))
	}
	return powers
}

func gate(powers []float64, floor float64) []float64 {
	var loud []float64
	for _, p := range powers {
		if p > floor {
			loud = append(loud, p)
		}
	}
	return loud
}

// level and power are BS.1770's scale and its inverse.
func level(power float64) float64 { return -0.691 + 10*math.Log10(power) }
func power(level float64) float64 { return math.Pow(10, (level+0.691)/10) }

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(len(x), 1))
}

func meanSquare(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v * v)
	}
	return sum / float64(max(len(x), 1))
}
