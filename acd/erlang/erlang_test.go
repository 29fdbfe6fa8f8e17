package erlang_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/acd/erlang"
)

// The staffing table that managers know.
func TestErlangC(t *testing.T) {
	tests := []struct {
		calls     float64
		handle    int
		agents    int
		within    int
		erlangs   float64
		delayed   float64
		level     float64
		wait      float64
		occupancy float64
	}{
		{720, 240, 55, 15, 48.000, 0.2387, 0.8459, 8.18, 0.873},
		{120, 435, 18, 15, 14.500, 0.2917, 0.7415, 36.26, 0.806},
		{120, 435, 19, 15, 14.500, 0.1928, 0.8349, 18.64, 0.763},
		{120, 435, 22, 15, 14.500, 0.0464, 0.9642, 2.69, 0.659},
		{20, 1200, 10, 15, 6.667, 0.1746, 0.8325, 62.85, 0.667},
		{240, 435, 37, 15, 29.000, 0.1072, 0.9186, 5.83, 0.784},
		{100, 180, 7, 20, 5.000, 0.3241, 0.7404, 29.17, 0.714},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%v calls of %d s for %d", test.calls, test.handle, test.agents), func(t *testing.T) {
			load := erlang.Load{Calls: test.calls, Handle: time.Duration(test.handle) * time.Second}
			s, err := load.Service(test.agents, time.Duration(test.within)*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "erlangs", load.Erlangs(), test.erlangs, 0.0005)
			near(t, "delayed", s.Delayed, test.delayed, 0.00005)
			near(t, "level", s.Level, test.level, 0.00005)
			near(t, "wait", s.Wait.Seconds(), test.wait, 0.005)
			near(t, "occupancy", s.Occupancy, test.occupancy, 0.0005)
		})
	}
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %.6f, want %.6f", what, got, want)
	}
}

func TestLeastAgents(t *testing.T) {
	tests := []struct {
		calls  float64
		handle time.Duration
		level  float64
		want   int
	}{
		{120, 435 * time.Second, 0.80, 19},
		{120, 435 * time.Second, 0.95, 22},
		{20, 1200 * time.Second, 0.80, 10},
		{240, 435 * time.Second, 0.90, 37},
	}
	for _, test := range tests {
		if got := (erlang.Load{Calls: test.calls, Handle: test.handle}).Agents(test.level, 15*time.Second); got != test.want {
			t.Errorf("%v calls of %s for %.0f %%: %d agents, want %d", test.calls, test.handle, test.level*100, got, test.want)
		}
	}
}

func TestOverload(t *testing.T) {
	load := erlang.Load{Calls: 100, Handle: 6 * time.Minute}
	if _, err := load.Service(10, 0); !errors.Is(err, erlang.ErrOverloaded) {
		t.Fatalf("ten erlangs for ten agents: %v", err)
	}
	if got := erlang.Delayed(10, 9); got != 1 {
		t.Fatalf("delayed %v", got)
	}
	s := load.Patience(5, 15*time.Second, 2*time.Minute)
	near(t, "occupancy", s.Occupancy, 1, 0.05)
	near(t, "abandoned", s.Abandoned, 0.5, 0.02)
}

func TestBlocked(t *testing.T) {
	near(t, "no lines", erlang.Blocked(3, 0), 1, 0)
	near(t, "one line", erlang.Blocked(1, 1), 0.5, 1e-12)
	near(t, "two lines", erlang.Blocked(1, 2), 0.2, 1e-12) // 1/2 of 1 + 1 + 1/2
}

func TestRostered(t *testing.T) {
	for _, test := range []struct {
		agents    int
		shrinkage float64
		want      int
	}{{7, 0.3, 10}, {19, 0.25, 26}, {10, 0, 10}, {0, 0.3, 0}} {
		if got := erlang.Rostered(test.agents, test.shrinkage); got != test.want {
			t.Errorf("%d at %.2f: %d, want %d", test.agents, test.shrinkage, got, test.want)
		}
	}
}

