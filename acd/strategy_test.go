package acd_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func TestStrategies(t *testing.T) {
	high, low := agent("high", "labour"), agent("low", "labour")
	high.Skills[0].Level, high.Position = 5, 2
	low.Skills[0].Level, low.Position = 2, 1
	tests := []struct {
		strategy acd.Strategy
		want     acd.AgentID
	}{
		// low had two short calls, then high one long call that ended last.
		{acd.LongestIdle, "low"},
		{acd.LeastTalk, "low"},
		{acd.FewestCalls, "high"},
		{acd.RoundRobin, "low"},
		{acd.TopDown, "high"},
	}
	for _, test := range tests {
		t.Run(test.strategy.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := labour
				q.Strategy, q.Times.Wrap = test.strategy, -1
				f := open(t, q)
				f.signIn(low)
				f.serve(f.call(acd.Request{Queue: "labour"}), "low", time.Second)
				f.serve(f.call(acd.Request{Queue: "labour"}), "low", time.Second)
				f.signIn(high)
				f.serve(f.call(acd.Request{Queue: "labour", Must: acd.Except("low")}), "high", time.Minute)
				f.rings(f.call(acd.Request{Queue: "labour"}), test.want)
			})
		})
	}
}

func TestTopDownByLevelThenPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Strategy = acd.TopDown
		f := open(t, q)
		for id, place := range map[acd.AgentID][2]int{"third": {1, 0}, "second": {3, 9}, "first": {3, 8}} {
			a := agent(id, "labour")
			a.Skills[0].Level, a.Position = place[0], place[1]
			f.signIn(a)
		}
		for _, want := range []acd.AgentID{"first", "second", "third"} {
			f.rings(f.call(acd.Request{Queue: "labour"}), want)
		}
	})
}

// The daily figures that strategies look at begin anew at midnight.
func TestLeastTalkIsOfToday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Strategy, q.Times.Wrap = acd.LeastTalk, -1
		f := openWith(t, acd.Config{Queues: []acd.Queue{q}, Zone: time.UTC})
		f.seat("ann", "labour")
		f.serve(f.call(acd.Request{Queue: "labour"}), "ann", time.Hour)
		after(24 * time.Hour)
		f.seat("bob", "labour")
		f.serve(f.call(acd.Request{Queue: "labour", Must: acd.Except("ann")}), "bob", time.Minute)
		f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
	})
}

func several(n int) acd.Queue {
	q := labour
	q.Several = n
	return q
}

func TestRingSeveralHasOneWinner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, several(3))
		for _, id := range []acd.AgentID{"ann", "bob", "cid", "dan"} {
			f.seat(id, "labour")
		}
		ticket := f.call(acd.Request{Queue: "labour"})
		first := f.rings(ticket, "ann")
		all := append([]*acd.Offer{first}, first.Others()...)
		if len(all) != 3 {
			t.Fatalf("%d phones ring, want 3", len(all))
		}
		f.agentIs("dan", acd.Ready, "")
		var wins, losses int
		var mu sync.Mutex
		var race sync.WaitGroup
		for _, o := range all {
			race.Go(func() {
				err := o.Accept()
				mu.Lock()
				defer mu.Unlock()
				var ended *acd.EndedError
				switch {
				case err == nil:
					wins++
				case errors.As(err, &ended) && ended.Why == acd.Elsewhere:
					losses++
				}
			})
		}
		race.Wait()
		if wins != 1 || losses != 2 {
			t.Fatalf("%d winners and %d told it was answered elsewhere", wins, losses)
		}
		ready := 0
		for _, a := range f.Snapshot().Agents {
			if a.State == acd.Ready {
				ready++
			}
		}
		if ready != 3 {
			t.Fatalf("%d agents ready, want the losers and the one who was not rung", ready)
		}
	})
}

func TestRingSeveralGoesOnUntilTheLastDeclines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, several(2))
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		ticket := f.call(acd.Request{Queue: "labour"})
		ann := f.rings(ticket, "ann")
		bob := ann.Others()[0]
		ann.Decline(acd.Declined)
		f.rings(ticket, "bob")
		after(20 * time.Second)
		if bob.Why() != acd.NoAnswer || ticket.Ringing() != nil {
			t.Fatalf("bob's ring ended by %q", bob.Why())
		}
		if p := ticket.Place(); p.Position != 1 {
			t.Fatalf("place %+v", p)
		}
		f.present(ticket)
		after(5 * time.Second)
		f.rings(ticket, "bob")
	})
}

func TestCallerLeavesWhileSeveralRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, several(2))
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		ticket := f.call(acd.Request{Queue: "labour"})
		ann := f.rings(ticket, "ann")
		bob := ann.Others()[0]
		ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
		for _, o := range []*acd.Offer{ann, bob} {
			<-o.Done()
			if o.Why() != acd.CallerGone {
				t.Errorf("%s: %s", o.Agent, o.Why())
			}
			f.agentIs(o.Agent, acd.Ready, "")
		}
	})
}

func TestReserveIsKeptForProtectedCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := minors
		kept.Limits.Reserve = 1
		f := open(t, kept, general)
		f.seat("kim", "minors")
		f.seat("pat", "minors")
		adult := f.call(acd.Request{Queue: "general"})
		o := f.rings(adult, "kim")
		f.accept(o)
		second := f.call(acd.Request{Queue: "general"})
		f.waits(second)
		child := f.call(acd.Request{Queue: "minors"})
		c := f.rings(child, "pat")
		f.accept(c)
		o.Finish()
		after(time.Minute)
		f.waits(second) // kim alone is free: kept
		c.Finish()
		after(time.Minute)
		f.accept(f.rings(second, "pat")) // with both free, one may go
		third := f.call(acd.Request{Queue: "general"})
		f.waits(third)
		f.rings(f.call(acd.Request{Queue: "general", Claims: acd.Danger}), "kim")
	})
}

// The agent who may go when one more is free need not be the one who has come.
func TestReserveLetsGoWhomeverFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := minors
		kept.Limits.Reserve = 1
		f := open(t, kept, labour)
		f.seat("kim", "minors", "labour")
		adult := f.call(acd.Request{Queue: "labour"})
		f.waits(adult)
		f.seat("pat", "minors")
		f.rings(adult, "kim")
	})
}

func TestProtectedOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, general)
		a := agent("kim")
		a.ProtectedOnly = true
		f.signIn(a)
		if _, err := f.Join(acd.Request{Queue: "general"}); !errors.Is(err, acd.ErrClosed) {
			t.Fatalf("ordinary callers: %v", err)
		}
		f.rings(f.call(acd.Request{Queue: "general", Claims: acd.Danger}), "kim")
	})
}

func TestLines(t *testing.T) {
	lines := acd.NewLines(10, 1)
	for i := range 9 {
		if !lines.Take(false) {
			t.Fatalf("line %d refused", i+1)
		}
	}
	if lines.Take(false) {
		t.Fatal("the reserve went to an ordinary call")
	}
	if !lines.Take(true) || lines.Take(true) {
		t.Fatal("a protected call gets the reserve, and no more than all")
	}
	if lines.Refused() != 2 {
		t.Fatalf("%d refused", lines.Refused())
	}
	lines.Give()
	lines.Give()
	if !lines.Take(false) || lines.Used() != 9 {
		t.Fatalf("%d used", lines.Used())
	}
	if acd.NewLines(3, 9).Take(false) || !acd.NewLines(3, 9).Take(true) {
		t.Fatal("a reserve beyond all keeps all")
	}
}
