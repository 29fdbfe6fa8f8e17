package media

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hotline/media/sdp"
)

// wire is a packet of audio that can be sent again and again as the next.
type wire struct {
	b   [headerSize + frame]byte
	seq uint16
	ts  uint32
}

// next returns the next packet in p's buffer, as if it had just been read.
func (w *wire) next(p *plane) []byte {
	w.seq++
	w.ts += frame
	stamp{seq: w.seq, ts: w.ts, kind: 8}.write(w.b[:], 7)
	return p.turn.in[:copy(p.turn.in[:], w.b[:])]
}

// BenchmarkPacketPath is one packet of a recorded, bridged call: checked, counted, listened to,
// recorded, given a new header and sent. "without kernel" leaves out the system call that sends.
func BenchmarkPacketPath(b *testing.B) {
	for name, c := range map[string]struct {
		to     sdp.Codec
		kernel bool
		sound  byte
	}{
		"same law":                 {sdp.PCMA, true, 0x2a},
		"without kernel":           {sdp.PCMA, false, 0x2a},
		"without kernel, quiet":    {sdp.PCMA, false, 0xd5},
		"without kernel, two laws": {sdp.PCMU, false, 0x2a},
	} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, 1)
			_, x, y := pairUp(b, r, sdp.PCMA, c.to)
			rec, err := r.e.Record(RecordOptions{Path: filepath.Join(b.TempDir(), "rec.wav"), Channels: 2})
			if err != nil {
				b.Fatal(err)
			}
			r.attach(rec, x.to, 0)
			p := x.to.plane.Load()
			if !c.kernel {
				real := y.to.pair
				y.to.pair.rtp = -1
				defer func() { y.to.pair = real }()
			}
			var w wire
			for i := range w.b {
				w.b[i] = c.sound
			}
			p.turn.now = r.now
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p.turn.now += 20 * ms
				r.now = p.turn.now
				if !x.to.hear(p, w.next(p), x.addr) {
					b.Fatal("dropped")
				}
				y.to.out.stream.tick(1)
				if i%12 == 0 { // stands for the scribe
					rec.mu.Lock()
					rec.reel.seal(rec.place(r.now))
					rec.reel.written(rec.reel.waiting())
					rec.mu.Unlock()
				}
			}
			if got := x.to.in.count.received; got < uint64(b.N) || rec.tracks[0].heard < int64(b.N-2)*frame {
				b.Fatalf("%d packets, %d samples recorded", got, rec.tracks[0].heard)
			}
		})
	}
}

// BenchmarkPlayout is one frame of a prompt: its slot served, header and audio put together, sent.
func BenchmarkPlayout(b *testing.B) {
	for name, kernel := range map[string]bool{"with kernel": true, "without kernel": false} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, 1)
			s := r.open(nil)
			newHandset(b, s, 7).apply(sdp.PCMA)
			p := s.plane.Load()
			if err := s.begin(&playing{player: player{list: Playlist{Prompts: []*Prompt{Tone(440, -10, time.Second)}, Loop: true}}, done: make(chan struct{})}); err != nil {
				b.Fatal(err)
			}
			if !kernel {
				real := s.pair
				s.pair.rtp = -1
				defer func() { s.pair = real }()
			}
			s.watch.chore = 1 << 62
			b.ReportAllocs()
			for b.Loop() {
				p.turn.tick += slots
				s.due(p)
			}
		})
	}
}

// BenchmarkRecorderWrite is one packet into a recording, and its share of what the scribe does.
func BenchmarkRecorderWrite(b *testing.B) {
	r := newRig(b, 1)
	rec, err := r.e.Record(RecordOptions{Path: filepath.Join(b.TempDir(), "rec.wav"), Channels: 2})
	if err != nil {
		b.Fatal(err)
	}
	pkt := packet{raw: make([]byte, headerSize+frame), body: headerSize, ssrc: 7}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.now += 20 * ms
		pkt.ts += frame
		rec.write(i%2, &pkt, sdp.PCMA, r.now)
		if i%12 == 0 {
			r.e.scribe.flush(rec)
			if i%(1<<16) == 0 { // keep the file small
				rec.mu.Lock()
				rec.origin = r.now
				rec.reel.first, rec.reel.sealed = 0, 0
				clear(rec.reel.ring)
				rec.tracks[0].line, rec.tracks[1].line = timeline{}, timeline{}
				rec.tracks[0].edge, rec.tracks[1].edge = 0, 0
				rec.mu.Unlock()
			}
		}
	}
}

