package acd_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func TestPoints(t *testing.T) {
	tests := []struct {
		claims acd.Claims
		points int
	}{
		{0, 0},
		{acd.Soldier, 20},
		{acd.Frail, 20},
		{acd.Repeat, 30},
		{acd.Deadline, 40},
		{acd.Minor, 60},
		{acd.Danger, 1000},
		{acd.Soldier | acd.Deadline, 60},
	}
	for _, test := range tests {
		if got := test.claims.Points(); got != test.points {
			t.Errorf("claims %b are worth %d, want %d", test.claims, got, test.points)
		}
	}
}

// busyFloor is a floor whose only agent is in a talk; served returns in which order waiting callers are then served.
func busyFloor(t *testing.T, q acd.Queue) (f *floor, served func(tickets ...*acd.Ticket) []int) {
	f = open(t, q)
	f.seat("ann", append(q.Skills, "minors")...)
	first := f.rings(f.call(acd.Request{Queue: q.Name}), "ann")
	f.accept(first)
	return f, func(tickets ...*acd.Ticket) []int {
		first.Finish()
		var order []int
		for len(order) < len(tickets) {
			if err := f.EndWrap("ann"); err != nil {
				t.Fatal(err)
			}
			found := false
			for i, ticket := range tickets {
				if o := ticket.Ringing(); o != nil {
					order, found = append(order, i), true
					f.accept(o)
					o.Finish()
				}
			}
			if !found {
				t.Fatalf("nobody rings after %v", order)
			}
		}
		return order
	}
}

func TestOrderOfCallers(t *testing.T) {
	type caller struct {
		after  time.Duration // since the caller before
		claims acd.Claims
	}
	tests := []struct {
		name    string
		callers []caller
		want    []int
	}{
		{"by arrival", []caller{{0, 0}, {time.Second, 0}, {time.Second, 0}}, []int{0, 1, 2}},
		{"a head start of 200 s", []caller{{0, 0}, {199 * time.Second, acd.Soldier}}, []int{1, 0}},
		{"and no more", []caller{{0, 0}, {201 * time.Second, acd.Frail}}, []int{0, 1}},
		{"points add up", []caller{{0, acd.Deadline}, {time.Second, acd.Repeat | acd.Frail}}, []int{1, 0}},
		{"children before all others", []caller{{0, acd.Deadline | acd.Repeat | acd.Soldier}, {20 * time.Minute, acd.Minor}}, []int{1, 0}},
		{"danger before children", []caller{{0, acd.Minor}, {time.Minute, acd.Danger}}, []int{1, 0}},
		{"danger is a head start among the protected", []caller{{0, acd.Minor}, {3 * time.Hour, acd.Danger}}, []int{0, 1}},
		{"same instant", []caller{{0, 0}, {0, 0}}, []int{0, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := labour
				q.Times.MaxWait = -1
				f, served := busyFloor(t, q)
				var tickets []*acd.Ticket
				for _, c := range test.callers {
					after(c.after)
					tickets = append(tickets, f.call(acd.Request{Queue: "labour", Claims: c.claims}))
				}
				for i, place := range test.want {
					if got := tickets[place].Place().Position; got != i+1 {
						t.Errorf("caller %d is told place %d, want %d", place, got, i+1)
					}
				}
				got := served(tickets...)
				for i := range test.want {
					if got[i] != test.want[i] {
						t.Fatalf("served %v, want %v", got, test.want)
					}
				}
			})
		})
	}
}

func TestReclassifyReSortsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, served := busyFloor(t, labour)
		first := f.call(acd.Request{Queue: "labour"})
		after(time.Minute)
		second := f.call(acd.Request{Queue: "labour"})
		if err := second.Reclassify(acd.Lesson{Add: acd.Danger}); err != nil {
			t.Fatal(err)
		}
		if p := second.Place(); p.Position != 1 {
			t.Fatalf("place %+v", p)
		}
		if err := first.Reclassify(acd.Lesson{Add: acd.Minor}); err != nil {
			t.Fatal(err)
		}
		if err := second.Reclassify(acd.Lesson{Drop: acd.Danger}); err != nil {
			t.Fatal(err)
		}
		if err := first.Reclassify(acd.Lesson{Drop: acd.Minor}); err != nil || first.Claims() != acd.Minor {
			t.Fatalf("claims %b, %v: a minor stays one", first.Claims(), err)
		}
		if got := served(first, second); got[0] != 0 {
			t.Fatalf("served %v", got)
		}
	})
}

