package ivr_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"hotline/ivr"
)

func TestTally(t *testing.T) {
	var tally ivr.Tally
	menu, bye := ivr.Where{Flow: "main", Hash: "h1", Node: "menu"}, ivr.Where{Flow: "main", Hash: "h1", Node: "bye"}
	other := ivr.Where{Flow: "main", Hash: "h0", Node: "menu"}
	for i := range 5 {
		tally.Note(ivr.Event{Kind: ivr.Entered, Where: menu})
		tally.Note(ivr.Event{Kind: ivr.LeftNode, Where: menu, HungUp: i == 4, Took: time.Duration(i) * time.Second})
	}
	tally.Note(ivr.Event{Kind: ivr.Entered, Where: bye})
	tally.Note(ivr.Event{Kind: ivr.Entered, Where: other})
	tally.Note(ivr.Event{Kind: ivr.Assigned, Where: menu})
	want := []ivr.NodeCount{
		{Where: other, Entered: 1},
		{Where: bye, Entered: 1},
		{Where: menu, Entered: 5, Left: 4, HungUp: 1, Median: 2 * time.Second},
	}
	if got := tally.Rows(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestTallyTakesTheMedianOfRecentVisits(t *testing.T) {
	var tally ivr.Tally
	for i := range 1000 {
		took := time.Hour
		if i >= 700 {
			took = time.Second
		}
		tally.Note(ivr.Event{Kind: ivr.LeftNode, Took: took})
	}
	if got := tally.Rows()[0]; got.Median != time.Second || got.Left != 1000 {
		t.Errorf("%+v", got)
	}
}

func TestTallyOfManyCalls(t *testing.T) {
	var tally ivr.Tally
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				tally.Note(ivr.Event{Kind: ivr.Entered})
				_ = tally.Rows()
			}
		})
	}
	wg.Wait()
	if got := tally.Rows()[0].Entered; got != 800 {
		t.Errorf("%d entered", got)
	}
}

func TestSayingOutsideOfAFlow(t *testing.T) {
	e := load(t, map[string]string{"words/": spokenWords, "main": line("  a: {say: P-A, then: bye}")})
	s, err := e.Saying("en", map[string]ivr.Value{"topic": ivr.Phrase("HERE")}, "L-ACCEPT", "P-A")
	if err != nil || s.Text != "here P-A " || !reflect.DeepEqual(s.Parts, []ivr.Part{{Lang: "en", ID: "HERE"}, {Lang: "en", ID: "P-A"}}) {
		t.Errorf("%+v, %v", s, err)
	}
	for _, ids := range [][]string{{"P-NOWHERE"}, {"P-NUM"}, {"L-ACCEPT"}} {
		if s, err := e.Saying("en", map[string]ivr.Value{"topic": ivr.Phrase("P-NUM"), "num": ivr.Number(1)}, ids...); err == nil {
			t.Errorf("%v was said: %+v", ids, s)
		}
	}
}

// TestEveryKindOfValueIsSpoken says each kind and looks at the parts.
func TestEveryKindOfValueIsSpoken(t *testing.T) {
	at := time.Date(2026, 3, 5, 10, 0, 0, 0, time.FixedZone("", 8*3600))
	for kind, row := range map[string]struct {
		value ivr.Value
		first string // the first part, in English
		text  string
	}{
		"cardinal": {ivr.Number(3), "parts/n3", "3"}, "index": {ivr.Number(3), "parts/n3", "3"}, "ordinal": {ivr.Number(3), "parts/ord-3", "3"},
		"digits": {ivr.Text("12"), "parts/n1", "12"}, "reference": {ivr.Text("A1"), "parts/letter-a", "A1"},
		"date": {ivr.Instant(at), "parts/month-3", "5 March"}, "weekday": {ivr.Instant(at), "parts/weekday-4", "Thursday"},
		"clock": {ivr.Instant(at), "parts/n10", "10:00"}, "datetime": {ivr.Instant(at), "", "Thursday 5 March 10:00"},
		"duration": {ivr.Span(2 * time.Minute), "parts/n2", "2m0s"}, "money": {ivr.Cents(1200), "parts/n12", "12.00"}, "amount": {ivr.Cents(1250), "parts/n12", "12.50"},
		"phrase": {ivr.Phrase("HERE"), "HERE", "here"}, "clip": {ivr.ClipOf("own"), "clips/own", "[own]"},
	} {
		e := load(t, map[string]string{
			"words/": "HERE: {zh-CN: 这里, yue: 呢度, en: here}\nP-V: {zh-CN: \"{v}\", yue: \"{v}\", en: \"{v}\", vars: {v: " + kind + "}}",
			"main":   line("  a: {say: P-A, then: bye}"),
		})
		s, err := e.Saying("en", map[string]ivr.Value{"v": row.value}, "P-V")
		if err != nil || len(s.Parts) == 0 || row.first != "" && s.Parts[0].ID != row.first || s.Text != row.text+" " {
			t.Errorf("%s: %+v, %v", kind, s, err)
		}
	}
}
