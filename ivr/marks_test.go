package ivr_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
)

func TestMarksAreOnlyAdded(t *testing.T) {
	m := ivr.Marks{}.With(ivr.Minor)
	for _, mark := range []ivr.Mark{ivr.Private, ivr.Danger, ivr.Silent, ivr.Abusive} {
		m = m.With(mark).Join(ivr.Marks{})
		if !m.Protected() {
			t.Fatalf("%v took the protection off", mark)
		}
	}
	if got := m.String(); got != "minor private danger silent abusive" {
		t.Errorf("marks are written %q", got)
	}
	if (ivr.Marks{}).Protected() || !(ivr.Marks{}).Survey() {
		t.Error("a call without marks is an ordinary one")
	}
	for _, mark := range []ivr.Mark{ivr.Private, ivr.Danger, ivr.Silent, ivr.Abusive} {
		if (ivr.Marks{}).With(mark).Survey() {
			t.Errorf("a survey after %v", ivr.Marks{}.With(mark))
		}
	}
	if mark, ok := ivr.MarkNamed("danger"); !ok || mark != ivr.Danger {
		t.Error("danger is not found by its name")
	}
	if _, ok := ivr.MarkNamed("vip"); ok {
		t.Error("an unknown mark was found")
	}
}

func TestACallersNumberIsNeverPrinted(t *testing.T) {
	const number = "+8613712345678"
	c := ivr.Caller{Number: number}
	back := ivr.Callback{Number: number, Caller: c}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("call", "caller", c, "callback", back)
	for _, v := range []any{c, back} {
		fmt.Fprintf(&b, "%v %+v %s\n", v, v, v)
	}
	if strings.Contains(b.String(), "137") {
		t.Errorf("the number is in %s", b.String())
	}
	if got := (ivr.Caller{Anonymous: true}).String(); got != "anonymous" {
		t.Errorf("an anonymous caller prints as %q", got)
	}
}

func TestValues(t *testing.T) {
	at := time.Date(2026, 3, 5, 10, 0, 0, 0, time.FixedZone("", 8*3600))
	for _, row := range []struct {
		value ivr.Value
		sort  ivr.Sort
		text  string
	}{
		{ivr.Word("blocked"), ivr.WordSort, "blocked"},
		{ivr.Text("0071"), ivr.TextSort, "0071"},
		{ivr.Number(-3), ivr.NumberSort, "-3"},
		{ivr.Instant(at), ivr.TimeSort, "2026-03-05T10:00:00+08:00"},
		{ivr.Span(90 * time.Second), ivr.SpanSort, "1m30s"},
		{ivr.Cents(1234), ivr.CentsSort, "1234"},
		{ivr.Phrase("A", "B"), ivr.PhraseSort, "A B"},
		{ivr.ClipOf("rent"), ivr.ClipSort, "rent"},
		{ivr.Value{}, "", ""},
	} {
		if row.value.Sort() != row.sort || row.value.Text() != row.text {
			t.Errorf("%+v is %q %q, want %q %q", row.value, row.value.Sort(), row.value.Text(), row.sort, row.text)
		}
	}
	if !ivr.Instant(at).Time().Equal(at) || !ivr.Word("x").Time().IsZero() {
		t.Error("a time does not come back")
	}
	for sort, text := range map[ivr.Sort]string{
		ivr.WordSort: "x", ivr.TextSort: "12", ivr.NumberSort: "12", ivr.TimeSort: "2026-03-05T10:00:00+08:00",
		ivr.SpanSort: "1m30s", ivr.CentsSort: "5", ivr.PhraseSort: "A,B", ivr.ClipSort: "c",
	} {
		if v, err := ivr.ParseValue(sort, text); err != nil || v.Sort() != sort {
			t.Errorf("%s of sort %s: %+v, %v", text, sort, v, err)
		}
	}
	for sort, text := range map[ivr.Sort]string{ivr.NumberSort: "x", ivr.TimeSort: "today", ivr.SpanSort: "x", "mood": "x"} {
		if _, err := ivr.ParseValue(sort, text); err == nil {
			t.Errorf("%q was taken as %s", text, sort)
		}
	}
}
