package simulate_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/acd"
	"hotline/acd/simulate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// steady is so many calls an hour, at every time of the day.
func steady(perHour float64) (rates [48]float64) {
	for i := range rates {
		rates[i] = perHour
	}
	return rates
}

// textbook is the plan of Erlang's assumptions: one queue, exponential everything, no ringing, no wrap-up.
func textbook(perHour float64, handle time.Duration, agents, days int) simulate.Plan {
	return simulate.Plan{
		Start: monday, Days: days, Seed: 1,
		Queues:  []acd.Queue{{Name: "labour", Skills: []acd.Qualification{"labour"}, Times: acd.Times{MaxWait: -1, Return: -1}}},
		Agents:  acd.AgentRules{Crisis: -1},
		Streams: []simulate.Stream{{Queue: "labour", PerHour: steady(perHour), Talk: simulate.Exponential(handle)}},
		Staff:   []simulate.Staff{seats("lawyer", "labour", agents, 0, 24*time.Hour)},
	}
}

func seats(name acd.AgentID, skill acd.Qualification, n int, from, to time.Duration) simulate.Staff {
	return simulate.Staff{Like: acd.Agent{ID: name, Skills: []acd.Skill{{Name: skill}}}, Count: n, From: from, To: to}
}

func run(t testing.TB, p simulate.Plan) *simulate.Report {
	t.Helper()
	r, err := simulate.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range r.Queues {
		if n := q.Tally.Waiting(); n != 0 {
			t.Fatalf("queue %s: %d callers without an outcome: %+v", q.Queue, n, q.Tally)
		}
	}
	return r
}

// level is the service level within 15 s of a whole queue.
func level(r *simulate.Report, queue int) float64 {
	l, _ := r.Queues[queue].Tally.Level(acd.SLAll, 0)
	return l
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %.4f, want %.4f", what, got, want)
	}
}

func TestAgreesWithErlangC(t *testing.T) {
	r := run(t, textbook(120, 435*time.Second, 19, 10))
	total := r.Queues[0].Tally
	near(t, "level", level(r, 0), 0.8349, 0.03)
	near(t, "mean wait", (total.Times.Answered / time.Duration(total.Answered)).Seconds(), 18.64, 5)
	near(t, "calls", float64(total.Offered), 10*24*120, 800)
	if len(r.Rows) != 48 || len(r.Floor) != 48 {
		t.Fatalf("%d rows, %d of the floor", len(r.Rows), len(r.Floor))
	}
	for _, row := range r.Rows {
		if row.From >= 2*time.Hour { // the last calls go on after midnight
			near(t, "staff", row.Staff, 19, 0.001)
		}
		near(t, "forecast", row.Forecast.C.Level, 0.8349, 0.3)
	}
	for _, f := range r.Floor {
		near(t, "occupancy", f.Occupancy, 0.763, 0.12)
	}
}

func TestAgreesWithErlangA(t *testing.T) {
	p := textbook(100, 6*time.Minute, 9, 10) // ten erlangs for nine
	p.Streams[0].Patience = simulate.Exponential(3 * time.Minute)
	r := run(t, p)
	total := r.Queues[0].Tally
	forecast := r.Rows[0].Forecast
	if !forecast.Overloaded && forecast.Load.Erlangs() > 9 {
		t.Errorf("forecast %+v", forecast)
	}
	var abandoned, inTime float64
	for _, row := range r.Rows {
		abandoned += row.Forecast.A.Abandoned / float64(len(r.Rows))
		inTime += row.Forecast.A.Level / float64(len(r.Rows))
	}
	near(t, "abandoned", float64(total.Abandoned)/float64(total.Offered), abandoned, 0.02)
	near(t, "level", level(r, 0), inTime, 0.03)
}

