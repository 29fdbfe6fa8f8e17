package media

import (
	"math"
	"testing"
	"time"
)

// TestScore holds the E-model against values of ITU-T G.107: annex B's table of R and MOS, and
// the rating of a clean line.
func TestScore(t *testing.T) {
	for r, want := range map[float64]float64{93.2: 4.41, 90: 4.34, 80: 4.03, 70: 3.60, 60: 3.10, 50: 2.58, 0: 1, 120: 4.5} {
		if got := mos(r); math.Abs(got-want) > 0.01 {
			t.Errorf("R %v: MOS %.3f, want %v", r, got, want)
		}
	}
	for _, c := range []struct {
		loss              float64
		roundTrip, jitter time.Duration
		least, most       float64
	}{
		{0, 0, 0, 4.3, 4.45},
		{0, 100 * ms, 5 * ms, 4.2, 4.4},
		{0.01, 100 * ms, 5 * ms, 3.4, 3.9},
		{0.05, 100 * ms, 5 * ms, 1.8, 2.6},
		{0, 800 * ms, 20 * ms, 2.5, 3.6},
		{1, time.Second, 100 * ms, 1, 1},
		{-1, 0, 0, 4.3, 4.45},
	} {
		if got := score(c.loss, c.roundTrip, c.jitter); got < c.least || got > c.most {
			t.Errorf("loss %v, round trip %v, jitter %v: %.2f, want %v to %v", c.loss, c.roundTrip, c.jitter, got, c.least, c.most)
		}
	}
}

func TestScoreNeverRises(t *testing.T) {
	last := 5.0
	for loss := 0.0; loss <= 1; loss += 0.01 {
		got := score(loss, 50*ms, 5*ms)
		if got > last || got < 1 {
			t.Fatalf("loss %.2f: %.3f after %.3f", loss, got, last)
		}
		last = got
	}
}
