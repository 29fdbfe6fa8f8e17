package store_test

import (
	"testing"
	"time"

	"hotline/store"
	"hotline/store/phone"
)

func TestAFacilityAndItsPIN(t *testing.T) {
	r, ctx, now := newRig(t), t.Context(), time.Now()
	save := func(f store.Facility) {
		t.Helper()
		if err := r.db.SaveFacility(ctx, "8010", f); err != nil {
			t.Fatal(err)
		}
	}
	save(store.Facility{Code: "4401", Name: "First", Kind: "detention"})
	if _, err := r.db.SetPIN(ctx, "8010", "9999", now.Add(time.Hour)); expectIs(err, store.ErrNotFound) != nil {
		t.Errorf("a PIN of nobody: %v", err)
	}
	if err := expectIs(r.db.SaveFacility(ctx, "8010", store.Facility{Code: "1", Name: "x", Kind: "detention"}), store.ErrInvalid); err != nil {
		t.Error(err)
	}
	pin, err := r.db.SetPIN(ctx, "8010", "4401", now.Add(time.Hour))
	if err != nil || len(pin) != 6 {
		t.Fatal(pin, err)
	}
	try := func(code, pin string, at time.Time) store.Finding {
		t.Helper()
		found, err := r.db.CheckPIN(ctx, store.PINTry{Code: code, PIN: pin, Caller: r.number("02083330001"), At: at})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, tt := range []struct {
		name, code, pin string
		at              time.Time
		want            store.Finding
	}{
		{"right", "4401", pin, now, store.Found},
		{"another facility's", "4402", pin, now, store.Missing},
		{"wrong", "4401", wrong(pin), now, store.Missing},
		{"right again", "4401", pin, now, store.Found}, // and the count begins anew
		{"run out", "4401", pin, now.Add(2 * time.Hour), store.Missing},
		{"wrong twice", "4401", wrong(pin), now, store.Missing},
		{"wrong thrice", "4401", wrong(pin), now, store.Missing},
		{"locked", "4401", pin, now.AddDate(0, 0, 2), store.Locked},
	} {
		if got := try(tt.code, tt.pin, tt.at); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	expect(r, 1, `SELECT count(*)::int FROM alarms WHERE kind = 'facility_pin_locked' AND cleared_at IS NULL`)
	if pin, err = r.db.SetPIN(ctx, "8010", "4401", now.Add(time.Hour)); err != nil || try("4401", pin, now) != store.Found {
		t.Errorf("a new PIN does not open: %v", err)
	}
	expect(r, 0, `SELECT count(*)::int FROM alarms WHERE cleared_at IS NULL`)

	save(store.Facility{Code: "4401", Name: "First", Kind: "detention", NumbersOnly: true})
	if got := try("4401", pin, now); got != store.Missing {
		t.Errorf("from a strange number: %v", got)
	}
	if err := r.db.AddFacilityNumber(ctx, "8010", "4401", phone.Plan{Area: "20"}.Parse("02083330001")); err != nil {
		t.Fatal(err)
	}
	if got := try("4401", pin, now); got != store.Found {
		t.Errorf("from its own number: %v", got)
	}
}
