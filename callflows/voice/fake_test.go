package voice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"math"
	"os"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"hotline/callflows/voice"
	"hotline/callflows/voice/sound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// singer is an engine that sings: the words decide the pitch.
type singer struct {
	name  string
	heard []string // what it was asked to say
	fail  string   // words it cannot say
}

func (s *singer) Name() string          { return s.name }
func (*singer) Setting(_ string) string { return "la" }

func (s *singer) Speak(_ context.Context, _, words string) (sound.Sound, error) {
	s.heard = append(s.heard, words)
	if words == s.fail {
		return sound.Sound{}, errors.New("lost the voice")
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(words))
	return sung(500+float64(h.Sum32()%1000), 0.3, 22050, 22050), nil
}

func sung(freq, amplitude float64, n, rate int) sound.Sound {
	s := sound.Sound{Rate: rate, Samples: make([]float64, n)}
	for i := range s.Samples {
		s.Samples[i] = amplitude * math.Sin(2*math.Pi*freq*float64(i)/float64(rate))
	}
	return s
}

// pcm is a sound as a 16 bit WAV file, as people's programs write it.
func pcm(s sound.Sound) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+2*len(s.Samples)))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = le.AppendUint32(b, uint32(s.Rate))
	b = le.AppendUint32(b, uint32(2*s.Rate))
	b = append(b, "\x02\x00\x10\x00data"...)
	b = le.AppendUint32(b, uint32(2*len(s.Samples)))
	for _, x := range s.Samples {
		b = le.AppendUint16(b, uint16(int16(math.Round(x*32767))))
	}
	return b
}

const small = `
P-HELLO: {zh-CN: 您好，12348。, yue: 你好。, en: Hello.}
P-POS: {zh-CN: "您前面有{n}位。", yue: "你前面有{n}位。", en: "You are number {n}.", vars: {n: cardinal}}
`

const smallParts = `
n1: {zh-CN: 一, yue: 一, en: one}
n11: {en: eleven}
pause: {zh-CN: "…", yue: "…", en: "…"}
`

// prompts is a small catalogue: two prompts and three parts, 15 lines.
func prompts(more string) fstest.MapFS {
	return fstest.MapFS{
		"catalogue.yaml": {Data: []byte(small + more)},
		"parts.yaml":     {Data: []byte(smallParts)},
		"README.md":      {Data: []byte("not a prompt file")},
	}
}

// studio opens the small catalogue over a folder.
func studio(t *testing.T, dir, more string) *voice.Studio {
	t.Helper()
	s, err := voice.Open(voice.Config{Prompts: prompts(more), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rendered is a studio whose every line a singer has sung.
func rendered(t *testing.T, dir string) (*voice.Studio, *singer) {
	t.Helper()
	s, engine := studio(t, dir, ""), &singer{name: "singer 1"}
	if err := s.Render(t.Context(), engine, nil, ignore); err != nil {
		t.Fatal(err)
	}
	return s, engine
}

func ignore(voice.Status) {}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// recording is a good take of a person.
func recording(lang, name string) voice.Recording {
	return voice.Recording{Lang: lang, Name: name, Speaker: "Ms Chan", Audio: take(sung(900, 0.4, 44100, 44100))}
}

func take(s sound.Sound) io.Reader { return bytes.NewReader(pcm(s)) }
