package ivrtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// office is a world with some things given.
func office(t *testing.T, given ...string) *ivrtest.World {
	t.Helper()
	w := ivrtest.NewWorld(ivrtest.NewClock(noon), nil)
	for _, line := range given {
		words := strings.Split(line, "|")
		if err := w.Given(words...); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestFiles(t *testing.T) {
	w := office(t, "caller|minor|blocked|slow|language|yue|facility|F1|counselor|8003|calls|4")
	desk := w.Desk()
	f, err := desk.Files.File(t.Context(), ivr.Caller{Number: "1"}, "12348")
	want := ivr.File{Known: true, Minor: true, Blocked: true, Slow: true, Lang: "yue", Facility: "F1", Counselor: "8003", Calls: 4}
	if err != nil || f != want {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := desk.Files.File(t.Context(), ivr.Caller{Anonymous: true}, "12348"); err != nil || f.Known {
		t.Errorf("a withheld number has a file: %+v, %v", f, err)
	}
}

func TestCasesLockAfterThreeWrongCodes(t *testing.T) {
	w := office(t, "case|123456|code|4321|status|STATUS-REVIEW|due|2026-11-30 17:30")
	cases := w.Desk().Cases
	ask := func(ref, code string) ivr.CaseAnswer {
		a, err := cases.Case(t.Context(), "case", ref, code)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := ask("123456", "4321"); a.Finding != ivr.Found || a.Status != "STATUS-REVIEW" || a.ID != "123456" || a.Due.IsZero() {
		t.Errorf("%+v", a)
	}
	if a := ask("999999", "4321"); a.Finding != ivr.Missing {
		t.Errorf("a case that is not there: %+v", a)
	}
	for range 3 {
		if a := ask("123456", "0000"); a.Finding != ivr.Missing || a.Status != "" {
			t.Errorf("a wrong code opens %+v", a)
		}
	}
	if a := ask("123456", "4321"); a.Finding != ivr.Locked {
		t.Errorf("after three wrong codes the right one gives %+v", a)
	}
	if a, _ := cases.Case(t.Context(), "appointment", "123456", "4321"); a.Finding != ivr.Missing {
		t.Error("a case was found as an appointment")
	}
}

func TestFacilitiesLockAfterThreeWrongPINs(t *testing.T) {
	facilities := office(t, "facility|4401|pin|123456").Desk().Facilities
	for i, row := range []struct {
		code, pin string
		want      ivr.Finding
	}{
		{"4401", "123456", ivr.Found},
		{"4402", "123456", ivr.Missing},
		{"4401", "1", ivr.Missing},
		{"4401", "2", ivr.Missing},
		{"4401", "3", ivr.Missing},
		{"4401", "123456", ivr.Locked},
	} {
		a, err := facilities.Facility(t.Context(), row.code, row.pin)
		if err != nil || a.Finding != row.want {
			t.Errorf("%d: %+v, %v; want %v", i, a, err, row.want)
		}
	}
}

func TestSlotsGoToTheQuicker(t *testing.T) {
	w := office(t, "slot|S1|2026-11-24 09:00|HERE", "slot|S2|2026-11-24 10:00|HERE", "taken|S1")
	slots := w.Desk().Slots
	free, err := slots.Free(t.Context(), "advice", "", noon, 3)
	if err != nil || len(free) != 2 || free[0].Place != "HERE" {
		t.Fatalf("%+v, %v", free, err)
	}
	if b, _ := slots.Take(t.Context(), "S1", ivr.Caller{}, ""); !b.Taken {
		t.Error("the slot was not taken by somebody else")
	}
	if b, err := slots.Take(t.Context(), "S2", ivr.Caller{}, ""); err != nil || b.Taken || b.Reference == "" {
		t.Errorf("%+v, %v", b, err)
	}
	if b, _ := slots.Take(t.Context(), "S2", ivr.Caller{}, ""); !b.Taken {
		t.Error("one slot was booked twice")
	}
	if free, _ := slots.Free(t.Context(), "advice", "", noon, 3); len(free) != 0 {
		t.Errorf("still free: %+v", free)
	}
	one := office(t, "slot|S1|2026-11-24 09:00|HERE", "slot|S2|2026-11-24 10:00|HERE")
	if free, _ := one.Desk().Slots.Free(t.Context(), "", "", noon, 1); len(free) != 1 {
		t.Errorf("%d slots for a limit of one", len(free))
	}
}

func TestRequestsCallbacksClipsAndStations(t *testing.T) {
	w := office(t, "refused|papers", "clip|renting|CLIP-RENTING", "station|3|NEAR|HOURS")
	desk := w.Desk()
	if r, err := desk.Requests.File(t.Context(), ivr.Request{Kind: "papers"}); err != nil || !r.Refused {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := desk.Requests.File(t.Context(), ivr.Request{Kind: "cancel"}); err != nil || r.Reference != "R001" || !r.Due.After(noon) {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := desk.Callbacks.Promise(t.Context(), ivr.Callback{Queue: "labour"}); err != nil || r.Reference != "K001" {
		t.Errorf("%+v, %v", r, err)
	}
	if c, err := desk.Clips.Clip(t.Context(), "renting", "en"); err != nil || c.ID != "CLIP-RENTING" {
		t.Errorf("%+v, %v", c, err)
	}
	if s, err := desk.Stations.Station(t.Context(), "3"); err != nil || !s.Found || s.Name != "NEAR" {
		t.Errorf("%+v, %v", s, err)
	}
	if s, _ := desk.Stations.Station(t.Context(), "4"); s.Found {
		t.Error("a station that is not there was found")
	}
	if len(w.Filed.Requests) != 1 || len(w.Filed.Callbacks) != 1 {
		t.Errorf("filed: %+v", w.Filed)
	}
}

// TestSourcesCanBeAway asks every service while it is broken, slow, and well.
func TestSourcesCanBeAway(t *testing.T) {
	ask := map[string]func(ivr.Desk, context.Context) error{
		"files":      func(d ivr.Desk, ctx context.Context) error { _, err := d.Files.File(ctx, ivr.Caller{}, ""); return err },
		"cases":      func(d ivr.Desk, ctx context.Context) error { _, err := d.Cases.Case(ctx, "case", "", ""); return err },
		"facilities": func(d ivr.Desk, ctx context.Context) error { _, err := d.Facilities.Facility(ctx, "", ""); return err },
		"stations":   func(d ivr.Desk, ctx context.Context) error { _, err := d.Stations.Station(ctx, ""); return err },
		"slots":      func(d ivr.Desk, ctx context.Context) error { _, err := d.Slots.Free(ctx, "", "", noon, 3); return err },
		"requests":   func(d ivr.Desk, ctx context.Context) error { _, err := d.Requests.File(ctx, ivr.Request{}); return err },
		"callbacks": func(d ivr.Desk, ctx context.Context) error {
			_, err := d.Callbacks.Promise(ctx, ivr.Callback{})
			return err
		},
		"clips": func(d ivr.Desk, ctx context.Context) error { _, err := d.Clips.Clip(ctx, "", "en"); return err },
	}
	for name, call := range ask {
		w := office(t, name+"|broken")
		if err := call(w.Desk(), t.Context()); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("broken %s: %v", name, err)
		}
		if err := w.Given(name, "slow", "once"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := call(w.Desk(), ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("slow %s: %v", name, err)
		}
		if w.Clock.Now().Sub(noon) < 50*time.Second {
			t.Errorf("slow %s took only %v", name, w.Clock.Now().Sub(noon))
		}
		if err := call(w.Desk(), ctx); err != nil {
			t.Errorf("%s is still slow: %v", name, err)
		}
		if err := w.Given(name, "well"); err != nil || call(w.Desk(), t.Context()) != nil {
			t.Errorf("%s does not get well", name)
		}
	}
	if _, err := office(t).Desk().Hours.Moment(t.Context(), "office", noon); err == nil {
		t.Error("a calendar that is not there answered")
	}
	if _, err := office(t, "calendar|broken").Desk().Hours.Moment(t.Context(), "office", noon); err == nil {
		t.Error("a broken calendar answered")
	}
}

func TestGivenThatCannotBe(t *testing.T) {
	for _, words := range [][]string{
		nil,
		{"weather"},
		{"caller", "language"},
		{"case", "1"},
		{"case", "1", "code", "2", "due", "soon"},
		{"facility", "1"},
		{"station", "1"},
		{"slot", "S"},
		{"queue", "q"},
		{"queue", "q", "wait", "long"},
		{"queue", "q", "ahead"},
		{"clip", "x"},
		{"files"},
	} {
		if err := ivrtest.NewWorld(ivrtest.NewClock(noon), nil).Given(words...); err == nil {
			t.Errorf("given %v was taken", words)
		}
	}
	w := office(t, "queue|labour|full|ahead|3|wait|4m|ready|2")
	if q := w.Queues["labour"]; !q.Full || q.Closed || q.Place != (ivr.Place{Ahead: 3, Wait: 4 * time.Minute, Ready: 2}) {
		t.Errorf("%+v", q)
	}
}

func TestReading(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "您好": 500 * time.Millisecond, "two words": 800 * time.Millisecond, "按 1": 650 * time.Millisecond, "。，": 0,
	} {
		if got := ivrtest.Reading(text); got != want {
			t.Errorf("%q takes %v, want %v", text, got, want)
		}
	}
}
