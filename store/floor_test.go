package store_test

import (
	"errors"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// How a queue chooses and what a counselor is asked for are changed by name, within the rules, and read with the roster.
func TestQueuesAndTraits(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	woman := store.Staff{Extension: "8052", Name: "W", Login: "x8052", Roles: []store.Role{store.RoleCounselor}, Traits: store.Traits{Woman: true}}
	if added, err := r.db.AddStaff(ctx, "test", woman); err != nil || !added.Traits.Woman {
		t.Fatalf("%+v, %v", added, err)
	}
	choice := store.Choice{Strategy: "top-down", AtOnce: 3, Sticky: 45 * time.Second}
	if err := r.db.SetQueue(ctx, "test", "labour", 2, choice); err != nil {
		t.Fatal(err)
	}
	traits := store.Traits{Woman: true, District: "4401", Order: 3}
	if err := r.db.SetTraits(ctx, "test", "8052", traits); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]error{
		"unknown strategy": r.db.SetQueue(ctx, "test", "labour", 0, store.Choice{Strategy: "loudest", AtOnce: 1}),
		"no phone at all":  r.db.SetQueue(ctx, "test", "labour", 0, store.Choice{Strategy: "top-down"}),
	} {
		if !errors.Is(got, store.ErrInvalid) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := r.db.SetQueue(ctx, "test", "nowhere", 0, choice); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown queue: %v", err)
	}
	if err := r.db.SetTraits(ctx, "test", "9999", traits); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown extension: %v", err)
	}
	roster, err := r.db.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range roster.Queues {
		if q.Code == "labour" && (q.Choice != choice || q.Limits.Reserve != 2) {
			t.Errorf("labour %+v", q)
		}
	}
	for _, m := range roster.Members {
		if m.Extension == "8052" && m.Traits != traits {
			t.Errorf("8052 %+v", m.Traits)
		}
	}
}

// A contact is found by the Call-ID of any of its legs.
func TestTrace(t *testing.T) {
	r := newRig(t)
	id := event.NewID(time.Now())
	kept := r.keys.CallID("a84b4c76e66710@far.example")
	_, err := r.journal.Append(
		event.Event{Contact: id, At: time.Now(), Body: r.opened("12348", "anonymous")},
		event.Event{Contact: id, At: time.Now(), Body: &event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn, CallID: kept}},
	)
	if err != nil {
		t.Fatal(err)
	}
	r.applied()
	found, err := r.db.Trace(t.Context(), "a84b4c76e66710@far.example")
	if err != nil || len(found) != 1 || found[0].Leg != 1 || found[0].Role != "caller" || found[0].No == "" {
		t.Errorf("found %+v, %v", found, err)
	}
	if none, err := r.db.Trace(t.Context(), "another"); err != nil || len(none) != 0 {
		t.Errorf("found %+v, %v", none, err)
	}
}
