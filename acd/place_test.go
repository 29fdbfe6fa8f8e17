package acd_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// pacedFloor has so many agents in talks, and calls that are known to take ten minutes.
func pacedFloor(t *testing.T, agents int) (*floor, []*acd.Offer) {
	q := labour
	q.Times.Handle, q.Times.Wrap, q.Times.MaxWait = 10*time.Minute, -1, -1
	f := open(t, q)
	var busy []*acd.Offer
	for i := range agents {
		id := acd.AgentID(rune('a' + i))
		f.seat(id, "labour")
		o := f.rings(f.call(acd.Request{Queue: "labour"}), id)
		f.accept(o)
		busy = append(busy, o)
	}
	return f, busy
}

func TestPlaceIsARange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := pacedFloor(t, 5)
		want := []acd.Place{
			{Position: 1, Low: 0, High: 4 * time.Minute, Known: true},
			{Position: 2, Low: 1 * time.Minute, High: 7 * time.Minute, Known: true, Callback: true},
			{Position: 3, Low: 2 * time.Minute, High: 10 * time.Minute, Known: true, Callback: true},
			{Position: 4, Low: 4 * time.Minute, High: 12 * time.Minute, Known: true, Callback: true, Long: true},
		}
		for _, w := range want {
			if got := f.call(acd.Request{Queue: "labour"}).Place(); got != w {
				t.Errorf("got %+v, want %+v", got, w)
			}
		}
	})
}

func TestCallbackIsOfferedToALongLineButNotToChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Times.Handle = time.Second
		f := open(t, q)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		first := f.call(acd.Request{Queue: "labour"})
		f.call(acd.Request{Queue: "labour"})
		if first.Place().Callback {
			t.Fatal("offered with two in line for one agent")
		}
		danger := f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
		if !first.Place().Callback || danger.Place().Callback {
			t.Fatalf("third in line: ordinary %v, in danger %v", first.Place().Callback, danger.Place().Callback)
		}
	})
}

func TestNothingIsToldThatIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := pacedFloor(t, 2)
		ticket := f.call(acd.Request{Queue: "labour"})
		if _, ok := ticket.Announce(); !ok {
			t.Fatal("no first announcement")
		}
		if err := f.Break("b", "ill"); err != nil {
			t.Fatal(err)
		}
		f.SetDevice("a", acd.DeviceGone)
		f.SetDevice("b", acd.DeviceGone)
		if p := ticket.Place(); p.Known || p.Position != 1 {
			t.Fatalf("nobody at work: %+v", p)
		}
		ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
		if p := ticket.Place(); p != (acd.Place{}) {
			t.Fatalf("after leaving: %+v", p)
		}
	})
}

func TestAnnounceOnlyWhatChangedAndNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := pacedFloor(t, 5)
		first := f.call(acd.Request{Queue: "labour"})
		second := f.call(acd.Request{Queue: "labour"})
		if p, ok := second.Announce(); !ok || p.Position != 2 {
			t.Fatalf("on entry: %+v %v", p, ok)
		}
		after(44 * time.Second)
		busy[0].Finish()
		f.accept(f.rings(first, "a"))
		if p, ok := second.Announce(); ok {
			t.Fatalf("too early: %+v", p)
		}
		after(time.Second)
		if p, ok := second.Announce(); !ok || p.Position != 1 {
			t.Fatalf("after 45 s: %+v %v", p, ok)
		}
		after(45 * time.Second)
		if p, ok := second.Announce(); ok {
			t.Fatalf("nothing changed: %+v", p)
		}
	})
}

// Whatever happens on the floor, what one caller is told in minutes never rises, never falls by more than the truth did,
// and is withheld when it has become wrong.
func TestToldNeverRises(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			f, busy := pacedFloor(t, 6)
			var tickets []*acd.Ticket
			for range 30 {
				tickets = append(tickets, f.call(acd.Request{Queue: "labour"}))
			}
			last := map[acd.TicketID]acd.Place{}
			for range 60 {
				after(time.Duration(random.IntN(90)) * time.Second)
				if len(busy) > 0 && random.IntN(3) > 0 {
					busy[0].Finish()
					busy = busy[1:]
				}
				for _, ticket := range tickets {
					if o := ticket.Ringing(); o != nil {
						f.accept(o)
						busy = append(busy, o)
						continue
					}
					p, ok := ticket.Announce()
					before, told := last[ticket.ID()]
					if !ok || !p.Known {
						continue
					}
					if told && (p.High > before.High || p.Low > before.Low || p.Low > p.High) {
						t.Fatalf("seed %d: told %+v after %+v", seed, p, before)
					}
					last[ticket.ID()] = p
				}
			}
			if len(last) == 0 {
				t.Fatal("nobody was told anything")
			}
		})
	}
}

// In a queue at a steady load most callers are served within the range they were told on entry.
func TestToldIsHonest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(7, 7))
		f, busy := pacedFloor(t, 10)
		type promise struct {
			acd.Place
			at time.Time
		}
		told, waiting := map[acd.TicketID]promise{}, []*acd.Ticket(nil)
		inside, below, total := 0, 0, 0
		ends := map[*acd.Offer]time.Time{}
		talk := func() time.Time {
			return time.Now().Add(time.Duration(random.ExpFloat64() * float64(10*time.Minute)))
		}
		for _, o := range busy {
			ends[o] = talk()
		}
		for range 6000 {
			after(10 * time.Second)
			if random.Float64() < 1.0/6.2 { // about one a minute, as many as ten agents can serve
				ticket := f.call(acd.Request{Queue: "labour"})
				waiting = append(waiting, ticket)
				if p := ticket.Place(); p.Known {
					told[ticket.ID()] = promise{p, time.Now()}
				}
			}
			for o, end := range ends {
				if !end.After(time.Now()) {
					o.Finish()
					delete(ends, o)
				}
			}
			left := waiting[:0]
			for _, ticket := range waiting {
				o := ticket.Ringing()
				if o == nil {
					left = append(left, ticket)
					continue
				}
				f.accept(o)
				ends[o] = talk()
				if p, ok := told[ticket.ID()]; ok && time.Since(p.at) > 0 {
					total++
					switch wait := time.Since(p.at); {
					case wait > p.High:
					case wait < p.Low:
						below++
					default:
						inside++
					}
				}
			}
			waiting = left
		}
		if total < 200 || inside*100 < total*50 || (inside+below)*100 < total*80 {
			t.Fatalf("of %d callers %d were served within the range they were told, %d before", total, inside, below)
		}
		t.Logf("of %d callers %d were served within the range they were told, %d before", total, inside, below)
	})
}
