package main_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hotline/casework"
	program "hotline/cmd/hotline"
	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
	"hotline/store/storetest"
	"hotline/switchboard"
)

// drawer is a journal in memory.
type drawer struct {
	kept []event.Event
	full bool
}

func (d *drawer) Append(facts ...event.Event) (journal.Seq, error) {
	if d.full {
		return 0, errors.New("the disk is full")
	}
	d.kept = append(d.kept, facts...)
	return journal.Seq(len(d.kept)), nil
}

// away is a desk whose database is away, with a caller at it.
type away struct {
	ivr.Desk
	kept    *drawer
	contact event.ID
	keys    *secret.Keys
}

func deskAway(t *testing.T, number string) away {
	t.Helper()
	a := away{kept: &drawer{}, contact: event.NewID(time.Now()), keys: storetest.Keys(t)}
	db, err := store.Open(t.Context(), store.Options{URL: postgres.URL(t), Keys: a.keys})
	must(t, err)
	db.Close()
	a.Desk = program.NewDesk(db, a.kept, a.keys)(switchboard.Visit{
		Contact: a.contact, Line: "12348", Language: func() ivr.Lang { return "yue" }, Caller: a.number(number),
	})
	return a
}

func (a away) number(raw string) event.Number {
	return a.keys.Number(phone.Plan{Area: "20"}.Parse(raw), "PAI")
}

// A promise needs the journal alone: it is given while the database is away, and not when it could not be kept.
func TestACallbackIsPromisedWithoutTheDatabase(t *testing.T) {
	since := time.Now().Add(-5 * time.Minute)
	var protected ivr.Marks
	protected = protected.With(ivr.Minor)
	for name, tt := range map[string]struct {
		caller, keyed string
		marks         ivr.Marks
		class         event.Class
		refused       bool
	}{
		"the number that calls": {caller: "13811112222", class: event.ClassOrdinary},
		"another number":        {caller: "13811112222", keyed: "02083330000", class: event.ClassOrdinary},
		"a keyed number":        {caller: "anonymous", keyed: "13811113333", marks: protected, class: event.ClassMinor},
		"no number at all":      {caller: "anonymous", refused: true},
		"a service number":      {caller: "400 1234567", refused: true},
		"no number as keyed":    {caller: "anonymous", keyed: "#7", refused: true},
	} {
		at := deskAway(t, tt.caller)
		ask := ivr.Callback{Queue: "labour", Number: tt.keyed, Since: since, Neutral: true, Lang: "yue", Marks: tt.marks}
		receipt, err := at.Callbacks.Promise(t.Context(), ask)
		if err != nil || receipt.Refused != tt.refused {
			t.Errorf("%s: %+v, %v", name, receipt, err)
			continue
		}
		if tt.refused {
			if len(at.kept.kept) != 0 {
				t.Errorf("%s: a refusal is kept as a promise", name)
			}
			continue
		}
		got, ok := at.kept.kept[0].Body.(*event.CallbackPromised)
		if !ok || at.kept.kept[0].Contact != at.contact || got.Reference != receipt.Reference || receipt.Reference == "" ||
			got.Class != tt.class || !got.Neutral || !got.Since.Equal(since) || got.Queue != "labour" || got.Language != "yue" {
			t.Errorf("%s: kept %+v", name, got)
		}
		want := tt.caller
		if tt.keyed != "" {
			want = tt.keyed
		}
		if key := at.number(want).Key; string(key) != string(got.Number.Key) {
			t.Errorf("%s: another number is called back", name)
		}
		at.kept.full = true
		if _, err := at.Callbacks.Promise(t.Context(), ask); err == nil {
			t.Errorf("%s: a promise that is not kept was given", name)
		}
	}
}

