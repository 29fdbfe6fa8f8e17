package media

import "math"

// Gain is how loud something is heard, as a factor in 4,096ths. The zero value is Off.
type Gain int32

// Off lets nothing through, Unity everything as it is, Loudest four times as strong: 12 dB.
const (
	Off     Gain = 0
	Unity   Gain = 1 << unityBits
	Loudest Gain = 4 * Unity
)

// unityBits is the binary logarithm of Unity.
const unityBits = 12

// Decibels returns the gain of so many decibels: 0 is Unity, more than 12 is Loudest.
func Decibels(dB float64) Gain {
	return Gain(math.Round(float64(Unity) * math.Pow(10, dB/20))).clamp()
}

// clamp returns the gain within what can be reckoned with.
func (g Gain) clamp() Gain { return max(Off, min(g, Loudest)) }

// times returns the gain of one after the other.
func (g Gain) times(other Gain) Gain {
	return Gain(int64(g) * int64(other) >> unityBits).clamp()
}