// city is a small centre: two lines, shifts, minors with their own people, everything that is not textbook.
func city(days int) simulate.Plan {
	var busy, night [48]float64
	for i := range busy {
		busy[i], night[i] = 10, 2
		if i >= 18 && i < 36 { // nine to six
			busy[i] = 70
		}
		if i >= 36 && i < 44 { // six to ten
			busy[i], night[i] = 40, 8
		}
	}
	return simulate.Plan{
		Start: monday.Add(13 * time.Hour), Days: days, Seed: 7,
		Queues: []acd.Queue{
			{
				Name: "labour", Skills: []acd.Qualification{"labour"}, Several: 2,
				Ladder: []acd.Step{{After: time.Minute, Skills: []acd.Qualification{"general"}}},
			},
			{Name: "minors", Must: acd.Qualified("minors"), Protected: true, Ladder: []acd.Step{{After: 4 * time.Minute, Message: true}}},
		},
		Streams: []simulate.Stream{
			{
				Queue: "labour", PerHour: busy, Week: [7]float64{0.5, 1.2, 1, 1, 1, 1, 0.5}, Patience: simulate.Exponential(3 * time.Minute),
				Talk: simulate.LogNormal{Average: 435 * time.Second, Spread: 0.8}, Wrap: simulate.Constant(90 * time.Second),
			},
			{
				Queue: "minors", Claims: acd.Minor, PerHour: night, Patience: simulate.Exponential(5 * time.Minute),
				Talk: simulate.LogNormal{Average: 20 * time.Minute, Spread: 0.6}, Wrap: simulate.Exponential(5 * time.Minute),
			},
		},
		Staff: []simulate.Staff{
			{Like: acd.Agent{ID: "day", Skills: []acd.Skill{{Name: "labour"}}}, Count: 9, From: 9 * time.Hour, To: 18 * time.Hour, Answer: 3 * time.Second},
			{Like: acd.Agent{ID: "late", Skills: []acd.Skill{{Name: "general"}}}, Count: 5, From: 14 * time.Hour, To: 22 * time.Hour, Answer: 4 * time.Second},
			{Like: acd.Agent{ID: "child", Skills: []acd.Skill{{Name: "minors"}}}, Count: 4, From: 16 * time.Hour, To: 26 * time.Hour, Answer: 2 * time.Second},
		},
	}
}

func TestSameSeedSameDays(t *testing.T) {
	first, second := run(t, city(3)), run(t, city(3))
	if !reflect.DeepEqual(first, second) {
		t.Fatal("the same plan gave two results")
	}
	other := city(3)
	other.Seed++
	if reflect.DeepEqual(first, run(t, other)) {
		t.Fatal("another seed gave the same result")
	}
}

func TestTwoMoreFromSix(t *testing.T) {
	plan := city(6)
	before := run(t, plan)
	after := run(t, plan.With(seats("more", "labour", 2, 18*time.Hour, 22*time.Hour)))
	if b, a := before.Queues[0].Tally.Offered+before.Queues[0].Refused, after.Queues[0].Tally.Offered+after.Queues[0].Refused; a != b {
		t.Fatalf("%d callers and %d: the same callers are to be compared", b, a)
	}
	var changed, evening int
	for i, row := range before.Rows {
		with := after.Rows[i]
		if row.Queue != "labour" || with.From != row.From {
			break
		}
		if row.Tally == with.Tally {
			continue
		}
		changed++
		if row.From >= 18*time.Hour && row.From < 22*time.Hour {
			evening++
			near(t, "staff in the evening", with.Staff, row.Staff+2, 0.3)
		}
	}
	if evening != 8 || changed > 12 {
		t.Errorf("%d half-hours changed, %d of the evening's eight", changed, evening)
	}
	was, is := before.Queues[0].Tally, after.Queues[0].Tally
	if is.Abandoned >= was.Abandoned {
		t.Errorf("two more counselors: %d gave up, before %d", is.Abandoned, was.Abandoned)
	}
}

func TestShiftsAndClosedHours(t *testing.T) {
	r := run(t, city(5))
	if labour := r.Queues[0]; labour.Refused == 0 {
		t.Error("nobody was refused at night with nobody at work")
	}
	if minors := r.Queues[1]; minors.Refused != 0 {
		t.Errorf("%d children were refused", minors.Refused)
	}
	for _, f := range r.Floor {
		if f.From >= 2*time.Hour+30*time.Minute && f.From < 9*time.Hour {
			t.Errorf("somebody was at work at %s", f.From)
		}
		if f.From == 17*time.Hour {
			near(t, "staff at five", f.Staff, 18, 0.01)
		}
	}
}

func TestGivenCallsAreServedAsGiven(t *testing.T) {
	p := textbook(0, time.Minute, 1, 1)
	at := monday.Add(10 * time.Hour)
	p.Calls = []simulate.Call{
		{At: at, Queue: "labour", Talk: 10 * time.Minute, Wrap: 5 * time.Minute},
		{At: at.Add(time.Minute), Queue: "labour", Patience: 4 * time.Minute},
		{At: at.Add(2 * time.Minute), Queue: "labour", Talk: time.Minute},
	}
	r := run(t, p)
	got := r.Queues[0].Tally
	if got.Offered != 3 || got.Answered != 2 || got.Abandoned != 1 || got.Times.Talk != 11*time.Minute || got.Times.Wrap != 5*time.Minute {
		t.Fatalf("%+v", got)
	}
	if got.Times.Answered != 13*time.Minute { // the third waits for talk and wrap-up
		t.Fatalf("waited %s", got.Times.Answered)
	}
}

