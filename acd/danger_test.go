package acd_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// What is learnt in a talk counts for the agent as if it had been known before, for a caller of a queue and for one who was
// handed over.
func TestDangerLearntInATalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.seat("ben", "labour")
		ticket := f.call(acd.Request{Queue: "labour"})
		handed, err := f.Reserve("ben", acd.Direct{})
		if err != nil {
			t.Fatal(err)
		}
		own := f.rings(ticket, "ann")
		for _, o := range []*acd.Offer{own, handed} {
			f.accept(o)
			if err := o.Learn(acd.Lesson{Add: acd.Danger}); err != nil {
				t.Fatal(err)
			}
		}
		if !ticket.Claims().Protected() || f.count(acd.Reclassified) != 1 {
			t.Errorf("claims %v", ticket.Claims())
		}
		for _, o := range []*acd.Offer{own, handed} {
			o.Finish()
			if err := o.Learn(acd.Lesson{Add: acd.Danger}); err != nil {
				t.Errorf("after the end: %v", err)
			}
		}
		after(3*time.Minute - time.Second)
		f.agentIs("ann", acd.WrapUp, "")
		f.agentIs("ben", acd.WrapUp, "")
		after(time.Second)
		f.agentIs("ann", acd.Ready, "")
		f.agentIs("ben", acd.Ready, "")
	})
}

// The alarm of an agent who called for help stays until it is said to be over.
func TestDistress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.Distress("ann", "call")
		f.Distress("ann", "call")
		if got := f.alarms(acd.AlarmDanger); len(got) != 1 || got[0] != "ann" {
			t.Fatalf("alarms %v", got)
		}
		f.Calm("ben")
		f.Calm("ann")
		f.Calm("ann")
		if got := f.alarms(acd.AlarmDanger); len(got) != 0 {
			t.Fatalf("alarms %v", got)
		}
		if f.count(acd.AlarmRaised) != 1 || f.count(acd.AlarmCleared) != 1 {
			t.Error("raised or cleared more than once")
		}
	})
}

// Who is in danger and was not reached is called again every five minutes, by night too, and three times.
func TestCallbacksInDanger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := openWith(t, acd.Config{Queues: []acd.Queue{labour}, Zone: time.UTC})
		after(2 * time.Hour) // in the night
		f.seat("ann", "labour")
		back := f.callback(f.join(acd.Request{Queue: "labour", Claims: acd.Danger}), acd.Promise{})
		for try := range 4 {
			f.accept(f.rings(back, "ann"))
			next, err := back.Unreached()
			if err != nil {
				t.Fatal(err)
			}
			if last := try == 3; last != next.IsZero() || !last && time.Until(next) != 5*time.Minute {
				t.Fatalf("try %d: next in %s", try+1, time.Until(next))
			}
			if try < 3 {
				f.present(back)
				after(5 * time.Minute)
			}
		}
		back.Leave(acd.Ending{Outcome: acd.Dismissed})
	})
}
