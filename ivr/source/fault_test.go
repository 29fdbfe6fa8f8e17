package source_test

import (
	"errors"
	"testing"

	"hotline/ivr/source"
)

func TestFaultsAreToldInOrderAndAllAtOnce(t *testing.T) {
	var fs source.Faults
	if fs.Err() != nil {
		t.Fatal("no fault is an error")
	}
	fs.Add(source.Position{File: "b.yaml", Line: 1, Column: 1}, "third")
	fs.AddHint(source.Position{File: "a.yaml", Line: 9, Column: 2}, "do this", "second %d", 2)
	fs.Add(source.Position{File: "a.yaml", Line: 2, Column: 5}, "first")
	fs.Take("c.yaml", errors.New("plain"))
	fs.Take("d.yaml", errors.Join(&source.Fault{Position: source.Position{File: "d.yaml"}, Text: "inner"}))
	fs.Take("e.yaml", nil)
	want := "a.yaml:2:5: first\na.yaml:9:2: second 2; do this\nb.yaml:1:1: third\nc.yaml: plain\nd.yaml: inner"
	if got := fs.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if all := source.All(fs.Err()); len(all) != 5 || fs.Len() != 5 || all[1].Hint != "do this" {
		t.Errorf("taken apart: %v", all)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"say", "then", "menu", "voicemail", "queue"}
	for written, want := range map[string]string{
		"tehn":      `did you mean "then"?`,
		"Queue":     `did you mean "queue"?`,
		"voicemial": `did you mean "voicemail"?`,
		"zzzzzz":    "known: menu, queue, say, then, voicemail",
	} {
		if got := source.Suggest(written, known); got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
	}
	if got := source.Suggest("x", nil); got != "" {
		t.Errorf("nothing known gives %q", got)
	}
	if got := source.Suggest(string(make([]byte, 500)), known); got == "" {
		t.Error("a very long word is answered too")
	}
}
