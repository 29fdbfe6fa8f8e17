package media

import (
	"math"
	"testing"

	"github.com/zaf/g711"

	"hotline/media/sdp"
)

// TestCodeTables compares the tables with the laws, sample by sample.
func TestCodeTables(t *testing.T) {
	var s sum
	var b [frame]byte
	for v := math.MinInt16; v <= math.MaxInt16; v++ {
		if aCode[uint16(v)>>4] != g711.EncodeAlawFrame(int16(v)) || muCode[uint16(v)>>2] != g711.EncodeUlawFrame(int16(v)) {
			t.Fatalf("%d: the tables differ from the laws", v)
		}
	}
	for code := range 256 { // what is decoded and encoded again is the same
		for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
			if v := linear(law)[code]; v > -knee && v < knee {
				s[0] = int32(v)
				if s.encode(b[:], law); linear(law)[b[0]] != v {
					t.Errorf("%v code %x became %x", law, code, b[0])
				}
			}
		}
	}
}

func TestBend(t *testing.T) {
	last := int32(0)
	for v := int32(0); v < 32*32768; v += 7 {
		got := v
		if v > knee {
			got = bend(v)
		}
		if got < last || got > math.MaxInt16 || got > v {
			t.Fatalf("%d bends to %d after %d", v, got, last)
		}
		if v > knee && bend(-v) != -got {
			t.Fatalf("%d bends another way than %d", -v, v)
		}
		last = got
	}
}

func TestSum(t *testing.T) {
	var a, b [frame]int16
	for i := range a {
		a[i], b[i] = int16(i), 1000
	}
	var s sum
	s.add(&a, Unity, Unity)
	s.add(&b, Unity/2, Unity/2)
	if s[7] != 507 {
		t.Errorf("7 and half of 1000 is %d", s[7])
	}
	s.less(&a)
	if s[7] != 500 {
		t.Errorf("less 7 is %d", s[7])
	}
	s = sum{}
	s.add(&b, Off, Unity)
	if s[0] > 10 || s[frame-1] != 1000 || s[frame/2] < 490 || s[frame/2] > 510 {
		t.Errorf("fading in: %d, %d, %d", s[0], s[frame/2], s[frame-1])
	}
	s = sum{}
	s.add(&b, Unity, Off)
	if s[0] < 990 || s[frame-1] != 0 {
		t.Errorf("fading out: %d, %d", s[0], s[frame-1])
	}
}

func TestDecibels(t *testing.T) {
	for dB, want := range map[float64]Gain{0: Unity, 6.0206: 2 * Unity, -6.0206: Unity / 2, 40: Loudest, -200: Off} {
		if got := Decibels(dB); got != want {
			t.Errorf("%v dB is %d, want %d", dB, got, want)
		}
	}
	if g := Loudest.times(Loudest); g != Loudest {
		t.Errorf("loudest twice is %d", g)
	}
	if g := (Unity / 2).times(Unity / 2); g != Unity/4 {
		t.Errorf("half of half is %d", g)
	}
}

func TestFade(t *testing.T) {
	var code [frame]byte
	var out [frame]int16
	copy(code[:], encode(sdp.PCMA, []int16(make([]int16, frame))))
	for i := range code {
		code[i] = aCode[uint16(int16(i*100))>>4]
	}
	fade(&out, &code, sdp.PCMA)
	if last := aLinear[code[frame-1]]; out[0] > last || out[0] < last-last/50 || out[frame-1] != 0 {
		t.Errorf("fades from %d to %d after %d", out[0], out[frame-1], last)
	}
}
