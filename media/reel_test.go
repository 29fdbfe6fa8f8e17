package media

import (
	"bytes"
	"testing"

	"hotline/media/sdp"
)

// newReel returns a reel of n chunks.
func newReel(channels, n int) *reel {
	return &reel{channels: channels, pool: newChunkPool(channels), ring: make([]*chunk, n)}
}

// all takes everything that is sealed.
func (r *reel) all() (out []byte) {
	for r.waiting() > 0 {
		out = r.gather(out, 1)
		r.written(1)
	}
	return out
}

// channelOf picks one channel out of interleaved audio.
func channelOf(b []byte, channels, n int) (out []byte) {
	for i := n; i < len(b); i += channels {
		out = append(out, b[i])
	}
	return out
}

func TestReelPlacesAudio(t *testing.T) {
	for _, channels := range []int{1, 2, 3, 8} {
		r := newReel(channels, 8)
		last := channels - 1
		r.write(last, chunkSamples-10, bytes.Repeat([]byte{7}, 20), nil) // over the border
		r.write(last, 5, []byte{1, 2, 3}, nil)
		r.write(last, 3*chunkSamples, []byte{9}, &muToA)
		r.write(0, 0, []byte{4}, nil)
		r.seal(4 * chunkSamples)
		b := r.all()
		if len(b) != 4*chunkSamples*channels {
			t.Fatalf("%d channels: %d bytes", channels, len(b))
		}
		want := bytes.Repeat([]byte{hush(sdp.PCMA)}, 4*chunkSamples)
		copy(want[chunkSamples-10:], bytes.Repeat([]byte{7}, 20))
		copy(want[5:], []byte{1, 2, 3})
		want[3*chunkSamples] = muToA[9]
		if channels == 1 {
			want[0] = 4
		} else if got := channelOf(b, channels, 0); got[0] != 4 || bytes.ContainsAny(got[1:], "\x01\x07") {
			t.Errorf("%d channels: the first has the last's audio", channels)
		}
		if got := channelOf(b, channels, last); !bytes.Equal(got, want) {
			t.Errorf("%d channels: the last is wrong", channels)
		}
		if r.held() != 0 {
			t.Errorf("%d bytes held after all is written", r.held())
		}
	}
}

func TestReelRefusesWhatIsTooLateOrTooMuch(t *testing.T) {
	r := newReel(1, 4)
	r.seal(2*chunkSamples + 100)
	if late, full := r.write(0, 2*chunkSamples-30, make([]byte, 50), nil); late != 30 || full != 0 {
		t.Errorf("%d late, %d full", late, full)
	}
	if late, _ := r.write(0, 0, make([]byte, 50), nil); late != 50 {
		t.Errorf("%d of 50 late", late)
	}
	if _, full := r.write(0, 4*chunkSamples-20, make([]byte, 50), nil); full != 30 {
		t.Errorf("%d of 30 find no room", full)
	}
	if _, full := r.write(0, 9*chunkSamples, make([]byte, 50), nil); full != 50 {
		t.Errorf("%d of 50 find no room", full)
	}
	// Nothing was written to disk for so long that the ring is full: what comes back is whole.
	r.seal(9 * chunkSamples)
	if r.waiting() != 4 {
		t.Fatalf("%d chunks wait", r.waiting())
	}
	if got := r.all(); len(got) != 9*chunkSamples {
		t.Errorf("%d samples", len(got))
	}
}

func BenchmarkReel(b *testing.B) {
	r := newReel(2, 40)
	payload := same(1)
	scratch := make([]byte, 0, writeSize)
	b.ReportAllocs()
	at := int64(0)
	for b.Loop() {
		r.write(0, at, payload, nil)
		r.write(1, at, payload, nil)
		at += frame
		if at%chunkSamples < frame {
			r.seal(at - chunkSamples)
			n := r.waiting()
			scratch = r.gather(scratch[:0], n)
			r.written(n)
		}
	}
}
