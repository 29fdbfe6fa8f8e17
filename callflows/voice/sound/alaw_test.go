package sound

import "testing"

// TestALawKnownBytes holds the coder to values of ITU-T G.711.
func TestALawKnownBytes(t *testing.T) {
	for _, row := range []struct {
		pcm  int
		want byte
	}{
		{0, 0xD5},
		{8, 0xD5},
		{16, 0xD4},
		{-1, 0x55},
		{-8, 0x55},
		{-17, 0x54},
		{32767, 0xAA},
		{-32768, 0x2A},
		{1000, 0xFA},
		{-1000, 0x7A},
		{16384, 0xA5},
		{-300, 0x47},
	} {
		if got := encodeALaw(row.pcm); got != row.want {
			t.Errorf("a-law of %d is %#x, want %#x", row.pcm, got, row.want)
		}
	}
}

// TestALawRoundTrip: each byte stands for the middle of what encodes to it.
func TestALawRoundTrip(t *testing.T) {
	for b := range 256 {
		if got := encodeALaw(decodeALaw(byte(b))); got != byte(b) {
			t.Errorf("byte %#x decodes to %d, which encodes to %#x", b, decodeALaw(byte(b)), got)
		}
	}
	for pcm := -32768; pcm < 32768; pcm++ {
		size := max(pcm, -pcm)
		if off := decodeALaw(encodeALaw(pcm)) - pcm; max(off, -off) > max(size/31, 16) {
			t.Fatalf("%d comes back as %d", pcm, pcm+off)
		}
	}
}

func TestMuLawKnownValues(t *testing.T) {
	for b, want := range map[byte]int{0xFF: 0, 0x7F: 0, 0x80: 32124, 0x00: -32124, 0xF0: 120} {
		if got := decodeMuLaw(b); got != want {
			t.Errorf("µ-law %#x is %d, want %d", b, got, want)
		}
	}
}

func BenchmarkALaw(b *testing.B) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		encodeALaw(i&0xFFFF - 32768)
		i += 7
	}
}