func TestWrapUpLongerThanTheQueuesLimit(t *testing.T) {
	p := textbook(0, time.Minute, 1, 1)
	p.Calls = []simulate.Call{{At: monday.Add(time.Hour), Queue: "labour", Talk: time.Minute, Wrap: 10 * time.Minute}}
	if got := run(t, p).Queues[0].Tally.Times.Wrap; got != 10*time.Minute {
		t.Fatalf("wrapped up for %s", got)
	}
}

func TestBadPlans(t *testing.T) {
	bad := simulate.Plan{
		Queues: []acd.Queue{{Name: "labour"}},
		Streams: []simulate.Stream{
			{Queue: "none", PerHour: [48]float64{-1}, Wrap: simulate.Constant(-1), Patience: simulate.Seen{1, -1}},
			{Queue: "labour", Talk: simulate.LogNormal{Spread: -1}},
		},
		Calls: []simulate.Call{{Queue: "none", Talk: -1}},
		Staff: []simulate.Staff{{Count: -1, From: 2, To: 1}, {From: 0, To: 25 * time.Hour}},
	}
	_, err := simulate.Run(bad)
	if !errors.Is(err, simulate.ErrPlan) {
		t.Fatal(err)
	}
	for _, want := range []string{
		"0 days", `stream 1: unknown queue "none"`, "stream 1: no law", "stream 1: negative arrivals", "stream 1: negative duration",
		"stream 2: negative duration", `call 1: unknown queue "none"`, "call 1: negative", "staff 1: -1 people", "staff 1: hours",
		"staff 2: a shift of more than a day",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	if _, err := simulate.Run(simulate.Plan{Days: 1}); !errors.Is(err, acd.ErrNoQueues) {
		t.Errorf("without queues: %v", err)
	}
}

// A million calls; calls/s says how many go through in a second.
func BenchmarkMillionCalls(b *testing.B) {
	calls := 0
	for b.Loop() {
		p := textbook(2_000, 435*time.Second, 260, 21)
		p.Streams[0].Patience = simulate.Exponential(3 * time.Minute)
		p.Streams[0].Wrap = simulate.Exponential(30 * time.Second)
		r := run(b, p)
		if n := r.Queues[0].Tally.Offered; n < 1_000_000 {
			b.Fatalf("%d calls", n)
		}
		calls += r.Queues[0].Tally.Offered
	}
	b.ReportMetric(float64(calls)/b.Elapsed().Seconds(), "calls/s")
}

func ExampleRun() {
	var perHour [48]float64
	for i := 18; i < 44; i++ { // from nine to ten at night
		perHour[i] = 60
	}
	plan := simulate.Plan{
		Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Days: 5, Seed: 1,
		Queues: []acd.Queue{{Name: "labour", Skills: []acd.Qualification{"labour"}}},
		Streams: []simulate.Stream{{
			Queue: "labour", PerHour: perHour, Talk: simulate.Exponential(7 * time.Minute), Patience: simulate.Exponential(3 * time.Minute),
		}},
		Staff: []simulate.Staff{{
			Like: acd.Agent{ID: "lawyer", Skills: []acd.Skill{{Name: "labour"}}}, Count: 8, From: 9 * time.Hour, To: 22 * time.Hour,
		}},
	}
	more := plan.With(simulate.Staff{
		Like: acd.Agent{ID: "evening", Skills: []acd.Skill{{Name: "labour"}}}, Count: 2, From: 18 * time.Hour, To: 22 * time.Hour,
	})
	before, err := simulate.Run(plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := simulate.Run(more)
	if err != nil {
		fmt.Println(err)
		return
	}
	was, is := before.Queues[0].Tally, after.Queues[0].Tally
	fmt.Println("the same callers:", was.Offered == is.Offered)
	fmt.Println("fewer give up:", is.Abandoned < was.Abandoned)
	// Output:
	// the same callers: true
	// fewer give up: true
}

// Who came the evening before the first day is at work in its first hours.
func TestTheFirstNightIsStaffed(t *testing.T) {
	p := textbook(1, time.Minute, 0, 1)
	p.Staff = []simulate.Staff{seats("night", "labour", 2, 22*time.Hour, 30*time.Hour)}
	staff := map[time.Duration]float64{}
	for _, f := range run(t, p).Floor {
		staff[f.From] = f.Staff
	}
	if len(staff) != 16 || staff[0] != 2 || staff[5*time.Hour+30*time.Minute] != 2 || staff[6*time.Hour] != 0 || staff[22*time.Hour] != 2 {
		t.Errorf("at work: %v", staff)
	}
	p.Staff[0].Off[monday.AddDate(0, 0, -1).Weekday()] = true
	for _, f := range run(t, p).Floor {
		if f.From < 6*time.Hour {
			t.Errorf("somebody who was off the day before is at work at %s", f.From)
		}
	}
}
