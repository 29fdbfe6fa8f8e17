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

// Ends finds the silence at both ends: frames 40 dB under the loudest are silent.
func (s Sound) Ends() Ends {
	rms := s.frames()
	return s.ends(rms, floor(rms))
}

func (s Sound) ends(rms []float64, floor float64) Ends {
	first, last := -1, -1
	for i, v := range rms {
		if v <= floor {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 {
		return Ends{Lead: s.Duration(), Tail: s.Duration(), None: true}
	}
	size := max(1, count(frame, s.Rate))
	end := min(len(s.Samples), (last+1)*size)
	return Ends{
		Lead: Sound{s.Rate, s.Samples[:first*size]}.Duration(),
		Tail: Sound{s.Rate, s.Samples[end:]}.Duration(),
	}
}

func (s Sound) frames() []float64 {
	size := max(1, count(frame, s.Rate))
	var rms []float64
	for x := s.Samples; len(x) > 0; x = x[min(size, len(x)):] {
		rms = append(rms, math.Sqrt(meanSquare(x[:min(size, len(x))])))
	}
	return rms
}

// floor is the level above which a frame is heard.
func floor(rms []float64) float64 {
	return max(slices.Max(append(rms, 0))*0.01, 0.001)
}

// noise is twice the level of a room between words, or 0 where it cannot be told:
// the quietest tenth of a recording is its noise only when it is long enough to
// have pauses and that tenth is far below speech.
func noise(rms []float64) float64 {
	if len(rms) < int(time.Second/frame) {
		return 0
	}
	sorted := slices.Sorted(slices.Values(rms))
	if quiet := 2 * sorted[len(sorted)/10]; quiet < sorted[len(sorted)-1]*0.05 {
		return quiet
	}
	return 0
}

// Trim leaves at most lead and tail of silence at the ends, with soft edges. A
// room's noise counts as silence. A silent sound stays as it is.
func (s Sound) Trim(lead, tail time.Duration) Sound {
	rms := s.frames()
	ends := s.ends(rms, max(floor(rms), noise(rms)))
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
