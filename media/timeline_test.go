package media

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// road is what lies between a phone and us.
type road struct {
	drift  float64       // the phone's clock runs fast by this part
	jitter time.Duration // random delay, uniform
	loss   float64
	size   int // samples a packet
}

// hour runs an hour of packets over the road into a timeline, and returns the largest error of
// their places, in samples, against the true time of what they carry, and the mean error at the
// beginning and at the end.
func (r road) hour(seed uint64) (worst int64, early, late float64) {
	random := rand.New(rand.NewPCG(seed, 9))
	type arriving struct {
		at  float64 // seconds
		seq int
	}
	var line timeline
	var flying []arriving
	perPacket := float64(r.size) / 8000 * (1 - r.drift)
	total := int(3600 / perPacket)
	place := func(a arriving) {
		now := int64(a.at * 8000)
		at, _ := line.place(1, uint32(a.seq*r.size+4294900000), r.size, now)
		truth := float64(a.seq) * perPacket * 8000
		err := float64(at) - truth
		if a.seq > 100*160/r.size {
			worst = max(worst, int64(math.Abs(err)))
		}
		switch {
		case a.seq < total/10:
			early += err / float64(total/10)
		case a.seq >= total-total/10:
			late += err / float64(total/10)
		}
	}
	for seq := range total {
		captured := float64(seq+1) * perPacket
		if random.Float64() >= r.loss {
			flying = append(flying, arriving{captured + 0.005 + random.Float64()*r.jitter.Seconds(), seq})
		}
		for len(flying) > 8 {
			slices.SortFunc(flying, func(a, b arriving) int { return int(math.Copysign(1, a.at-b.at)) })
			place(flying[0])
			flying = flying[1:]
		}
	}
	return worst, early, late
}

// TestTimelineOverAnHour holds that no packet of an hour is placed more than 20 ms from where it
// belongs, so that two sides are never more than 40 ms apart, and that the talk does not wander.
func TestTimelineOverAnHour(t *testing.T) {
	for _, drift := range []float64{-100e-6, 0, 100e-6} {
		for _, c := range []road{
			{size: 160},
			{size: 160, jitter: 30 * ms, loss: 0.03},
			{size: 240, jitter: 60 * ms, loss: 0.01},
			{size: 480, loss: 0.1},
		} {
			c.drift = drift
			t.Run(fmt.Sprintf("%+.0f ppm, %d samples, jitter %v, loss %v", 1e6*drift, c.size, c.jitter, c.loss), func(t *testing.T) {
				worst, early, late := c.hour(1)
				if worst > 160 {
					t.Errorf("%d samples from its place", worst)
				}
				if d := late - early; d > 80 || d < -80 {
					t.Errorf("wandered by %.0f samples", d)
				}
			})
		}
	}
}

func TestTimelineBeginsAnew(t *testing.T) {
	for name, c := range map[string]struct {
		ssrc, ts uint32
		now      int64
		want     int64
	}{
		"in order":                {1, 160, 480, 320},
		"after a pause in time":   {1, 80160, 80480, 80320},
		"after its clock stopped": {1, 160, 80480, 80320},
		"its clock jumped":        {1, 1 << 30, 480, 320},
		"another source":          {2, 7, 480, 320},
		"repeated":                {1, 0, 480, 160},
		"older":                   {1, 0xffffff60, 500, 0},
		"late but not a new talk": {1, 160, 4000, 320},
	} {
		t.Run(name, func(t *testing.T) {
			var line timeline
			if at, _ := line.place(1, 0, 160, 320); at != 160 {
				t.Fatalf("the first is placed at %d", at)
			}
			if at, _ := line.place(c.ssrc, c.ts, 160, c.now); at != c.want {
				t.Errorf("placed at %d, want %d", at, c.want)
			}
		})
	}
}

// TestTimelineCorrectsAJumpOfTheNetwork changes the road's delay for good.
func TestTimelineCorrectsAJumpOfTheNetwork(t *testing.T) {
	for _, jump := range []int64{-600, -100, 100, 600, 2000} {
		var line timeline
		var at int64
		for i := range int64(1500) {
			delay := int64(800)
			if i >= 500 {
				delay += jump
			}
			at, _ = line.place(1, uint32(i*160), 160, (i+1)*160+delay)
		}
		if err := at - (1499*160 + 800 + jump); err > tolerance || err < -tolerance {
			t.Errorf("jump of %d: still off by %d", jump, err)
		}
	}
}

func TestTimelineFillsWhatItMoves(t *testing.T) {
	var line timeline
	covered := int64(-1)
	for i := range int64(3000) { // a phone 200 ppm slow
		now := 160 + int64(float64((i+1)*160)*1.0002)
		at, fill := line.place(1, uint32(i*160), 160, now)
		if covered >= 0 && at-int64(fill) > covered {
			t.Fatalf("packet %d leaves a hole of %d samples", i, at-int64(fill)-covered)
		}
		covered = at + 160
	}
}

func BenchmarkTimeline(b *testing.B) {
	var line timeline
	b.ReportAllocs()
	i := int64(0)
	for b.Loop() {
		line.place(1, uint32(i*160), 160, (i+1)*160)
		i++
	}
}
