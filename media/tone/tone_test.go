package tone_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/media/tone"
	"hotline/media/wav"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// near tells whether two levels agree within half a decibel.
func near(a, b float64) bool { return math.Abs(a-b) < 0.5 }

func TestPowerFindsTheTone(t *testing.T) {
	for _, frequency := range []float64{300, 440, 1000, 1633, 3000} {
		for _, level := range []float64{0, -10, -30} {
			pcm := tone.Sine(frequency, level, time.Second)
			if got := tone.Power(pcm, frequency); !near(got, level) {
				t.Errorf("%v Hz at %v dBm0: measured %.1f", frequency, level, got)
			}
			if got := tone.Level(pcm); !near(got, level) {
				t.Errorf("%v Hz at %v dBm0: level %.1f", frequency, level, got)
			}
			if got := tone.Power(pcm, frequency+250); got > level-55 {
				t.Errorf("%v Hz at %v dBm0: %.1f a quarter kilohertz away", frequency, level, got)
			}
		}
	}
}

func TestPowerOfParts(t *testing.T) {
	pcm := tone.Sum(time.Second, tone.Part{440, -10}, tone.Part{880, -20})
	if a, b := tone.Power(pcm, 440), tone.Power(pcm, 880); !near(a, -10) || !near(b, -20) {
		t.Errorf("440 Hz %.1f, 880 Hz %.1f", a, b)
	}
	half := slices.Concat(tone.Sine(440, -10, time.Second), make([]int16, tone.Rate))
	if got := tone.Power(half, 440); !near(got, -13) {
		t.Errorf("half the time: %.1f, want -13", got)
	}
}

func TestNothing(t *testing.T) {
	if tone.Level(nil) != -100 || tone.Power(nil, 440) != -100 || tone.Power(make([]int16, 8000), 440) != -100 {
		t.Error("silence has a level")
	}
}

func TestClipping(t *testing.T) {
	if got := slices.Max(tone.Sine(1000, 20, 100*time.Millisecond)); got != 32767 {
		t.Errorf("peak %d", got)
	}
}

func TestDial(t *testing.T) {
	pcm, err := tone.Dial(tone.Keys, 100*time.Millisecond, 50*time.Millisecond)
	if err != nil || len(pcm) != 16*1200 {
		t.Fatalf("%d samples, %v", len(pcm), err)
	}
	seen := map[[2]float64]bool{}
	for i := range len(tone.Keys) {
		low, high := tone.Frequencies(tone.Keys[i])
		seen[[2]float64{low, high}] = true
		sound := pcm[i*1200 : i*1200+800]
		if a, b := tone.Power(sound, low), tone.Power(sound, high); !near(a, -7) || !near(b, -5) {
			t.Errorf("key %c: %.1f and %.1f dBm0", tone.Keys[i], a, b)
		}
		if tone.Level(pcm[i*1200+800:(i+1)*1200]) != -100 {
			t.Errorf("key %c is not followed by silence", tone.Keys[i])
		}
	}
	if len(seen) != 16 {
		t.Errorf("%d distinct pairs", len(seen))
	}
	if low, high := tone.Frequencies('5'); low != 770 || high != 1336 {
		t.Errorf("key 5: %v and %v Hz", low, high)
	}
	if _, err := tone.Dial("12x", time.Second, 0); err == nil {
		t.Error("dialled x")
	}
}

func TestIn(t *testing.T) {
	f := wav.File{Header: wav.Header{Format: wav.PCM, Channels: 2, Rate: tone.Rate}}
	left, right := tone.Sine(440, -10, time.Second), tone.Sine(880, -10, time.Second)
	for i := range left {
		f.Data = append(f.Data, byte(left[i]), byte(left[i]>>8), byte(right[i]), byte(right[i]>>8))
	}
	if got := tone.In(f, 0, 440); !near(got, -10) {
		t.Errorf("left: %.1f", got)
	}
	if got := tone.In(f, 1, 440); got > -60 {
		t.Errorf("right: %.1f of the left's tone", got)
	}
}
