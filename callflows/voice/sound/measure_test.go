package sound_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"hotline/callflows/voice/sound"
)

func TestInBand(t *testing.T) {
	for freq, want := range map[float64]float64{100: 0, 1000: 1, 3000: 1, 3800: 0} {
		if got := tone(freq, 0.3, 8000, 8000).InBand(); math.Abs(got-want) > 0.02 {
			t.Errorf("%.0f Hz: %.3f in band, want %.0f", freq, got, want)
		}
	}
	mixed := tone(1000, 0.3, 8000, 8000)
	for i, x := range tone(100, 0.3, 8000, 8000).Samples {
		mixed.Samples[i] += x
	}
	if got := mixed.InBand(); math.Abs(got-0.5) > 0.02 {
		t.Errorf("half and half: %.3f", got)
	}
	if got := sound.Silence(time.Second).InBand(); got != 0 {
		t.Errorf("silence: %.3f", got)
	}
	if got := tone(1000, 0.3, 100, 8000).InBand(); got < 0.8 {
		t.Errorf("a short tone: %.3f", got)
	}
}

func TestEnds(t *testing.T) {
	s := sound.Join(sound.Silence(100*time.Millisecond), tone(800, 0.3, 4000, 8000), sound.Silence(400*time.Millisecond))
	ends := s.Ends()
	if ends.Lead != 100*time.Millisecond || ends.Tail != 400*time.Millisecond || ends.None {
		t.Errorf("ends %+v", ends)
	}
	if !sound.Silence(time.Second).Ends().None || !(sound.Sound{Rate: 8000}).Ends().None {
		t.Error("silence has no ends")
	}
}

func TestClippedCountsFlatTops(t *testing.T) {
	loud := tone(500, 1.5, 8000, 8000)
	for i, x := range loud.Samples {
		loud.Samples[i] = max(-1, min(1, x))
	}
	if got := loud.Measure().Clipped; got < 900 {
		t.Errorf("%d flat tops of about 1000 were seen", got)
	}
	for name, s := range map[string]sound.Sound{
		"a loud tone": tone(500, 0.99, 8000, 8000),
		"silence":     sound.Silence(time.Second),
	} {
		if got := s.Measure().Clipped; got != 0 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// TestFaults: each fault of a sound is named, in words that say what to do.
func TestFaults(t *testing.T) {
	want := sound.Want{Loudness: -19, Tolerance: 1, Silence: 300 * time.Millisecond, Longest: 3 * time.Second, InBand: 0.9}
	good := tone(800, 1, 8000, 8000).Level(-19)
	clipped := tone(500, 9, 8000, 8000)
	for i, x := range clipped.Samples {
		clipped.Samples[i] = max(-1, min(1, x))
	}
	for _, row := range []struct {
		name string
		s    sound.Sound
		want []string
	}{
		{"good", good, nil},
		{"silent", sound.Silence(time.Second), []string{"is silent"}},
		{"long", sound.Join(good, good, good, good), []string{"is 4.0 s long, at most 3.0 s are allowed"}},
		{"short", sound.Sound{Rate: 8000, Samples: good.Samples[:400]}, []string{"is only 50 ms long"}},
		{"quiet", good.Gain(0.5), []string{"is at -25.0 LUFS, want -19 within 1.0"}},
		{"clipped", clipped, []string{"LUFS", "is clipped in"}},
		{"low", tone(120, 1, 8000, 8000).Level(-19), []string{"has 0 % of its energy between 300 and 3400 Hz, want 90 %"}},
		{"late", sound.Join(sound.Silence(time.Second), good), []string{"begins with 1000 ms of silence, at most 300"}},
		{"slow to end", sound.Join(good, sound.Silence(time.Second)), []string{"ends with 1000 ms of silence, at most 300"}},
		{"another rate", tone(800, 0.17, 16000, 16000), []string{"has 16000 samples a second, want 8000"}},
	} {
		faults := row.s.Measure().Faults(want)
		all := strings.Join(faults, "; ")
		if row.want == nil && len(faults) > 0 {
			t.Errorf("%s: %s", row.name, all)
		}
		for _, w := range row.want {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q, want %q", row.name, all, w)
			}
		}
	}
	if faults := sound.Silence(time.Second).Measure().Faults(sound.Want{}); len(faults) != 1 {
		t.Errorf("asking nothing of silence: %v", faults)
	}
}
