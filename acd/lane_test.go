package acd

import (
	"fmt"
	"testing"
	"time"
)

// Lanes in which nobody waits are forgotten when there are many, and nobody is forgotten with them.
func TestLanesAreForgotten(t *testing.T) {
	clock := &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	r, err := New(Config{Queues: modelQueues(), Clock: clock, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	const people = 3 * fewLanes
	for i := range people {
		a := Agent{ID: AgentID(fmt.Sprint("a", i)), Device: DeviceIdle, Skills: []Skill{{Name: "labour"}}}
		if err := r.SignIn(a); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Engage(a.ID, "own"); err != nil {
			t.Fatal(err)
		}
	}
	var kept *Ticket
	for i := range people {
		clock.now = clock.now.Add(time.Millisecond)
		ticket, err := r.Join(Request{Queue: "labour", Prefer: Prefer{Agent: AgentID(fmt.Sprint("a", i))}})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Present(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			kept = ticket
			continue
		}
		ticket.Leave(Ending{Outcome: Abandoned})
	}
	if n := len(r.lanes.by); n > fewLanes {
		t.Errorf("%d lanes kept", n)
	}
	if err := audit(r); err != nil {
		t.Fatal(err)
	}
	r.agents.by["a0"].offer.Finish()
	if err := r.EndWrap("a0"); err != nil {
		t.Fatal(err)
	}
	if o := kept.Ringing(); o == nil || o.Agent != "a0" {
		t.Fatal("the caller whose lane was kept is not served")
	}
}