// With patience without end, Erlang A is Erlang C.
func TestPatienceWithoutEndIsErlangC(t *testing.T) {
	load := erlang.Load{Calls: 120, Handle: 435 * time.Second}
	for agents := 16; agents <= 24; agents++ {
		want, err := load.Service(agents, 15*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		got := load.Patience(agents, 15*time.Second, 1_000_000*time.Hour)
		near(t, "delayed", got.Delayed, want.Delayed, 1e-4)
		near(t, "level", got.Level, want.Level, 1e-4)
		near(t, "wait", got.Wait.Seconds(), want.Wait.Seconds(), 0.05)
		near(t, "abandoned", got.Abandoned, 0, 1e-4)
	}
}

// One agent and two callers at a time by hand: arrivals, service and patience of one a second.
func TestPatienceByHand(t *testing.T) {
	// With all rates 1 and one agent the states have the weights 1/k!: a Poisson law of mean 1.
	s := erlang.Load{Calls: 3600, Handle: time.Second}.Patience(1, time.Hour, time.Second)
	busy := 1 - math.Exp(-1)
	near(t, "delayed", s.Delayed, busy, 1e-9)
	near(t, "occupancy", s.Occupancy, busy, 1e-9)
	near(t, "abandoned", s.Abandoned, 1-busy, 1e-9)
	near(t, "level of those who are ever answered", s.Level, busy, 1e-9)
}

// Erlang A against a simulation of its own assumptions.
func TestPatienceAgainstSimulation(t *testing.T) {
	load := erlang.Load{Calls: 100, Handle: 6 * time.Minute}
	for _, agents := range []int{8, 10, 12} {
		want := simulate(load, agents, 30*time.Second, 3*time.Minute)
		got := load.Patience(agents, 30*time.Second, 3*time.Minute)
		near(t, "delayed", got.Delayed, want.Delayed, 0.01)
		near(t, "level", got.Level, want.Level, 0.01)
		near(t, "abandoned", got.Abandoned, want.Abandoned, 0.01)
		near(t, "wait", got.Wait.Seconds(), want.Wait.Seconds(), 1)
	}
}

// simulate serves callers in order by agents who are each free at some time.
func simulate(load erlang.Load, agents int, within, patience time.Duration) (s erlang.Service) {
	random := rand.New(rand.NewPCG(1, 1))
	free, now := make([]float64, agents), 0.0
	const callers = 400_000
	var wait float64
	for range callers {
		now += random.ExpFloat64() * 3600 / load.Calls
		first := 0
		for i := range free {
			if free[i] < free[first] {
				first = i
			}
		}
		waits := max(0, free[first]-now)
		if waits > 0 {
			s.Delayed++
		}
		if has := random.ExpFloat64() * patience.Seconds(); has < waits {
			s.Abandoned++
			wait += has
			continue
		}
		wait += waits
		if waits <= within.Seconds() {
			s.Level++
		}
		free[first] = now + waits + random.ExpFloat64()*load.Handle.Seconds()
	}
	s.Delayed /= callers
	s.Abandoned /= callers
	s.Level /= callers
	s.Wait = time.Duration(wait / callers * float64(time.Second))
	return s
}

// Many agents and extreme patience stay within the probabilities.
func TestPatienceIsStable(t *testing.T) {
	for _, calls := range []float64{1, 100, 10_000} {
		for _, patience := range []time.Duration{time.Second, time.Minute, 24 * time.Hour} {
			for _, agents := range []int{1, 10, 1_000, 2_000} {
				s := erlang.Load{Calls: calls, Handle: 8 * time.Minute}.Patience(agents, 15*time.Second, patience)
				for name, p := range map[string]float64{"delayed": s.Delayed, "level": s.Level, "abandoned": s.Abandoned, "occupancy": s.Occupancy} {
					if !(p >= -1e-6 && p <= 1+1e-6) {
						t.Errorf("%v calls, %d agents, patience %s: %s is %v", calls, agents, patience, name, p)
					}
				}
			}
		}
	}
}

func BenchmarkPatience(b *testing.B) {
	load := erlang.Load{Calls: 240, Handle: 435 * time.Second}
	b.ReportAllocs()
	for b.Loop() {
		load.Patience(37, 15*time.Second, 3*time.Minute)
	}
}

func ExampleLoad_Agents() {
	load := erlang.Load{Calls: 120, Handle: 435 * time.Second}
	agents := load.Agents(0.80, 15*time.Second)
	fmt.Println(agents, "at work,", erlang.Rostered(agents, 0.28), "on the roster")
	// Output: 19 at work, 27 on the roster
}
