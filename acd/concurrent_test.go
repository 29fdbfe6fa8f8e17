package acd_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"hotline/acd"
)

// Everything at once, in real time and with the race detector: whoever asks and whoever acts.
func TestEverythingAtOnce(t *testing.T) {
	var last sync.Mutex // held by the observer alone: events come one at a time
	seen := 0
	r, err := acd.New(acd.Config{
		Queues: []acd.Queue{ladder(), childLadder(), {Name: "general", Several: 2, Times: acd.Times{Wrap: -1}}},
		Agents: acd.AgentRules{NoAnswer: time.Millisecond, Declined: time.Millisecond, Busy: time.Millisecond, Unreachable: time.Millisecond, Wrap: -1},
		Observer: func(acd.Event) {
			if !last.TryLock() {
				t.Error("two events at once")
				return
			}
			defer last.Unlock()
			seen++
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if err := r.SignIn(agent(acd.AgentID(rune('a'+i)), "labour", "general", "minors")); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var callers, others sync.WaitGroup
	for worker := range 4 {
		callers.Go(func() { callInATurn(t, r, rand.New(rand.NewPCG(1, uint64(worker)))) })
		others.Go(func() { interfere(ctx, r, rand.New(rand.NewPCG(2, uint64(worker)))) })
	}
	callers.Wait()
	cancel()
	others.Wait()
	for _, q := range r.Snapshot().Queues {
		if q.Waiting != 0 || q.Today.Waiting() != 0 {
			t.Errorf("queue %s: %d waiting, %d by the figures", q.Name, q.Waiting, q.Today.Waiting())
		}
	}
	if seen == 0 {
		t.Error("nothing was observed")
	}
}

// callInATurn makes one call after another.
func callInATurn(t *testing.T, r *acd.Router, random *rand.Rand) {
	for i := range 200 {
		req := acd.Request{Queue: []acd.QueueID{"labour", "minors", "general"}[random.IntN(3)], Contact: acd.ContactID(fmt.Sprint(i))}
		if random.IntN(3) == 0 {
			req.Claims = acd.Danger
		}
		ticket, err := r.Join(req)
		if err != nil {
			continue // everybody is on break just now
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(5)+1)*time.Millisecond)
		for {
			offer, err := r.Wait(ctx, ticket)
			if errors.Is(err, acd.ErrAskMessage) {
				continue
			}
			if err != nil {
				break
			}
			if random.IntN(3) == 0 {
				offer.Decline(acd.Declined)
				continue
			}
			if offer.Accept() == nil {
				offer.Finish()
				break
			}
		}
		cancel()
		ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
		<-ctx.Done()
	}
}

// interfere asks and changes everything that can be asked and changed.
func interfere(ctx context.Context, r *acd.Router, random *rand.Rand) {
	for ctx.Err() == nil {
		id := acd.AgentID(rune('a' + random.IntN(8)))
		switch random.IntN(10) {
		case 0:
			r.SetDevice(id, acd.Device(random.IntN(4)))
		case 1:
			_ = r.Break(id, "test")
		case 2:
			r.Snapshot()
		case 3:
			_, _ = r.Today("labour", false)
		case 4:
			if ticket, err := r.Ticket(acd.TicketID(random.IntN(800))); err == nil {
				ticket.Place()
				ticket.Announce()
				_ = ticket.Reclassify(acd.Lesson{Add: acd.Soldier})
				_ = ticket.Prioritise(3)
				_ = ticket.ID() + acd.TicketID(len(ticket.Contact())+len(ticket.Version())+len(ticket.Queue()))
			}
		case 5:
			if o, err := r.Engage(id, "own"); err == nil {
				o.Finish()
			}
		case 6:
			_, _ = r.Plan(acd.Duty{})
		default:
			r.SetDevice(id, acd.DeviceIdle)
			_ = r.Ready(id)
			_ = r.EndWrap(id)
		}
	}
}

// An observer that panics takes down the goroutine that told it, and nothing else: the rest is told by the next.
func TestObserverThatPanics(t *testing.T) {
	var kinds []acd.EventKind
	r, err := acd.New(acd.Config{Queues: []acd.Queue{labour}, Observer: func(e acd.Event) {
		if e.Kind == acd.Joined {
			panic("observer")
		}
		kinds = append(kinds, e.Kind)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SignIn(agent("ann", "labour")); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = r.Join(acd.Request{Queue: "labour", Person: "p"})
	}()
	ticket, err := r.Ticket(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := ticket.Present(); err != nil {
		t.Fatal(err)
	}
	ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
	if n := len(kinds); n == 0 || kinds[n-1] != acd.Left {
		t.Fatalf("heard %v, want the rest of it", kinds)
	}
}
