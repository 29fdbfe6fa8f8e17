package sound

import (
	"math"
	"slices"
	"time"
)

// frame is the stretch whose power tells speech from silence.
const frame = 5 * time.Millisecond

// Ends are where speech begins and ends in a sound.
type Ends struct {
	Lead time.Duration // silence before the first sound
	Tail time.Duration // silence after the last
	None bool          // nothing is heard at all
}

// Ends finds the silence at both ends: frames 40 dB under the loudest, or within
// 6 dB of a recording's own noise, are silent.
func (s Sound) Ends() Ends {
	first, last := s.heard()
	if first < 0 {
		return Ends{Lead: s.Duration(), Tail: s.Duration(), None: true}
	}
	size := count(frame, s.Rate)
	end := min(len(s.Samples), (last+1)*size)
	return Ends{
		Lead: Sound{s.Rate, s.Samples[:first*size]}.Duration(),
		Tail: Sound{s.Rate, s.Samples[end:]}.Duration(),
	}
}

// heard finds the first and the last frame with sound; -1 when there is none.
func (s Sound) heard() (first, last int) {
	rms := s.frames()
	floor := threshold(rms)
	first = slices.IndexFunc(rms, func(v float64) bool { return v > floor })
	last = first
	for i, v := range rms {
		if v > floor {
			last = i
		}
	}
	return first, last
}

func (s Sound) frames() []float64 {
	size := count(frame, s.Rate)
	var rms []float64
	for x := s.Samples; len(x) > 0; x = x[min(size, len(x)):] {
		rms = append(rms, math.Sqrt(meanSquare(x[:min(size, len(x))])))
	}
	return rms
}

// threshold is the level above which a frame is heard. The tenth quietest of a
// hundred frames stands for the room's noise, but only where it is far below
// speech: a sound without pauses has no noise to measure.
func threshold(rms []float64) float64 {
	if len(rms) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(rms))
	loudest := sorted[len(sorted)-1]
	floor := max(loudest*0.01, 0.001)
	if noise := 2 * sorted[len(sorted)/10]; noise < loudest*0.05 {
		floor = max(floor, noise)
	}
	return floor
}

// Trim leaves at most lead and tail of silence at the ends, with soft edges. A
// silent sound stays as it is.
func (s Sound) Trim(lead, tail time.Duration) Sound {
	ends := s.Ends()
	if ends.None {
		return s
	}
	from := max(0, count(ends.Lead-lead, s.Rate))
	to := min(len(s.Samples), len(s.Samples)-count(ends.Tail-tail, s.Rate))
	out := Sound{Rate: s.Rate, Samples: slices.Clone(s.Samples[from:to])}
	edge := min(count(frame, s.Rate), len(out.Samples)/2)
	for i := range edge {
		fade := float64(i) / float64(edge)
		out.Samples[i] *= fade
		out.Samples[len(out.Samples)-1-i] *= fade
	}
	return out
}
