package load

import (
	"math/rand/v2"
	"testing"
	"time"

	"hotline/media/wav"
)

func linear(l law, b []byte) []int16 {
	format := map[law]wav.Format{pcma: wav.ALaw, pcmu: wav.MuLaw}[l]
	return wav.File{Header: wav.Header{Format: format, Channels: 1, Rate: 8000}, Data: b}.Channel(0)
}

// Our own coding of G.711 is within its steps of what it codes, everywhere.
func TestLaws(t *testing.T) {
	for _, l := range []law{pcma, pcmu} {
		for v := -32000; v <= 32000; v += 7 {
			got := int(linear(l, []byte{l.encode(int16(v))})[0])
			if off := max(got-v, v-got); off > 20+max(v, -v)/16 {
				t.Fatalf("%s: %d comes back as %d", l, v, got)
			}
		}
	}
}

// A voice is as loud in both laws, and has silence in it.
func TestVoice(t *testing.T) {
	a, mu := linear(pcma, pcma.voice()), linear(pcmu, pcmu.voice())
	quiet := 0
	for i := range a {
		if off := int(a[i]) - int(mu[i]); max(off, -off) > 600 {
			t.Fatalf("sample %d is %d and %d", i, a[i], mu[i])
		}
		if max(a[i], -a[i]) < 20 {
			quiet++
		}
	}
	if len(a) != voiceFrames*frameSize || quiet < len(a)/4 || quiet > len(a)*3/4 {
		t.Errorf("%d of %d samples are quiet", quiet, len(a))
	}
}

// spoken is three frames, the middle one with a mark.
func spoken(l law, m mark) []byte {
	b := append([]byte(nil), l.voice()[:3*frameSize]...)
	m.write(b[frameSize:2*frameSize], l.loud())
	return b
}

// A mark is found wherever frames are cut, in either law, after translation, and after a change of loudness.
func TestMarksAreFound(t *testing.T) {
	want := mark{speaker: 513, counter: 65535, sent: 1<<sentBits - 3}
	changed := func(from, to law, gain float64) []byte {
		b := spoken(from, want)
		for i, v := range linear(from, b) {
			b[i] = to.encode(int16(float64(v) * gain))
		}
		return b
	}
	for name, audio := range map[string][]byte{
		"A-law": spoken(pcma, want), "mu-law": spoken(pcmu, want), "translated": changed(pcma, pcmu, 1),
		"quieter": changed(pcmu, pcma, 0.3), "louder": changed(pcma, pcma, 2),
	} {
		for shift := range frameSize {
			if got, begins, ok := heardIn(audio[shift:]); !ok || got != want || begins != frameSize-shift {
				t.Fatalf("%s, cut at %d: %+v at %d, %t", name, shift, got, begins, ok)
			}
		}
	}
}

// heardIn pushes audio by frames and returns the mark found, and the sample it begins with.
func heardIn(audio []byte) (m mark, begins int, ok bool) {
	var h hearing
	for at := 0; at+8 <= len(audio); {
		n := min((len(audio)-at)&^7, frameSize)
		h.push(audio[at : at+n])
		at += n
		if m, back, found := h.find(n, false); found {
			return m, at - back, true
		}
	}
	return mark{}, 0, false
}

// Noise is no mark, nor is a mark with a wrong bit.
func TestNoiseIsNoMark(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	noise := make([]byte, 200*frameSize)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	if m, at, ok := heardIn(noise); ok {
		t.Errorf("found %+v at %d", m, at)
	}
	for bit := range markBits {
		b := spoken(pcma, mark{speaker: 1, counter: 2, sent: 3})
		b[frameSize+bit] ^= sign
		if m, _, ok := heardIn(b); ok {
			t.Errorf("found %+v with bit %d wrong", m, bit)
		}
	}
}

// Once a mark's place is known only that place is looked at, until the mark is missing for long.
func TestPlaceIsKept(t *testing.T) {
	var h hearing
	audio := spoken(pcma, mark{speaker: 9})
	h.push(audio[frameSize-16 : 2*frameSize-16])
	if _, _, ok := h.find(frameSize, false); !ok {
		t.Fatal("not found")
	}
	place := h.place
	h.push(audio[frameSize-40 : 2*frameSize-40])
	if _, _, ok := h.find(frameSize, true); ok || h.place != place {
		t.Error("found at another place although the place was sure")
	}
}

// A delay is that of the mark's first sample, whether it came with this packet or began in the one before.
func TestDelayOfAMark(t *testing.T) {
	p := Plan{Marks: 5}
	f := &fleet{plan: p, listening: true, figures: newFigures(), phase: measuring}
	s := &stream{in: incoming{jitter: newHistogram(coarse)}}
	sent := time.Now().UnixMicro()
	audio := spoken(pcma, mark{speaker: 4, sent: uint64(sent)})
	shift := 24 // the mark's last samples come with the third packet
	at := sent*1000 + int64(3*time.Millisecond)
	var before int64
	for frame := range 2 {
		f.listen(s, audio[frame*frameSize+shift:][:frameSize], at+int64(frame)*int64(frameTime), before)
		before = at + int64(frame)*int64(frameTime)
	}
	if f.tally.marks != 1 {
		t.Fatalf("%d marks", f.tally.marks)
	}
	want := 3*time.Millisecond + time.Duration(frameSize-shift)*time.Duration(sampleTime)
	if got := f.figures.delay.quantile(0.5); got < want*95/100 || got > want*105/100 {
		t.Errorf("delay %s, want %s", got, want)
	}
}

func BenchmarkListening(b *testing.B) {
	var h hearing
	audio := spoken(pcma, mark{speaker: 1})[frameSize:]
	h.push(audio[:frameSize])
	h.find(frameSize, false)
	b.ReportAllocs()
	for b.Loop() {
		h.push(audio[:frameSize])
		h.find(frameSize, true)
	}
}
