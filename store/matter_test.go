package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
)

// matter is a contact with its case.
func (r *rig) matter(number string) (contact event.ID, caseNo string) {
	r.t.Helper()
	contact = r.visit("12348", number)
	r.applied()
	return contact, one[string](r, `SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1`, contact)
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// decide files what somebody decided, and waits until it is in the database.
func (r *rig) decide(contact event.ID, d event.Decided) {
	r.t.Helper()
	d.Leg, d.By = 1, "8001"
	r.write(contact, &d)
	r.applied()
}

// What is prepared for a case is found in its contacts only, read once, and what the caller decided stands in its row.
func TestWhatIsReadIsDecided(t *testing.T) {
	r := newRig(t)
	contact, no := r.matter("13900000001")
	other, _ := r.matter("13900000002")
	due := time.Now().Add(72 * time.Hour).Truncate(time.Second)
	ctx, db := t.Context(), r.db
	r.must(db.Pledge(ctx, "8001", no, "GROUP-ELDER"))
	r.must(db.Pledge(ctx, "8001", no, "GROUP-MIGRANT-WORKER"))
	r.must(db.Refer(ctx, "8001", no, "12333"))
	r.must(db.Settle(ctx, "8001", no, 1_200_050))
	r.must(db.Revisit(ctx, "8001", no, due))
	r.must(db.Apply(ctx, "8001", no, time.Now(), store.Dues{Promise: due, Statutory: due}))
	r.must(db.Decide(ctx, "8012", no, store.Decision{Reason: "REASON-INCOME", At: time.Now(), Due: due}))

	tests := []struct {
		flow   string
		find   func(event.ID) (store.Paper, error)
		want   store.Paper
		before event.Decided // changes nothing
		decide event.Decided
		again  bool // may still be read
		check  string
	}{
		{
			"commitment", func(id event.ID) (store.Paper, error) { return db.OpenCommitment(ctx, id) },
			store.Paper{Phrase: "GROUP-MIGRANT-WORKER"},
			event.Decided{Outcome: "silent"},
			event.Decided{Outcome: "hung_up", Answer: "agreed"},
			false, // who has agreed may hang up
			`SELECT count(*) FROM commitments WHERE state = 'agreed' AND contact_id = $1 AND decided_at IS NOT NULL`,
		},
		{
			"referral", func(id event.ID) (store.Paper, error) { return db.OpenReferral(ctx, id) },
			store.Paper{Phrase: "AGENCY-12333", Days: 5},
			event.Decided{Outcome: "failed", Answer: "agreed"},
			event.Decided{Outcome: "sent", Answer: "agreed", Reference: "63270004219", Due: due},
			false,
			`SELECT count(*) FROM referrals WHERE state = 'sent' AND contact_id = $1 AND reference = '63270004219' AND due_at IS NOT NULL`,
		},
		{
			"outcome", func(id event.ID) (store.Paper, error) { return db.OpenOutcome(ctx, id) },
			store.Paper{Cents: 1_200_050},
			event.Decided{Outcome: "person"},
			event.Decided{Outcome: "wrong"},
			false,
			`SELECT count(*) FROM case_outcomes WHERE state = 'wrong' AND contact_id = $1`,
		},
		{
			"revisit", func(id event.ID) (store.Paper, error) { return db.OpenRevisit(ctx, id) },
			store.Paper{},
			event.Decided{Outcome: "unreached"},
			event.Decided{Outcome: "asked"},
			false,
			`SELECT count(*) FROM revisit_calls WHERE state = 'asked' AND tries = 2 AND contact_id = $1`,
		},
		{
			"refusal", func(id event.ID) (store.Paper, error) {
				s, err := db.Application(ctx, id)
				return store.Paper{ID: s.Case, Phrase: s.Phrase}, err
			},
			store.Paper{Phrase: "REASON-INCOME"},
			event.Decided{Outcome: "told"},
			event.Decided{Outcome: "objected", Reference: "63270004227"},
			false,
			`SELECT count(*) FROM applications WHERE told_in = $1 AND told_at IS NOT NULL AND objected_at IS NOT NULL`,
		},
	}
	for _, tt := range tests {
		if p, err := tt.find(other); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: another case's contact finds %+v, %v", tt.flow, p, err)
		}
		got, err := tt.find(contact)
		r.must(err)
		id := got.ID
		if got.ID = (event.ID{}); got != tt.want || id.IsZero() {
			t.Errorf("%s: found %+v, want %+v", tt.flow, got, tt.want)
		}
		tt.before.Flow, tt.before.Subject, tt.decide.Flow, tt.decide.Subject = tt.flow, id, tt.flow, id
		r.decide(contact, tt.before)
		if _, err := tt.find(contact); err != nil {
			t.Errorf("%s: after %s: %v", tt.flow, tt.before.Outcome, err)
		}
		r.decide(contact, tt.decide)
		if n := one[int](r, tt.check, contact); n != 1 {
			t.Errorf("%s: %d rows say what was decided", tt.flow, n)
		}
		if p, err := tt.find(contact); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: decided, and found again: %+v, %v", tt.flow, p, err)
		}
	}
}

