package acd

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A clock that is set back neither turns the order of callers round nor ends anything twice.
func TestClockSetBack(t *testing.T) {
	clock := &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	r, err := New(Config{Queues: []Queue{{Name: "q"}}, Clock: clock, Zone: time.UTC})
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
	var tickets []*Ticket
	for range 3 {
		ticket, err := r.Join(Request{Queue: "q"})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Present(); err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
		clock.now = clock.now.Add(-time.Hour)
	}
	own.Finish()
	if err := r.EndWrap("a"); err != nil {
		t.Fatal(err)
	}
	if tickets[0].Ringing() == nil {
		t.Fatal("the first caller is not the first")
	}
	if got := r.Snapshot().Queues[0].LongestWait; got < 0 {
		t.Fatalf("a wait of %s", got)
	}
	if err := audit(r); err != nil {
		t.Fatal(err)
	}
}

// A day ends at midnight of its zone, whatever its length.
func TestDaysOfAZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	clock := &handClock{now: time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC)} // half past eleven; the night is one hour short
	line := newTimeline(clock, zone)
	var days []time.Time
	for range 60 {
		clock.now = clock.now.Add(time.Hour)
		if line.read() {
			days = append(days, line.dayEnd.In(zone))
		}
	}
	want := []time.Time{
		time.Date(2026, 3, 30, 0, 0, 0, 0, zone), time.Date(2026, 3, 31, 0, 0, 0, 0, zone), time.Date(2026, 4, 1, 0, 0, 0, 0, zone),
	}
	if !slices.EqualFunc(days, want, time.Time.Equal) {
		t.Fatalf("days end at %v, want %v", days, want)
	}
}

// The roster at any time is what looking at all shifts gives, and each shift is started and ended once.
func TestRosterAgainstList(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 3))
		clock := &handClock{now: time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)}
		told := map[EventKind]int{}
		r, err := New(Config{Queues: []Queue{{Name: "q"}}, Clock: clock, Zone: time.UTC, Observer: func(e Event) { told[e.Kind]++ }})
		if err != nil {
			t.Fatal(err)
		}
		var shifts []Shift
		for i := range 1 + random.IntN(12) {
			from := clock.now.Add(time.Duration(1+random.IntN(20*60)) * time.Minute) // tonight and tomorrow
			shifts = append(shifts, Shift{
				Agent: AgentID(rune('a' + i)), From: from, To: from.Add(time.Duration(1+random.IntN(12*60)) * time.Minute),
				Site: Site(random.IntN(3)),
			})
		}
		if err := r.SetRoster(shifts); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			clock.pass(time.Duration(random.IntN(90))*time.Minute, func() {})
			var want []Shift
			for _, s := range shifts {
				if s.covers(clock.now) {
					want = append(want, s)
				}
			}
			if got := r.OnDuty(); !slices.Equal(got, want) {
				t.Fatalf("seed %d at %s: on duty %v, want %v", seed, clock.now, got, want)
			}
		}
		clock.pass(48*time.Hour, func() {})
		if told[ShiftStarted] != len(shifts) || told[ShiftEnded] != len(shifts) || len(r.Snapshot().Alarms) != 0 {
			t.Fatalf("seed %d: of %d shifts %d started and %d ended, alarms %v", seed, len(shifts), told[ShiftStarted], told[ShiftEnded], r.Snapshot().Alarms)
		}
		if told[AlarmRaised] != told[AlarmCleared] || told[BackupCalled] > told[AlarmRaised] {
			t.Fatalf("seed %d: %d alarms raised, %d cleared, %d backups", seed, told[AlarmRaised], told[AlarmCleared], told[BackupCalled])
		}
	}
}

func TestLexicon(t *testing.T) {
	x := lexicon{}
	both, err := union(x, traitQualification, []Qualification{"labour", "minors"})
	if err != nil {
		t.Fatal(err)
	}
	labour, err := x.bit(traitQualification, "labour")
	if err != nil || !both.has(labour) || labour.has(both) {
		t.Fatalf("labour %b of %b, %v", labour, both, err)
	}
	language, err := x.bit(traitLanguage, "labour") // a language of the same name is another thing
	if err != nil || language == labour || both.has(language) {
		t.Fatalf("language %b, qualification %b, %v", language, labour, err)
	}
	if !both.has(0) {
		t.Fatal("everybody holds nothing")
	}
}

func TestFit(t *testing.T) {
	const minors, labour, general, yue = 1, 2, 4, 8
	a := &agent{Agent: Agent{Site: Seat}}
	a.can.held = [levels + 1]traits{1: minors | labour | yue, 2: minors | labour, 3: labour}
	tests := []struct {
		name string
		need need
		want bool
	}{
		{"nothing asked", need{level: 1, sites: Seat.bit()}, true},
		{"all held", need{all: minors | yue, level: 1, sites: Seat.bit()}, true},
		{"one not held", need{all: minors | general, level: 1, sites: Seat.bit()}, false},
		{"one of the skills", need{any: labour | general, level: 1, sites: Seat.bit()}, true},
		{"none of the skills", need{any: general, level: 1, sites: Seat.bit()}, false},
		{"high enough", need{any: labour, level: 3, sites: Seat.bit()}, true},
		{"not high enough", need{any: labour, level: 4, sites: Seat.bit()}, false},
		{"another skill is high enough", need{any: minors, level: 3, sites: Seat.bit()}, false},
		{"liked", need{like: yue, level: 1, sites: Seat.bit()}, true},
		{"liked and not held", need{like: general, level: 1, sites: Seat.bit()}, false},
		{"another site", need{level: 1, sites: Mobile.bit() | Supervisor.bit()}, false},
		{"several sites", need{level: 1, sites: Mobile.bit() | Seat.bit()}, true},
	}
	for _, test := range tests {
		if got := test.need.fits(a); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	if level := a.can.level(labour | general); level != 3 {
		t.Errorf("level %d, want 3", level)
	}
	if level := a.can.level(general); level != 0 {
		t.Errorf("level %d, want 0", level)
	}
}
