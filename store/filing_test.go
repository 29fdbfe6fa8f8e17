package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// caseOf gives the case a contact is filed under.
func (r *rig) caseOf(contact event.ID) string {
	r.t.Helper()
	return one[string](r, `SELECT k.no FROM contacts c JOIN cases k ON k.id = c.case_id WHERE c.id = $1`, contact)
}

func (r *rig) sensitivity(contact event.ID) string {
	r.t.Helper()
	return one[string](r, `SELECT k.sensitivity FROM contacts c JOIN cases k ON k.id = c.case_id WHERE c.id = $1`, contact)
}

// Each pair of calls is filed once in one batch and once in two, which must make no
// difference.
func TestWhichCaseASecondCallBelongsTo(t *testing.T) {
	toMinors := &event.Enqueued{Queue: "minors", Place: 1}
	found := &event.Classified{Class: event.ClassMinor, By: "8001", Reason: "said her age"}
	type visit struct {
		line, caller string
		between      []event.Body
	}
	tests := []struct {
		name          string
		first, second visit
		same          bool
		sensitivities [2]string
	}{
		{"the same caller", visit{"12348", "13911112000", nil}, visit{"12348", "+86 139 1111 2000", nil}, true, [2]string{"normal", "normal"}},
		{"two callers", visit{"12348", "13911112000", nil}, visit{"12348", "13911112001", nil}, false, [2]string{"normal", "normal"}},
		{"withheld twice", visit{"12348", "anonymous", nil}, visit{"12348", "anonymous", nil}, false, [2]string{"normal", "normal"}},
		{"a number many share", visit{"12348", "12345", nil}, visit{"12348", "12345", nil}, false, [2]string{"normal", "normal"}},
		{"a child again", visit{"12355", "13911112000", nil}, visit{"12355", "13911112000", nil}, true, [2]string{"minors", "minors"}},
		{"a child on a parent's phone", visit{"12348", "13911112000", nil}, visit{"12355", "13911112000", nil}, false, [2]string{"normal", "minors"}},
		{"a parent on a child's phone", visit{"12355", "13911112000", nil}, visit{"12348", "13911112000", nil}, false, [2]string{"minors", "normal"}},
		{"a child by key 3", visit{"12348", "13911112000", []event.Body{toMinors}}, visit{"12355", "13911112000", nil}, true, [2]string{"minors", "minors"}},
		{"key 3 on a parent's phone", visit{"12348", "13911112000", nil}, visit{"12348", "13911112000", []event.Body{toMinors}}, false, [2]string{"normal", "minors"}},
		{"found to be a child", visit{"12348", "13911112000", nil}, visit{"12348", "13911112000", []event.Body{found}}, false, [2]string{"normal", "minors"}},
		{"found to be a child, known as one", visit{"12355", "13911112000", nil}, visit{"12348", "13911112000", []event.Body{found}}, true, [2]string{"minors", "minors"}},
		{"a line nobody knows", visit{"99999", "13911112000", nil}, visit{"12348", "13911112000", nil}, true, [2]string{"normal", "normal"}},
	}
	r, n := newRig(t), 0
	for _, tt := range tests {
		for _, mode := range []string{"one batch", "a batch for each call", "a batch for each fact"} {
			t.Run(tt.name+"/"+mode, func(t *testing.T) {
				// Other people for every run.
				n++
				people := strings.NewReplacer("2000", fmt.Sprintf("%03d0", n), "2001", fmt.Sprintf("%03d1", n))
				var contacts [2]event.ID
				if mode == "one batch" {
					r.stop()
				}
				for i, v := range []visit{tt.first, tt.second} {
					v.caller = people.Replace(v.caller)
					if mode != "a batch for each fact" {
						contacts[i] = r.visit(v.line, v.caller, v.between...)
					} else {
						contacts[i] = event.NewID(time.Now())
						for _, body := range append([]event.Body{r.opened(v.line, v.caller)}, append(v.between, abandoned())...) {
							r.write(contacts[i], body)
							r.applied()
						}
					}
					if mode == "a batch for each call" {
						r.applied()
					}
				}
				if mode == "one batch" {
					r.start()
				}
				r.applied()
				if same := r.caseOf(contacts[0]) == r.caseOf(contacts[1]); same != tt.same {
					t.Errorf("the same case: %t, want %t", same, tt.same)
				}
				for i, want := range tt.sensitivities {
					if got := r.sensitivity(contacts[i]); got != want {
						t.Errorf("call %d is filed as %s, want %s", i+1, got, want)
					}
				}
			})
		}
	}
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
	// No open case is left without a contact.
	expect(r, 0, `SELECT count(*)::int FROM cases k WHERE k.status <> 'closed' AND NOT EXISTS (SELECT FROM contacts c WHERE c.case_id = k.id)`)
}

func TestAClosedOrSealedCaseIsNotReopened(t *testing.T) {
	for _, change := range []string{"status = 'closed', closed_at = now()", "sensitivity = 'sealed'"} {
		r := newRig(t)
		first := r.visit("12348", "13800138000")
		r.applied()
		if _, err := r.conn.Exec(t.Context(), "UPDATE cases SET "+change); err != nil {
			t.Fatal(err)
		}
		second := r.visit("12348", "13800138000")
		r.applied()
		if r.caseOf(first) == r.caseOf(second) {
			t.Errorf("after %s the second call went to the same case", change)
		}
	}
}

