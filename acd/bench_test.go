package acd

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

var crowds = []int{10, 1_000, 10_000, 100_000}

// hall is a floor with a thousand agents in talks and so many callers waiting, over four queues with ladders, languages,
// claims and requirements mixed.
type hall struct {
	*Router
	clock *handClock
	talks []*Offer
	n     int
	// loyal makes every fifth caller prefer a counselor of their own.
	loyal bool
}

func newHall(b *testing.B, callers, agents int) *hall {
	b.Helper()
	h := &hall{clock: &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	queues := modelQueues()
	for i := range queues {
		queues[i].Limits = Limits{}
		queues[i].Several = 1
		queues[i].Times.Wrap, queues[i].Times.MaxWait = -1, -1
	}
	r, err := New(Config{Queues: queues, Zone: time.UTC, Clock: h.clock, Agents: AgentRules{Wrap: -1}})
	if err != nil {
		b.Fatal(err)
	}
	h.Router = r
	skills := [][]Qualification{{"labour"}, {"family"}, {"minors"}, {"general"}, {"labour", "family", "general"}}
	for i := range agents {
		a := Agent{ID: AgentID(fmt.Sprint("a", i)), Device: DeviceIdle, Woman: i%2 == 0, Languages: []Language{"zh-CN"}}
		if i%2 == 0 {
			a.Languages = append(a.Languages, "yue")
		}
		for _, q := range skills[i%len(skills)] {
			a.Skills = append(a.Skills, Skill{Name: q, Level: 1 + i%5})
		}
		if err := r.SignIn(a); err != nil {
			b.Fatal(err)
		}
		o, err := r.Engage(a.ID, "own")
		if err != nil {
			b.Fatal(err)
		}
		h.talks = append(h.talks, o)
	}
	for range callers {
		h.call(b)
	}
	return h
}

// call lets one more caller join and wait.
func (h *hall) call(b *testing.B) *Ticket {
	h.n++
	h.clock.now = h.clock.now.Add(time.Microsecond)
	req := Request{Queue: [...]QueueID{"labour", "family", "general"}[h.n%3], Contact: "c"}
	req.Claims = [...]Claims{0, Soldier, 0, Frail | Repeat, Deadline}[h.n%5]
	switch h.n % 7 {
	case 1:
		req.Must = Woman()
	case 2:
		req.Must = Speaking("yue")
	case 3:
		req.Must = Except("a1", "a2")
	case 4:
		req.Prefer = Prefer{Language: "yue", Level: 3}
	}
	if h.loyal && h.n%5 == 0 {
		req.Prefer = Prefer{Agent: AgentID(fmt.Sprint("a", h.n%1000))}
	}
	t, err := h.Join(req)
	if err != nil {
		b.Fatal(err)
	}
	if err := t.Present(); err != nil {
		b.Fatal(err)
	}
	return t
}

// serve ends a talk of one of the hundred agents who hold every skill but minors, and returns what the agent is offered.
func (h *hall) serve(i int) *Offer {
	i = (4 + 10*i) % len(h.talks)
	h.talks[i].Finish()
	o := h.talks[i].agent.offer
	if o == nil || o.Accept() != nil {
		return nil
	}
	h.talks[i] = o
	return o
}

// The whole cycle of a caller in a crowd: one joins, one agent is free and is offered the first caller, accepts, finishes.
// decision-ns is the time from the end of a talk to the next offer.
func BenchmarkCallerInACrowd(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			var took []time.Duration
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				h.call(b)
				from := time.Now()
				if h.serve(i) == nil {
					b.Fatal("an agent was free and nobody offered")
				}
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2]), "decision-p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100]), "decision-p99-ns")
		})
	}
}

// A caller joins and finds one of so many agents free.
func BenchmarkCallerFindsAnAgent(b *testing.B) {
	for _, agents := range []int{10, 100, 1_000} {
		b.Run(fmt.Sprint("free=", agents), func(b *testing.B) {
			h := newHall(b, 0, agents)
			for _, o := range h.talks {
				o.Finish()
			}
			b.ReportAllocs()
			for b.Loop() {
				t := h.call(b)
				o := t.Ringing()
				if o == nil || o.Accept() != nil {
					b.Fatal("nobody rings")
				}
				o.Finish()
			}
		})
	}
}

// A caller far behind is found to be in danger, and then not.
func BenchmarkReclassify(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			t := h.call(b)
			b.ReportAllocs()
			for b.Loop() {
				if t.Reclassify(Lesson{Add: Danger}) != nil || t.Reclassify(Lesson{Drop: Danger}) != nil {
					b.Fatal("refused")
				}
			}
		})
	}
}

// A caller far behind is told the place.
func BenchmarkPlace(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			t := h.call(b)
			b.ReportAllocs()
			for b.Loop() {
				if t.Place().Position == 0 {
					b.Fatal("no place")
				}
			}
		})
	}
}

// A caller far behind hangs up, and another joins.
func BenchmarkAbandon(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				h.call(b).Leave(Ending{Outcome: Abandoned})
			}
		})
	}
}

// The same with callers who each prefer another counselor, for whom there is a lane each.
func BenchmarkAbandonLoyal(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, 0, 1000)
			h.loyal = true
			for range n {
				h.call(b)
			}
			b.ReportAllocs()
			for b.Loop() {
				h.call(b).Leave(Ending{Outcome: Abandoned})
			}
		})
	}
}

// What changes nothing costs nothing: a device says again what it said before, a timer fires with nothing due.
func BenchmarkNothing(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				h.SetDevice("a1", DeviceIdle)
				h.wake()
			}
		})
	}
}

func TestNothingAllocatesNothing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	p := newPlay()
	p.do(deed{kind: signInOrOut, who: 0})
	p.do(deed{kind: callIn, who: 0})
	nothing := func() {
		p.SetDevice("a", DeviceIdle)
		p.wake()
		if p.EndWrap("a") != nil || p.tickets[0].Queue() != "labour" {
			t.Fatal("refused")
		}
	}
	if n := testing.AllocsPerRun(100, nothing); n != 0 {
		t.Fatalf("%v allocations for nothing", n)
	}
}

// The wallboard's look at the floor does not grow with the crowd.
func BenchmarkSnapshot(b *testing.B) {
	for _, n := range crowds {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				if len(h.Snapshot().Agents) != 1000 {
					b.Fatal("agents missing")
				}
			}
		})
	}
}

// With everybody on goroutines, from an agent who is free to the return of Wait.
func BenchmarkWait(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprint("waiting=", n), func(b *testing.B) {
			h := newHall(b, 0, 1)
			if err := h.SetQueues("wait", []Queue{{Name: "general", Times: Times{Wrap: -1, MaxWait: -1}}}); err != nil {
				b.Fatal(err)
			}
			offers := make(chan *Offer)
			ctx := b.Context()
			var waiting sync.WaitGroup
			b.Cleanup(waiting.Wait)
			wait := func() {
				t, err := h.Join(Request{Queue: "general"})
				if err != nil {
					b.Error(err)
					return
				}
				waiting.Go(func() {
					o, err := h.Wait(ctx, t)
					if err != nil {
						return
					}
					select {
					case offers <- o:
					case <-ctx.Done():
					}
				})
			}
			for range n {
				wait()
			}
			h.talks[0].Finish()
			if err := h.EndWrap("a0"); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				o := <-offers
				wait()
				if err := o.Accept(); err != nil {
					b.Fatal(err)
				}
				o.Finish()
			}
		})
	}
}
