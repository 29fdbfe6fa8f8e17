package ivr_test

import (
	"os"
	"strings"
	"testing"

	"hotline/ivr"
)

// TestReadmeIsTheCode holds the list of nodes in the README equal to what the
// reader takes. Run with UPDATE=1 to write it anew.
func TestReadmeIsTheCode(t *testing.T) {
	const file, mark = "../callflows/flows/README.md", "## The nodes\n\n"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, list, found := strings.Cut(string(readme), mark)
	if !found {
		t.Fatalf("the README has no %q", mark)
	}
	if os.Getenv("UPDATE") != "" {
		list = ivr.Reference()
		if err := os.WriteFile(file, []byte(head+mark+list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if list != ivr.Reference() {
		t.Error("the README does not list what the reader takes; UPDATE=1 go test ./ivr -run Readme writes it")
	}
	for _, kind := range ivr.Kinds() {
		if !strings.Contains(list, "\n### "+kind+"\n") {
			t.Errorf("the README does not tell of %s", kind)
		}
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	for line := range strings.Lines(ivr.Reference()) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.TrimSpace(cells[2]) == "" {
			t.Errorf("a field without words: %s", line)
		}
	}
}
