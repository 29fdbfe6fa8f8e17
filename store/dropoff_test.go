package store_test

import (
	"slices"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

// walk is a caller's way through nodes of a flow; the last one is where the caller hangs up.
func walk(flow, hash string, took time.Duration, nodes ...string) []event.Body {
	facts := []event.Body{&event.FlowEntered{Flow: flow, Hash: hash}}
	for i, node := range nodes {
		outcome := "next"
		if i == len(nodes)-1 {
			outcome = "gone"
		}
		facts = append(facts, &event.NodeEntered{Flow: flow, Node: node, Type: "menu"},
			&event.NodeLeft{Flow: flow, Node: node, Outcome: outcome, Took: took})
	}
	return facts
}

// Events of a day, replayed: each version of a flow is counted for itself.
func TestWhereCallersDropOff(t *testing.T) {
	r := newRig(t)
	for _, took := range []time.Duration{time.Second, 3 * time.Second, 8 * time.Second} {
		r.visit("12348", "anonymous", walk("12348", "old", took, "greet", "menu")...)
	}
	r.visit("12348", "anonymous", walk("12348", "new", 2*time.Second, "greet", "menu", "labour")...)
	r.visit("12355", "anonymous", walk("12355", "old", time.Second, "hello")...)
	waiting := walk("12355", "old", time.Second, "hello", "wait")
	r.write(r.visit("12355", "anonymous"), waiting[:4]...) // and is in line now
	r.applied()
	got, err := r.db.DropOff(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Drop{
		{"12348", "old", "menu", 3, 0, 3, 3 * time.Second},
		{"12348", "new", "labour", 1, 0, 1, 2 * time.Second},
		{"12355", "old", "hello", 2, 1, 1, time.Second},
		{"12348", "new", "greet", 1, 1, 0, 2 * time.Second},
		{"12348", "new", "menu", 1, 1, 0, 2 * time.Second},
		{"12348", "old", "greet", 3, 3, 0, 3 * time.Second},
		{"12355", "old", "wait", 1, 0, 0, 0},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if one, err := r.db.DropOff(t.Context(), "12355"); err != nil || len(one) != 2 {
		t.Errorf("of one flow: %+v, %v", one, err)
	}
}