// An application lacks papers once, is complete, and is granted: each is what the caller hears until then.
func TestAnApplicationRunsItsCourse(t *testing.T) {
	r := newRig(t)
	contact, no := r.matter("13900000001")
	ctx, db, due := t.Context(), r.db, time.Now().Add(72*time.Hour).Truncate(time.Second)
	stands := func(want store.Standing, stage string) {
		t.Helper()
		got, err := db.Application(ctx, contact)
		r.must(err)
		if !got.Due.Equal(want.Due) || got.State != want.State || got.No != no || got.Phrase != want.Phrase || !slices.Equal(got.Lacking, want.Lacking) {
			t.Errorf("it stands as %+v, want %+v", got, want)
		}
		if n := one[int](r, `SELECT count(*) FROM case_progress WHERE stage = $1`, stage); n != 1 {
			t.Errorf("a caller with the code does not hear %q", stage)
		}
	}
	docs := []string{"DOC-WAGES", "DOC-IDENTITY"}
	r.must(db.Lack(ctx, "8012", no, docs, time.Now(), due))
	stands(store.Standing{State: "lacking", Lacking: docs}, "lacking")
	if err := db.Lack(ctx, "8012", no, docs[:1], time.Now(), due); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("papers are asked for a second time: %v", err)
	}
	if err := db.Decide(ctx, "8012", no, store.Decision{Granted: true, At: time.Now(), Due: due}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("decided before it is complete: %v", err)
	}
	r.must(db.Apply(ctx, "8001", no, time.Now(), store.Dues{Promise: due, Statutory: due}))
	stands(store.Standing{State: "received", Lacking: docs, Due: due}, "review")
	r.must(db.Decide(ctx, "8012", no, store.Decision{Granted: true, Lawyer: "LAWYER-ASSIGNED", At: time.Now(), Due: due}))
	stands(store.Standing{State: "granted", Lacking: docs, Phrase: "LAWYER-ASSIGNED", Due: due}, "granted")
	got, _ := db.Application(ctx, contact)
	r.decide(contact, event.Decided{Flow: "application", Subject: got.Case, About: "granted", Outcome: "told"})
	r.check(`SELECT count(*) FROM applications WHERE told_at IS NOT NULL AND told_in IS NOT NULL`, 1)
}

