package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// Who is to be called is listed with the number, until the call has been made; who wants no calls is not.
func TestCallsToBeMade(t *testing.T) {
	r := newRig(t)
	ctx, db, now := t.Context(), r.db, time.Now()
	contact, no := r.matter("13900000001")
	_, quiet := r.matter("13900000002")
	listed := func() (kinds []string) {
		t.Helper()
		list, err := db.CallsDue(ctx, now)
		r.must(err)
		for _, c := range list {
			kinds = append(kinds, c.Kind+" "+c.Number)
			if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, "139") {
				t.Error("a call prints its number")
			}
		}
		slices.Sort(kinds)
		return kinds
	}
	for _, n := range []string{no, quiet} {
		r.must(db.Revisit(ctx, "8001", n, now.AddDate(0, 0, -1)))
		r.must(db.Apply(ctx, "8001", n, now, store.Dues{Promise: now, Statutory: now}))
		r.must(db.Decide(ctx, "8012", n, store.Decision{Reason: "REASON-INCOME", At: now, Due: now}))
	}
	r.exec(`WITH p AS (INSERT INTO persons DEFAULT VALUES RETURNING id) INSERT INTO person_phones (person_id, phone_id, ok_to_call)
		SELECT p.id, t.id, false FROM p, phones t WHERE t.e164_hmac = $1`, r.number("13900000002").Key)
	_, err := db.PlanMediation(ctx, "8001", no, now.Add(24*time.Hour), store.Side{Name: "applicant", Phrase: "SIDE-WORKER"},
		store.Side{Name: "respondent", Phrase: "SIDE-EMPLOYER", Number: r.number("13900000009")})
	r.must(err)
	want := []string{"decision +8613900000001", "mediation +8613900000009", "revisit +8613900000001"}
	if got := listed(); !slices.Equal(got, want) {
		t.Errorf("to be called: %v, want %v", got, want)
	}

	r.decide(contact, event.Decided{Flow: "refusal", Subject: must1(db.Application(ctx, contact)).Case, Outcome: "told"})
	r.decide(contact, event.Decided{Flow: "revisit", Subject: must1(db.OpenRevisit(ctx, contact)).ID, Outcome: "asked"})
	side := must1(db.Party(ctx, store.For{Contact: contact, Number: r.number("13900000009"), Guest: true, At: now}))
	r.decide(contact, event.Decided{Flow: "mediation-invite", Subject: side.Mediation, Party: side.ID, Outcome: "joins"})
	if got := listed(); len(got) != 0 {
		t.Errorf("called, and listed again: %v", got)
	}
}

func TestAChildIsCalledOnlyWhereItIsSafe(t *testing.T) {
	r := newRig(t)
	contact := r.visit("12355", "13900000003", &event.Classified{Class: event.ClassMinor})
	r.applied()
	no := one[string](r, `SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1`, contact)
	r.must(r.db.Revisit(t.Context(), "8001", no, time.Now().AddDate(0, 0, -1)))
	for _, want := range []int{0, 1} {
		list, err := r.db.CallsDue(t.Context(), time.Now())
		r.must(err)
		if len(list) != want {
			t.Errorf("%d calls, want %d", len(list), want)
		}
		r.exec(`WITH p AS (INSERT INTO persons DEFAULT VALUES RETURNING id) INSERT INTO person_phones (person_id, phone_id, ok_to_call)
			SELECT p.id, t.id, true FROM p, phones t WHERE t.e164_hmac = $1`, r.number("13900000003").Key)
	}
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
