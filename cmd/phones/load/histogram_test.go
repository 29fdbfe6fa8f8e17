package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Quantiles are those of the sorted times, within the precision of the histogram.
func TestQuantiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for shift, tolerance := range map[uint]float64{fine: 0.02, coarse: 0.13} {
		h, all := newHistogram(shift), make([]time.Duration, 20_000)
		for i := range all {
			all[i] = time.Duration(r.ExpFloat64() * float64(3*time.Millisecond))
			h.add(all[i])
		}
		slices.Sort(all)
		for _, q := range []float64{0, 0.1, 0.5, 0.99, 0.999} {
			want := all[int(q*float64(len(all)))]
			if off := h.quantile(q) - want; max(off, -off) > time.Duration(tolerance*float64(want))+grain {
				t.Errorf("shift %d: quantile %g is %s, want %s", shift, q, h.quantile(q), want)
			}
		}
		if h.quantile(1) > h.max || h.max != all[len(all)-1] || h.n != uint64(len(all)) {
			t.Errorf("max %s of %s, %d", h.quantile(1), h.max, h.n)
		}
	}
}

// Every bucket's middle is counted in that bucket.
func TestBuckets(t *testing.T) {
	for _, shift := range []uint{fine, coarse} {
		h := newHistogram(shift)
		for i := range int(30 << shift) {
			if got := h.bucket(uint64(h.middle(i) / grain)); got != i {
				t.Fatalf("shift %d: the middle of %d is counted in %d", shift, i, got)
			}
		}
	}
}

func TestHistogramEdges(t *testing.T) {
	h := newHistogram(fine)
	if h.quantile(0.5) != 0 || h.mean() != 0 || h.times() != (Times{}) {
		t.Error("nothing counted is not nothing")
	}
	h.add(-time.Second)
	h.add(2 * time.Millisecond)
	if h.n != 2 || h.mean() != time.Millisecond || h.times().Max != 2 {
		t.Errorf("%+v", h.times())
	}
	h.reset()
	if h.n != 0 || h.max != 0 || h.quantile(0.5) != 0 {
		t.Error("not forgotten")
	}
}

func BenchmarkHistogram(b *testing.B) {
	h := newHistogram(fine)
	b.ReportAllocs()
	for b.Loop() {
		h.add(1234 * time.Microsecond)
	}
}
