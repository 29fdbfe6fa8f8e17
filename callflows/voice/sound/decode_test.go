package sound_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"hotline/callflows/voice/sound"
)

// wav builds a file from a format chunk's fields and the bytes of its samples.
func wav(tag, channels, rate, bits int, data []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+len(data)))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, uint16(tag))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*bits/8))
	b = le.AppendUint16(b, uint16(channels*bits/8))
	b = le.AppendUint16(b, uint16(bits))
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

func TestDecodeCodings(t *testing.T) {
	float32Half := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.5))
	float64Half := binary.LittleEndian.AppendUint64(nil, math.Float64bits(-0.5))
	for _, row := range []struct {
		name string
		raw  []byte
		want float64
	}{
		{"pcm 8", wav(1, 1, 8000, 8, []byte{192}), 0.5},
		{"pcm 16", wav(1, 1, 8000, 16, []byte{0, 0x40}), 0.5},
		{"pcm 24", wav(1, 1, 8000, 24, []byte{0, 0, 0xC0}), -0.5},
		{"pcm 32", wav(1, 1, 8000, 32, []byte{0, 0, 0, 0x40}), 0.5},
		{"float 32", wav(3, 1, 8000, 32, float32Half), 0.5},
		{"float 64", wav(3, 1, 8000, 64, float64Half), -0.5},
		{"not a number", wav(3, 1, 8000, 32, binary.LittleEndian.AppendUint32(nil, 0x7FC00000)), 0},
		{"a-law", wav(6, 1, 8000, 8, []byte{0xA5}), 16896.0 / 32768},
		{"µ-law", wav(7, 1, 8000, 8, []byte{0x80}), 32124.0 / 32768},
		{"stereo is mixed", wav(1, 2, 8000, 16, []byte{0, 0x40, 0, 0}), 0.25},
	} {
		s, err := sound.Decode(bytes.NewReader(row.raw))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if len(s.Samples) != 1 || math.Abs(s.Samples[0]-row.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", row.name, s.Samples, row.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := wav(1, 1, 8000, 16, []byte{0, 0})
	for _, row := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "not a WAV file"},
		{"mp3", []byte("ID3\x04 and so on and so on"), "not a WAV file"},
		{"no chunks", good[:12], "no data chunk"},
		{"no data", good[:36], "no data chunk"},
		{"no samples", wav(1, 1, 8000, 16, nil), "no samples"},
		{"data first", append(slice(good[:12]), good[36:]...), "data before format"},
		{"short format", append(slice(good[:12]), "fmt \x04\x00\x00\x00abcd"...), "format chunk is too short"},
		{"no channels", wav(1, 0, 8000, 16, []byte{0, 0}), "0 channels"},
		{"too many channels", wav(1, 9, 8000, 16, make([]byte, 18)), "9 channels"},
		{"too slow", wav(1, 1, 100, 16, []byte{0, 0}), "100 samples a second"},
		{"too fast", wav(1, 1, 1<<30, 16, []byte{0, 0}), "samples a second"},
		{"unknown coding", wav(0x55, 1, 8000, 16, []byte{0, 0}), "unknown coding: format 85 with 16 bits"},
		{"odd bits", wav(1, 1, 8000, 12, []byte{0, 0}), "unknown coding: format 1 with 12 bits"},
	} {
		_, err := sound.Decode(bytes.NewReader(row.raw))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
	if _, err := sound.Decode(strings.NewReader("no")); !errors.Is(err, sound.ErrNotWAV) {
		t.Errorf("got %v, want ErrNotWAV", err)
	}
	if _, err := sound.Decode(bytes.NewReader(make([]byte, 64<<20+1))); err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("a huge file: %v", err)
	}
}

func slice(b []byte) []byte { return bytes.Clone(b) }

// TestDecodePiped reads what programs write to a pipe: lengths of all ones.
func TestDecodePiped(t *testing.T) {
	raw := wav(1, 1, 8000, 16, []byte{0, 0x40, 0, 0x40, 7})
	binary.LittleEndian.PutUint32(raw[40:], 0xFFFFFFFF)
	s, err := sound.Decode(bytes.NewReader(raw))
	if err != nil || len(s.Samples) != 2 {
		t.Errorf("%d samples, %v; want 2", len(s.Samples), err)
	}
}

func TestDecodeSkipsOtherChunks(t *testing.T) {
	good := wav(1, 1, 8000, 16, []byte{0, 0x40})
	raw := append(slice(good[:12]), "LIST\x03\x00\x00\x00abc\x00"...)
	raw = append(raw, good[12:]...)
	if s, err := sound.Decode(bytes.NewReader(raw)); err != nil || len(s.Samples) != 1 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestDecodeExtensible(t *testing.T) {
	good := wav(0xFFFE, 1, 8000, 16, []byte{0, 0x40})
	guid := append(make([]byte, 8), 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71)
	raw := append(slice(good[:36]), guid...)
	binary.LittleEndian.PutUint32(raw[16:], 40)
	raw = append(raw, good[36:]...)
	if s, err := sound.Decode(bytes.NewReader(raw)); err != nil || s.Samples[0] != 0.5 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	for _, n := range []int{1, 2, 159, 8000} {
		s := tone(440, 0.5, n, sound.Rate)
		raw, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if want := 58 + n + n%2; len(raw) != want || int(binary.LittleEndian.Uint32(raw[4:])) != want-8 {
			t.Errorf("%d samples make %d bytes, want %d", n, len(raw), want)
		}
		back, err := sound.Decode(bytes.NewReader(raw))
		if err != nil || len(back.Samples) != n || back.Rate != sound.Rate {
			t.Fatalf("%d samples came back as %d, %v", n, len(back.Samples), err)
		}
		for i := range s.Samples {
			if math.Abs(back.Samples[i]-s.Samples[i]) > 0.02 {
				t.Fatalf("sample %d: %f became %f", i, s.Samples[i], back.Samples[i])
			}
		}
	}
	if _, err := tone(440, 0.5, 10, 44100).Encode(); err == nil {
		t.Error("a sound at another rate was encoded")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(wav(1, 1, 8000, 16, []byte{0, 0, 1, 1}))
	f.Add(wav(1, 2, 44100, 24, make([]byte, 60)))
	f.Add(wav(6, 1, 8000, 8, []byte{1, 2, 3}))
	f.Add(wav(3, 8, 192000, 64, make([]byte, 128)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := sound.Decode(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if s.Rate < 4000 || s.Rate > 192000 || len(s.Samples) == 0 || len(s.Samples) > len(raw) {
			t.Fatalf("%d samples at %d", len(s.Samples), s.Rate)
		}
		for _, x := range s.Samples {
			if math.IsNaN(x) || x < -1.01 || x > 1.01 {
				t.Fatalf("sample %f", x)
			}
		}
	})
}

// decoded reads back what was just encoded.
func decoded(t interface{ Fatal(...any) }, raw []byte) sound.Sound {
	s, err := sound.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