func TestReclassifyGivesTheHeadStartOfItsPoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := busyFloor(t, labour)
		first := f.call(acd.Request{Queue: "labour"})
		after(199 * time.Second)
		second := f.call(acd.Request{Queue: "labour"})
		for _, step := range []struct {
			lesson acd.Lesson
			place  int
		}{
			{acd.Lesson{Add: acd.Soldier}, 1},
			{acd.Lesson{Add: acd.Soldier}, 1},
			{acd.Lesson{Drop: acd.Soldier}, 2},
			{acd.Lesson{Add: acd.Deadline}, 1},
		} {
			if err := second.Reclassify(step.lesson); err != nil {
				t.Fatal(err)
			}
			if got := second.Place().Position; got != step.place {
				t.Fatalf("after %+v at place %d, want %d", step.lesson, got, step.place)
			}
		}
		if err := first.Reclassify(acd.Lesson{Add: acd.Deadline}); err != nil || first.Place().Position != 1 {
			t.Fatalf("%+v, %v", first.Place(), err)
		}
	})
}

func TestReclassifyTakesAChildFromTheUnqualified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		ringing := f.call(acd.Request{Queue: "labour"})
		o := f.rings(ringing, "ann")
		if err := ringing.Reclassify(acd.Lesson{Add: acd.Minor}); err != nil {
			t.Fatal(err)
		}
		if o.Why() != acd.Unfit {
			t.Fatalf("the ring ended by %q", o.Why())
		}
		f.agentIs("ann", acd.Ready, "")
		talking := f.call(acd.Request{Queue: "labour"})
		o = f.rings(talking, "ann")
		f.accept(o)
		if err := talking.Reclassify(acd.Lesson{Add: acd.Minor}); err != nil {
			t.Fatal(err)
		}
		f.agentIs("ann", acd.Busy, "")
		if got := f.alarms(acd.AlarmUnfit); len(got) != 1 || got[0] != "ann" {
			t.Fatalf("alarms %v", got)
		}
		o.Finish()
		if got := f.alarms(acd.AlarmUnfit); got != nil {
			t.Fatalf("alarms %v after the talk", got)
		}
	})
}

func TestReclassifyTellsWhoCannotBeServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := busyFloor(t, labour)
		news := func(lesson acd.Lesson) error {
			ticket := f.join(acd.Request{Queue: "labour"})
			got := make(chan error)
			go func() {
				_, err := f.Wait(t.Context(), ticket)
				got <- err
			}()
			synctest.Wait()
			if err := ticket.Reclassify(lesson); err != nil {
				t.Error(err)
			}
			defer ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
			return <-got
		}
		if err := news(acd.Lesson{Must: acd.Woman()}); !errors.Is(err, acd.ErrNobody) {
			t.Errorf("ordinary: %v", err)
		}
		if err := news(acd.Lesson{Add: acd.Danger, Must: acd.Woman()}); !errors.Is(err, acd.ErrAskMessage) {
			t.Errorf("in danger: %v", err)
		}
	})
}

func TestSupervisorMovesAndReprioritises(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, general, minors)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		first := f.call(acd.Request{Queue: "labour"})
		after(time.Minute)
		second := f.call(acd.Request{Queue: "labour"})
		if err := second.Prioritise(7); err != nil {
			t.Fatal(err)
		}
		if p := second.Place(); p.Position != 1 {
			t.Fatalf("place %+v", p)
		}
		f.seat("bob", "other")
		f.seat("kim", "minors")
		if err := first.Move("general"); err != nil {
			t.Fatal(err)
		}
		f.rings(first, "bob")
		if got := f.today("labour"); got.Diverted != 1 || got.Waiting() != 1 {
			t.Errorf("labour %+v", got)
		}
		if got := f.today("general"); got.Offered != 1 || got.Waiting() != 1 {
			t.Errorf("general %+v", got)
		}
		f.accept(f.rings(f.call(acd.Request{Queue: "minors"}), "kim"))
		child := f.call(acd.Request{Queue: "minors"})
		if err := child.Move("general"); err != nil {
			t.Fatal(err)
		}
		f.seat("tom")
		f.waits(child)
		if child.Queue() != "general" {
			t.Errorf("child stands in %s", child.Queue())
		}
		if err := child.Reclassify(acd.Lesson{}); err != nil {
			t.Fatal(err)
		}
		if q := f.Snapshot().Queues[1]; q.Name != "general" || q.Protected != 1 {
			t.Errorf("a protected caller was moved and lost protection: %+v", q)
		}
	})
}

func TestLostAgentPutsTheCallerFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		cut := f.call(acd.Request{Queue: "labour"})
		o := f.rings(cut, "ann")
		f.accept(o)
		after(40 * time.Minute) // a talk is no wait: the limit of the wait does not end this call
		busy := f.rings(f.call(acd.Request{Queue: "labour"}), "bob")
		f.accept(busy)
		behind := f.call(acd.Request{Queue: "labour", Claims: acd.Deadline})
		o.Lost()
		if !cut.LostAgent() || behind.LostAgent() {
			t.Fatal("the one who lost the counselor is not marked, or another is")
		}
		f.present(cut)
		danger := f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
		if cut.Place().Position != 2 || danger.Place().Position != 1 {
			t.Fatalf("places %+v, %+v", cut.Place(), danger.Place())
		}
		f.agentIs("ann", acd.WrapUp, "")
		after(time.Minute)
		f.agentIs("ann", acd.Ready, "")
		danger.Leave(acd.Ending{Outcome: acd.Abandoned})
		f.waits(cut)
		f.SetDevice("ann", acd.DeviceIdle)
		o = f.rings(cut, "ann")
		f.accept(o)
		o.Finish()
		if got := f.today("labour"); got.Answered != 2 || got.Lost != 1 {
			t.Fatalf("figures %+v", got)
		}
	})
}

func TestReturningCallerRegainsThePlace(t *testing.T) {
	tests := []struct {
		name    string
		first   acd.Request
		away    time.Duration
		second  acd.Request
		regains bool
	}{
		{"same person", acd.Request{Person: "p"}, 9 * time.Minute, acd.Request{Person: "p"}, true},
		{"too late", acd.Request{Person: "p"}, 10 * time.Minute, acd.Request{Person: "p"}, false},
		{"somebody else", acd.Request{Person: "p"}, time.Minute, acd.Request{Person: "q"}, false},
		{"withheld", acd.Request{}, time.Minute, acd.Request{}, false},
		{"shared phone", acd.Request{Person: "p", Shared: true}, time.Minute, acd.Request{Person: "p", Shared: true}, false},
		{"shared when back", acd.Request{Person: "p"}, time.Minute, acd.Request{Person: "p", Shared: true}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, served := busyFloor(t, labour)
				test.first.Queue, test.second.Queue = "labour", "labour"
				dropped := f.call(test.first)
				after(time.Second)
				other := f.call(acd.Request{Queue: "labour"})
				dropped.Leave(acd.Ending{Outcome: acd.Abandoned})
				after(test.away)
				back := f.call(test.second)
				if got := served(back, other); (got[0] == 0) != test.regains {
					t.Fatalf("served %v", got)
				}
			})
		})
	}
}

func TestReturningCallerIsStillInDanger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := busyFloor(t, labour)
		dropped := f.call(acd.Request{Queue: "labour", Person: "p"})
		if err := dropped.Reclassify(acd.Lesson{Add: acd.Danger}); err != nil {
			t.Fatal(err)
		}
		dropped.Leave(acd.Ending{Outcome: acd.Abandoned})
		after(time.Minute)
		back := f.call(acd.Request{Queue: "labour", Person: "p"})
		if back.Claims() != acd.Danger {
			t.Fatalf("claims %b", back.Claims())
		}
		if n := f.count(acd.Returned); n != 1 {
			t.Fatalf("%d returns told", n)
		}
	})
}

func TestPlaceKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, served := busyFloor(t, labour)
		now := f.call(acd.Request{Queue: "labour"})
		kept := f.call(acd.Request{Queue: "labour", Since: time.Now().Add(-time.Minute)})
		ahead := f.call(acd.Request{Queue: "labour", Since: time.Now().Add(time.Hour)})
		if got := served(now, kept, ahead); got[0] != 1 || got[1] != 0 {
			t.Fatalf("served %v", got)
		}
	})
}
