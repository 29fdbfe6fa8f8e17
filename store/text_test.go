package store_test

import (
	"strings"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
)

func TestWhoGetsTextMessages(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	r.visit("12348", "13911116000")
	r.visit("12348", "13911116001")
	r.applied()
	prefer := func(number string, ok bool) {
		r.exec(`WITH p AS (INSERT INTO persons DEFAULT VALUES RETURNING id) INSERT INTO person_phones (person_id, phone_id, ok_to_sms)
			SELECT p.id, t.id, $2 FROM p, phones t WHERE t.e164_hmac = $1`, r.number(number).Key, ok)
	}
	prefer("13911116000", false)
	prefer("13911116001", true)
	for name, tt := range map[string]struct {
		number    string
		protected bool
		want      bool
	}{
		"a mobile that asked":           {"13911116002", false, true},
		"a child's mobile":              {"13911116002", true, false},
		"a mobile that wants none":      {"13911116000", false, false},
		"a mobile known to be safe":     {"13911116001", true, true},
		"a fixed line":                  {"02083330002", false, false},
		"a withheld number":             {"anonymous", false, false},
		"a service number":              {"12345", false, false},
		"a mobile of another country":   {"+85261234567", false, false},
		"a mobile of somebody who said": {"13911116001", false, true},
	} {
		_, err := r.db.SendText(ctx, store.Text{
			Template: "papers", Language: "zh-CN", To: r.number(tt.number), Protected: tt.protected, Contact: event.NewID(time.Now()), At: time.Now(),
		})
		if tt.want && err != nil || !tt.want && expectIs(err, store.ErrNoText) != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect(r, 3, `SELECT count(*)::int FROM messages WHERE status = 'queued'`)
}

func TestATextMessageAskedForTwiceIsOne(t *testing.T) {
	r := newRig(t)
	text := store.Text{
		Template: "station", Language: "en", To: r.number("13911116003"), Contact: event.NewID(time.Now()), At: time.Now(),
		Params: map[string]string{"district": "Yuexiu-secret"},
	}
	first, err := r.db.SendText(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.db.SendText(t.Context(), text); err != nil || again != first {
		t.Errorf("again: %s, %v, want %s", again, err, first)
	}
	row := one[string](r, `SELECT encode(params_enc, 'escape') || row_to_json(m)::text FROM messages m`)
	if strings.Contains(row, "Yuexiu-secret") || strings.Contains(row, "13911116003") {
		t.Error("the message stands in the database in clear")
	}
}

func TestClipsTakeTurns(t *testing.T) {
	r := newRig(t)
	pick := func(topic, lang string) string {
		t.Helper()
		id, err := r.db.Clip(t.Context(), topic, lang)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if got := pick("loans", "yue"); got != "CLIP-LOANS" {
		t.Errorf("on loans: %s", got)
	}
	first := pick("", "en")
	r.visit("12348", "13911116004", &event.ClipPlayed{Clip: first, Language: "en", Whole: true})
	r.applied()
	if again := pick("", "en"); again == first {
		t.Errorf("%s twice in a row", first)
	}
	for topic, lang := range map[string]string{"astrology": "en", "loans": "fr"} {
		if _, err := r.db.Clip(t.Context(), topic, lang); expectIs(err, store.ErrNotFound) != nil {
			t.Errorf("%s in %s: %v", topic, lang, err)
		}
	}
}

func TestShiftsAndMobiles(t *testing.T) {
	r, ctx, now := newRig(t), t.Context(), time.Now().Truncate(time.Second)
	mobile := phone.Plan{Area: "20"}.Parse("13911116005")
	if err := r.db.SetMobile(ctx, "8010", "8001", mobile); err != nil {
		t.Fatal(err)
	}
	roster, err := r.db.Roster(ctx)
	if err != nil || len(roster.Members) != 1 || roster.Members[0].Mobile != mobile {
		t.Errorf("roster %+v, %v", roster.Members, err)
	}
	if err := r.db.SaveFacility(ctx, "8010", store.Facility{Code: "4401", Name: "First", Kind: "detention"}); err != nil {
		t.Fatal(err)
	}
	night := store.Shift{Extension: "8001", From: now.Add(-time.Hour), To: now.Add(10 * time.Hour), Mobile: true, Facility: "4401"}
	for name, tt := range map[string]struct {
		change func(*store.Shift)
		want   error
	}{
		"nobody":       {func(s *store.Shift) { s.Extension = "9999" }, store.ErrNotFound},
		"no facility":  {func(s *store.Shift) { s.Facility = "9999" }, store.ErrNotFound},
		"no backup":    {func(s *store.Shift) { s.Backup = "9999" }, store.ErrNotFound},
		"own backup":   {func(s *store.Shift) { s.Backup = "8001" }, store.ErrInvalid},
		"for a month":  {func(s *store.Shift) { s.To = s.From.AddDate(0, 1, 0) }, store.ErrInvalid},
		"back in time": {func(s *store.Shift) { s.To = s.From.Add(-time.Hour) }, store.ErrInvalid},
	} {
		s := night
		tt.change(&s)
		if err := expectIs(r.db.AddShift(ctx, "8010", s), tt.want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	past, ahead := night, night
	past.From, past.To = now.Add(-3*time.Hour), now.Add(-2*time.Hour)
	ahead.From, ahead.To = now.Add(48*time.Hour), now.Add(50*time.Hour)
	for _, s := range []store.Shift{past, night, ahead} {
		if err := r.db.AddShift(ctx, "8010", s); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.db.Shifts(ctx, now)
	if err != nil || len(list) != 1 || !list[0].From.Equal(night.From) || !list[0].Mobile || list[0].Facility != "4401" {
		t.Errorf("shifts %+v, %v", list, err)
	}
}