func TestACaseIsFoundByAnotherPhoneOfThePerson(t *testing.T) {
	r := newRig(t)
	first := r.visit("12348", "13800138000")
	other := r.visit("12348", "13900139000")
	r.applied()
	// Somebody learns that both phones belong to one person, closes the second case and
	// puts the first in the person's name.
	_, err := r.conn.Exec(t.Context(), `
		WITH p AS (INSERT INTO persons DEFAULT VALUES RETURNING id),
		     pp AS (INSERT INTO person_phones (person_id, phone_id) SELECT p.id, h.id FROM p, phones h),
		     k AS (UPDATE cases SET person_id = p.id FROM p WHERE no = '`+r.caseOf(first)+`')
		UPDATE cases SET status = 'closed', closed_at = now() WHERE no = '`+r.caseOf(other)+`'`)
	if err != nil {
		t.Fatal(err)
	}
	third := r.visit("12348", "13900139000")
	r.applied()
	if r.caseOf(third) != r.caseOf(first) {
		t.Error("the person's case was not found by the other phone")
	}
}

func TestMovingAChildIsOnRecord(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13800138000")
	child := event.NewID(time.Now())
	rec := event.NewID(time.Now())
	r.write(child, r.opened("12348", "13800138000"),
		&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: "a.wav", Channels: 2})
	r.applied()
	old := r.caseOf(child)
	r.write(child, &event.Classified{Class: event.ClassMinor, Risk: "R1", By: "8001"})
	r.applied()
	expect(r, old, `SELECT k.no FROM contact_moves m JOIN cases k ON k.id = m.from_case WHERE m.contact_id = $1`, child)
	expect(r, "minor R1", `SELECT concat_ws(' ', class, risk_level) FROM contacts WHERE id = $1`, child)
	expect(r, "minors", `SELECT class FROM recordings WHERE id = $1`, rec)
	r.write(child, &event.Classified{Class: event.ClassDanger, Risk: "R3", By: "8001"})
	r.applied()
	expect(r, "danger R3", `SELECT concat_ws(' ', class, risk_level) FROM contacts WHERE id = $1`, child)
	if r.sensitivity(child) != "minors" {
		t.Error("danger took the protection away")
	}
}

func TestPublicNumbers(t *testing.T) {
	r := newRig(t)
	var nos []string
	for range 3 {
		nos = append(nos, r.caseOf(func() event.ID { id := r.visit("12348", "anonymous"); r.applied(); return id }()))
	}
	for _, no := range nos {
		if !store.ValidCaseNumber(no) {
			t.Errorf("%s has a wrong check digit", no)
		}
	}
	if nos[0] >= nos[1] || nos[1] >= nos[2] {
		t.Errorf("not in order: %v", nos)
	}
	expect(r, 3, `SELECT count(*)::int FROM contacts WHERE no ~ '^C20[0-9]{6}-00000[123]$'`)
	expect(r, 3, `SELECT count(DISTINCT no)::int FROM contacts`)
}

// 23:30 UTC is already the next day in China.
func TestTheDayIsThatOfTheCentre(t *testing.T) {
	r := newRig(t)
	id := event.NewID(time.Now())
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	if _, err := r.journal.Append(event.Event{Contact: id, At: at, Body: r.opened("12348", "anonymous")}); err != nil {
		t.Fatal(err)
	}
	r.applied()
	expect(r, "C20270101-000001", `SELECT no FROM contacts WHERE id = $1`, id)
	if no := r.caseOf(id); no[:11] != "GZ-2027-LA-" {
		t.Errorf("case %s", no)
	}
}

func TestCaseNumbers(t *testing.T) {
	no := store.CaseNumber("GZ", 2026, "LA", 123)
	if no[:len(no)-1] != "GZ-2026-LA-000123-" || !store.ValidCaseNumber(no) {
		t.Fatalf("got %s", no)
	}
	// Every single wrong character is noticed, but for the marks.
	for i := range len(no) {
		for c := byte('0'); c <= 'Z'; c++ {
			if c > '9' && c < 'A' || no[i] == '-' || c == no[i] || (c <= '9') != (no[i] <= '9') {
				continue
			}
			if wrong := no[:i] + string(c) + no[i+1:]; c <= '9' && store.ValidCaseNumber(wrong) {
				t.Errorf("%s passes for %s", wrong, no)
			}
		}
	}
	for _, bad := range []string{"", "-", "GZ", "GZ-2026-LA-000123", no + "0"} {
		if store.ValidCaseNumber(bad) {
			t.Errorf("%q passes", bad)
		}
	}
}

func FuzzValidCaseNumber(f *testing.F) {
	f.Add("GZ-2026-LA-000123-7")
	f.Add("-0")
	f.Fuzz(func(_ *testing.T, no string) { store.ValidCaseNumber(no) })
}
