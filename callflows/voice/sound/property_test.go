package sound_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/callflows/voice/sound"
)

// speech draws something like a recording: bursts of tone between pauses, with an
// offset, some noise and the odd click.
func speech(t *rapid.T) sound.Sound {
	rate := rapid.SampledFrom([]int{8000, 11025, 16000, 22050, 44100}).Draw(t, "rate")
	s := sound.Sound{Rate: rate}
	for range rapid.IntRange(1, 4).Draw(t, "bursts") {
		pause := rapid.IntRange(0, rate/2).Draw(t, "pause")
		burst := rapid.IntRange(rate/10, rate).Draw(t, "burst")
		freq := rapid.Float64Range(350, 3000).Draw(t, "freq")
		loud := rapid.Float64Range(0.05, 0.9).Draw(t, "loud")
		s = sound.Join(s, sound.Sound{Rate: rate, Samples: make([]float64, pause)}, tone(freq, loud, burst, rate))
		s.Rate = rate
	}
	noise := rapid.Float64Range(0, 0.0005).Draw(t, "noise")
	offset := rapid.Float64Range(-0.05, 0.05).Draw(t, "offset")
	state := uint32(1)
	for i := range s.Samples {
		state = state*1664525 + 1013904223
		s.Samples[i] += offset + noise*(float64(state>>16)/32768-1)
	}
	if rapid.Bool().Draw(t, "click") {
		s.Samples[len(s.Samples)/2] = 1
	}
	return s
}

// TestMasteredSoundsAreFit: whatever is recorded, what comes out passes the checks
// every shipped sound must pass.
func TestMasteredSoundsAreFit(t *testing.T) {
	want := sound.Want{Loudness: -19, Tolerance: 1, Silence: 300 * time.Millisecond, InBand: 0.8}
	rapid.Check(t, func(t *rapid.T) {
		s := speech(t)
		out := s.Master(sound.Finish{Loudness: -19, Lead: 40 * time.Millisecond, Tail: 120 * time.Millisecond})
		r := out.Measure()
		if faults := r.Faults(want); len(faults) > 0 {
			t.Fatalf("%v: %+v", faults, r)
		}
		if r.Peak > -0.99 {
			t.Fatalf("peak %.2f dB", r.Peak)
		}
		if r.Length > s.Duration()+10*time.Millisecond {
			t.Fatalf("grew from %v to %v", s.Duration(), r.Length)
		}
	})
}

// TestTrimKeepsSpeech: only what is silent goes.
func TestTrimKeepsSpeech(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lead := time.Duration(rapid.IntRange(0, 500).Draw(t, "lead")) * time.Millisecond
		tail := time.Duration(rapid.IntRange(0, 500).Draw(t, "tail")) * time.Millisecond
		burst := tone(700, 0.4, rapid.IntRange(1000, 9000).Draw(t, "burst"), sound.Rate)
		s := sound.Join(sound.Silence(lead), burst, sound.Silence(tail))
		out := s.Trim(30*time.Millisecond, 60*time.Millisecond)
		least := burst.Duration() + min(lead, 30*time.Millisecond) + min(tail, 60*time.Millisecond)
		if d := out.Duration() - least; d < -10*time.Millisecond || d > 10*time.Millisecond {
			t.Fatalf("%v of speech within %v became %v", burst.Duration(), s.Duration(), out.Duration())
		}
		again := out.Trim(30*time.Millisecond, 60*time.Millisecond)
		if d := out.Duration() - again.Duration(); d > 10*time.Millisecond {
			t.Fatalf("trimming again took %v", d)
		}
	})
}

// TestEncodedSoundsSurvive: a file read back differs by no more than A-law's steps.
func TestEncodedSoundsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sound.Sound{Rate: sound.Rate, Samples: rapid.SliceOfN(rapid.Float64Range(-1.5, 1.5), 1, 400).Draw(t, "samples")}
		raw, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back := decoded(t, raw)
		if len(back.Samples) != len(s.Samples) {
			t.Fatalf("%d samples became %d", len(s.Samples), len(back.Samples))
		}
		for i, x := range s.Samples {
			x = max(-1, min(1, x))
			if off := math.Abs(back.Samples[i] - x); off > max(math.Abs(x)/30, 0.0006) {
				t.Fatalf("%f became %f", x, back.Samples[i])
			}
		}
	})
}
