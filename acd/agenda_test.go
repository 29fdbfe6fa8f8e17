package acd

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The agenda is compared with a list that is sorted by hand.
func TestAgendaAgainstList(t *testing.T) {
	type entry struct {
		at   moment
		seq  int
		name int
	}
	rapid.Check(t, func(t *rapid.T) {
		var g agenda
		g.armed = never
		var list []entry
		deadlines := make([]deadline, 20)
		for seq := range rapid.IntRange(0, 120).Draw(t, "steps") {
			name := rapid.IntRange(0, 19).Draw(t, "name")
			drop := func() { list = slices.DeleteFunc(list, func(e entry) bool { return e.name == name }) }
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				at := moment(rapid.IntRange(0, 30).Draw(t, "at"))
				g.set(&deadlines[name], at)
				drop()
				list = append(list, entry{at, seq, name})
			case 2:
				g.clear(&deadlines[name])
				drop()
			default:
				now := moment(rapid.IntRange(0, 30).Draw(t, "now"))
				slices.SortFunc(list, func(a, b entry) int { return int(a.at-b.at)*1000 + a.seq - b.seq })
				d := g.due(now)
				if len(list) == 0 || list[0].at > now {
					if d != nil {
						t.Fatalf("due at %d before its time %d", now, d.at)
					}
					continue
				}
				if d != &deadlines[list[0].name] || d.slot != 0 {
					t.Fatal("the wrong deadline is due")
				}
				list = list[1:]
			}
			if len(g.heap) != len(list) {
				t.Fatalf("%d deadlines, want %d", len(g.heap), len(list))
			}
		}
	})
}

func TestNeverClears(t *testing.T) {
	var g agenda
	var d deadline
	g.set(&d, 5)
	g.set(&d, never)
	if d.slot != 0 || len(g.heap) != 0 {
		t.Fatal("a deadline that is never due is set")
	}
}

// manual is a Timer that remembers how it was set.
type manual struct{ sets []time.Duration }

func (m *manual) Reset(d time.Duration) bool {
	m.sets = append(m.sets, d)
	return true
}

func TestTimerIsSetForTheFirstDeadlineOnly(t *testing.T) {
	var m manual
	wake := func(d time.Duration) Timer {
		m.Reset(d)
		return &m
	}
	g := agenda{armed: never}
	var a, b, c deadline
	g.arm(0, wake)
	g.set(&a, 100)
	g.arm(0, wake)
	g.set(&b, 200) // later: the timer stands
	g.arm(10, wake)
	g.set(&c, 50) // earlier
	g.arm(20, wake)
	g.clear(&c) // the timer fires for nothing, once
	g.arm(30, wake)
	g.armed = never
	g.arm(150, wake) // overdue
	if want := []time.Duration{100, 30, 0}; !slices.Equal(m.sets, want) {
		t.Fatalf("set %v, want %v", m.sets, want)
	}
}

// More deadlines than one wake-up serves are served all the same, in turns, and others get the lock in between.
func TestABurstOfDeadlines(t *testing.T) {
	clock := &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	queue := Queue{Name: "q", Times: Times{MaxWait: time.Minute}}
	r, err := New(Config{Queues: []Queue{queue}, Clock: clock, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SignIn(Agent{ID: "a", Device: DeviceIdle}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Engage("a", "own"); err != nil {
		t.Fatal(err)
	}
	const callers = 3*burst + 7
	var tickets []*Ticket
	for range callers {
		ticket, err := r.Join(Request{Queue: "q"})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Present(); err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	clock.now = clock.now.Add(time.Minute)
	turns := 0
	for !clock.due.IsZero() && !clock.due.After(clock.now) {
		clock.due = time.Time{}
		clock.fire()
		turns++
	}
	if turns != 4 {
		t.Errorf("%d turns, want 4", turns)
	}
	for i, ticket := range tickets {
		if !errors.Is(ticket.News(), ErrTimeout) {
			t.Fatalf("caller %d of %d: %v", i+1, callers, ticket.News())
		}
	}
	if err := audit(r); err != nil {
		t.Fatal(err)
	}
}

// A queue that closes sends its callers away in turns.
func TestALongQueueCloses(t *testing.T) {
	clock := &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	r, err := New(Config{Queues: []Queue{{Name: "q"}, {Name: "other"}}, Clock: clock, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SignIn(Agent{ID: "a", Device: DeviceIdle}); err != nil {
		t.Fatal(err)
	}
	own, err := r.Engage("a", "own")
	if err != nil {
		t.Fatal(err)
	}
	closed, asked := 0, 0
	var tickets []*Ticket
	for i := range 3 * evictions {
		req := Request{Queue: "q", Contact: ContactID(fmt.Sprint(i)), Claims: []Claims{0, Soldier, Danger}[i%3]}
		ticket, err := r.Join(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Present(); err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	if err := r.SignOut("a"); err != nil {
		t.Fatal(err)
	}
	own.Finish()
	clock.pass(time.Minute, func() {
		if err := audit(r); err != nil {
			t.Fatal(err)
		}
	})
	for _, ticket := range tickets {
		switch news := ticket.News(); {
		case errors.Is(news, ErrClosed):
			closed++
		case errors.Is(news, ErrAskMessage):
			asked++
		}
	}
	if closed != 2*evictions || asked != evictions {
		t.Fatalf("%d sent away and %d asked for a message, want %d and %d", closed, asked, 2*evictions, evictions)
	}
}
