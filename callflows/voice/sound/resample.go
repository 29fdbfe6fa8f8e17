package sound

import "math"

// slope is a windowed-sinc lowpass: where it is down by half, as a part of the
// Nyquist frequency, and how many zero crossings it has on each side. The more
// there are, the steeper it is.
type slope struct {
	cutoff float64
	wings  float64
}

// beta shapes the Kaiser window: about 80 dB in the stopband.
const beta = 8.0

// Resample changes the rate by a windowed-sinc lowpass, one filter a phase.
func (s Sound) Resample(rate int) Sound {
	if s.Rate == rate {
		return s
	}
	g := gcd(s.Rate, rate)
	up, down := rate/g, s.Rate/g
	// Flat to 3200 Hz and nothing above 4000 for the telephone.
	bank := newBank(up, slope{0.9 * float64(min(s.Rate, rate)) / float64(s.Rate), 32})
	out := make([]float64, int64(len(s.Samples))*int64(up)/int64(down))
	for i := range out {
		at := int64(i) * int64(down)
		out[i] = bank.at(s.Samples, int(at/int64(up)), int(at%int64(up)))
	}
	return Sound{Rate: rate, Samples: out}
}

// bank holds the lowpass's taps for every position between two input samples.
type bank struct {
	half  int
	slope slope
	taps  [][]float64 // made when a phase is first used
}

func newBank(phases int, lowpass slope) *bank {
	return &bank{
		half:  int(math.Ceil(lowpass.wings / lowpass.cutoff)),
		slope: lowpass,
		taps:  make([][]float64, phases),
	}
}

func (b *bank) at(in []float64, base, phase int) float64 {
	taps := b.phase(phase)
	sum := 0.0
	for k, tap := range taps {
		if j := base - b.half + 1 + k; j >= 0 && j < len(in) {
			sum += float64(tap * in[j])
		}
	}
	return sum
}

func (b *bank) phase(p int) []float64 {
	if b.taps[p] != nil {
		return b.taps[p]
	}
	taps := make([]float64, 2*b.half)
	sum := 0.0
	for k := range taps {
		x := float64(p)/float64(len(b.taps)) - float64(k-b.half+1)
		taps[k] = sinc(x*b.slope.cutoff) * kaiser(x/float64(b.half))
		sum += taps[k]
	}
	for k := range taps {
		taps[k] /= sum
	}
	b.taps[p] = taps
	return taps
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func kaiser(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is the modified Bessel function I0 by its series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
