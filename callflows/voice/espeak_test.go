package voice

import (
	"context"
	"errors"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode"
)

// espeak is the engine the shipped sounds were made with; without it the test is
// left out.
func espeak(t *testing.T) *Espeak {
	t.Helper()
	e, err := NewEspeak(t.Context())
	if errors.Is(err, ErrNoEngine) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// shippedStudio is the catalogue and the sounds beside it.
func shippedStudio(t *testing.T) *Studio {
	t.Helper()
	s, err := Open(Config{Prompts: os.DirFS("../prompts"), Dir: "../audio"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEspeakReadsChinese holds the voices to constants: an engine whose Mandarin
// voice reads characters as English letters, as "cmn" of 1.51 does, must not
// render a prompt.
func TestEspeakReadsChinese(t *testing.T) {
	e := espeak(t)
	if e.version != "1.51" {
		t.Skipf("the constants are those of 1.51, not %s", e.version)
	}
	for _, row := range []struct{ lang, words, want string }{
		{"zh-CN", "您好", "n'i35n_| X'Au214_|"},
		{"zh-CN", "tiao2jie3", "thjAu35tS;'iE214_|"},
		{"yue", "你好", "n'ei5_| h'ou2_|"},
		{"yue", "teng1", "t'e1N_|"},
		{"en", "press 1", "pr'Es w'Vn"},
		{"zh-CN", "A", "'eI"},
	} {
		got, err := e.Phonemes(t.Context(), row.lang, row.words)
		if err != nil || got != row.want {
			t.Errorf("%s %s is read %q, want %q (%v)", row.lang, row.words, got, row.want, err)
		}
	}
	broken, err := e.run(t.Context(), "您好", "-v", "cmn", "-q", "-x", "--stdin")
	if err != nil || !strings.Contains(string(broken), "(en)") {
		t.Errorf("the plain voice is no longer broken: %s (%v)", broken, err)
	}
}

// TestEveryCharacterIsRead counts the syllables: a character the engine does not
// know is skipped, and some are said twice.
func TestEveryCharacterIsRead(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the engine for every prompt")
	}
	e, s := espeak(t), shippedStudio(t)
	tones := regexp.MustCompile(`[0-9]+`)
	roman := regexp.MustCompile(`[a-z]+[0-9]`)
	for _, l := range s.Book().Lines() {
		if l.Lang == "en" {
			continue
		}
		for _, st := range s.readings.script(l) {
			if !strings.ContainsFunc(st.words, isHan) {
				continue
			}
			phonemes, err := e.Phonemes(t.Context(), l.Lang, st.words)
			if err != nil {
				t.Fatal(err)
			}
			want := len(roman.FindAllString(st.words, -1))
			for _, r := range st.words {
				if isHan(r) {
					want++
				}
			}
			if got := len(tones.FindAllString(phonemes, -1)); got != want || strings.Contains(phonemes, "(en)") {
				t.Errorf("%s: %d syllables for %d characters: %s is read %s. Mend it in readings.yaml", l.Key(), got, want, st.words, phonemes)
			}
		}
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// TestShippedRenderingsCanBeMadeAgain renders a few lines anew and compares the
// bytes: the same text and engine give the same file.
func TestShippedRenderingsCanBeMadeAgain(t *testing.T) {
	e, s := espeak(t), shippedStudio(t)
	if e.Name() != "espeak-ng 1.51" || runtime.GOARCH != "amd64" {
		t.Skipf("made with espeak-ng 1.51 on amd64, here is %s on %s", e.Name(), runtime.GOARCH)
	}
	again, err := Open(Config{Prompts: os.DirFS("../prompts"), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"P-GREET", "P-POS.1", "parts/n5"}
	if err := again.Render(t.Context(), e, names, func(Status) {}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, lang := range Langs() {
			old, err := s.Sound(lang, name)
			if err != nil {
				t.Fatal(err)
			}
			made, err := again.Sound(lang, name)
			if err != nil {
				t.Fatal(err)
			}
			if string(old) != string(made) {
				t.Errorf("%s/%s comes out different", lang, name)
			}
		}
	}
	if due, err := s.due(e, nil); err != nil || len(due) > 0 {
		t.Errorf("%d lines would be rendered otherwise today: go generate ./callflows/voice (%v)", len(due), err)
	}
}

func TestNoEngine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := NewEspeak(t.Context()); !errors.Is(err, ErrNoEngine) {
		t.Errorf("%v", err)
	}
}

// TestEngineThatCannotRead: a program that answers like an espeak-ng without
// Chinese is refused.
func TestEngineThatCannotRead(t *testing.T) {
	for _, row := range []struct{ name, script, want string }{
		{"english", `case "$*" in *version*) echo 'eSpeak NG text-to-speech: 9.9';; *) echo "(en)ni:";; esac`, "reads"},
		{"no version", `echo hello`, "tells no version"},
		{"fails", `echo broken >&2; exit 3`, "run espeak-ng: exit status 3: broken"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/espeak-ng", []byte("#!/bin/sh\n"+row.script), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+":/usr/bin:/bin")
		if _, err := NewEspeak(t.Context()); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}

func TestSpeakStopsWithItsContext(t *testing.T) {
	e := espeak(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Speak(ctx, "en", "hello"); err == nil {
		t.Error("spoke after the end")
	}
}
