package tone

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Rate is the sample rate of telephone audio.
const Rate = 8000

// overload is the level in dBm0 of a sine of full scale (ITU-T G.711 table 5 for A-law).
const overload = 3.14

// samples returns how many samples d lasts.
func samples(d time.Duration) int { return int(d * Rate / time.Second) }

// Amplitude returns the peak of a sine of the given level.
func Amplitude(dBm0 float64) float64 {
	return 32767 * math.Pow(10, (dBm0-overload)/20)
}

// Sine returns a sine of the given frequency in Hz and level.
func Sine(frequency, dBm0 float64, d time.Duration) []int16 {
	return Sum(d, Part{frequency, dBm0})
}

// Part is one sine of a sum.
type Part struct {
	Frequency float64 // Hz
	Level     float64 // dBm0
}

// Sum returns sines sounding together; what exceeds full scale is clipped.
func Sum(d time.Duration, parts ...Part) []int16 {
	out := make([]int16, samples(d))
	for i := range out {
		v := 0.0
		for _, p := range parts {
			v += Amplitude(p.Level) * math.Sin(2*math.Pi*p.Frequency*float64(i)/Rate)
		}
		out[i] = int16(math.Round(max(-32768, min(32767, v))))
	}
	return out
}

// Keys are the sixteen keys in the order of their event codes (RFC 4733 section 3.2).
const Keys = "0123456789*#ABCD"

// Frequencies returns the low and high frequency of a key in Hz (ITU-T Q.23), or zeros for what
// is no key.
func Frequencies(key byte) (low, high float64) {
	const grid = "123A456B789C*0#D"
	i := strings.IndexByte(grid, key)
	if i < 0 {
		return 0, 0
	}
	return [4]float64{697, 770, 852, 941}[i/4], [4]float64{1209, 1336, 1477, 1633}[i%4]
}

// Dial returns keys pressed one after another, each sounding for on and followed by off of
// silence, at the usual -7 and -5 dBm0 of telephone sets.
func Dial(keys string, on, off time.Duration) ([]int16, error) {
	var out []int16
	for i := range len(keys) {
		low, high := Frequencies(keys[i])
		if low == 0 {
			return nil, fmt.Errorf("dial: %q is no key", keys[i])
		}
		out = append(out, Sum(on, Part{low, -7}, Part{high, -5})...)
		out = append(out, make([]int16, samples(off))...)
	}
	return out, nil
}
