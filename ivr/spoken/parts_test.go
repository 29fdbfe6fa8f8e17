package spoken_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"hotline/ivr/spoken"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLangs(t *testing.T) {
	for _, l := range spoken.Langs() {
		if !l.Valid() {
			t.Errorf("%s is listed but not valid", l)
		}
	}
	if spoken.Lang("zh").Valid() || spoken.Lang("").Valid() {
		t.Error("an unknown language is valid")
	}
}

func TestUnknownLanguageIsMandarin(t *testing.T) {
	at := on(3, 5, 10, 5)
	for name, pair := range map[string][2][]string{
		"digits":   {spoken.Digits("fr", "110"), spoken.Digits(spoken.ZhCN, "110")},
		"datetime": {spoken.DateTime("fr", at), spoken.DateTime(spoken.ZhCN, at)},
		"money":    {spoken.Money("fr", 1206), spoken.Money(spoken.ZhCN, 1206)},
		"parts":    {spoken.Parts("fr"), spoken.Parts(spoken.ZhCN)},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
}

// TestPartsAreThoseWritten holds the grammar's list and the texts together:
// no part without words, no words that no grammar says.
func TestPartsAreThoseWritten(t *testing.T) {
	w := readWords(t)
	for _, lang := range spoken.Langs() {
		var written []string
		for _, id := range slices.Sorted(maps.Keys(w)) {
			if w[id][lang] != "" {
				written = append(written, id)
			}
		}
		if listed := spoken.Parts(lang); !slices.Equal(listed, written) {
			t.Errorf("%s: the grammar lists\n%v\nparts.yaml has\n%v", lang, listed, written)
		}
	}
}

// TestEveryPartIsSaid finds parts that no value needs.
func TestEveryPartIsSaid(t *testing.T) {
	for _, lang := range spoken.Langs() {
		said := map[string]bool{}
		note := func(parts []string) {
			for _, id := range parts {
				said[id] = true
			}
		}
		for n := range int64(130) {
			note(spoken.Number(lang, n))
			note(spoken.Ordinal(lang, int(n)))
			note(spoken.Money(lang, n))
			note(spoken.Amount(lang, n))
		}
		for n := int64(1000); n < 2e18; n *= 10 {
			note(spoken.Number(lang, -n))
			note(spoken.Ordinal(lang, int(n)))
		}
		for m := range 366 * 24 {
			note(spoken.DateTime(lang, on(1, 1, 0, 65*m)))
		}
		note(spoken.Reference(lang, "abcdefghijklmnopqrstuvwxyz-0123456789"))
		note(spoken.Digits(lang, "1 2"))
		note(spoken.Duration(lang, 25*time.Hour+61*time.Second))
		note(spoken.Duration(lang, 50*time.Hour+122*time.Second))
		for _, id := range spoken.Parts(lang) {
			if !said[id] {
				t.Errorf("%s: nothing says part %s", lang, id)
			}
		}
	}
}

// TestOutputsAreListed draws values of every kind and finds ids without a part.
func TestOutputsAreListed(t *testing.T) {
	listed := map[spoken.Lang][]string{}
	for _, lang := range spoken.Langs() {
		listed[lang] = spoken.Parts(lang)
	}
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(spoken.Langs()).Draw(t, "lang")
		n := rapid.Int64().Draw(t, "n")
		s := rapid.String().Draw(t, "s")
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC()
		for _, parts := range [][]string{
			spoken.Number(lang, n), spoken.Index(lang, n), spoken.Ordinal(lang, int(n)),
			spoken.Digits(lang, s), spoken.Reference(lang, s),
			spoken.Date(lang, at), spoken.Weekday(lang, at), spoken.Clock(lang, at), spoken.DateTime(lang, at),
			spoken.Duration(lang, time.Duration(n)), spoken.Money(lang, n), spoken.Amount(lang, n),
		} {
			for _, id := range parts {
				if _, ok := slices.BinarySearch(listed[lang], id); !ok {
					t.Fatalf("%s: %s is not listed", lang, id)
				}
			}
		}
	})
}

func TestDifferentValuesSoundDifferent(t *testing.T) {
	for _, lang := range spoken.Langs() {
		unique(t, lang, "numbers", 100000, func(i int) []string { return spoken.Number(lang, int64(i-1000)) })
		unique(t, lang, "indexes", 20000, func(i int) []string { return spoken.Index(lang, int64(i)) })
		unique(t, lang, "ordinals", 20000, func(i int) []string { return spoken.Ordinal(lang, i) })
		unique(t, lang, "money", 50000, func(i int) []string { return spoken.Money(lang, int64(i)) })
		unique(t, lang, "amounts", 50000, func(i int) []string { return spoken.Amount(lang, int64(i)) })
		unique(t, lang, "dates", 365, func(i int) []string { return spoken.Date(lang, on(1, i+1, 0, 0)) })
		unique(t, lang, "minutes of the day", 24*60, func(i int) []string { return spoken.Clock(lang, on(1, 1, 0, i)) })
		unique(t, lang, "seconds", 90000, func(i int) []string { return spoken.Duration(lang, time.Duration(i)*time.Second) })
	}
}

func unique(t *testing.T, lang spoken.Lang, what string, n int, say func(int) []string) {
	t.Helper()
	seen := make(map[string]int, n)
	for i := range n {
		key := strings.Join(say(i), " ")
		if first, ok := seen[key]; ok {
			t.Fatalf("%s %s: %d and %d are both %q", lang, what, first, i, key)
		}
		seen[key] = i
	}
}