func TestMattersRefuseWhatCannotBe(t *testing.T) {
	r := newRig(t)
	_, no := r.matter("13900000001")
	ctx, db, due := t.Context(), r.db, time.Now().Add(time.Hour)
	for name, err := range map[string]error{
		"no such case":       db.Pledge(ctx, "8001", "GZ-2026-LA-999999-9", "GROUP-ELDER"),
		"no such mediation":  db.SetTerm(ctx, "8001", no, 1, "words", "TERM-1"),
		"no such commitment": func() error { _, err := db.OpenCommitment(ctx, event.NewID(due)); return err }(),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.must(db.Apply(ctx, "8001", no, due, store.Dues{Promise: due, Statutory: due}))
	r.must(db.Decide(ctx, "8012", no, store.Decision{Granted: true, At: due, Due: due}))
	for name, err := range map[string]error{
		"group out of rule":  db.Pledge(ctx, "8001", no, "migrant"),
		"unknown agency":     db.Refer(ctx, "8001", no, "99999"),
		"negative sum":       db.Settle(ctx, "8001", no, -1),
		"decided twice":      db.Decide(ctx, "8012", no, store.Decision{Reason: "REASON-INCOME", At: due, Due: due}),
		"complete once more": db.Apply(ctx, "8001", no, due, store.Dues{Promise: due, Statutory: due}),
		"agency for ever":    db.SaveAgency(ctx, "8010", store.Agency{Code: "12333", Name: "x", Phrase: "AGENCY-12333", ReplyDays: 999}),
	} {
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.must(db.SaveAgency(ctx, "8010", store.Agency{Code: "12333", Name: "人社", Phrase: "AGENCY-12333", ReplyDays: 3}))
	if days, err := db.ReplyDays(ctx, "AGENCY-12333"); err != nil || days != 3 {
		t.Errorf("%d days, %v", days, err)
	}
}

func TestArticlesOfTheLibrary(t *testing.T) {
	r := newRig(t)
	contact, _ := r.matter("13900000001")
	for article, want := range map[string]bool{"1077": true, "680": true, "77": false, "": false, "1077, 1079": false} {
		if has, err := r.db.HasArticle(t.Context(), article); err != nil || has != want {
			t.Errorf("article %q: %v, %v", article, has, err)
		}
	}
	r.decide(contact, event.Decided{Flow: "article", About: "1077", Outcome: "declined"})
	r.decide(contact, event.Decided{Flow: "article", About: "1077", Outcome: "sent", Reference: "1"})
	if n := one[int](r, `SELECT count(*) FROM contact_articles WHERE contact_id = $1 AND article = '1077' AND sent`, contact); n != 1 {
		t.Errorf("%d articles", n)
	}
}

// Both sides agree to each term; one put in other words is asked of both anew.
func TestTermsOfAMediation(t *testing.T) {
	r := newRig(t)
	contact, no := r.matter("13900000001")
	ctx, db, now := t.Context(), r.db, time.Now()
	far := r.keys.Number(phone.Plan{}.Parse("13900000009"), "keyed")
	codes, err := db.PlanMediation(ctx, "8001", no, now.Add(time.Hour), store.Side{Name: "applicant", Phrase: "SIDE-WORKER"},
		store.Side{Name: "respondent", Phrase: "SIDE-EMPLOYER", Number: far})
	r.must(err)
	if len(codes) != 2 || len(codes[0]) != 6 || codes[0] == codes[1] {
		t.Fatalf("codes %v", codes)
	}
	if a, err := db.Mediation(ctx, store.Enquiry{Reference: codes[0], Contact: contact, At: now}); err != nil || a.Finding != store.Found {
		t.Fatalf("dialled in: %+v, %v", a, err)
	}
	one, err := db.Party(ctx, store.For{Contact: contact, At: now})
	r.must(err)
	two, err := db.Party(ctx, store.For{Contact: contact, Number: far, Guest: true, At: now})
	r.must(err)
	if one.Other != "SIDE-EMPLOYER" || two.Other != "SIDE-WORKER" || one.Mediation != two.Mediation || one.ID == two.ID {
		t.Errorf("sides %+v, %+v", one, two)
	}
	if _, err := db.Party(ctx, store.For{Contact: contact, Guest: true, At: now}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a guest nobody knows speaks for a side: %v", err)
	}
	next := func(p store.Party, no int) store.Term {
		t.Helper()
		term, err := db.NextTerm(ctx, p)
		if no == 0 && errors.Is(err, store.ErrNotFound) {
			return term
		}
		if err != nil || term.No != no {
			t.Errorf("next term is %+v, %v; want %d", term, err, no)
		}
		return term
	}
	answer := func(p store.Party, term store.Term, word string) {
		t.Helper()
		r.decide(contact, event.Decided{Flow: "mediation-term", Subject: term.ID, Party: p.ID, Outcome: word, Answer: word})
	}
	agreed := func(want bool) {
		t.Helper()
		if got, err := db.Agreed(ctx, one.Mediation); err != nil || got != want {
			t.Errorf("agreed %v, %v; want %v", got, err, want)
		}
	}
	agreed(false)
	r.must(db.SetTerm(ctx, "8001", no, 1, "pay 12,000", "TERM-1"))
	r.must(db.SetTerm(ctx, "8001", no, 2, "by May", "TERM-2"))
	term := next(one, 1)
	answer(one, term, "agreed")
	next(one, 0)
	answer(two, next(two, 1), "refused")
	r.must(db.SetTerm(ctx, "8001", no, 1, "pay 11,000", "TERM-1B"))
	if again := next(one, 1); again.ID == term.ID || again.Clip != "TERM-1B" {
		t.Errorf("the term in other words is %+v", again)
	}
	answer(one, next(one, 1), "agreed")
	answer(two, next(two, 1), "agreed")
	answer(two, next(two, 2), "agreed")
	agreed(false)
	answer(one, next(one, 2), "agreed")
	agreed(true)
	by := now.AddDate(0, 0, 30).Truncate(time.Second)
	r.decide(contact, event.Decided{Flow: "mediation-end", Subject: one.Mediation, Party: one.ID, Outcome: "told", About: "agreed", Due: by})
	if _, err := db.Party(ctx, store.For{Contact: contact, At: now}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("settled, and still open: %v", err)
	}
	r.check(`SELECT count(*) FROM mediations WHERE status = 'settled' AND confirm_by IS NOT NULL`, 1)
}

// check counts.
func (r *rig) check(sql string, want int) {
	r.t.Helper()
	if got := one[int](r, sql); got != want {
		r.t.Errorf("%d rows, want %d: %s", got, want, sql)
	}
}

func TestLines(t *testing.T) {
	r := newRig(t)
	l := store.NewLine{Number: "12341", Name: "Mediation", Flow: "mediation", Queue: "labour", Policy: "announced"}
	r.must(r.db.SaveLine(t.Context(), "8010", l))
	l.Name = "Mediations"
	r.must(r.db.SaveLine(t.Context(), "8010", l))
	r.check(`SELECT count(*) FROM lines WHERE number = '12341' AND name = 'Mediations' AND flow = 'mediation' AND active`, 1)
	l.Queue = "nobody"
	if err := r.db.SaveLine(t.Context(), "8010", l); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a line without a queue: %v", err)
	}
	l.Queue, l.Number = "labour", "+1"
	if err := r.db.SaveLine(t.Context(), "8010", l); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("a line without a number: %v", err)
	}
}
