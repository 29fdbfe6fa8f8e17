package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/secret"
)

// inquiry makes a case that stands somehow, and its query code.
func (r *rig) inquiry(number, stage string, due time.Time) (caseNo, reference, code string) {
	r.t.Helper()
	id := r.visit("12348", number)
	r.applied()
	caseNo = one[string](r, `SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1`, id)
	if stage != "" {
		if err := r.db.SetProgress(r.t.Context(), "8001", caseNo, stage, due); err != nil {
			r.t.Fatal(err)
		}
	}
	reference, code, err := r.db.IssueCode(r.t.Context(), "8001", caseNo)
	if err != nil {
		r.t.Fatal(err)
	}
	return caseNo, reference, code
}

// wrong is another code than the right one.
func wrong(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func TestACaseIsToldByReferenceAndCode(t *testing.T) {
	r := newRig(t)
	due := time.UnixMicro(1_795_439_797_000_000)
	no, reference, code := r.inquiry("13911114000", "review", due)
	ask := func(reference, code string, at time.Time) store.Answer {
		t.Helper()
		a, err := r.db.CaseStatus(t.Context(), store.Enquiry{Reference: reference, Code: code, Caller: r.number("13911114001"), At: at})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	now := time.Now()
	if a := ask(reference, code, now); a.Finding != store.Found || a.Stage != "review" || !a.Due.Equal(due) || a.ID.IsZero() {
		t.Errorf("with the right code: %+v", a)
	}
	if a := ask("20269999999", code, now); a.Finding != store.Missing {
		t.Errorf("of no case: %+v", a)
	}
	for i := range 3 {
		if a := ask(reference, wrong(code), now); a.Finding != store.Missing || !a.ID.IsZero() {
			t.Errorf("wrong code %d: %+v", i, a)
		}
	}
	if a := ask(reference, code, now); a.Finding != store.Locked {
		t.Errorf("after three wrong codes: %+v", a)
	}
	expect(r, 1, `SELECT count(*)::int FROM alarms WHERE kind = 'query_code_locked' AND cleared_at IS NULL`)
	if a := ask(reference, code, now.Add(25*time.Hour)); a.Finding != store.Found {
		t.Errorf("a day later: %+v", a)
	}
	r.exec(`UPDATE cases SET sensitivity = 'sealed'`)
	if a := ask(reference, code, now.Add(27*time.Hour)); a.Finding != store.Missing {
		t.Errorf("of a sealed case: %+v", a)
	}
	if _, _, err := r.db.IssueCode(t.Context(), "8001", no); expectIs(err, store.ErrNotFound) != nil {
		t.Errorf("a code for a sealed case: %v", err)
	}
}

func TestACaseWithoutProgressIsNotMadeUp(t *testing.T) {
	r := newRig(t)
	if err := expectIs(r.db.SetProgress(t.Context(), "8001", "GZ-2026-LA-000001-1", "review", time.Now()), store.ErrNotFound); err != nil {
		t.Errorf("progress of no case: %v", err)
	}
	no, reference, code := r.inquiry("13911114002", "", time.Time{})
	if err := expectIs(r.db.SetProgress(t.Context(), "8001", no, "lost", time.Now()), store.ErrInvalid); err != nil {
		t.Errorf("progress nobody can say: %v", err)
	}
	_, err := r.db.CaseStatus(t.Context(), store.Enquiry{Reference: reference, Code: code, At: time.Now()})
	if err := expectIs(err, store.ErrNoProgress); err != nil {
		t.Error(err)
	}
}

// Guessers who try many references, or many at once, get no more tries than one.
func TestGuessersAreHeldOut(t *testing.T) {
	r := newRig(t)
	_, reference, code := r.inquiry("13911114003", "granted", time.Now())
	ask := func(from, reference, code string) store.Finding {
		a, err := r.db.CaseStatus(t.Context(), store.Enquiry{Reference: reference, Code: code, Caller: r.number(from), At: time.Now()})
		if err != nil {
			t.Error(err)
		}
		return a.Finding
	}
	for range 10 {
		ask("13911114004", "20261234567", "0000")
	}
	if got := ask("13911114004", reference, code); got != store.Locked {
		t.Errorf("after ten guesses within an hour: %v", got)
	}
	if got := ask("13911114005", reference, code); got != store.Found {
		t.Errorf("another caller: %v", got)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { ask("anonymous", reference, wrong(code)) })
	}
	group.Wait()
	expect(r, 3, `SELECT fails::int FROM query_codes`)
}

// A new code puts the old one out of force, and neither stands anywhere in clear.
func TestQueryCodesAreSecrets(t *testing.T) {
	r := newRig(t)
	no, reference, old := r.inquiry("13911114006", "open", time.Now())
	code := old
	for code == old {
		var err error
		if _, code, err = r.db.IssueCode(t.Context(), "8001", no); err != nil {
			t.Fatal(err)
		}
	}
	for c, want := range map[string]store.Finding{old: store.Missing, code: store.Found} {
		if a, err := r.db.CaseStatus(t.Context(), store.Enquiry{Reference: reference, Code: c, At: time.Now()}); err != nil || a.Finding != want {
			t.Errorf("%+v, %v, want finding %v", a, err, want)
		}
	}
	if row := one[string](r, `SELECT row_to_json(q)::text FROM query_codes q`); strings.Contains(row, `"`+code+`"`) {
		t.Error("the code stands in the database")
	}
	if strings.Trim(reference, "0123456789") != "" || len(reference) < 6 {
		t.Errorf("reference %q cannot be keyed", reference)
	}
}

func TestAMediationIsDialledInto(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13911114007")
	r.applied()
	now := time.Now()
	r.exec(`INSERT INTO mediations (id, case_id, starts_at) SELECT gen_random_uuid(), id, now() FROM cases`)
	r.exec(`INSERT INTO mediation_parties (mediation_id, side, dial_hmac, dial_from, dial_until) SELECT id, 'applicant', $1, $2, $3 FROM mediations`,
		r.keys.Match(secret.PurposeDial, []byte("482913")), now.Add(-time.Hour), now.Add(time.Hour))
	for _, tt := range []struct {
		digits string
		at     time.Time
		want   store.Finding
	}{{"482913", now, store.Found}, {"482914", now, store.Missing}, {"482913", now.Add(2 * time.Hour), store.Missing}} {
		a, err := r.db.Mediation(t.Context(), store.Enquiry{Reference: tt.digits, At: tt.at})
		if err != nil || a.Finding != tt.want || (a.ID == event.ID{}) == (tt.want == store.Found) {
			t.Errorf("%s at %s: %+v, %v", tt.digits, tt.at, a, err)
		}
	}
}
