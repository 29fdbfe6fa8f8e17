package load

import (
	"math/bits"
	"time"
)

// grain is the finest time a histogram tells apart.
const grain = 100 * time.Nanosecond

// histogram counts times in buckets that grow with the time, so that any quantile is known to a fixed share of itself.
type histogram struct {
	counts []uint32
	shift  uint // buckets for each doubling, as a power of two
	n      uint64
	sum    time.Duration
	max    time.Duration
}

// Precisions of histograms.
const (
	fine   = 5 // 32 buckets a doubling: within 2 %
	coarse = 2 // 4 buckets a doubling: within 13 %, small enough to have one for each stream
)

func newHistogram(shift uint) *histogram { return &histogram{shift: shift} }

// add counts a time; negative ones count as none.
func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	i := h.bucket(uint64(d / grain))
	for len(h.counts) <= i {
		h.counts = append(h.counts, 0)
	}
	h.counts[i]++
	h.n++
	h.sum += d
	h.max = max(h.max, d)
}

// bucket is where a number of grains is counted: one bucket each up to 2^(shift+1), then 2^shift for each doubling.
func (h *histogram) bucket(v uint64) int {
	if v < 2<<h.shift {
		return int(v)
	}
	exponent := uint(bits.Len64(v)) - h.shift - 1
	return int(exponent)<<h.shift + int(v>>exponent)
}

// middle is the time in the middle of a bucket.
func (h *histogram) middle(i int) time.Duration {
	if i < 2<<h.shift {
		return time.Duration(i) * grain
	}
	exponent := uint(i)>>h.shift - 1
	low := uint64(i) - uint64(exponent)<<h.shift
	return time.Duration(low<<exponent+(1<<exponent)/2) * grain
}

// quantile is the time that a share q of the times does not exceed; 0 when there are none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := min(uint64(q*float64(h.n)), h.n-1)
	for i, c := range h.counts {
		if rank < uint64(c) {
			return min(h.middle(i), h.max)
		}
		rank -= uint64(c)
	}
	return h.max
}

func (h *histogram) mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n) //nolint:gosec // counts of one run
}

// reset forgets everything counted.
func (h *histogram) reset() {
	clear(h.counts)
	h.n, h.sum, h.max = 0, 0, 0
}

// Times are the shape of many measured times, in milliseconds.
type Times struct {
	Count uint64  `json:"count"`
	Mean  float64 `json:"mean_ms"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	P999  float64 `json:"p999_ms"`
	Max   float64 `json:"max_ms"`
}

func (h *histogram) times() Times {
	return Times{h.n, ms(h.mean()), ms(h.quantile(0.5)), ms(h.quantile(0.99)), ms(h.quantile(0.999)), ms(h.max)}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
