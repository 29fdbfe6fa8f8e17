package tone

import (
	"math"

	"hotline/media/wav"
)

// silent is the level given for no signal at all.
const silent = -100.0

// block is the span of one measurement, 50 ms: 20 Hz wide, and short enough that the phase jumps
// of a lost or added packet spoil only the block they fall in.
const block = Rate / 20

// level turns a mean square into dBm0.
func level(square float64) float64 {
	if square < 1e-6 {
		return silent
	}
	return max(silent, 10*math.Log10(square*2/(32767*32767))+overload)
}

// Level returns the level of everything in pcm.
func Level(pcm []int16) float64 {
	if len(pcm) == 0 {
		return silent
	}
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return level(sum / float64(len(pcm)))
}

// Power returns the level in dBm0 of one frequency in pcm, averaged over whole blocks of 50 ms;
// -100 when there is nothing or less than one block.
func Power(pcm []int16, frequency float64) float64 {
	sum, blocks := 0.0, 0
	for ; len(pcm) >= block; pcm = pcm[block:] {
		sum += square(pcm[:block], frequency)
		blocks++
	}
	if blocks == 0 {
		return silent
	}
	return level(sum / float64(blocks))
}

// square returns the mean square of one frequency, by the Goertzel recurrence over a Hann window,
// which keeps a neighbour's sidelobes 60 dB down from a few hundred Hz on.
func square(pcm []int16, frequency float64) float64 {
	c := 2 * math.Cos(2*math.Pi*frequency/Rate)
	n := float64(len(pcm))
	s1, s2 := 0.0, 0.0
	for i, v := range pcm {
		w := 1 - math.Cos(2*math.Pi*(float64(i)+0.5)/n)
		s1, s2 = w*float64(v)+c*s1-s2, s1
	}
	return 2 * (s1*s1 + s2*s2 - c*s1*s2) / (n * n)
}

// In returns the level in dBm0 of one frequency in a channel, counted from 0, of a WAV file of
// 8,000 samples a second.
func In(f wav.File, channel int, frequency float64) float64 {
	return Power(f.Channel(channel), frequency)
}
