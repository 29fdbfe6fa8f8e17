package media

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

func TestLoadPrompt(t *testing.T) {
	pcm := tone.Sine(440, -10, time.Second)
	var little []byte
	for _, v := range pcm {
		little = binary.LittleEndian.AppendUint16(little, uint16(v))
	}
	for name, f := range map[string]wav.File{
		"A-law":  {Header: wav.Header{Format: wav.ALaw, Channels: 1, Rate: 8000}, Data: encode(sdp.PCMA, pcm)},
		"µ-law":  {Header: wav.Header{Format: wav.MuLaw, Channels: 1, Rate: 8000}, Data: encode(sdp.PCMU, pcm)},
		"linear": {Header: wav.Header{Format: wav.PCM, Channels: 1, Rate: 8000}, Data: little},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := LoadPrompt(f.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if p.Duration() != time.Second {
				t.Errorf("plays %v", p.Duration())
			}
			for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
				got := make([]int16, 8000)
				for i, b := range p.in(law) {
					got[i] = linear(law)[b]
				}
				if level := tone.Power(got, 440); level < -10.5 || level > -9.5 {
					t.Errorf("%v: %.1f dBm0", law, level)
				}
				if once, twice := p.in(law), p.in(law); &once[0] != &twice[0] {
					t.Errorf("%v is encoded twice", law)
				}
			}
		})
	}
}

func TestLoadPromptRefuses(t *testing.T) {
	second := wav.File{Header: wav.Header{Format: wav.ALaw, Channels: 1, Rate: 8000}, Data: make([]byte, 8000)}
	stereo, wide, none := second, second, second
	stereo.Channels, wide.Rate, none.Data = 2, 16000, nil
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"cut off":     {second.Encode()[:4000], "cut off"},
		"stereo":      {stereo.Encode(), "2 channels"},
		"wide band":   {wide.Encode(), "16000 Hz"},
		"no audio":    {none.Encode(), "no audio"},
		"not a sound": {[]byte("<html>"), "not a telephone WAV"},
	} {
		if _, err := LoadPrompt(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
}

// playAll returns what a player plays to its end, or n frames of it.
func playAll(list Playlist, n int) []byte {
	p := player{list: list}
	var out []byte
	for range n {
		out = append(out, p.next(sdp.PCMA)...)
		if p.over() {
			break
		}
	}
	return out
}

func TestPlayer(t *testing.T) {
	a, b := newPrompt(sdp.PCMA, bytes.Repeat([]byte{1}, 200)), newPrompt(sdp.PCMA, bytes.Repeat([]byte{2}, 160))
	empty, hushed := Silence(0), Silence(30*ms)
	aa := append(bytes.Repeat([]byte{1}, 200), bytes.Repeat([]byte{0xd5}, 120)...)
	bb := bytes.Repeat([]byte{2}, 160)
	ss := bytes.Repeat([]byte{0xd5}, 320)
	for name, c := range map[string]struct {
		list Playlist
		want []byte
	}{
		"one":           {Playlist{Prompts: []*Prompt{a}}, aa},
		"two":           {Playlist{Prompts: []*Prompt{a, b}}, append(bytes.Clone(aa), bb...)},
		"with a pause":  {Playlist{Prompts: []*Prompt{b, hushed, b}}, append(append(bytes.Clone(bb), ss...), bb...)},
		"empty between": {Playlist{Prompts: []*Prompt{empty, b, empty, empty}}, bb},
		"looping":       {Playlist{Prompts: []*Prompt{b, empty, hushed}, Loop: true}, bytes.Repeat(append(bytes.Clone(bb), ss...), 3)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := playAll(c.list, 9); !bytes.Equal(got, c.want) {
				t.Errorf("played %d bytes, want %d", len(got), len(c.want))
			}
		})
	}
	if (Playlist{Prompts: []*Prompt{empty, empty}}).frames() != 0 {
		t.Error("nothing has frames")
	}
}

func TestSilenceAndTone(t *testing.T) {
	if got := Silence(time.Hour); got.Duration() != time.Hour || got.code != nil {
		t.Error("an hour of silence takes memory")
	}
	if got := Tone(440, -10, 50*ms); got.Duration() != 60*ms {
		t.Errorf("50 ms of tone play %v", got.Duration())
	}
}

func BenchmarkPlayer(b *testing.B) {
	p := player{list: Playlist{Prompts: []*Prompt{Tone(440, -10, time.Second)}, Loop: true}}
	b.ReportAllocs()
	for b.Loop() {
		p.next(sdp.PCMA)
	}
}
