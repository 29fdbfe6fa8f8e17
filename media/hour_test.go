package media

import (
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/wav"
)

// memory is a file in memory.
type memory struct{ b []byte }

func (m *memory) WriteAt(b []byte, at int64) (int, error) {
	if end := at + int64(len(b)); end > int64(len(m.b)) {
		m.b = append(m.b, make([]byte, end-int64(len(m.b)))...)
	}
	return copy(m.b[at:], b), nil
}

func (m *memory) ReadAt(b []byte, at int64) (int, error) {
	n := copy(b, m.b[min(at, int64(len(m.b))):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) Sync() error  { return nil }
func (m *memory) Close() error { return nil }

// side is one end of the hour's call.
type side struct {
	drift float64 // of its clock
	size  int
	loss  float64
	next  float64 // when its next packet is complete, in seconds
	sent  int
}

// packets returns what has arrived by now: some packets are lost, some overtaken by the next.
func (s *side) packets(now float64, random *rand.Rand) (out []packet) {
	for s.next <= now {
		p := packet{raw: make([]byte, headerSize+s.size), body: headerSize, ssrc: 7, ts: uint32(s.sent)}
		begin := s.next - float64(s.size)/8000*(1-s.drift)
		for i := range s.size {
			// Every ten seconds of true time there is a loud mark of 100 ms.
			p.raw[headerSize+i] = hush(sdp.PCMA)
			if at := begin + float64(i)/8000; at > 1 && at-10*float64(int(at/10)) < 0.1 {
				p.raw[headerSize+i] = 0x2a
			}
		}
		s.sent += s.size
		s.next += float64(s.size) / 8000 * (1 - s.drift)
		if random.Float64() >= s.loss {
			out = append(out, p)
		}
	}
	if len(out) == 2 && random.IntN(20) == 0 {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// TestHour records an hour of two phones whose clocks drift apart, over a network that loses and
// reorders, and finds each mark of the one within 40 ms of the same mark of the other.
func TestHour(t *testing.T) {
	r := newRig(t, 1)
	file1 := &memory{b: make([]byte, 0, 58<<20)}
	r.e.scribe.open = func(string) (file, error) { return file1, nil }
	rec := r.record(2)
	random := rand.New(rand.NewPCG(11, 12))
	sides := []*side{{drift: 100e-6, size: 160, loss: 0.03}, {drift: -100e-6, size: 240, loss: 0.01}}
	for i := range 3600 * 50 {
		r.now += 20 * ms
		for channel, s := range sides {
			for _, p := range s.packets(float64(i+1)*0.02, random) {
				jitter := time.Duration(random.Int64N(int64(15 * ms)))
				rec.write(channel, &p, sdp.PCMA, r.now+jitter)
			}
		}
		if i%12 == 0 {
			r.e.scribe.flush(rec)
		}
	}
	got := r.finish(rec)
	f, err := wav.Decode(file1.b)
	if err != nil || got.Duration != time.Hour || f.Duration() != time.Hour {
		t.Fatal(got.Duration, f.Duration(), err)
	}
	left, right := marks(f.Channel(0)), marks(f.Channel(1))
	if len(left) != 359 || len(right) != 359 {
		t.Fatalf("%d and %d marks", len(left), len(right))
	}
	worst := 0
	for i := range left {
		worst = max(worst, abs(left[i]-right[i]))
		if off := left[i] - (i+1)*80000; off < -320 || off > 640 {
			t.Fatalf("mark %d is %d samples off the clock", i, off)
		}
	}
	t.Logf("worst distance of the two sides: %v", time.Duration(worst)*sample)
	if worst > 320 {
		t.Errorf("the sides are %v apart", time.Duration(worst)*sample)
	}
}
