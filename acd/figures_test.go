package acd_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func (f *floor) today(queue acd.QueueID) acd.Tally {
	f.t.Helper()
	day, err := f.Today(queue, false)
	if err != nil {
		f.t.Fatal(err)
	}
	return day.Total
}

// Each way a visit can end is counted at the event, once.
func TestOutcomesAreCountedAtTheEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		answered := f.call(acd.Request{Queue: "labour"})
		tickets := make([]*acd.Ticket, 7)
		for i := range tickets {
			tickets[i] = f.call(acd.Request{Queue: "labour"})
		}
		after(2 * time.Second)
		offer := f.rings(answered, "ann")
		f.accept(offer)
		tickets[0].Leave(acd.Ending{Outcome: acd.Abandoned})
		after(10 * time.Second)
		tickets[1].Leave(acd.Ending{Outcome: acd.Abandoned})
		tickets[2].Leave(acd.Ending{Outcome: acd.Message})
		tickets[3].Leave(acd.Ending{Outcome: acd.Exited, Key: '9'})
		tickets[4].Leave(acd.Ending{Outcome: acd.Outside})
		tickets[5].Leave(acd.Ending{Outcome: acd.Callback})
		tickets[5].Leave(acd.Ending{Outcome: acd.Abandoned}) // too late
		got := f.today("labour")
		want := acd.Tally{
			Offered: 8, Answered: 1, Abandoned: 2, Details: acd.Details{Short: 1}, Messages: 1, CalledBack: 1, Diverted: 2, Keys: acd.Keys{9: 1},
			Levels: acd.Levels{Answered: acd.Within{1, 1, 1}, Abandoned: acd.Within{2, 2, 2}},
			Times:  acd.Sums{Answered: 2 * time.Second, Waited: 64 * time.Second, Longest: 12 * time.Second},
		}
		if got != want {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		if got.Waiting() != 1 {
			t.Fatalf("%d waiting, want 1", got.Waiting())
		}
		offer.Finish()
		answered.Leave(acd.Ending{Outcome: acd.Abandoned})
		if again := f.today("labour"); again.Answered != 1 || again.Abandoned != 2 {
			t.Fatalf("counted twice: %+v", again)
		}
		if n := f.count(acd.Left); n != 7 {
			t.Fatalf("%d tickets left, want 7", n)
		}
	})
}

func TestAbandonedByStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		ringing := f.call(acd.Request{Queue: "labour"})
		waiting := f.call(acd.Request{Queue: "labour"})
		after(8 * time.Second)
		waiting.Leave(acd.Ending{Outcome: acd.Abandoned})
		ringing.Leave(acd.Ending{Outcome: acd.Abandoned})
		f.agentIs("ann", acd.Ready, "")
		f.LeftEarly(acd.InGreeting)
		f.LeftEarly(acd.InMenu)
		f.LeftEarly(acd.InMenu)
		if got := f.today("labour"); got.Abandoned != 2 || got.Ringing != 1 || got.Short != 0 {
			t.Fatalf("got %+v", got)
		}
		early := f.Snapshot().Early
		if early[acd.InGreeting] != 1 || early[acd.InMenu] != 2 {
			t.Fatalf("early %v", early)
		}
		var stages []acd.Stage
		for _, e := range f.events {
			if e.Kind == acd.Left {
				stages = append(stages, e.Stage)
			}
		}
		if len(stages) != 2 || stages[0] != acd.InQueue || stages[1] != acd.InRinging {
			t.Fatalf("stages %v", stages)
		}
	})
}

// A visit counts in the quarter-hour, and on the day, in which it entered the queue.
func TestCountedWhenQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := openWith(t, acd.Config{Queues: []acd.Queue{labour}, Zone: time.UTC}) // a bubble begins at midnight UTC
		f.seat("ann", "labour")
		after(23*time.Hour + 59*time.Minute)
		ticket := f.call(acd.Request{Queue: "labour"})
		after(10 * time.Second)
		o := f.rings(ticket, "ann")
		f.accept(o)
		after(10 * time.Minute)
		o.Finish()
		if got := f.today("labour"); got.Offered != 0 || got.Answered != 0 {
			t.Fatalf("today %+v", got)
		}
		yesterday, err := f.Today("labour", true)
		if err != nil {
			t.Fatal(err)
		}
		if last := yesterday.Intervals[95]; last.Offered != 1 || last.Answered != 1 || last.Times.Talk != 10*time.Minute {
			t.Fatalf("last quarter-hour of yesterday %+v", last)
		}
		if got := f.view("ann"); got.Calls != 1 || got.Talk != 10*time.Minute {
			t.Fatalf("a call over midnight counts for its agent when it ends: %+v", got)
		}
	})
}

func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, minors)
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		f.signIn(acd.Agent{ID: "cid", Device: acd.DeviceIdle, Break: "lunch"})
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		after(time.Second)
		f.rings(f.call(acd.Request{Queue: "labour"}), "bob")
		for range 3 {
			f.call(acd.Request{Queue: "labour"})
		}
		f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
		after(9 * time.Second)
		s := f.Snapshot()
		q := s.Queues[0]
		if q.Name != "labour" || !q.Open || q.Waiting != 5 || q.Protected != 1 || q.LongestWait != 9*time.Second || q.Staff != 2 || q.Ready != 0 {
			t.Errorf("queue %+v", q)
		}
		if m := s.Queues[1]; m.Open || m.Staff != 0 {
			t.Errorf("minors %+v", m)
		}
		states := map[acd.AgentID]acd.State{}
		for _, a := range s.Agents {
			states[a.ID] = a.State
		}
		if len(states) != 3 || states["ann"] != acd.Busy || states["bob"] != acd.Reserved || states["cid"] != acd.Break {
			t.Errorf("agents %v", states)
		}
		if len(s.Offers) != 1 || s.Offers[0].Agent != "bob" || s.At.Sub(s.Offers[0].Since) != 9*time.Second {
			t.Errorf("offers %+v", s.Offers)
		}
		if v := f.view("ann"); v.Queue != "labour" || s.At.Sub(v.Since) != 10*time.Second {
			t.Errorf("ann %+v", v)
		}
	})
}
