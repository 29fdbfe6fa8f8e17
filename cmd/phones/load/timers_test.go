package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Timers run in the order of their times, once, and not when stopped.
func TestTimers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var all timers
	var ran []time.Duration
	var live []*timer
	expected := map[time.Duration]bool{}
	for i := range 1000 {
		at := time.Duration(r.IntN(1_000_000))*1000 + time.Duration(i)
		live = append(live, all.set(at, func() { ran = append(ran, at) }))
		expected[at] = true
		if i%3 == 0 {
			j := r.IntN(len(live))
			delete(expected, live[j].at)
			live[j].stop()
			live[j].stop() // does no harm
		}
	}
	all.run(1e12)
	if !slices.IsSorted(ran) || len(ran) != len(expected) || len(all.heap) != 0 {
		t.Fatalf("%d ran, %d wanted, in order %t", len(ran), len(expected), slices.IsSorted(ran))
	}
	for _, at := range ran {
		if !expected[at] {
			t.Errorf("the timer of %d was stopped", at)
		}
	}
}

// A timer may set and stop others, and one that is not due waits.
func TestTimersWithinTimers(t *testing.T) {
	var all timers
	var ran string
	var second *timer
	all.set(1, func() { ran += "a"; second.stop(); all.set(1, func() { ran += "b" }) })
	second = all.set(2, func() { ran += "x" })
	all.set(11, func() { ran += "c" })
	(*timer)(nil).stop()
	all.run(10)
	if ran != "ab" {
		t.Error(ran)
	}
	all.run(11)
	if ran != "abc" {
		t.Error(ran)
	}
}
