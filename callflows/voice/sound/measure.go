package sound

import (
	"fmt"
	"math"
	"time"
)

// Report is what can be measured of a sound.
type Report struct {
	Rate     int
	Length   time.Duration
	Loudness float64 // LUFS
	Peak     float64 // dB under full scale, so negative or zero
	Clipped  int     // runs of three and more samples held at one extreme
	InBand   float64 // part of the energy between 300 and 3400 Hz
	Ends     Ends
}

// Measure reports on a sound.
func (s Sound) Measure() Report {
	return Report{
		Rate:     s.Rate,
		Length:   s.Duration(),
		Loudness: s.Loudness(),
		Peak:     decibels(s.Peak()),
		Clipped:  s.clipped(),
		InBand:   s.InBand(),
		Ends:     s.Ends(),
	}
}

// clipped counts flat tops: at least three samples in a row at one value within
// half a decibel of full scale.
func (s Sound) clipped() int {
	const full = 0.944
	runs, length := 0, 1
	for i := 1; i < len(s.Samples); i++ {
		if s.Samples[i] != s.Samples[i-1] || math.Abs(s.Samples[i]) < full {
			length = 1
			continue
		}
		if length++; length == 3 {
			runs++
		}
	}
	return runs
}

// Want is what a finished sound must be. A zero field asks nothing.
type Want struct {
	Loudness  float64       // LUFS
	Tolerance float64       // how far from it, either way
	Silence   time.Duration // longest silence at either end
	Longest   time.Duration
	InBand    float64 // least part of the energy in the telephone's band
}

// least is the shortest sound worth playing: half a vowel.
const least = 60 * time.Millisecond

// Faults lists what is wrong with a sound, in words for the person who made it.
func (r Report) Faults(w Want) []string {
	var faults []string
	add := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	add(r.Rate != Rate, "has %d samples a second, want %d", r.Rate, Rate)
	if r.Ends.None {
		return append(faults, "is silent")
	}
	add(r.Length < least, "is only %d ms long", r.Length.Milliseconds())
	add(w.Longest > 0 && r.Length > w.Longest, "is %.1f s long, at most %.1f s are allowed", r.Length.Seconds(), w.Longest.Seconds())
	add(w.Loudness != 0 && math.Abs(r.Loudness-w.Loudness) > w.Tolerance,
		"is at %.1f LUFS, want %.0f within %.1f", r.Loudness, w.Loudness, w.Tolerance)
	add(r.Clipped > 0, "is clipped in %d places", r.Clipped)
	add(r.InBand < w.InBand, "has %.0f %% of its energy between 300 and 3400 Hz, want %.0f %%", 100*r.InBand, 100*w.InBand)
	add(w.Silence > 0 && r.Ends.Lead > w.Silence, "begins with %d ms of silence, at most %d", r.Ends.Lead.Milliseconds(), w.Silence.Milliseconds())
	add(w.Silence > 0 && r.Ends.Tail > w.Silence, "ends with %d ms of silence, at most %d", r.Ends.Tail.Milliseconds(), w.Silence.Milliseconds())
	return faults
}
