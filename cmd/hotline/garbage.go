package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How garbage is collected: a heap may always grow to leastHeap before it is swept, since one of a few megabytes would be
// several times a second while many callers come and go; beyond, to twice what is in use.
const (
	leastHeap   = 16 << 20 // bytes
	mostPercent = 400
	usualGC     = 100
	heapEvery   = 2 * time.Second
)

// tendHeap keeps the limit of garbage where it pays, until the context ends.
func tendHeap(ctx context.Context) error {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(heapEvery)
	defer tick.Stop()
	for now := usualGC; ; {
		metrics.Read(live)
		if want := gcPercent(live[0].Value.Uint64()); want > now+now/8 || want < now-now/8 || want == usualGC && now != want {
			debug.SetGCPercent(want)
			now = want
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// gcPercent is by how much a heap of so many bytes in use may grow.
func gcPercent(live uint64) int {
	if live == 0 || live*(100+mostPercent)/100 <= leastHeap {
		return mostPercent
	}
	return max(usualGC, int(leastHeap*100/live)-100)
}
