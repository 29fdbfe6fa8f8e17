package main

import "testing"

// A small heap grows to the least there is, a large one to twice its size.
func TestGCPercent(t *testing.T) {
	for live, want := range map[uint64]int{
		0: mostPercent, 1 << 20: mostPercent, leastHeap / 5: mostPercent, leastHeap / 4: 300, leastHeap / 3: 200,
		leastHeap / 2: usualGC, leastHeap: usualGC, 100 << 30: usualGC,
	} {
		if got := gcPercent(live); got < want-1 || got > want+1 {
			t.Errorf("%d bytes: %d %%, want %d", live, got, want)
		}
	}
}
