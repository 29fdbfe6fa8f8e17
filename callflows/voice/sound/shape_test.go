package sound_test

import (
	"math"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/callflows/voice/sound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone is a sine of n samples.
func tone(freq, amplitude float64, n, rate int) sound.Sound {
	s := sound.Sound{Rate: rate, Samples: make([]float64, n)}
	for i := range s.Samples {
		s.Samples[i] = amplitude * math.Sin(2*math.Pi*freq*float64(i)/float64(rate))
	}
	return s
}

// middle leaves the edges out, where filters begin and end.
func middle(s sound.Sound) sound.Sound {
	n := len(s.Samples)
	return sound.Sound{Rate: s.Rate, Samples: s.Samples[n/4 : n*3/4]}
}

func TestResampleKeepsTones(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 44100, 48000, 6000, 22051} {
		for _, freq := range []float64{300, 1000, 2500} {
			if freq > 0.4*float64(rate) {
				continue // within the slope of a slow recording
			}
			got := tone(freq, 0.5, rate, rate).Resample(8000)
			if len(got.Samples) < 7999 || len(got.Samples) > 8000 || got.Rate != 8000 {
				t.Fatalf("%d Hz: one second became %d samples", rate, len(got.Samples))
			}
			want := tone(freq, 0.5, len(got.Samples), 8000)
			for i := 1000; i < 7000; i++ {
				if math.Abs(got.Samples[i]-want.Samples[i]) > 0.004 {
					t.Fatalf("%d Hz: sample %d of a %.0f Hz tone is %f, want %f", rate, i, freq, got.Samples[i], want.Samples[i])
				}
			}
		}
	}
}

// TestResampleStopsAliases: what a telephone cannot carry must not fold back.
func TestResampleStopsAliases(t *testing.T) {
	for _, freq := range []float64{4300, 6000, 7500, 10000} {
		got := middle(tone(freq, 0.5, 44100, 44100).Resample(8000))
		if got.Peak() > 0.001 {
			t.Errorf("a tone of %.0f Hz leaves %f", freq, got.Peak())
		}
	}
}

func TestTelephoneBand(t *testing.T) {
	for _, row := range []struct {
		freq     float64
		rate     int
		least    float64
		greatest float64
	}{
		{60, 8000, 0, 0.02},
		{150, 8000, 0, 0.1},
		{400, 8000, 0.85, 1.05},
		{230, 8000, 0, 0.1},
		{1003, 8000, 0.98, 1.02},
		{3000, 8000, 0.8, 1.05},
		{3500, 8000, 0, 0.1},
		{3900, 8000, 0, 0.05},
		{1003, 6000, 0.98, 1.02}, // too slow a rate for the upper slope
	} {
		got := middle(tone(row.freq, 1, row.rate, row.rate).Telephone()).Peak()
		if got < row.least || got > row.greatest {
			t.Errorf("%.0f Hz at %d comes out at %.3f, want %.2f to %.2f", row.freq, row.rate, got, row.least, row.greatest)
		}
	}
}

// TestLoudnessReference: BS.1770 says that a 997 Hz sine at full scale in one
// channel is -3.01 LUFS.
func TestLoudnessReference(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		if got := tone(997, 1, 5*rate, rate).Loudness(); math.Abs(got+3.01) > 0.1 {
			t.Errorf("at %d: %.2f LUFS, want -3.01", rate, got)
		}
		if got := tone(997, 0.1, 5*rate, rate).Loudness(); math.Abs(got+23.01) > 0.1 {
			t.Errorf("at %d, 20 dB lower: %.2f LUFS, want -23.01", rate, got)
		}
	}
}

// TestLoudnessGate: pauses do not make speech quieter.
func TestLoudnessGate(t *testing.T) {
	loud := tone(997, 0.5, 8000, 8000)
	paused := sound.Join(loud, sound.Silence(5*time.Second), loud)
	if a, b := loud.Loudness(), paused.Loudness(); math.Abs(a-b) > 1.5 {
		t.Errorf("%.1f LUFS, with a pause %.1f", a, b)
	}
	if got := sound.Silence(time.Second).Loudness(); got != -200 {
		t.Errorf("silence is %.1f LUFS", got)
	}
	if got := tone(997, 0.5, 800, 8000).Loudness(); math.Abs(got+9.03) > 0.6 {
		t.Errorf("a tenth of a second is %.1f LUFS, want about -9", got)
	}
}

