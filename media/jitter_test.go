package media

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

// line sends packets to a jitter buffer as a network would and plays them.
type line struct {
	size  int           // samples a packet
	drift float64       // the sender's clock against ours, in parts
	delay time.Duration // random, uniform
	loss  float64
}

// code is the audio at a timestamp: never the code of silence.
func code(ts uint32) byte { return byte(ts%200) + 1 }

// outcome is what playing a line gave.
type outcome struct {
	heard, silent, wrong int
	delay                time.Duration // of the last sample heard, network included
}

// play runs a line for d.
func (l line) play(d time.Duration, seed uint64) (o outcome) {
	random := rand.New(rand.NewPCG(seed, 1))
	type arriving struct {
		at time.Duration
		ts uint32
	}
	var flying []arriving
	j, out := newJitter(0), make([]byte, frame)
	next, sent := time.Duration(0), 0
	begin := uint32(0xffffff00)
	for now := time.Duration(0); now < d; now += ms {
		for next <= now {
			if random.Float64() >= l.loss {
				at := next
				if l.delay > 0 {
					at += time.Duration(random.Int64N(int64(l.delay)))
				}
				flying = append(flying, arriving{at, begin + uint32(sent)})
			}
			sent += l.size
			next = time.Duration(float64(sent) * float64(sample) * (1 + l.drift))
		}
		for i := 0; i < len(flying); i++ {
			if flying[i].at <= now {
				payload := make([]byte, l.size)
				for k := range payload {
					payload[k] = code(flying[i].ts + uint32(k))
				}
				j.put(flying[i].ts, payload)
				flying = append(flying[:i], flying[i+1:]...)
				i--
			}
		}
		if now%(20*ms) == 7*ms {
			o.take(j, out, begin, now, l.drift)
		}
	}
	return o
}

// take plays one frame and judges it.
func (o *outcome) take(j *jitter, out []byte, begin uint32, now time.Duration, drift float64) {
	due := j.play
	j.take(out)
	for i, b := range out {
		ts := due + uint32(i)
		switch b {
		case 0:
			o.silent++
		case code(ts):
			o.heard++
			o.delay = now - time.Duration(float64(ts-begin)*float64(sample)*(1+drift))
		default:
			o.wrong++
		}
	}
}

func TestJitterBuffer(t *testing.T) {
	const d = 60 * time.Second
	samples := int(d / sample)
	for name, c := range map[string]struct {
		line
		mostSilent float64 // share of the time
		mostDelay  time.Duration
	}{
		"10 ms packets":      {line{size: 80}, 0.001, 45 * ms},
		"20 ms packets":      {line{size: 160}, 0.001, 45 * ms},
		"30 ms packets":      {line{size: 240}, 0.002, 65 * ms},
		"60 ms packets":      {line{size: 480}, 0.004, 105 * ms},
		"jitter 30 ms":       {line{size: 160, delay: 30 * ms}, 0.01, 100 * ms},
		"jitter 100 ms":      {line{size: 160, delay: 100 * ms}, 0.03, 200 * ms},
		"3 % lost":           {line{size: 160, loss: 0.03}, 0.04, 45 * ms},
		"lost and late":      {line{size: 160, loss: 0.03, delay: 30 * ms}, 0.05, 100 * ms},
		"fast clock":         {line{size: 160, drift: -100e-6}, 0.001, 70 * ms},
		"slow clock":         {line{size: 160, drift: 100e-6}, 0.002, 45 * ms},
		"very fast clock":    {line{size: 160, drift: -5e-3}, 0.001, 90 * ms},
		"30 ms, all at once": {line{size: 240, loss: 0.02, delay: 40 * ms, drift: 200e-6}, 0.06, 140 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				o := c.play(d, seed)
				if o.wrong > 0 {
					t.Fatalf("%d samples are not the ones due", o.wrong)
				}
				if share := float64(o.silent) / float64(samples); share > c.mostSilent {
					t.Errorf("%.2f %% silent, want at most %.2f %%", 100*share, 100*c.mostSilent)
				}
				if o.delay > c.mostDelay {
					t.Errorf("delay %v, want at most %v", o.delay, c.mostDelay)
				}
			}
		})
	}
}

// frameOf returns a packet of audio at ts.
func frameOf(ts uint32, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = code(ts + uint32(i))
	}
	return b
}

func TestJitterReorders(t *testing.T) {
	j, out := newJitter(0), make([]byte, frame)
	for _, ts := range []uint32{480, 160, 320, 320, 640} {
		j.put(ts, frameOf(ts, frame))
	}
	for ts := uint32(160); ts <= 640; ts += frame {
		if !j.take(out) || !bytes.Equal(out, frameOf(ts, frame)) {
			t.Fatalf("frame at %d is wrong", ts)
		}
	}
}

func TestJitterEndsATalk(t *testing.T) {
	j, out := newJitter(0xd5), make([]byte, frame)
	if j.take(out) || !bytes.Equal(out, aSilence[:]) {
		t.Error("an empty buffer talks")
	}
	j.put(0, frameOf(0, 100)) // less than a frame
	heard := 0
	for range patience + 1 {
		if j.take(out) && out[0] == code(0) {
			heard++
		}
	}
	if heard != 1 || !bytes.Equal(out[100:], aSilence[100:]) {
		t.Errorf("a short tail was heard %d times", heard)
	}
	for range talkOver + 1 {
		j.take(out)
	}
	if j.take(out) {
		t.Error("still talking")
	}
	j.put(1<<31, frameOf(1<<31, frame)) // a new talk, elsewhere in time
	if !j.take(out) || out[0] != code(1<<31) {
		t.Error("the next talk does not begin at once")
	}
}

func TestJitterBoundsItsDelay(t *testing.T) {
	j, out := newJitter(0), make([]byte, frame)
	for ts := uint32(0); ts < 3000; ts += frame { // the network pauses, then delivers all at once
		j.put(ts, frameOf(ts, frame))
	}
	if held := j.edge - j.play; held > maxDelay+frame {
		t.Errorf("%d samples in hand", held)
	}
	if !j.take(out) || out[0] != code(j.play-frame) {
		t.Error("the newest audio is not heard")
	}
}

func TestJitterRefusesNonsense(t *testing.T) {
	j, out := newJitter(0), make([]byte, frame)
	j.put(0, make([]byte, ringSize)) // no packet is that long
	if j.take(out) {
		t.Error("took half a second in one packet")
	}
	j.put(0, frameOf(0, frame))
	j.take(out)
	j.put(0, frameOf(0, frame)) // played already
	j.put(1<<30, frameOf(1<<30, frame))
	if !j.take(out) || out[0] != code(1<<30) {
		t.Error("a source that jumps in time is not followed")
	}
}

func BenchmarkJitter(b *testing.B) {
	j, in, out := newJitter(0xd5), frameOf(0, frame), make([]byte, frame)
	b.ReportAllocs()
	ts := uint32(0)
	for b.Loop() {
		j.put(ts, in)
		j.take(out)
		ts += frame
	}
}
