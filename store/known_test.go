package store_test

import (
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
)

// known asks for what is known of a caller.
func (r *rig) known(number, line string) store.Known {
	r.t.Helper()
	k, err := r.db.Known(r.t.Context(), r.number(number), line, time.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	return k
}

func (r *rig) flag(number string, f store.Flag) error {
	f.Reason, f.From = "test", time.Now().Add(-time.Minute)
	return r.db.Flag(r.t.Context(), "8010", r.number(number), f)
}

func (r *rig) exec(sql string, args ...any) {
	r.t.Helper()
	if _, err := r.conn.Exec(r.t.Context(), sql, args...); err != nil {
		r.t.Fatal(err)
	}
}

func TestWhatIsKnownOfACaller(t *testing.T) {
	r := newRig(t)
	const number = "13911112000"
	if k := r.known(number, "12348"); k.Anything() {
		t.Errorf("of a stranger: %+v", k)
	}
	if k := r.known("anonymous", "12348"); k.Anything() {
		t.Errorf("of a withheld number: %+v", k)
	}
	first := r.visit("12348", number, &event.LanguageChosen{Language: "yue", How: "keyed"},
		&event.Connected{Extension: "8001", Leg: 2})
	open := event.NewID(time.Now())
	r.write(open, r.opened("12348", number)) // the call that asks
	r.applied()
	want := store.Known{Calls: 1, Language: "yue", Counselor: "8001", Case: one[string](r, `SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1`, first)}
	if k := r.known(number, "12348"); k != want {
		t.Errorf("of who called before: %+v, want %+v", k, want)
	}
	r.exec(`UPDATE staff SET status = 'suspended' WHERE extension = '8001'`)
	r.exec(`INSERT INTO access_needs (profile_id, need) SELECT id, 'hard_hearing' FROM profiles`)
	r.exec(`INSERT INTO access_needs (profile_id, need) SELECT id, 'woman_counselor' FROM profiles`)
	want.Counselor, want.Slow, want.Woman = "", true, true
	if k := r.known(number, "12348"); k != want {
		t.Errorf("who hears badly and asked for a woman, without the counselor: %+v, want %+v", k, want)
	}
}

func TestFlagsOfACaller(t *testing.T) {
	r := newRig(t)
	const number = "13911112001"
	if err := expectIs(r.flag(number, store.Flag{Kind: "minor", Until: time.Now().Add(time.Hour)}), store.ErrNotFound); err != nil {
		t.Error("a stranger:", err)
	}
	r.visit("12348", number)
	r.applied()
	until := time.Now().Add(time.Hour)
	for name, f := range map[string]store.Flag{
		"nobody approved":  {Kind: "blocked", Until: until},
		"approved alone":   {Kind: "blocked", Until: until, Approved: "8010"},
		"for half a year":  {Kind: "blocked", Until: until.AddDate(0, 6, 0), Approved: "8011"},
		"no such flag":     {Kind: "vip", Until: until},
		"over before then": {Kind: "minor", Until: until.Add(-2 * time.Hour)},
	} {
		if err := expectIs(r.flag(number, f), store.ErrInvalid); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.flag(number, store.Flag{Kind: "blocked", Line: "12348", Until: until, Approved: "8011"}); err != nil {
		t.Fatal(err)
	}
	if !r.known(number, "12348").Blocked || r.known(number, "12355").Blocked {
		t.Error("a block of one line is not of that line alone")
	}
	if err := r.flag(number, store.Flag{Kind: "minor", Until: until}); err != nil {
		t.Fatal(err)
	}
	if k := r.known(number, "12348"); k.Blocked || !k.Minor {
		t.Errorf("who turns out to be a child is let in: %+v", k)
	}
	for range 2 {
		if err := expectIs(r.flag(number, store.Flag{Kind: "blocked", Until: until.Add(24 * time.Hour), Approved: "8011"}), store.ErrInvalid); err != nil {
			t.Errorf("a child's long block: %v", err)
		}
	}
}

// A child who has called the minors line is a child on the main line, while the case is open.
func TestAChildIsKnownOnEveryLine(t *testing.T) {
	r := newRig(t)
	const number = "13911112002"
	r.visit("12355", number)
	r.applied()
	if !r.known(number, "12348").Minor {
		t.Error("not known as a child")
	}
	r.exec(`UPDATE cases SET status = 'closed', closed_at = now()`)
	if r.known(number, "12348").Minor {
		t.Error("known as a child after the case was closed")
	}
}

func TestAFacilityIsKnownByItsNumber(t *testing.T) {
	r := newRig(t)
	number := phone.Plan{Area: "20"}.Parse("02083330000")
	if err := expectIs(r.db.AddFacilityNumber(t.Context(), "8010", "4401", number), store.ErrNotFound); err != nil {
		t.Error(err)
	}
	if err := r.db.SaveFacility(t.Context(), "8010", store.Facility{Code: "4401", Name: "First", Kind: "detention"}); err != nil {
		t.Fatal(err)
	}
	if err := r.db.AddFacilityNumber(t.Context(), "8010", "4401", number); err != nil {
		t.Fatal(err)
	}
	if k := r.known("02083330000", "12348"); k != (store.Known{Facility: "4401"}) {
		t.Errorf("of a facility's number: %+v", k)
	}
}
