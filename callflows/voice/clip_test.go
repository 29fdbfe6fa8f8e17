package voice_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/callflows/voice"
)

// A term of a settlement is kept for callers of every language, and no pruning takes it away.
func TestAClipOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	s, engine := rendered(t, dir)
	r := recording("zh-CN", "TERM-1")
	if err := s.ImportClip(t.Context(), "一次付清。", r); err != nil {
		t.Fatal(err)
	}
	if err := s.RenderClip(t.Context(), engine, "en", "TERM-2", "Paid at once."); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"TERM-1", "TERM-2"} {
		for _, lang := range []string{"zh-CN", "yue", "en"} {
			if _, err := os.Stat(filepath.Join(dir, lang, "clips", name+".wav")); err != nil {
				t.Error(err)
			}
		}
	}
	if faults := s.Audit(); len(faults) > 0 {
		t.Errorf("audit: %v", faults)
	}
	r = recording("zh-CN", "TERM-3")
	r.Speaker = " "
	if err := s.ImportClip(t.Context(), "x", r); err == nil || !strings.Contains(err.Error(), "whose voice") {
		t.Errorf("a recording of nobody: %v", err)
	}
	if err := s.ImportClip(t.Context(), "x", voice.Recording{Lang: "en", Name: "TERM-4", Speaker: "x", Audio: strings.NewReader("noise")}); err == nil {
		t.Error("noise was kept")
	}
}
