package load

import (
	"encoding/binary"
	"testing"
	"time"
)

// packet is one of RTP.
func packet(seq uint16, ssrc uint32, kind byte, payload int) []byte {
	b := make([]byte, headerSize+payload)
	b[0], b[1] = 0x80, kind
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[8:], ssrc)
	return b
}

func listener() (*fleet, *stream) {
	return &fleet{figures: newFigures(), phase: measuring}, &stream{in: incoming{jitter: newHistogram(coarse)}}
}

// Jitter is how far two packets are from 20 ms for each number between them; gaps are losses and old packets are late.
func TestArrivalOfPackets(t *testing.T) {
	f, s := listener()
	heard := 0
	s.heard = func() { heard++ }
	at, start := int64(0), time.Now().UnixNano()
	for _, p := range []struct {
		seq   uint16
		after time.Duration
	}{{65534, 0}, {65535, 20 * time.Millisecond}, {0, 23 * time.Millisecond}, {3, 60 * time.Millisecond}, {2, time.Millisecond}, {3, 0}, {4, 17 * time.Millisecond}} {
		at += int64(p.after)
		f.hear(s, packet(p.seq, 7, 8, 160), start+at)
	}
	if tl := f.tally; tl.received != 5 || tl.lost != 2 || tl.late != 2 || heard != 1 {
		t.Errorf("%+v, heard %d", tl, heard)
	}
	if j := f.figures.jitter.times(); j.Count != 4 || j.Max != 3 || j.P50 < 2 {
		t.Errorf("jitter %+v", j)
	}
}

// Another source, a jump of numbers and a marked packet begin anew: they are no jitter and no loss.
func TestStreamBeginsAnew(t *testing.T) {
	f, s := listener()
	now := time.Now().UnixNano()
	for i, p := range [][]byte{
		packet(1, 7, 8, 160), packet(9000, 8, 8, 160), packet(40000, 8, 8, 160), packet(40001, 8, 0x80|8, 160),
	} {
		f.hear(s, p, now+int64(i)*int64(time.Second))
	}
	if f.tally.received != 4 || f.tally.lost != 0 || f.figures.jitter.n != 0 {
		t.Errorf("%+v, jitter of %d", f.tally, f.figures.jitter.n)
	}
}

func TestStrangePacketsAreNotHeard(t *testing.T) {
	f, s := listener()
	extended := packet(1, 1, 8, 160)
	extended[0] |= 0x10
	short := packet(1, 1, 8, 4)
	short[0] |= 3
	for _, b := range [][]byte{nil, {0x80}, {0: 0x40, 20: 0}, packet(1, 1, 101, 4), packet(1, 1, 8, 0), extended, short} {
		f.hear(s, b, 1)
	}
	if s.in.first != 0 || f.tally.received != 0 {
		t.Errorf("%+v", f.tally)
	}
}

// A key is five packets while it is down and three of its end, all with the time of its beginning; then comes audio.
func TestKeying(t *testing.T) {
	k := keying{keys: "7#"}
	var b [4]byte
	for i, key := range []byte{7, 11} {
		for step := range downPackets + endPackets + keyPause {
			now := uint32(i*100_000 + step*frameSize)
			n, first, begun := k.next(b[:], now)
			if step >= downPackets+endPackets {
				if n != 0 {
					t.Fatalf("key %d: no pause at step %d", key, step)
				}
				continue
			}
			duration := uint16(min(step+1, downPackets) * frameSize)
			if n != 4 || b[0] != key || first != (step == 0) || begun != uint32(i*100_000) ||
				b[1]&0x80 != 0 != (step >= downPackets) || binary.BigEndian.Uint16(b[2:]) != duration {
				t.Errorf("key %d, step %d: %v, first %t, begun %d", key, step, b, first, begun)
			}
		}
	}
	if n, _, _ := k.next(b[:], 0); n != 0 || k.keys != "" {
		t.Error("keys are left")
	}
}

// Marks of a second speaker are told apart from marks that were lost.
func TestMarksOfAnother(t *testing.T) {
	f, s := listener()
	f.plan.Marks = 5
	joined := 0
	s.joined = func() { joined++ }
	now := time.Now().UnixMicro()
	for _, m := range []mark{{speaker: 1, counter: 1}, {speaker: 1, counter: 2}, {speaker: 1, counter: 5}, {speaker: 2, counter: 9}} {
		m.sent = uint64(now) & (1<<sentBits - 1)
		f.marked(s, m, now*1000+int64(time.Millisecond))
	}
	if tl := f.tally; tl.marks != 4 || tl.unheard != 2 || tl.crossed != 1 || joined != 1 {
		t.Errorf("%+v, joined %d", tl, joined)
	}
	if d := f.figures.delay.times(); d.P50 < 0.95 || d.P50 > 1.05 {
		t.Errorf("delay %+v", d)
	}
}

func BenchmarkHearing(b *testing.B) {
	f, s := listener()
	p := packet(0, 7, 8, 160)
	at := int64(1)
	b.ReportAllocs()
	for b.Loop() {
		binary.BigEndian.PutUint16(p[2:], s.in.seq+1)
		at += int64(frameTime)
		f.hear(s, p, at)
	}
}
