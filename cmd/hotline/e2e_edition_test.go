package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/media/tone"
	"hotline/media/wav"
)

// hello is how long a desk's first words last: long enough to hang up within them.
const hello = 700 * time.Millisecond

// promptTone is the frequency every prompt of the tests sounds in.
const promptTone = 950

// writeEdition makes a folder of call flows for test desks, to lie over the shipped ones, and one of recordings that win
// over the shipped ones of the words every flow says.
func writeEdition(t testing.TB, desks []desk) (flows, prompts string) {
	t.Helper()
	flows, prompts = filepath.Join(t.TempDir(), "flows"), filepath.Join(t.TempDir(), "prompts")
	source := filepath.Join("testdata", "e2e", "edition")
	must(t, os.CopyFS(filepath.Join(flows, "calendars"), os.DirFS(filepath.Join(source, "calendars"))))
	flow := readText(t, filepath.Join(source, "desk.yaml"))
	centre := readText(t, filepath.Join("..", "..", "callflows", "centre.yaml"))
	for _, d := range desks {
		centre = strings.Replace(centre, "queues:\n", "queues:\n  "+d.queue+": {}\n", 1)
		words := strings.NewReplacer("NUMBER", d.line, "DESK", d.queue).Replace(flow)
		writeText(t, filepath.Join(flows, "flows", d.line+".yaml"), words)
	}
	writeText(t, filepath.Join(flows, "flows", "12355.yaml"), readText(t, filepath.Join(source, "12355.yaml")))
	writeText(t, filepath.Join(flows, "centre.yaml"), centre)
	own := []string{"T-HELLO", "T-MENU", "T-VM", "T-KEEP", "T-DONE", "T-SCORE", "T-SOLVED", "T-BYE"}
	writeText(t, filepath.Join(flows, "prompts", "desks.yaml"), catalogueOf(own))
	writeSounds(t, filepath.Join(flows, "audio"), own)
	writeSounds(t, prompts, append(ivr.BuiltIn(), ivr.WaitPrompts()...))
	return flows, prompts
}

// catalogueOf makes a catalogue in which every prompt says its own id, one of them with a value.
func catalogueOf(ids []string) string {
	var b strings.Builder
	for _, id := range ids {
		text, vars := id, ""
		if id == "T-DONE" {
			text, vars = text+" {time}", "time: datetime"
		}
		fmt.Fprintf(&b, "%s: {zh-CN: %q, yue: %q, en: %q, vars: {%s}}\n", id, text, text, text, vars)
	}
	return b.String()
}

// writeSounds gives every prompt a short tone in every language. A prompt around a value is recorded in pieces.
func writeSounds(t testing.TB, dir string, ids []string) {
	t.Helper()
	short, long := encode(tone.Sine(promptTone, -15, 200*time.Millisecond)), encode(tone.Sine(promptTone, -15, hello))
	for _, lang := range []string{"zh-CN", "yue", "en"} {
		for _, id := range ids {
			sound := short
			if id == "T-HELLO" {
				sound = long
			}
			for _, piece := range []string{"", ".1", ".2"} {
				writeText(t, filepath.Join(dir, lang, id+piece+".wav"), string(sound))
			}
		}
	}
}

// encode makes a WAV file of 16-bit samples, as telephones and editors read them.
func encode(pcm []int16) []byte {
	data := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		data = append(data, byte(s), byte(uint16(s)>>8))
	}
	return wav.File{Header: wav.Header{Format: wav.PCM, Channels: 1, Rate: tone.Rate}, Data: data}.Encode()
}

func readText(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return string(b)
}

func writeText(t testing.TB, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
