package media

import (
	"testing"

	"github.com/zaf/g711"

	"hotline/media/sdp"
)

func TestTablesAgreeWithTheCodec(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		if aToMu[b] != g711.Alaw2UlawFrame(b) || muToA[b] != g711.Ulaw2AlawFrame(b) {
			t.Errorf("code %#x translates to %#x and %#x", b, aToMu[b], muToA[b])
		}
		if aLinear[b] != g711.DecodeAlawFrame(b) || muLinear[b] != g711.DecodeUlawFrame(b) {
			t.Errorf("code %#x is linear %d and %d", b, aLinear[b], muLinear[b])
		}
		if l := aLinear[b]; aLoud[b] != uint16(max(l, -l)) {
			t.Errorf("code %#x of %d is %d loud", b, l, aLoud[b])
		}
	}
}

func TestTranslation(t *testing.T) {
	if translation(sdp.PCMA, sdp.PCMA) != nil || translation(sdp.PCMU, sdp.PCMU) != nil {
		t.Error("same law is translated")
	}
	if translation(sdp.PCMA, sdp.PCMU) != &aToMu || translation(sdp.PCMU, sdp.PCMA) != &muToA {
		t.Error("wrong table")
	}
	payload := []byte{0xd5, 0x2a}
	translate(payload, nil)
	translate(payload, &aToMu)
	if payload[0] != aToMu[0xd5] || payload[1] != aToMu[0x2a] {
		t.Errorf("payload %x", payload)
	}
}

func TestSilenceIsSilent(t *testing.T) {
	for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
		for i, b := range silence(law) {
			if v := linear(law)[b]; v > 8 || v < -8 {
				t.Fatalf("%v: sample %d is %d", law, i, v)
			}
		}
		if len(silence(law)) != frame {
			t.Errorf("%v: %d samples", law, len(silence(law)))
		}
	}
}

func TestEncodeDecode(t *testing.T) {
	pcm := []int16{0, 100, -100, 5000, -5000, 32000, -32000}
	for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
		for i, b := range encode(law, pcm) {
			got, want := int(linear(law)[b]), int(pcm[i])
			if d := got - want; d > 8+abs(want)/16 || -d > 8+abs(want)/16 {
				t.Errorf("%v: %d comes back as %d", law, want, got)
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }

func BenchmarkTranslate(b *testing.B) {
	payload := make([]byte, frame)
	b.ReportAllocs()
	for b.Loop() {
		translate(payload, &aToMu)
	}
}
