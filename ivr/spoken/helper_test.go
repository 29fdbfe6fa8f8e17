package spoken_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hotline/ivr/spoken"
)

// words is parts.yaml: the text of each part in each language.
type words map[string]map[spoken.Lang]string

func readWords(t *testing.T) words {
	t.Helper()
	raw, err := os.ReadFile("../../callflows/prompts/parts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var w words
	if err := yaml.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// text is what a caller hears: Chinese run together, English with spaces, a
// pause as a dot.
func (w words) text(t *testing.T, lang spoken.Lang, parts []string) string {
	t.Helper()
	var heard []string
	for _, id := range parts {
		s := w[id][lang]
		if s == "" {
			t.Errorf("part %s has no text in %s", id, lang)
		}
		if s == "…" {
			s = "·"
		}
		heard = append(heard, s)
	}
	if lang == spoken.En {
		return strings.Join(heard, " ")
	}
	return strings.Join(heard, "")
}

// row is one value and what it should sound like.
type row struct {
	said []string
	want string
}

func check(t *testing.T, lang spoken.Lang, rows []row) {
	t.Helper()
	if len(rows) < 60 {
		t.Errorf("%d rows, want at least 60", len(rows))
	}
	w := readWords(t)
	for _, r := range rows {
		if got := w.text(t, lang, r.said); got != r.want {
			t.Errorf("got %s, want %s", got, r.want)
		}
	}
}

// on is a time of 2026 in Guangzhou's zone.
func on(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, time.FixedZone("CST", 8*3600))
}
