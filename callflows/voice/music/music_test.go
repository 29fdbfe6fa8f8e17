package music_test

import (
	"bytes"
	"math"
	"os"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/callflows/voice/music"
	"hotline/callflows/voice/sound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestShippedAreComposedHere compares the committed files with what the code
// makes; other processors round otherwise.
func TestShippedAreComposedHere(t *testing.T) {
	for name, s := range music.Files() {
		want, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("../../audio/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOARCH == "amd64" && !bytes.Equal(got, want) || len(got) != len(want) {
			t.Errorf("%s is not what is composed: go generate ./callflows/voice", name)
		}
	}
}

func TestHold(t *testing.T) {
	hold := music.Hold()
	r := hold.Measure()
	if r.Length < 30*time.Second || r.Length > 40*time.Second {
		t.Errorf("lasts %v", r.Length)
	}
	if len(hold.Samples)%160 != 0 {
		t.Error("is no whole number of 20 ms frames")
	}
	if math.Abs(r.Loudness+27) > 0.5 || r.Clipped > 0 || r.Peak > -6 {
		t.Errorf("%.1f LUFS, %d clipped, peak %.1f dB", r.Loudness, r.Clipped, r.Peak)
	}
	if r.InBand < 0.9 {
		t.Errorf("%.2f of the energy is in the band", r.InBand)
	}
	if faults := r.Faults(sound.Want{}); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}

// TestHoldLoops: the step from the last sample to the first is no larger than the
// steps around it, so that nobody hears the seam.
func TestHoldLoops(t *testing.T) {
	s := music.Hold().Samples
	largest := 0.0
	for i := 1; i < 4000; i++ {
		largest = max(largest, math.Abs(s[i]-s[i-1]), math.Abs(s[len(s)-i]-s[len(s)-i-1]))
	}
	if seam := math.Abs(s[0] - s[len(s)-1]); seam > largest {
		t.Errorf("the seam is %f, the largest step nearby %f", seam, largest)
	}
}

// TestHoldNeverStops: no second of the loop is silent, or callers think the line
// is dead; and none is much louder than the rest.
func TestHoldNeverStops(t *testing.T) {
	hold := music.Hold()
	for at := 0; at+8000 <= len(hold.Samples); at += 8000 {
		second := sound.Sound{Rate: hold.Rate, Samples: hold.Samples[at : at+8000]}
		if l := second.Loudness(); l < -35 || l > -22 {
			t.Errorf("second %d is at %.1f LUFS", at/8000, l)
		}
	}
}

func TestRingback(t *testing.T) {
	s := music.Ringback()
	if s.Duration() != 5*time.Second {
		t.Errorf("lasts %v", s.Duration())
	}
	ends := s.Ends()
	if ends.Lead > 10*time.Millisecond || ends.Tail < 3990*time.Millisecond {
		t.Errorf("ends %+v", ends)
	}
	if hz := frequency(s.Samples[1000:7000]); math.Abs(hz-450) > 2 {
		t.Errorf("sounds at %.0f Hz", hz)
	}
}

func TestBeep(t *testing.T) {
	s := music.Beep()
	if s.Duration() != 400*time.Millisecond || s.Samples[0] != 0 || s.Samples[len(s.Samples)-1] != 0 {
		t.Errorf("lasts %v, from %f to %f", s.Duration(), s.Samples[0], s.Samples[len(s.Samples)-1])
	}
	if hz := frequency(s.Samples); math.Abs(hz-1000) > 5 {
		t.Errorf("sounds at %.0f Hz", hz)
	}
	if peak := s.Peak(); peak < 0.15 || peak > 0.16 {
		t.Errorf("peak %f", peak)
	}
}

// frequency counts the zero crossings.
func frequency(x []float64) float64 {
	crossings := 0
	for i := 1; i < len(x); i++ {
		if (x[i] >= 0) != (x[i-1] >= 0) {
			crossings++
		}
	}
	return float64(crossings) / 2 / (float64(len(x)) / 8000)
}

func BenchmarkHold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		music.Hold()
	}
}
