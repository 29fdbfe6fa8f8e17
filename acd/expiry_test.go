package acd

import (
	"testing"
	"time"
)

// A timer may be late; the date of a qualification is looked at when the match is made.
func TestQualificationIsValidAtTheMatch(t *testing.T) {
	clock := &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	r, err := New(Config{Queues: modelQueues(), Clock: clock, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	ends := clock.now.Add(time.Hour)
	for _, id := range []AgentID{"free", "back"} {
		a := Agent{ID: id, Device: DeviceIdle, Skills: []Skill{{Name: "minors", Expires: ends}}}
		if id == "back" {
			a.Break = "lunch"
		}
		if err := r.SignIn(a); err != nil {
			t.Fatal(err)
		}
	}
	clock.now = ends // and the timer has not fired
	child, err := r.Join(Request{Queue: "minors"})
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Present(); err != nil {
		t.Fatal(err)
	}
	if o := child.Ringing(); o != nil {
		t.Fatalf("rings %s, whose qualification has ended", o.Agent)
	}
	if err := r.Ready("back"); err != nil {
		t.Fatal(err)
	}
	if o := child.Ringing(); o != nil {
		t.Fatalf("rings %s, who has come back without a qualification", o.Agent)
	}
	clock.pass(0, func() {})
	if err := audit(r); err != nil {
		t.Fatal(err)
	}
}
