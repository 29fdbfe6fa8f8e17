package acd

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// The table of transitions: from each state every other can be reached, and nothing follows itself.
func TestTransitions(t *testing.T) {
	all := []State{Offline, Ready, Reserved, Busy, WrapUp, Break}
	if len(follows) != len(all) {
		t.Fatalf("%d rows for %d states", len(follows), len(all))
	}
	for _, from := range all {
		if follows[from].has(from) {
			t.Errorf("%s follows itself", from)
		}
		reached := map[State]bool{from: true}
		for frontier := []State{from}; len(frontier) > 0; frontier = frontier[1:] {
			for _, to := range all {
				if follows[frontier[0]].has(to) && !reached[to] {
					reached[to] = true
					frontier = append(frontier, to)
				}
			}
		}
		if len(reached) != len(all) {
			t.Errorf("from %s only %v can be reached", from, reached)
		}
	}
	// What must not be: nobody is rung who has not been ready, and nobody wraps up what was no call.
	for _, from := range all {
		if from != Ready && follows[from].has(Reserved) {
			t.Errorf("%s can be rung", from)
		}
		if from != Busy && follows[from].has(WrapUp) {
			t.Errorf("%s leads to wrap-up", from)
		}
	}
}

func TestAnImpossibleTransitionIsAFaultOfTheProgram(t *testing.T) {
	p := newPlay()
	p.do(deed{kind: signInOrOut, who: 0})
	defer func() {
		if recover() == nil {
			t.Fatal("an agent who was ready went to wrap-up")
		}
	}()
	p.move(p.agents.by["a"], WrapUp, "")
}

// Must has no operation that takes a requirement away: whoever adds a method to it has to read this first.
func TestMustHasNoRelaxOperation(t *testing.T) {
	must := reflect.TypeFor[Must]()
	var methods []string
	for i := range must.NumMethod() {
		methods = append(methods, must.Method(i).Name)
	}
	if want := []string{"And", "Bars"}; !slices.Equal(methods, want) {
		t.Errorf("methods %v, want %v", methods, want)
	}
	if pointer := reflect.TypeFor[*Must](); pointer.NumMethod() != must.NumMethod() {
		t.Error("a Must can be changed in place")
	}
	for i := range must.NumField() {
		if must.Field(i).IsExported() {
			t.Errorf("field %s can be changed from outside", must.Field(i).Name)
		}
	}
}

func TestMustIsNotSharedWithItsMaker(t *testing.T) {
	ids := []AgentID{"a"}
	m := Except(ids...)
	ids[0] = "b"
	if !m.Bars("a") || m.Bars("b") {
		t.Fatal("the maker's slice changes the Must")
	}
	both := m.And(Except("c"))
	if m.Bars("c") || !both.Bars("a") || !both.Bars("c") {
		t.Fatal("And changed its receiver, or lost something")
	}
}

// Names are what is filed and shown: none is empty but those of nothing, and none stands twice.
func TestNames(t *testing.T) {
	lists := map[string][]fmt.Stringer{}
	add := func(list string, s fmt.Stringer) { lists[list] = append(lists[list], s) }
	for k := range eventKinds {
		add("events", k)
	}
	for o := range outcomes {
		add("outcomes", o)
	}
	for s := range stages {
		add("stages", s)
	}
	for k := range alarmKinds {
		add("alarms", k)
	}
	for s := Offline; s <= Break; s++ {
		add("states", s)
	}
	for w := NoWhy; w <= Unfit; w++ {
		add("whys", w)
	}
	for d := DeviceUnknown; d <= DeviceGone; d++ {
		add("devices", d)
	}
	for s := Seat; s <= Supervisor; s++ {
		add("sites", s)
	}
	for s := LongestIdle; s <= TopDown; s++ {
		add("strategies", s)
	}
	for f := SLOurs; f <= SLPatient; f++ {
		add("formulas", f)
	}
	nothing := []fmt.Stringer{NoOutcome, NoStage, NoWhy}
	for list, names := range lists {
		seen := map[string]bool{}
		for _, n := range names {
			if seen[n.String()] || n.String() == "" && !slices.Contains(nothing, n) {
				t.Errorf("%s: %q stands twice or is empty", list, n)
			}
			seen[n.String()] = true
		}
	}
}

func TestDefaults(t *testing.T) {
	q := Queue{Name: "q"}
	if err := checkQueues([]Queue{q}); err != nil {
		t.Fatal(err)
	}
	q.setDefaults()
	want := Times{
		Ring: 20 * time.Second, Wrap: time.Minute, LongWrap: 3 * time.Minute, MaxWrap: 15 * time.Minute, MaxWait: 30 * time.Minute,
		Closing: 30 * time.Second, Short: 5 * time.Second, Return: 10 * time.Minute, Announce: 45 * time.Second, Handle: 525 * time.Second,
	}
	if q.Times != want {
		t.Errorf("times %+v", q.Times)
	}
	if q.Relax != (Relaxing{20 * time.Second, 30 * time.Second, 30 * time.Second, 45 * time.Second}) {
		t.Errorf("relaxing %+v", q.Relax)
	}
	back := q.Callback
	if back.Estimate != 3*time.Minute || back.Morning != 9*time.Hour || back.Window != (Window{8 * time.Hour, 21 * time.Hour}) ||
		!slices.Equal(back.Retries, []time.Duration{10 * time.Minute, 2 * time.Hour}) {
		t.Errorf("callbacks %+v", back)
	}
	var c Config
	c.setDefaults()
	rules := AgentRules{
		Misses: 2, Crisis: 2, NoAnswer: 5 * time.Second, Busy: 20 * time.Second, Declined: 30 * time.Second, Unreachable: time.Minute,
		Ring: 20 * time.Second, Wrap: time.Minute, LongWrap: 3 * time.Minute, NoShow: 5 * time.Minute,
	}
	if c.Agents != rules || c.Minors != "minors" || c.Zone != time.Local {
		t.Errorf("config %+v", c)
	}
}

