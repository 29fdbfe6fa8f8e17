package voice

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestManifestIsWrittenForReading(t *testing.T) {
	m := manifest{
		"yue/P-A.wav":     {Text: "t1", File: "f1", Seconds: 1.5, Speaker: "陳小姐"},
		"en/P-A.tts.wav":  {Text: "t2", Said: "s2", File: "f2", Seconds: 0.25, Speaker: "espeak-ng 1.51"},
		"tones/beep.wav":  {File: "f3", Seconds: 0.4, Speaker: "hotline"},
		"en/P-\"A\".wav":  {File: "f4", Seconds: 0, Speaker: "x"},
		"en/parts/n1.wav": {File: "f5", Seconds: 3, Speaker: "y"},
	}
	raw, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(raw)), "\n")
	want := []string{
		`{`,
		`  "en/P-\"A\".wav": {"file":"f4","seconds":0,"speaker":"x"},`,
		`  "en/P-A.tts.wav": {"text":"t2","said":"s2","file":"f2","seconds":0.25,"speaker":"espeak-ng 1.51"},`,
		`  "en/parts/n1.wav": {"file":"f5","seconds":3,"speaker":"y"},`,
		`  "tones/beep.wav": {"file":"f3","seconds":0.4,"speaker":"hotline"},`,
		`  "yue/P-A.wav": {"text":"t1","file":"f1","seconds":1.5,"speaker":"陳小姐"}`,
		`}`,
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got\n%s", raw)
	}
	back, err := readManifest(fstest.MapFS{manifestName: {Data: raw}})
	if err != nil || !reflect.DeepEqual(back, m) {
		t.Errorf("came back as %v, %v", back, err)
	}
}

func TestNoManifestIsAnEmptyOne(t *testing.T) {
	for name, dir := range map[string]string{"empty folder": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "none")} {
		if m, err := readManifest(os.DirFS(dir)); err != nil || len(m) != 0 {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

// TestWriteFileIsWholeOrNothing: a file that is there is replaced, one that cannot
// be leaves nothing behind.
func TestWriteFileIsWholeOrNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b.wav")
	for _, text := range []string{"first", "second"} {
		if err := writeFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
			t.Errorf("%q, %v", raw, err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "c", "taken", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(dir, "c", "taken"), []byte("x")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	left, err := os.ReadDir(filepath.Join(dir, "c"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestSecondsAreRounded(t *testing.T) {
	if got := seconds(1234567890); got != 1.235 {
		t.Errorf("%v", got)
	}
}

func TestCompose(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(Config{Prompts: fstest.MapFS{"a.yaml": {Data: []byte("P-A: {en: A}\n")}}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Compose(); err != nil {
		t.Fatal(err)
	}
	known, err := readManifest(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"music/hold.wav", "tones/ringback.wav", "tones/beep.wav"} {
		raw, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if e := known[path]; e.File != hash(raw) || e.Speaker != composer || e.Seconds == 0 {
			t.Errorf("%s is known as %+v", path, e)
		}
	}
	s.dir = ""
	if err := s.Compose(); err == nil {
		t.Error("composed into nowhere")
	}
}