// BenchmarkTurn is a turn of a plane with nothing due: what a millisecond costs by itself.
func BenchmarkTurn(b *testing.B) {
	r := newRig(b, 1)
	r.open(nil)
	p := r.e.planes[0]
	b.ReportAllocs()
	for b.Loop() {
		p.serve(r.now)
	}
}

// TestPacketPathAllocatesNothing is the claim the benchmarks show.
func TestPacketPathAllocatesNothing(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	p := x.to.plane.Load()
	p.turn.now = r.now
	var w wire
	tones := encode(sdp.PCMA, keypress('5', -9, -7, 0, 0, 20*ms))
	copy(w.b[headerSize:], tones)
	key := make([]byte, headerSize+4)
	key[0], key[headerSize] = 0x80, 5
	allocs := testing.AllocsPerRun(2000, func() {
		p.turn.now += 20 * ms
		r.now = p.turn.now
		x.to.hear(p, w.next(p), x.addr)
		binary.BigEndian.PutUint16(key[2:], w.seq+1)
		x.to.hear(p, append(p.turn.in[:0], key...), x.addr)
		y.to.due(p)
		rec.mu.Lock()
		rec.reel.seal(rec.place(r.now))
		rec.reel.written(rec.reel.waiting())
		rec.mu.Unlock()
	})
	// Reports, once in five seconds and session, may.
	if allocs >= 1 {
		t.Errorf("%v allocations a packet", allocs)
	}
}

// mixRig is a mix of parties, of whom some talk, with no kernel behind: wires instead of sockets.
func mixRig(t testing.TB, parties, talking int) (round func()) {
	t.Helper()
	r := newRig(t, 1)
	all := company(t, r, parties)
	m := NewMix(all[0].to)
	wires := make([]wire, talking)
	for i, g := range all {
		joins(t, m, g)
		g.to.watch.chore = 1 << 62
		real := g.to.pair
		g.to.pair.rtp = -1
		t.Cleanup(func() { g.to.pair = real })
		if i < talking {
			copy(wires[i].b[headerSize:], g.voice)
		}
	}
	p := all[0].to.plane.Load()
	p.turn.now = r.now
	return func() {
		p.turn.now += 20 * ms
		p.turn.tick += slots
		r.now = p.turn.now
		for i := range wires {
			b := wires[i].next(p)
			b[1] = all[i].law.Payload()
			all[i].to.hear(p, b, all[i].addr)
		}
		for _, g := range all {
			g.to.due(p)
		}
	}
}

// BenchmarkMix is 20 ms of a mix, of which a few talk: reading their packets, mixing, and a packet
// for each put together. The system calls that read and send are left out.
func BenchmarkMix(b *testing.B) {
	for _, c := range []struct{ parties, talking int }{{2, 2}, {3, 1}, {3, 2}, {3, 3}, {5, 2}, {8, 2}, {32, 2}, {32, 8}, {32, 32}} {
		b.Run(fmt.Sprintf("%d of %d talk", c.talking, c.parties), func(b *testing.B) {
			round := mixRig(b, c.parties, c.talking)
			for range 10 {
				round()
			}
			b.ReportAllocs()
			for b.Loop() {
				round()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.parties), "ns/party")
		})
	}
}

// TestMixAllocatesNothing is the claim the benchmark shows.
func TestMixAllocatesNothing(t *testing.T) {
	for _, parties := range []int{2, 3, 5} {
		round := mixRig(t, parties, 2)
		for range 10 {
			round()
		}
		if allocs := testing.AllocsPerRun(500, round); allocs != 0 {
			t.Errorf("%d parties: %v allocations in a round", parties, allocs)
		}
	}
}