func TestEachFaultOfAQueueIsNamed(t *testing.T) {
	tests := []struct {
		name  string
		queue Queue
		want  string
	}{
		{"no name", Queue{}, "queue : has no name"},
		{"strategy", Queue{Name: "q", Strategy: TopDown + 1}, "queue q: strategy 5 is unknown"},
		{"several", Queue{Name: "q", Several: -1}, "queue q: several is -1"},
		{"limit", Queue{Name: "q", Limits: Limits{Waiting: -1}}, "queue q: a limit is negative"},
		{"reserve", Queue{Name: "q", Limits: Limits{Reserve: -1}}, "queue q: a limit is negative"},
		{"share", Queue{Name: "q", Limits: Limits{CallbackShare: 101}}, "queue q: callback share 101 is not a percentage"},
		{"time", Queue{Name: "q", Times: Times{Ring: -1}}, "queue q: a time is negative"},
		{"window", Queue{Name: "q", Callback: CallbackRule{Window: Window{From: 25 * time.Hour, To: 26 * time.Hour}}}, "queue q: callback window is not within a day"},
		{"order", Queue{Name: "q", Ladder: []Step{{After: 2}, {After: 2}}}, "queue q: step 2 of the ladder is not later than the one before"},
		{"negative step", Queue{Name: "q", Ladder: []Step{{After: -1}}}, "queue q: step 1 of the ladder is not later than the one before"},
		{"site", Queue{Name: "q", Ladder: []Step{{Sites: []Site{9}}}}, "queue q: step 1 names unknown site 9"},
		{
			"skills for the protected",
			Queue{Name: "q", Protected: true, Ladder: []Step{{Skills: []Qualification{"general"}}}},
			"queue q: step 1 opens other skills to protected callers",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := checkQueues([]Queue{test.queue})
			if err == nil || err.Error() != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestWindows(t *testing.T) {
	at := func(day, h, m int) time.Time { return time.Date(2026, 3, day, h, m, 0, 0, time.UTC) }
	tests := []struct {
		window      Window
		at          time.Time
		opens, shut time.Time
	}{
		{Window{9 * time.Hour, 17 * time.Hour}, at(2, 12, 0), at(2, 9, 0), at(2, 17, 0)},
		{Window{9 * time.Hour, 17 * time.Hour}, at(2, 9, 0), at(2, 9, 0), at(2, 17, 0)},
		{Window{9 * time.Hour, 17 * time.Hour}, at(2, 17, 0), at(3, 9, 0), at(3, 17, 0)},
		{Window{9 * time.Hour, 17 * time.Hour}, at(2, 3, 0), at(2, 9, 0), at(2, 17, 0)},
		{Window{22 * time.Hour, 2 * time.Hour}, at(2, 1, 0), at(1, 22, 0), at(2, 2, 0)},
		{Window{22 * time.Hour, 2 * time.Hour}, at(2, 2, 0), at(2, 22, 0), at(3, 2, 0)},
		{Window{22 * time.Hour, 2 * time.Hour}, at(31, 23, 0), at(31, 22, 0), at(32, 2, 0)},
		{Window{0, 24 * time.Hour}, at(2, 0, 0), at(2, 0, 0), at(3, 0, 0)},
		{Window{0, 0}, at(2, 5, 0), at(2, 0, 0), at(3, 0, 0)},
	}
	for _, test := range tests {
		opens, shuts := test.window.around(test.at)
		if !opens.Equal(test.opens) || !shuts.Equal(test.shut) {
			t.Errorf("%v around %s: %s to %s, want %s to %s", test.window, test.at, opens, shuts, test.opens, test.shut)
		}
	}
}

func TestNextTry(t *testing.T) {
	now := time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC)
	q := Queue{Name: "q"}
	q.setDefaults()
	none := q.Callback
	none.Morning, none.Retries = -1, []time.Duration{}
	tests := []struct {
		rule  CallbackRule
		tries int
		want  time.Time
	}{
		{q.Callback, 1, now.Add(10 * time.Minute)},
		{q.Callback, 2, now.Add(2 * time.Hour)},
		{q.Callback, 3, time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)},
		{q.Callback, 4, time.Time{}},
		{none, 1, time.Time{}},
	}
	for _, test := range tests {
		got, ok := test.rule.next(test.tries, now)
		if ok == test.want.IsZero() || ok && !got.Equal(test.want) {
			t.Errorf("after %d tries %s %v, want %s", test.tries, got, ok, test.want)
		}
	}
}

func TestPace(t *testing.T) {
	var p pace
	p.expect(10 * time.Minute)
	p.expect(time.Hour) // new rules do not make what was seen forgotten
	if got := p.interval(5); got != 2*time.Minute {
		t.Fatalf("expected interval %s", got)
	}
	for range 24 {
		p.handled(5 * time.Minute)
	}
	if got := p.interval(5); got != time.Minute {
		t.Fatalf("interval after 24 calls %s: only the latest count", got)
	}
	at := moment(0)
	p.served(at, true)
	for range fewest {
		at = at.add(3 * time.Minute)
		p.served(at, true)
	}
	if got := p.interval(5); got != 3*time.Minute {
		t.Fatalf("interval %s: people who serve other queues too are as slow as was seen", got)
	}
	p.served(at.add(time.Minute), false)
	p.served(at.add(time.Hour), true) // nobody was in line for most of the hour
	if got := p.gap.mean(); got > 3*time.Minute {
		t.Fatalf("gap %s: an empty queue was taken for a slow one", got)
	}
}
