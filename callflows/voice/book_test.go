package voice_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"hotline/callflows/voice"
)

func TestReadLines(t *testing.T) {
	b, err := voice.Read(prompts("P-REF: {en: \"{agency} handles it. {no}, by {date}.\", vars: {agency: phrase, no: reference, date: date}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range b.Lines() {
		got = append(got, l.Key()+"="+l.Text)
	}
	want := []string{
		"en/P-HELLO=Hello.",
		"en/P-POS.1=You are number ",
		"en/P-REF.1= handles it. ",
		"en/P-REF.2=, by ",
		"en/parts/n1=one",
		"en/parts/n11=eleven",
		"en/parts/pause=…",
		"yue/P-HELLO=你好。",
		"yue/P-POS.1=你前面有",
		"yue/P-POS.2=位。",
		"yue/parts/n1=一",
		"yue/parts/pause=…",
		"zh-CN/P-HELLO=您好，12348。",
		"zh-CN/P-POS.1=您前面有",
		"zh-CN/P-POS.2=位。",
		"zh-CN/parts/n1=一",
		"zh-CN/parts/pause=…",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestReadKinds(t *testing.T) {
	b, err := voice.Read(fstest.MapFS{
		"catalogue.yaml": {Data: []byte("P-A: {en: A}\n")},
		"phrases.yaml":   {Data: []byte("Q-A: {en: A}\n")},
		"parts.yaml":     {Data: []byte("n1: {en: A}\n")},
		"clips.yaml":     {Data: []byte("CLIP-A: {en: A}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]voice.Kind{"P-A": voice.Whole, "Q-A": voice.Piece, "parts/n1": voice.Part, "CLIP-A": voice.Clip} {
		if l, err := b.Find("en", name); err != nil || l.Kind != kind {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}

func TestReadFaults(t *testing.T) {
	for _, row := range []struct {
		name string
		file string
		want string
	}{
		{"unknown field", "P-A: {en: A, fr: B}\n", "unknown field \"fr\""},
		{"no map", "- P-A\n", "catalogue.yaml"},
		{"broken", "P-A: {en: A\n", "catalogue.yaml"},
	} {
		_, err := voice.Read(fstest.MapFS{"catalogue.yaml": {Data: []byte(row.file)}})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
	if _, err := voice.Read(fstest.MapFS{}); err == nil || err.Error() != "read prompts: no prompt files here" {
		t.Errorf("an empty folder: %v", err)
	}
	twice := fstest.MapFS{"a.yaml": {Data: []byte("P-A: {en: A}\n")}, "b.yaml": {Data: []byte("P-A: {en: B}\n")}}
	if _, err := voice.Read(twice); err == nil || err.Error() != "read prompts: en/P-A is written twice" {
		t.Errorf("written twice: %v", err)
	}
}

func TestFind(t *testing.T) {
	b, err := voice.Read(prompts(""))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"P-HELLO":   "",
		"P-POS.2":   "",
		"parts/n1":  "",
		"P-POS":     "P-POS is spoken around values, in pieces: P-POS.1 (您前面有), P-POS.2 (位。)",
		"P-NONE":    "no prompt P-NONE in zh-CN",
		"parts/n11": "no prompt parts/n11 in zh-CN",
	} {
		_, err := b.Find("zh-CN", name)
		if (err == nil) != (want == "") || (err != nil && err.Error() != want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("P-A: {en: \"{\"}\nP-B: {en: \"}{n}\"}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := voice.Read(fstest.MapFS{"catalogue.yaml": {Data: raw}})
		if err != nil {
			return
		}
		for _, l := range b.Lines() {
			if l.Text == "" || l.Name == "" {
				t.Fatalf("an empty line %+v", l)
			}
		}
	})
}
