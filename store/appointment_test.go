package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// at is a moment so many hours into a day far ahead.
func at(hours int) time.Time { return time.Date(2027, 3, 1, hours, 0, 0, 0, time.UTC) }

// offer makes a place with appointments for advice.
func (r *rig) offer(seats int, times ...time.Time) {
	r.t.Helper()
	err := r.db.SavePlace(r.t.Context(), "8010", store.Place{Code: "centre", Name: "Centre", Phrase: "PLACE-CENTRE", Districts: []string{"1", "2"}})
	if err == nil {
		_, err = r.db.AddSlots(r.t.Context(), "8010", store.Slots{Point: "centre", Kind: "advice", Minutes: 30, Seats: seats}, times)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) free(w store.Wish) []store.FreeSlot {
	r.t.Helper()
	list, err := r.db.FreeSlots(r.t.Context(), w, 3)
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func (r *rig) taking(slot event.ID, from string) store.Taking {
	return store.Taking{Slot: slot, Caller: r.number(from), Contact: event.NewID(time.Now()), Language: "en", At: time.Now()}
}

func TestFreeAppointments(t *testing.T) {
	r := newRig(t)
	r.offer(2, at(9), at(10), at(11), at(14))
	r.offer(2, at(9)) // once more changes nothing
	list := r.free(store.Wish{Kind: "advice", District: "1", After: time.Now()})
	if len(list) != 3 || !list[0].At.Equal(at(9)) || !list[2].At.Equal(at(11)) || list[0].Place != "PLACE-CENTRE" {
		t.Errorf("the earliest three: %+v", list)
	}
	for name, tt := range map[string]struct {
		wish store.Wish
		want int
	}{
		"later":             {store.Wish{Kind: "advice", District: "1", After: at(11)}, 1},
		"anywhere":          {store.Wish{Kind: "advice", After: at(10)}, 2},
		"another district":  {store.Wish{Kind: "advice", District: "4", After: time.Now()}, 0},
		"another kind":      {store.Wish{Kind: "home", District: "1", After: time.Now()}, 0},
		"after all of them": {store.Wish{Kind: "advice", District: "1", After: at(14)}, 0},
	} {
		if got := r.free(tt.wish); len(got) != tt.want {
			t.Errorf("%s: %d, want %d", name, len(got), tt.want)
		}
	}
}

// Of any number of callers who want the last seat at once, one gets it.
func TestASeatIsNeverTakenTwice(t *testing.T) {
	r := newRig(t)
	r.offer(1, at(9))
	slot := r.free(store.Wish{Kind: "advice", After: time.Now()})[0].ID
	var got, late atomic.Int32
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			switch _, err := r.db.TakeSlot(t.Context(), r.taking(slot, "13911115000")); {
			case err == nil:
				got.Add(1)
			case errors.Is(err, store.ErrTaken):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got.Load() != 1 || late.Load() != 11 {
		t.Errorf("%d got the seat, %d were late", got.Load(), late.Load())
	}
	if left := r.free(store.Wish{Kind: "advice", After: time.Now()}); len(left) != 0 {
		t.Errorf("still free: %+v", left)
	}
}

// A first attempt may have succeeded when nobody waited for it any more.
func TestBookingTwiceInOneCallIsBookingOnce(t *testing.T) {
	r := newRig(t)
	r.offer(1, at(9))
	take := r.taking(r.free(store.Wish{Kind: "advice", After: time.Now()})[0].ID, "13911115001")
	first, err := r.db.TakeSlot(t.Context(), take)
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.db.TakeSlot(t.Context(), take)
	if err != nil || again.Reference != first.Reference || again.ID != first.ID {
		t.Errorf("again: %+v, %v, want %+v", again, err, first)
	}
	a, err := r.db.Appointment(t.Context(), store.Enquiry{Reference: again.Reference, Code: again.Code, At: time.Now()})
	if err != nil || a.Finding != store.Found {
		t.Errorf("its code opens %+v, %v", a, err)
	}
}

func TestAnAppointmentIsMovedAndCancelled(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	r.offer(1, at(9), at(10))
	list := r.free(store.Wish{Kind: "advice", After: time.Now()})
	first, err := r.db.TakeSlot(ctx, r.taking(list[0].ID, "13911115002"))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(k store.Taken) store.Answer {
		t.Helper()
		a, err := r.db.Appointment(ctx, store.Enquiry{Reference: k.Reference, Code: k.Code, At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := ask(first); a.ID != first.ID || !a.Due.Equal(at(9)) || a.Place != "PLACE-CENTRE" {
		t.Errorf("found %+v", a)
	}
	move := r.taking(list[1].ID, "13911115002")
	move.Moves = first.ID
	second, err := r.db.TakeSlot(ctx, move)
	if err != nil {
		t.Fatal(err)
	}
	if a := ask(first); a.Finding != store.Missing {
		t.Errorf("the one that was moved: %+v", a)
	}
	if left := r.free(store.Wish{Kind: "advice", After: time.Now()}); len(left) != 1 || !left[0].At.Equal(at(9)) {
		t.Errorf("its seat is not free again: %+v", left)
	}
	expect(r, second.ID.String(), `SELECT moved_to::text FROM appointments WHERE status = 'moved'`)
	for range 2 { // twice is once
		if ref, err := r.db.CancelAppointment(ctx, "caller", second.ID); err != nil || ref != second.Reference {
			t.Errorf("cancelled %s, %v", ref, err)
		}
	}
	if _, err := r.db.CancelAppointment(ctx, "caller", first.ID); expectIs(err, store.ErrNotFound) != nil {
		t.Errorf("cancelling the one that was moved: %v", err)
	}
	if n := len(r.free(store.Wish{Kind: "advice", After: time.Now()})); n != 2 {
		t.Errorf("%d free after all, want 2", n)
	}
	late := r.taking(list[0].ID, "13911115003")
	late.At = at(9)
	if _, err := r.db.TakeSlot(ctx, late); expectIs(err, store.ErrNotFound) != nil {
		t.Errorf("an appointment that has begun: %v", err)
	}
}

func TestTheNearestPlace(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	for _, p := range []store.Place{
		{Code: "far", Name: "Far", Phrase: "PLACE-CENTRE", WalkIn: true, Districts: []string{"2", "1"}},
		{Code: "near", Name: "Near", Phrase: "PLACE-NEAREST", WalkIn: true, Districts: []string{"1"}},
		{Code: "closed-door", Name: "By appointment", Phrase: "PLACE-CENTRE", Districts: []string{"3"}},
	} {
		if err := r.db.SavePlace(ctx, "8010", p); err != nil {
			t.Fatal(err)
		}
	}
	for district, want := range map[string]string{"1": "near", "2": "far"} {
		if p, err := r.db.NearestPlace(ctx, district); err != nil || p.Code != want || p.Hours != "HOURS-WORKDAYS" {
			t.Errorf("district %s: %+v, %v, want %s", district, p, err, want)
		}
	}
	for _, district := range []string{"3", "9"} {
		if _, err := r.db.NearestPlace(ctx, district); expectIs(err, store.ErrNotFound) != nil {
			t.Errorf("district %s: %v", district, err)
		}
	}
}
