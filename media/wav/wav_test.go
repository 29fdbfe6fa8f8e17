package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/media/wav"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stereo returns a second of two distinct channels.
func stereo(format wav.Format) wav.File {
	f := wav.File{Header: wav.Header{Format: format, Channels: 2, Rate: 8000}}
	for i := range 8000 {
		for _, v := range [2]byte{byte(i), byte(i / 7)} {
			if format == wav.PCM {
				f.Data = binary.LittleEndian.AppendUint16(f.Data, uint16(v)<<4)
			} else {
				f.Data = append(f.Data, v)
			}
		}
	}
	return f
}

func TestRoundTrip(t *testing.T) {
	for _, format := range []wav.Format{wav.PCM, wav.ALaw, wav.MuLaw} {
		t.Run(format.String(), func(t *testing.T) {
			want := stereo(format)
			got, err := wav.Decode(want.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if got.Header != want.Header || !bytes.Equal(got.Data, want.Data) {
				t.Errorf("header %+v, %d bytes", got.Header, len(got.Data))
			}
			if got.Duration() != time.Second || got.Frames() != 8000 {
				t.Errorf("plays %v, %d frames", got.Duration(), got.Frames())
			}
			if got.Channel(0)[7] == got.Channel(1)[7] {
				t.Error("channels are not apart")
			}
		})
	}
}

func TestChannelDecodes(t *testing.T) {
	for format, data := range map[wav.Format][]byte{
		wav.ALaw:  {0xd5, 0xaa, 0x2a}, // smallest positive, loudest positive and negative
		wav.MuLaw: {0xff, 0x80, 0x00},
		wav.PCM:   {8, 0, 0, 0x7e, 0, 0x82},
	} {
		got := wav.File{Header: wav.Header{Format: format, Channels: 1, Rate: 8000}, Data: data}.Channel(0)
		if got[0] < 0 || got[0] > 8 || got[1] < 32000 || got[2] > -32000 {
			t.Errorf("%v: %v", format, got)
		}
	}
}

// chunk returns one RIFF chunk.
func chunk(id string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// riff joins chunks to a file.
func riff(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// fmtBody returns a fmt chunk's body.
func fmtBody(tag, channels uint16, rate uint32, bits uint16, extra ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, tag)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = append(b, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, bits)
	return append(b, extra...)
}

func TestDecodeForeign(t *testing.T) {
	alaw := chunk("fmt ", fmtBody(6, 1, 8000, 8))
	ext := append([]byte{22, 0, 8, 0, 4, 0, 0, 0}, 7, 0, 0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71)
	for name, c := range map[string]struct {
		in     []byte
		format wav.Format
		data   int
		err    error
	}{
		"other chunks around": {riff(chunk("LIST", []byte("odd")), alaw, chunk("cue ", nil), chunk("data", make([]byte, 5)), chunk("id3 ", []byte("x"))), wav.ALaw, 5, nil},
		"extensible":          {riff(chunk("fmt ", fmtBody(0xfffe, 1, 8000, 8, ext...)), chunk("data", make([]byte, 4))), wav.MuLaw, 4, nil},
		"streamed":            {append(riff(alaw), "data\xff\xff\xff\xffabc"...), wav.ALaw, 3, nil},
		"cut off":             {append(riff(alaw), "data\x09\x00\x00\x00abc"...), wav.ALaw, 3, wav.ErrTruncated},
		"no data":             {riff(alaw), 0, 0, wav.ErrTruncated},
		"cut in a chunk":      {append(riff(alaw), "LIST\xff\xff\x00\x00abc"...), 0, 0, wav.ErrTruncated},
		"data first":          {riff(chunk("data", nil), alaw), 0, 0, wav.ErrFormat},
		"not RIFF":            {[]byte("ID3 and some music beside it"), 0, 0, wav.ErrFormat},
		"empty":               {nil, 0, 0, wav.ErrFormat},
		"other format":        {riff(chunk("fmt ", fmtBody(85, 1, 8000, 8)), chunk("data", nil)), 0, 0, wav.ErrFormat},
		"24 bits":             {riff(chunk("fmt ", fmtBody(1, 1, 8000, 24)), chunk("data", nil)), 0, 0, wav.ErrFormat},
		"no channels":         {riff(chunk("fmt ", fmtBody(6, 0, 8000, 8)), chunk("data", nil)), 0, 0, wav.ErrFormat},
		"short fmt":           {riff(chunk("fmt ", make([]byte, 8)), chunk("data", nil)), 0, 0, wav.ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := wav.Decode(c.in)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if f.Format != c.format || len(f.Data) != c.data {
				t.Errorf("%v with %d bytes, want %v with %d", f.Format, len(f.Data), c.format, c.data)
			}
		})
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	if _, err := wav.Read(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, stereo(wav.ALaw).Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := wav.Read(path); err != nil || f.Frames() != 8000 {
		t.Errorf("%d frames, %v", f.Frames(), err)
	}
}

// TestRepairAtEveryByte cuts a growing file, whose header is a little behind its audio, at every
// byte of its last kilobyte and of its header.
func TestRepairAtEveryByte(t *testing.T) {
	whole := stereo(wav.ALaw)
	b := whole.Encode()
	copy(b, whole.Append(nil, 8000)) // the header of half a second ago
	path := filepath.Join(t.TempDir(), "cut.wav")
	for cut := range len(b) + 1 {
		if cut > wav.HeaderSize+2 && cut < len(b)-1024 {
			continue
		}
		if err := os.WriteFile(path, b[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		h, data, err := wav.Repair(f)
		_ = f.Close()
		if cut < wav.HeaderSize {
			if !errors.Is(err, wav.ErrTruncated) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		if err != nil || h != whole.Header || data != int64(cut-wav.HeaderSize)/2*2 {
			t.Fatalf("cut at %d: %+v, %d bytes, %v", cut, h, data, err)
		}
		got, err := wav.Read(path)
		if err != nil || !bytes.Equal(got.Data, whole.Data[:data]) {
			t.Fatalf("cut at %d: reread %d bytes, %v", cut, len(got.Data), err)
		}
	}
}

func TestRepairMono(t *testing.T) {
	h := wav.Header{Format: wav.ALaw, Channels: 1, Rate: 8000}
	for name, c := range map[string]struct {
		file []byte
		data int64
		size int64
	}{
		"finished, odd":   {wav.File{Header: h, Data: make([]byte, 5)}.Encode(), 5, wav.HeaderSize + 6},
		"finished, even":  {wav.File{Header: h, Data: make([]byte, 4)}.Encode(), 4, wav.HeaderSize + 4},
		"unfinished, odd": {append(h.Append(nil, 0), make([]byte, 7)...), 7, wav.HeaderSize + 8},
		"nothing":         {h.Append(nil, 0), 0, wav.HeaderSize},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "m.wav")
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			_, data, err := wav.Repair(f)
			info, _ := f.Stat()
			if err != nil || data != c.data || info.Size() != c.size {
				t.Errorf("%d bytes of audio in %d, %v", data, info.Size(), err)
			}
		})
	}
}

func TestRepairRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.wav")
	foreign := riff(chunk("fmt ", fmtBody(6, 1, 8000, 8)), chunk("data", make([]byte, 100)))
	for name, content := range map[string][]byte{"foreign": foreign, "text": []byte(strings.Repeat("no ", 40))} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := wav.Repair(f); err == nil {
			t.Errorf("%s: repaired", name)
		}
		_ = f.Close()
		if after, _ := os.ReadFile(path); !bytes.Equal(after, content) {
			t.Errorf("%s: changed", name)
		}
	}
}

// TestOtherPrograms shows files to the programs people have, where they are installed.
func TestOtherPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, stereo(wav.ALaw).Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]string{
		{"file", "ITU G.711 A-law, stereo 8000 Hz"},
		{"soxi", "A-law"},
	} {
		if _, err := exec.LookPath(c[0]); err != nil {
			t.Logf("%s is not installed", c[0])
			continue
		}
		out, err := exec.CommandContext(t.Context(), c[0], path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), c[1]) || strings.Contains(string(out), "WARN") {
			t.Errorf("%s: %v\n%s", c[0], err, out)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(stereo(wav.ALaw).Encode()[:200])
	f.Add(riff(chunk("LIST", []byte("odd")), chunk("fmt ", fmtBody(1, 1, 8000, 16)), chunk("data", make([]byte, 5))))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := wav.Decode(b)
		if err != nil && !errors.Is(err, wav.ErrTruncated) {
			return
		}
		if file.Channels == 0 {
			return
		}
		if len(file.Data)%file.Frame() != 0 || file.Duration() < 0 {
			t.Fatalf("%d bytes of %+v", len(file.Data), file.Header)
		}
		for n := range min(file.Channels, 2) {
			if len(file.Channel(n)) != file.Frames() {
				t.Fatal("channel is not as long as the file")
			}
		}
	})
}