func TestLevelReachesTarget(t *testing.T) {
	for name, s := range map[string]sound.Sound{
		"quiet": tone(800, 0.01, 16000, 8000),
		"loud":  tone(800, 0.9, 16000, 8000),
		"short": tone(800, 0.3, 1200, 8000),
	} {
		out := s.Level(-19)
		if got := out.Loudness(); math.Abs(got+19) > 0.2 {
			t.Errorf("%s: %.2f LUFS", name, got)
		}
	}
	silent := sound.Silence(time.Second)
	if out := silent.Level(-19); out.Peak() != 0 {
		t.Errorf("silence was raised to %f", out.Peak())
	}
}

// TestLevelHoldsPeaks: clicks far above the speech are held, not cut.
func TestLevelHoldsPeaks(t *testing.T) {
	s := tone(800, 0.1, 16000, 8000)
	for i := 500; i < len(s.Samples); i += 2000 {
		s.Samples[i] = 1
	}
	out := s.Level(-15)
	if out.Peak() > 0.8911 {
		t.Errorf("peak %f", out.Peak())
	}
	if got := out.Measure().Clipped; got != 0 {
		t.Errorf("%d clipped", got)
	}
	if got := out.Loudness(); math.Abs(got+15) > 0.5 {
		t.Errorf("%.2f LUFS, want -15", got)
	}
}

func TestTrim(t *testing.T) {
	speech := tone(800, 0.3, 4000, 8000)
	noise := tone(1234, 0.002, 8000, 8000)
	for _, row := range []struct {
		name       string
		s          sound.Sound
		lead, tail time.Duration
		want       time.Duration
	}{
		{"silence", sound.Join(sound.Silence(time.Second), speech, sound.Silence(2*time.Second)), 20 * time.Millisecond, 50 * time.Millisecond, 570 * time.Millisecond},
		{"noise", sound.Join(noise, speech, noise), 20 * time.Millisecond, 50 * time.Millisecond, 570 * time.Millisecond},
		{"nothing to cut", speech, 20 * time.Millisecond, 50 * time.Millisecond, 500 * time.Millisecond},
		{"less than allowed", sound.Join(sound.Silence(10*time.Millisecond), speech), 20 * time.Millisecond, 50 * time.Millisecond, 510 * time.Millisecond},
		{"a pause inside", sound.Join(speech, sound.Silence(time.Second), speech), 0, 0, 2 * time.Second},
	} {
		out := row.s.Trim(row.lead, row.tail)
		if got := out.Duration(); got < row.want-10*time.Millisecond || got > row.want+10*time.Millisecond {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
		if first := out.Samples[0]; first != 0 {
			t.Errorf("%s: begins with a step to %f", row.name, first)
		}
	}
	silent := sound.Silence(time.Second)
	if out := silent.Trim(0, 0); out.Duration() != time.Second {
		t.Errorf("silence was cut to %v", out.Duration())
	}
}

func TestPad(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 160, 160: 160, 161: 320} {
		s := sound.Sound{Rate: 8000, Samples: make([]float64, n)}
		if got := len(s.Pad(160).Samples); got != want {
			t.Errorf("%d samples padded to %d, want %d", n, got, want)
		}
	}
}

// TestMaster puts a studio recording with an offset, hum and hiss through the
// whole chain, and measures what comes out as a stranger would.
func TestMaster(t *testing.T) {
	rate := 44100
	s := sound.Join(
		sound.Sound{Rate: rate, Samples: make([]float64, rate)},
		tone(700, 0.05, 2*rate, rate),
		sound.Sound{Rate: rate, Samples: make([]float64, rate)},
	)
	hum, hiss := tone(50, 0.02, len(s.Samples), rate), tone(9000, 0.02, len(s.Samples), rate)
	for i := range s.Samples {
		s.Samples[i] += 0.1 + hum.Samples[i] + hiss.Samples[i]
	}
	out := s.Master(sound.Finish{Loudness: -19, Lead: 60 * time.Millisecond, Tail: 150 * time.Millisecond})
	faults := out.Measure().Faults(sound.Want{Loudness: -19, Tolerance: 0.5, Silence: 200 * time.Millisecond, Longest: 3 * time.Second, InBand: 0.95})
	if len(faults) > 0 {
		t.Errorf("faults: %v\n%+v", faults, out.Measure())
	}
}

func TestMasterIsDeterministic(t *testing.T) {
	s := tone(700, 0.2, 22050, 22050)
	f := sound.Finish{Loudness: -19}
	a, errA := s.Master(f).Encode()
	b, errB := s.Master(f).Encode()
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Error("the same sound gave different bytes")
	}
}

func BenchmarkMaster(b *testing.B) {
	b.ReportAllocs()
	s := tone(700, 0.2, 5*22050, 22050)
	for b.Loop() {
		s.Master(sound.Finish{Loudness: -19})
	}
}
