package media

import (
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestReceptionCounts(t *testing.T) {
	for name, c := range map[string]struct {
		seqs     []uint16
		arrivals []arrival
		total    uint64
		lost     uint64
	}{
		"in order":       {[]uint16{5, 6, 7}, []arrival{restart, fresh, fresh}, 3, 0},
		"wrap":           {[]uint16{65534, 65535, 0, 1}, []arrival{restart, fresh, fresh, fresh}, 4, 0},
		"loss at a wrap": {[]uint16{65534, 1}, []arrival{restart, fresh}, 4, 2},
		"reordered":      {[]uint16{5, 7, 6, 8}, []arrival{restart, fresh, late, fresh}, 4, 0},
		"repeated":       {[]uint16{5, 6, 6, 5}, []arrival{restart, fresh, duplicate, duplicate}, 2, 0},
		"too late":       {[]uint16{5, 80, 6}, []arrival{restart, fresh, duplicate}, 76, 74},
		"hundred lost":   {[]uint16{5, 106}, []arrival{restart, restart}, 102, 100},
		"anew ahead":     {[]uint16{5, 6, 20000, 20001}, []arrival{restart, fresh, restart, fresh}, 4, 0},
		"anew behind":    {[]uint16{5000, 1, 2, 3}, []arrival{restart, stray, restart, fresh}, 3, 0},
		"one old packet": {[]uint16{5000, 1, 5001, 2}, []arrival{restart, stray, fresh, stray}, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var r reception
			for i, seq := range c.seqs {
				if got := r.packet(seq, uint32(seq)*frame, time.Duration(i)*20*ms); got != c.arrivals[i] {
					t.Errorf("packet %d (%d): %v, want %v", i, seq, got, c.arrivals[i])
				}
			}
			if r.total() != c.total || r.lost() != c.lost {
				t.Errorf("%d sent, %d lost; want %d and %d", r.total(), r.lost(), c.total, c.lost)
			}
		})
	}
}

func TestReceptionKeepsCountAcrossSources(t *testing.T) {
	var r reception
	for _, seq := range []uint16{1, 2, 4} {
		r.packet(seq, uint32(seq)*frame, 0)
	}
	r.source()
	r.packet(40000, 7, 0)
	if r.total() != 5 || r.lost() != 1 {
		t.Errorf("%d sent, %d lost", r.total(), r.lost())
	}
}

func TestReceptionInterval(t *testing.T) {
	var r reception
	for seq := range uint16(100) {
		if seq%4 != 3 {
			r.packet(seq, uint32(seq)*frame, 0)
		}
	}
	if got := r.interval(); got < 60 || got > 64 {
		t.Errorf("a quarter lost is %d of 256", got)
	}
	if got := r.interval(); got != 0 {
		t.Errorf("nothing since, yet %d", got)
	}
}

// TestReceptionJitter holds the estimate against arrivals whose mean deviation is known.
func TestReceptionJitter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, spread := range []time.Duration{0, 4 * ms, 30 * ms} {
		var r reception
		for i := range 5000 {
			at := time.Duration(i) * 20 * ms
			if spread > 0 {
				at += time.Duration(random.Int64N(int64(spread)))
			}
			r.packet(uint16(i), uint32(i*frame), at)
		}
		// Two uniform delays differ by a third of their range on average.
		want := spread / 3
		if got := r.spread(); got < want*6/10 || got > want*14/10+ms/2 {
			t.Errorf("delays of 0 to %v: jitter %v, want about %v", spread, got, want)
		}
	}
}

func TestReceptionJitterForgivesAJump(t *testing.T) {
	var r reception
	for i := range 10 {
		r.packet(uint16(i), uint32(i*frame), time.Duration(i)*20*ms)
	}
	r.packet(10, 1<<30, 200*ms)
	if r.spread() > 70*ms {
		t.Errorf("jitter %v after a jump of timestamps", r.spread())
	}
}

func BenchmarkReception(b *testing.B) {
	var r reception
	b.ReportAllocs()
	seq := uint16(0)
	for b.Loop() {
		seq++
		r.packet(seq, uint32(seq)*frame, time.Duration(seq)*20*ms)
	}
}
