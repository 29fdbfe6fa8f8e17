package sound

import "time"

// Finish says how a recording is made ready for the telephone.
type Finish struct {
	Loudness float64       // LUFS
	Lead     time.Duration // silence kept before the first sound
	Tail     time.Duration // silence kept after the last
}

// Master makes a recording ready: telephone rate and band, trimmed, levelled.
func (s Sound) Master(f Finish) Sound {
	return s.Centre().Resample(Rate).Telephone().Trim(f.Lead, f.Tail).Level(f.Loudness)
}

// Centre takes away a constant offset, which some microphones add.
func (s Sound) Centre() Sound {
	offset := mean(s.Samples)
	out := Sound{Rate: s.Rate, Samples: make([]float64, len(s.Samples))}
	for i, x := range s.Samples {
		out.Samples[i] = x - offset
	}
	return out
}