func TestRequestsAreDueByLaw(t *testing.T) {
	day := time.Date(2027, 3, 1, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	about := event.NewID(time.Now())
	hours, err := program.Hours()
	must(t, err)
	for name, tt := range map[string]struct {
		kind   string
		values map[string]ivr.Value
		within time.Duration // due after now
		due    time.Time     // or then
		days   int           // or after so many, as the law counts them
	}{
		"forwarding in a day":      {kind: "forward", values: map[string]ivr.Value{"facility": ivr.Word("4401")}, within: 24 * time.Hour},
		"a lawyer in three days":   {kind: "notice", days: 3},
		"an objection in five":     {kind: "objection", values: map[string]ivr.Value{"case_id": ivr.Word(about.String())}, days: 5},
		"presence in the morning":  {kind: "presence", values: map[string]ivr.Value{"day": ivr.Instant(day), "half": ivr.Word("am")}, due: day.Add(8*time.Hour + 30*time.Minute)},
		"presence after the break": {kind: "presence", values: map[string]ivr.Value{"day": ivr.Instant(day), "half": ivr.Word("pm")}, due: day.Add(14 * time.Hour)},
	} {
		at := deskAway(t, "02083330000")
		receipt, err := at.Requests.File(t.Context(), ivr.Request{Kind: tt.kind, Values: tt.values})
		if err != nil || len(at.kept.kept) != 1 || at.kept.kept[0].Contact != at.contact {
			t.Errorf("%s: %+v, %v", name, receipt, err)
			continue
		}
		got, _ := at.kept.kept[0].Body.(*event.RequestFiled)
		want := tt.due
		switch {
		case tt.days > 0:
			want, err = hours.Statutory(casework.Clock{Start: time.Now()}, tt.days)
			must(t, err)
		case want.IsZero():
			want = time.Now().Add(tt.within)
		}
		if got == nil || got.Due.Sub(want).Abs() > time.Minute || !got.Due.Equal(receipt.Due) || got.Reference != receipt.Reference {
			t.Errorf("%s: kept %+v, want due %s", name, got, want)
		}
		if tt.kind == "objection" && got.Case != about {
			t.Errorf("%s: is about %s", name, got.Case)
		}
	}
}

func TestRequestsNobodyCanFulfil(t *testing.T) {
	at := deskAway(t, "13811112222")
	if receipt, err := at.Requests.File(t.Context(), ivr.Request{Kind: "papers"}); err != nil || !receipt.Refused {
		t.Errorf("a text message without anybody who sends it: %+v, %v", receipt, err)
	}
	if _, err := at.Requests.File(t.Context(), ivr.Request{Kind: "pizza"}); err == nil {
		t.Error("a pizza was promised")
	}
	for _, kind := range []string{"cancel", "objection"} {
		if _, err := at.Requests.File(t.Context(), ivr.Request{Kind: kind, Values: map[string]ivr.Value{"appointment": ivr.Word("7"), "case_id": ivr.Word("7")}}); err == nil {
			t.Errorf("%s of nothing was filed", kind)
		}
	}
	if _, err := at.Cases.Case(t.Context(), "horoscope", "1", "2"); err == nil {
		t.Error("a horoscope was told")
	}
	if len(at.kept.kept) != 0 {
		t.Errorf("kept %d facts", len(at.kept.kept))
	}
}

// A database that does not answer is left when the flow's patience ends.
func TestTheDeskWaitsNoLongerThanItMay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	keys := storetest.Keys(t)
	db, err := store.Open(t.Context(), store.Options{URL: postgres.URL(t), Keys: keys})
	must(t, err)
	defer db.Close()
	at := program.NewDesk(db, &drawer{}, keys)(switchboard.Visit{
		Caller: keys.Number(phone.Plan{}.Parse("13811112222"), ""), Language: func() ivr.Lang { return "en" },
	})
	for name, ask := range map[string]func() error{
		"file":     func() error { _, err := at.Files.File(ctx, ivr.Caller{}, "12348"); return err },
		"case":     func() error { _, err := at.Cases.Case(ctx, "case", "20260001237", "1234"); return err },
		"facility": func() error { _, err := at.Facilities.Facility(ctx, "4401", "123456"); return err },
		"station":  func() error { _, err := at.Stations.Station(ctx, "1"); return err },
		"slots":    func() error { _, err := at.Slots.Free(ctx, "advice", "1", time.Now(), 3); return err },
		"clip":     func() error { _, err := at.Clips.Clip(ctx, "loans", "en"); return err },
	} {
		if err := ask(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
