package sound

import (
	"math"
	"math/cmplx"
)

// window is the length of a spectrum's stretch: 64 ms, 16 Hz a line.
const window = 512

// spectrum is the power in each line up to half the rate, summed over
// overlapping Hann windows of the whole sound.
func (s Sound) spectrum() []float64 {
	power := make([]float64, window/2+1)
	buf, hann := make([]complex128, window), make([]float64, window)
	for i := range hann {
		hann[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
	}
	for at := 0; at == 0 || at+window/2 < len(s.Samples); at += window / 2 {
		for i := range buf {
			buf[i] = 0
			if at+i < len(s.Samples) {
				buf[i] = complex(s.Samples[at+i]*hann[i], 0)
			}
		}
		fft(buf)
		for k := range power {
			power[k] += real(buf[k])*real(buf[k]) + imag(buf[k])*imag(buf[k])
		}
	}
	return power
}

// InBand is the part of the sound's energy between 300 and 3400 Hz, from 0 to 1;
// silence has none.
func (s Sound) InBand() float64 {
	inside, all := 0.0, 0.0
	for k, p := range s.spectrum() {
		all += p
		if freq := k * s.Rate / window; freq >= bandLow && freq <= bandHigh {
			inside += p
		}
	}
	if all == 0 {
		return 0
	}
	return inside / all
}

// fft is the usual in-place transform; the length is a power of two.
func fft(x []complex128) {
	n := len(x)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for size := 2; size <= n; size <<= 1 {
		step := cmplx.Rect(1, -2*math.Pi/float64(size))
		for at := 0; at < n; at += size {
			turn := complex(1, 0)
			for k := range size / 2 {
				a, b := x[at+k], x[at+k+size/2]*turn
				x[at+k], x[at+k+size/2] = a+b, a-b
				turn *= step
			}
		}
	}
}
