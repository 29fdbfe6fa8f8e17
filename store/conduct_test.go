package store_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// marks counts the marks of a kind that a number's file has now.
func (r *rig) marks(number, kind string) int64 {
	r.t.Helper()
	return one[int64](r, `SELECT count(*) FROM profile_flags f JOIN profiles p ON p.id = f.profile_id JOIN phones t ON t.id = p.phone_id
		WHERE t.e164_hmac = $1 AND f.flag = $2 AND f.valid_from <= now() AND f.valid_until > now()`, r.number(number).Key, kind)
}

func sentAway() event.Body { return &event.Noted{Name: "abuse.ended", Value: "insults by 8001"} }

// Who is sent away is marked for a day; a child, somebody in danger, or a number that was withheld is not.
func TestWhoIsSentAwayIsMarkedForADay(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13911113001", sentAway())
	r.visit("12355", "13911113002", sentAway())
	r.visit("12348", "13911113003", &event.Classified{Class: event.ClassDanger, Risk: "R3", By: "8001", Reason: "panic"}, sentAway())
	r.visit("12348", "13911113004", sentAway(), &event.Classified{Class: event.ClassMinor, By: "8001", Reason: "said so"})
	r.visit("12348", "anonymous", sentAway())
	r.visit("12348", "13911113005", &event.Noted{Name: "abuse.warned", Value: "1 by 8001"})
	r.applied()
	for number, want := range map[string]int64{"13911113001": 1, "13911113002": 0, "13911113003": 0, "13911113004": 0, "13911113005": 0} {
		if got := r.marks(number, "abusive"); got != want {
			t.Errorf("…%s is marked %d times, want %d", number[8:], got, want)
		}
	}
	if n := one[int64](r, `SELECT count(*) FROM profile_flags WHERE flag = 'abusive' AND valid_until <> valid_from + interval '24 hours'`); n != 0 {
		t.Errorf("%d marks are not for a day", n)
	}
	if r.known("13911113001", "12348").Blocked {
		t.Error("a mark shuts nobody out")
	}
	if err := r.flag("13911113001", store.Flag{Kind: "minor", Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if got := r.marks("13911113001", "abusive"); got != 0 {
		t.Error("who turns out to be a child is still marked")
	}
}

// In whatever order marks are put and callers turn out to be children, no child has a mark that nobody approved, and none is
// longer than a day.
func TestNoChildIsMarkedByRule(t *testing.T) {
	r := newRig(t)
	random := rand.New(rand.NewPCG(11, 0))
	var numbers []string
	for i := range 4 {
		numbers = append(numbers, "1391111400"+strconv.Itoa(i))
		r.visit("12348", numbers[i])
	}
	r.applied()
	for step := range 60 {
		number := numbers[random.IntN(len(numbers))]
		until := time.Now().Add(time.Duration(1+random.IntN(72)) * time.Hour)
		switch random.IntN(5) {
		case 0:
			_ = r.flag(number, store.Flag{Kind: "minor", Until: until})
		case 1, 2:
			_ = r.flag(number, store.Flag{Kind: "abusive", Reason: "insults", Until: until})
		case 3:
			_ = r.flag(number, store.Flag{Kind: "abusive", Reason: "insults", Until: until, Approved: "8011"})
		case 4:
			r.visit("12348", number, sentAway())
			r.applied()
		}
		if n := one[int64](r, `SELECT count(*) FROM profile_flags f WHERE f.flag = 'abusive' AND f.approved_by IS NULL AND f.valid_until > now()
			AND (is_child(f.profile_id, now()) OR f.valid_until > f.valid_from + interval '24 hours')`); n != 0 {
			t.Fatalf("step %d: %d marks that may not be", step, n)
		}
	}
	if n := one[int64](r, `SELECT count(*) FROM profile_flags WHERE flag = 'abusive'`); n == 0 {
		t.Error("nobody was marked at all")
	}
}
