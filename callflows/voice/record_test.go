package voice_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/callflows/voice"
	"hotline/callflows/voice/sound"
)

func TestImport(t *testing.T) {
	dir := t.TempDir()
	s, _ := rendered(t, dir)
	st, err := s.Import(t.Context(), recording("yue", "P-HELLO"))
	if err != nil {
		t.Fatal(err)
	}
	if st.State != voice.Recorded || st.Entry.Speaker != "Ms Chan" || math.Abs(st.Entry.Seconds-1) > 0.05 {
		t.Errorf("%+v", st)
	}
	raw, err := s.Sound("yue", "P-HELLO")
	if err != nil || !bytes.Equal(raw, read(t, filepath.Join(dir, "yue/P-HELLO.wav"))) {
		t.Errorf("the recording does not win: %v", err)
	}
	if faults := s.Audit(); len(faults) > 0 {
		t.Errorf("audit: %v", faults)
	}
	// It is kept over a restart, and no engine speaks over it.
	s = studio(t, dir, "")
	engine := &singer{name: "singer 2"}
	if err := s.Render(t.Context(), engine, nil, ignore); err != nil {
		t.Fatal(err)
	}
	for _, words := range engine.heard {
		if words == "你好。" {
			t.Error("a recorded prompt was rendered")
		}
	}
}

func TestImportedRecordingGrowsStale(t *testing.T) {
	dir := t.TempDir()
	s, _ := rendered(t, dir)
	if _, err := s.Import(t.Context(), recording("en", "P-HELLO")); err != nil {
		t.Fatal(err)
	}
	changed := prompts("")
	changed["catalogue.yaml"].Data = []byte(strings.Replace(small, "Hello.", "Good day.", 1))
	s, err := voice.Open(voice.Config{Prompts: changed, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	lacking := s.Lacking()
	if len(lacking) != 1 || lacking[0].Path != "en/P-HELLO.wav" || lacking[0].State != voice.Stale {
		t.Errorf("lacking %v", lacking)
	}
	raw, err := s.Sound("en", "P-HELLO")
	if err != nil || !bytes.Equal(raw, read(t, filepath.Join(dir, "en/P-HELLO.wav"))) {
		t.Error("a stale recording no longer plays")
	}
}

func TestImportRefuses(t *testing.T) {
	clipped := sung(500, 4, 16000, 8000)
	for i, x := range clipped.Samples {
		clipped.Samples[i] = max(-1, min(1, x))
	}
	good := sung(900, 0.4, 44100, 44100)
	for _, row := range []struct {
		name string
		r    voice.Recording
		want string
	}{
		{"unknown prompt", voice.Recording{Lang: "en", Name: "P-NONE", Speaker: "x", Audio: take(good)}, "import: no prompt P-NONE in en"},
		{"unknown language", voice.Recording{Lang: "fr", Name: "P-HELLO", Speaker: "x", Audio: take(good)}, "import: no prompt P-HELLO in fr"},
		{"in pieces", voice.Recording{Lang: "en", Name: "P-POS", Speaker: "x", Audio: take(good)}, "in pieces: P-POS.1"},
		{"nobody", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: " ", Audio: take(good)}, "say whose voice it is"},
		{"silent", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: take(sound.Silence(time.Second))}, "the recording is silent"},
		{"clipped", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: take(clipped)}, "clipped in"},
		{"too long", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: take(sung(900, 0.4, 100*8000, 8000))}, "is 100.0 s long, at most 90.0 s"},
		{"only hum", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: take(sung(60, 0.4, 44100, 44100))}, "of its energy between 300 and 3400 Hz"},
		{"broken", voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: bytes.NewReader(pcm(good)[:40])}, "read wav"},
	} {
		dir := t.TempDir()
		_, err := studio(t, dir, "").Import(t.Context(), row.r)
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: files were left behind", row.name)
		}
	}
}

// TestImportsAtOnce: a console and a command write the same folder at one time,
// and no entry is lost.
func TestImportsAtOnce(t *testing.T) {
	dir := t.TempDir()
	console, command := studio(t, dir, ""), studio(t, dir, "")
	var wg sync.WaitGroup
	for _, lang := range voice.Langs() {
		wg.Go(func() {
			if _, err := console.Import(t.Context(), recording(lang, "P-HELLO")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := command.Import(t.Context(), recording("en", "P-POS.1")); err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, st := range studio(t, dir, "").Statuses() {
		if st.State == voice.Recorded && st.Entry.Speaker == "Ms Chan" {
			known++
		}
	}
	if known != 4 {
		t.Errorf("%d recordings are known, want 4", known)
	}
}

// program puts a shell script named ffmpeg first in the path.
func program(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

// TestImportThroughFfmpeg: what is no WAV is handed to ffmpeg on its input, and
// what it writes is taken.
func TestImportThroughFfmpeg(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made.wav")
	if err := os.WriteFile(made, pcm(sung(900, 0.4, 44100, 44100)), 0o600); err != nil {
		t.Fatal(err)
	}
	program(t, `[ "$(head -c 3)" = ID3 ] && cat `+made)
	mp3 := voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: strings.NewReader("ID3 and the rest")}
	st, err := studio(t, t.TempDir(), "").Import(t.Context(), mp3)
	if err != nil || st.State != voice.Recorded {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestImportWhenFfmpegFails(t *testing.T) {
	program(t, "echo 'pipe:0: Invalid data' >&2; echo more >&2; exit 1")
	bad := voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: strings.NewReader("noise")}
	_, err := studio(t, t.TempDir(), "").Import(t.Context(), bad)
	if err == nil || err.Error() != "import en/P-HELLO: run ffmpeg: exit status 1: pipe:0: Invalid data" {
		t.Errorf("%v", err)
	}
}

func TestImportWithoutFfmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	bad := voice.Recording{Lang: "en", Name: "P-HELLO", Speaker: "x", Audio: strings.NewReader("ID3")}
	_, err := studio(t, t.TempDir(), "").Import(t.Context(), bad)
	if err == nil || !strings.Contains(err.Error(), "not a WAV file, and ffmpeg, which reads others, is not installed") {
		t.Errorf("%v", err)
	}
}
