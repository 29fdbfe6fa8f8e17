package store_test

import (
	"slices"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

func TestFiguresOfADay(t *testing.T) {
	r := newRig(t)
	began := time.Date(2026, 11, 23, 9, 14, 50, 0, time.UTC)
	// visit files a call that reaches the labour queue at a time, and what happened then.
	visit := func(entered time.Time, after time.Duration, then ...event.Body) {
		id := event.NewID(entered)
		facts := []event.Event{
			{Contact: id, At: entered.Add(-5 * time.Second), Body: r.opened("12348", "anonymous")},
			{Contact: id, At: entered, Body: &event.Enqueued{Queue: "labour", Place: 1}},
		}
		for _, body := range then {
			facts = append(facts, event.Event{Contact: id, At: entered.Add(after), Body: body})
		}
		if _, err := r.journal.Append(facts...); err != nil {
			t.Fatal(err)
		}
	}
	left := func(why event.LeaveReason) event.Body { return &event.Dequeued{Queue: "labour", Why: why} }
	taken := &event.Connected{Queue: "labour", Extension: "8001", Leg: 2}
	visit(began, 10*time.Second, taken)
	visit(began, 15*time.Second, taken, &event.Connected{Queue: "labour", Extension: "8002", Leg: 3}) // whose first counselor was lost
	visit(began.Add(5*time.Second), 40*time.Second, taken)
	visit(began.Add(10*time.Second), 61*time.Second, taken) // which began in the next quarter
	visit(began, 4*time.Second, left(event.LeaveGone))
	visit(began, 5*time.Second, left(event.LeaveGone))
	visit(began, 20*time.Second, &event.Noted{Name: "queue.key", Value: "9"}, left(event.LeaveKey))
	visit(began, 20*time.Second, left(event.LeaveCallback))
	visit(began, 20*time.Second, left(event.LeaveMessage))
	visit(began, 2*time.Second, left(event.LeaveMoved), &event.Enqueued{Queue: "family"}, &event.Connected{Queue: "family", Extension: "8003", Leg: 2})
	visit(began, time.Minute, abandoned()) // interrupted: nothing says how the wait ended
	visit(began, 0)                        // waits still
	visit(began.Add(-15*time.Minute), 0)   // in the quarter before
	r.applied()
	got, err := r.db.Figures(t.Context(), began.Truncate(store.Interval), began.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i].From = got[i].From.UTC()
	}
	quarter := began.Truncate(store.Interval)
	want := []store.Figures{
		{Queue: "family", From: quarter, Offered: 1, Answered: 1, Level: store.Levels{Answered: [3]int{1, 1, 1}}},
		{
			Queue: "labour", From: quarter, Offered: 11, Answered: 3, Abandoned: 2, Short: 1, Callbacks: 1, Messages: 1, Diverted: 3,
			Level: store.Levels{Answered: [3]int{2, 2, 3}, Abandoned: [3]int{2, 2, 2}},
			Waits: store.Waits{Answered: 65 * time.Second, All: 136 * time.Second, Longest: 40 * time.Second}, Keys: [12]int{9: 1},
		},
		{Queue: "labour", From: quarter.Add(store.Interval), Offered: 1, Answered: 1, Waits: store.Waits{Answered: 61 * time.Second, All: 61 * time.Second, Longest: 61 * time.Second}},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	visits, err := r.db.Visits(t.Context(), quarter, began.Add(time.Hour))
	if err != nil || len(visits) != 12 { // all but the one that waits still
		t.Fatalf("%d visits, %v", len(visits), err)
	}
	last := visits[len(visits)-1]
	if !last.Answered || last.Waited != 61*time.Second || !last.Entered.Equal(began.Add(10*time.Second)) || last.Queue != "labour" {
		t.Errorf("the last visit %+v", last)
	}
	if none, err := r.db.Figures(t.Context(), began.Add(24*time.Hour), began.Add(48*time.Hour)); err != nil || len(none) != 0 {
		t.Errorf("the next day: %+v, %v", none, err)
	}
}
