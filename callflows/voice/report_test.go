package voice_test

import (
	"errors"
	"strings"
	"testing"

	"hotline/callflows/voice"
)

func TestWriteMissing(t *testing.T) {
	dir := t.TempDir()
	var out strings.Builder
	err := studio(t, dir, "").WriteMissing(&out)
	if !errors.Is(err, voice.ErrLacking) || err.Error() != "prompts without sound: 15" {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{"yue/P-POS.1 is missing: 你前面有\n", "15 of 15 lack their sound. Render them with: hotline prompts render\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	s, _ := rendered(t, dir)
	out.Reset()
	if err := s.WriteMissing(&out); err != nil || out.String() != "all 15 prompts have their sound\n" {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestWriteRenderAndList(t *testing.T) {
	dir := t.TempDir()
	s := studio(t, dir, "")
	var out strings.Builder
	if err := s.WriteRender(t.Context(), &out, &singer{name: "singer 1"}, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "15 rendered by singer 1, 13s in all\n") || !strings.Contains(out.String(), "en/P-HELLO") {
		t.Errorf("render wrote\n%s", out.String())
	}
	out.Reset()
	if err := s.WriteImport(t.Context(), &out, recording("en", "P-HELLO")); err != nil {
		t.Fatal(err)
	}
	if out.String() != "en/P-HELLO is now spoken by Ms Chan, 1.0 s: Hello.\n" {
		t.Errorf("import wrote %s", out.String())
	}
	if err := s.WriteImport(t.Context(), &out, voice.Recording{Lang: "en", Name: "P-NONE"}); err == nil {
		t.Error("an unknown prompt was imported")
	}
	out.Reset()
	if err := s.WriteList(&out); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(rows) != 16 || strings.Join(strings.Fields(rows[1]), " ") != "en P-HELLO recorded 1.0 Ms Chan Hello." {
		t.Errorf("list wrote\n%s", out.String())
	}
}

func TestStateNames(t *testing.T) {
	for st, want := range map[voice.State]string{voice.Missing: "missing", voice.Stale: "stale", voice.Rendered: "rendered", voice.Recorded: "recorded"} {
		if st.String() != want {
			t.Errorf("%d is %s, want %s", st, st, want)
		}
	}
}
