package voice_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"hotline/callflows/voice"
)

// states counts the lines of a studio by state.
func states(s *voice.Studio) map[voice.State]int {
	count := map[voice.State]int{}
	for _, st := range s.Statuses() {
		count[st.State]++
	}
	return count
}

func TestRenderAll(t *testing.T) {
	dir := t.TempDir()
	s := studio(t, dir, "")
	if got := len(s.Lacking()); got != 15 {
		t.Errorf("%d lines lack their sound before, want 15", got)
	}
	s, engine := rendered(t, dir)
	if got := states(s); got[voice.Rendered] != 15 || len(got) != 1 {
		t.Errorf("states %v", got)
	}
	if faults := s.Audit(); len(faults) > 0 {
		t.Errorf("audit: %v", faults)
	}
	if heard := strings.Join(engine.heard, "|"); !strings.Contains(heard, "|您好，幺二三四八。") || strings.Contains(heard, "…") {
		t.Errorf("the engine heard %s", heard)
	}
	again := &singer{name: "singer 1"}
	if err := s.Render(t.Context(), again, nil, ignore); err != nil || len(again.heard) > 0 {
		t.Errorf("rendered again: %v, %v", again.heard, err)
	}
	// A fresh start knows it from the manifest.
	if got := len(studio(t, dir, "").Lacking()); got != 0 {
		t.Errorf("%d lack their sound after a restart", got)
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	rendered(t, one)
	rendered(t, two)
	for _, name := range []string{"zh-CN/P-HELLO.tts.wav", "en/parts/pause.tts.wav", "manifest.json"} {
		if string(read(t, filepath.Join(one, name))) != string(read(t, filepath.Join(two, name))) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestChangedTextIsStale(t *testing.T) {
	dir := t.TempDir()
	rendered(t, dir)
	changed := prompts("")
	changed["catalogue.yaml"].Data = []byte(strings.Replace(small, "Hello.", "Hello again.", 1))
	s, err := voice.Open(voice.Config{Prompts: changed, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	lacking := s.Lacking()
	if len(lacking) != 1 || lacking[0].String() != "en/P-HELLO is stale: Hello again." {
		t.Fatalf("lacking %v", lacking)
	}
	engine := &singer{name: "singer 1"}
	if err := s.Render(t.Context(), engine, nil, ignore); err != nil {
		t.Fatal(err)
	}
	if len(engine.heard) != 1 || engine.heard[0] != "Hello again." || len(s.Lacking()) != 0 {
		t.Errorf("heard %q, lacking %v", engine.heard, s.Lacking())
	}
}

// TestAnotherEngineIsDue: a new engine, or a new reading of a word, makes every
// rendering it touches due.
func TestAnotherEngineIsDue(t *testing.T) {
	s, _ := rendered(t, t.TempDir())
	engine := &singer{name: "singer 2"}
	if err := s.Render(t.Context(), engine, nil, ignore); err != nil {
		t.Fatal(err)
	}
	if len(engine.heard) != 12 { // the three pauses are not said
		t.Errorf("%d said again", len(engine.heard))
	}
}

func TestRenderNamed(t *testing.T) {
	s, _ := rendered(t, t.TempDir())
	engine := &singer{name: "singer 1"}
	if err := s.Render(t.Context(), engine, []string{"P-HELLO", "parts/n11"}, ignore); err != nil {
		t.Fatal(err)
	}
	if got := len(engine.heard); got != 4 {
		t.Errorf("%d said, want P-HELLO in three languages and eleven in English", got)
	}
	err := s.Render(t.Context(), engine, []string{"P-POS"}, ignore)
	if err == nil || !strings.Contains(err.Error(), "in pieces: P-POS.1") {
		t.Errorf("a prompt in pieces: %v", err)
	}
}

// TestRenderKeepsWhatWasDone: the engine fails in the middle.
func TestRenderKeepsWhatWasDone(t *testing.T) {
	dir := t.TempDir()
	s := studio(t, dir, "")
	err := s.Render(t.Context(), &singer{name: "singer 1", fail: "one"}, nil, ignore)
	if err == nil || err.Error() != "render en/parts/n1: lost the voice" {
		t.Fatalf("%v", err)
	}
	if got := states(studio(t, dir, "")); got[voice.Rendered] != 2 || got[voice.Missing] != 13 {
		t.Errorf("states %v", got)
	}
}

func TestReadOnlyStudio(t *testing.T) {
	s := studio(t, "", "")
	if err := s.Render(t.Context(), &singer{name: "x"}, nil, ignore); !errors.Is(err, voice.ErrReadOnly) {
		t.Errorf("render: %v", err)
	}
	if _, err := s.Import(t.Context(), recording("en", "P-HELLO")); !errors.Is(err, voice.ErrReadOnly) {
		t.Errorf("import: %v", err)
	}
}

// TestWhoWins: the centre's voice, then the shipped voice, then the centre's
// machine, then the shipped machine.
func TestWhoWins(t *testing.T) {
	own := t.TempDir()
	put := func(name string) {
		if err := os.MkdirAll(filepath.Join(own, "en"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(own, "en", name), []byte("own "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shipped := fstest.MapFS{"en/P-HELLO.tts.wav": {Data: []byte("shipped machine")}}
	heard := func() string {
		s, err := voice.Open(voice.Config{Prompts: prompts(""), Shipped: shipped, Dir: own})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := s.Sound("en", "P-HELLO")
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	steps := []struct {
		add  func()
		want string
	}{
		{func() {}, "shipped machine"},
		{func() { put("P-HELLO.tts.wav") }, "own P-HELLO.tts.wav"},
		{func() { shipped["en/P-HELLO.wav"] = &fstest.MapFile{Data: []byte("shipped voice")} }, "shipped voice"},
		{func() { put("P-HELLO.wav") }, "own P-HELLO.wav"},
	}
	for _, step := range steps {
		step.add()
		if got := heard(); got != step.want {
			t.Errorf("heard %q, want %q", got, step.want)
		}
	}
	if _, err := studio(t, own, "").Sound("yue", "P-HELLO"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a sound that is not there: %v", err)
	}
}

func TestDroppedRecordingCounts(t *testing.T) {
	dir := t.TempDir()
	rendered(t, dir)
	copied := read(t, filepath.Join(dir, "en/P-HELLO.tts.wav"))
	if err := os.WriteFile(filepath.Join(dir, "en/P-HELLO.wav"), copied, 0o600); err != nil {
		t.Fatal(err)
	}
	s := studio(t, dir, "")
	if got := states(s); got[voice.Recorded] != 1 || got[voice.Rendered] != 14 {
		t.Errorf("states %v", got)
	}
	if faults := s.Audit(); len(faults) > 0 {
		t.Errorf("audit: %v", faults)
	}
}

// TestAuditFindsFaults damages a folder in every way a person can.
func TestAuditFindsFaults(t *testing.T) {
	dir := t.TempDir()
	rendered(t, dir)
	write := func(name string, raw []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("en/P-HELLO.tts.wav", read(t, filepath.Join(dir, "en/P-POS.1.tts.wav")))
	write("en/P-POS.1.wav", pcm(sung(900, 0.1, 8000, 8000)))
	write("yue/P-HELLO.wav", []byte("not a sound at all, but long enough"))
	quiet, err := sung(900, 0.001, 8000, 8000).Encode()
	if err != nil {
		t.Fatal(err)
	}
	write("yue/P-POS.1.wav", quiet)
	if err := os.Remove(filepath.Join(dir, "zh-CN/P-HELLO.tts.wav")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, err := range studio(t, dir, "").Audit() {
		got = append(got, err.Error())
	}
	want := []string{
		"en/P-HELLO.tts.wav is not the file the manifest knows",
		"en/P-POS.1.wav is not mono A-law WAV",
		"yue/P-HELLO.wav is not mono A-law WAV",
		"yue/P-POS.1.wav is silent",
		"zh-CN/P-HELLO is missing",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestOpenRefusesABrokenManifest(t *testing.T) {
	shipped := fstest.MapFS{"manifest.json": {Data: []byte("{")}}
	if _, err := voice.Open(voice.Config{Prompts: prompts(""), Shipped: shipped}); err == nil || !strings.Contains(err.Error(), "read manifest.json") {
		t.Errorf("%v", err)
	}
	if _, err := voice.Open(voice.Config{Prompts: fstest.MapFS{}}); err == nil {
		t.Error("no prompts were accepted")
	}
}

func TestRenderIntoAnUnwritableFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "en"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := studio(t, dir, "")
	if err := s.Render(t.Context(), &singer{name: "x"}, nil, ignore); err == nil || !strings.Contains(err.Error(), "write sound") {
		t.Errorf("%v", err)
	}
}

// TestPrune: renderings without a text go, recordings stay.
func TestPrune(t *testing.T) {
	dir := t.TempDir()
	s, _ := rendered(t, dir)
	if _, err := s.Import(t.Context(), recording("en", "P-HELLO")); err != nil {
		t.Fatal(err)
	}
	fewer := prompts("")
	fewer["catalogue.yaml"].Data = []byte("P-NEW: {en: New}\n")
	s, err := voice.Open(voice.Config{Prompts: fewer, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	removed, err := s.Prune()
	if err != nil || len(removed) != 8 || removed[0] != "en/P-HELLO.tts.wav" {
		t.Errorf("removed %v, %v", removed, err)
	}
	if len(read(t, filepath.Join(dir, "en/P-HELLO.wav"))) == 0 {
		t.Error("a recording is gone")
	}
	manifest := string(read(t, filepath.Join(dir, "manifest.json")))
	if strings.Contains(manifest, "P-POS") || !strings.Contains(manifest, "en/P-HELLO.wav") || !strings.Contains(manifest, "parts/n1") {
		t.Errorf("the manifest knows\n%s", manifest)
	}
	if removed, err := s.Prune(); err != nil || len(removed) > 0 {
		t.Errorf("pruned again: %v, %v", removed, err)
	}
	if _, err := studio(t, filepath.Join(dir, "none"), "").Prune(); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := studio(t, "", "").Prune(); !errors.Is(err, voice.ErrReadOnly) {
		t.Errorf("no folder: %v", err)
	}
}
