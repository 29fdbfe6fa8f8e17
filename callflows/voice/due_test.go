package voice

import (
	"context"
	"testing"
	"testing/fstest"

	"hotline/callflows/voice/sound"
)

// mute is an engine that is asked, but never speaks.
type mute struct{ name, setting string }

func (m mute) Name() string            { return m.name }
func (m mute) Setting(_ string) string { return m.setting }

func (mute) Speak(context.Context, string, string) (sound.Sound, error) {
	panic("nobody was to speak")
}

// TestWhatMakesARenderingDue: anything that changes what would be heard, and
// nothing else.
func TestWhatMakesARenderingDue(t *testing.T) {
	line := Line{Lang: "zh-CN", Name: "P-A", Text: "调解按 1", Kind: Whole}
	base := &Studio{readings: Readings{"zh-CN": {"调解": "tiao2jie3"}}}
	engine := mute{"espeak-ng 1.51", "cmn 180"}
	said := base.said(engine, line)
	for _, row := range []struct {
		name string
		due  bool
		got  string
	}{
		{"nothing", false, base.said(engine, line)},
		{"another name for the same words", false, base.said(engine, Line{Lang: "zh-CN", Name: "P-B", Text: line.Text})},
		{"a reading of another word", false, withReading(base, "银行", "yin2hang2").said(engine, line)},
		{"a reading of this word", true, withReading(base, "调解", "diao4jie3").said(engine, line)},
		{"another version", true, base.said(mute{"espeak-ng 1.52", "cmn 180"}, line)},
		{"another speed", true, base.said(mute{"espeak-ng 1.51", "cmn 170"}, line)},
		{"another text", true, base.said(engine, Line{Lang: "zh-CN", Name: "P-A", Text: "调解按 2"})},
		{"a pause", true, base.said(engine, Line{Lang: "zh-CN", Name: "P-A", Text: "调解…按 1"})},
		{"a tighter cut", true, base.said(engine, Line{Lang: "zh-CN", Name: "P-A", Text: line.Text, Kind: Part})},
	} {
		if (row.got != said) != row.due {
			t.Errorf("%s: due is %v, want %v", row.name, !row.due, row.due)
		}
	}
}

func withReading(s *Studio, word, reading string) *Studio {
	r := Readings{"zh-CN": {word: reading}}
	for w, old := range s.readings["zh-CN"] {
		if w != word {
			r["zh-CN"][w] = old
		}
	}
	return &Studio{readings: r}
}

// TestPausesNeedNoEngine: a part that is a pause is made without anybody speaking.
func TestPausesNeedNoEngine(t *testing.T) {
	s, err := Open(Config{Prompts: fstest.MapFS{"parts.yaml": {Data: []byte("pause: {en: \"…\"}\n")}}, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Render(t.Context(), mute{"m", ""}, nil, func(Status) {}); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Sound("en", "parts/pause")
	if err != nil || len(raw) != 58+1440 {
		t.Errorf("a pause of %d bytes, %v; want 180 ms", len(raw), err)
	}
}

func TestVoiceOf(t *testing.T) {
	for _, row := range []struct{ lang, words, want string }{
		{"zh-CN", "您好", "cmn-latn-pinyin"},
		{"zh-CN", "A", "en-us"},
		{"yue", "A B", "yue-latn-jyutping"},
		{"yue", "你好", "yue-latn-jyutping"},
		{"en", "A", "en-us"},
		{"en", "hello", "en-us"},
	} {
		if got := voiceOf(row.lang, row.words).voice; got != row.want {
			t.Errorf("%s %s is said by %s, want %s", row.lang, row.words, got, row.want)
		}
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]int{"": 1, "a": 1, "{n}": 2, "a{n}b{m}c": 3, "a{n": 1, "a}b": 1} {
		if got := cut(text); len(got) != want {
			t.Errorf("%q is cut into %q", text, got)
		}
	}
	if got := lines("en", "P-A", "{a}, {b}.", Whole); len(got) != 0 {
		t.Errorf("a prompt that is only values needs %v", got)
	}
}
