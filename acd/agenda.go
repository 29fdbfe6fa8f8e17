package acd

import "time"

// deadline is something that happens at a moment unless it is cleared first. Its owner makes it once, with what is to be
// done, and sets it as often as needed.
type deadline struct {
	at   moment
	seq  uint64 // deadlines of one moment fire in the order in which they were set
	slot int    // 1 + its place in the heap; 0 when not set
	fire func() // called with the Router's lock held
}

// agenda is a heap of deadlines behind one timer of the clock.
type agenda struct {
	heap  []*deadline
	seq   uint64
	timer Timer
	armed moment // when the timer will fire
}

// burst is how many deadlines one wake-up serves before others may have the lock.
const burst = 1024

func (g *agenda) set(d *deadline, at moment) {
	if at == never {
		g.clear(d)
		return
	}
	g.seq++
	d.at, d.seq = at, g.seq
	if d.slot == 0 {
		g.heap = append(g.heap, d)
		d.slot = len(g.heap)
	}
	g.up(d.slot)
	g.down(d.slot)
}

func (g *agenda) clear(d *deadline) {
	if d.slot == 0 {
		return
	}
	hole, last := d.slot, len(g.heap)
	g.swap(hole, last)
	g.heap[last-1] = nil
	g.heap = g.heap[:last-1]
	d.slot = 0
	if hole < last {
		g.up(hole)
		g.down(hole)
	}
}

// due takes off the earliest deadline that has come, nil when there is none.
func (g *agenda) due(now moment) *deadline {
	if len(g.heap) == 0 || g.heap[0].at > now {
		return nil
	}
	d := g.heap[0]
	g.clear(d)
	return d
}

// arm makes the timer fire for the earliest deadline. A timer that is set too early is left to fire for nothing: that is
// cheaper than to set it again at each change.
func (g *agenda) arm(now moment, wake func(time.Duration) Timer) {
	if len(g.heap) == 0 || g.heap[0].at >= g.armed {
		return
	}
	g.armed = g.heap[0].at
	after := max(0, g.armed.since(now))
	if g.timer == nil {
		g.timer = wake(after)
		return
	}
	g.timer.Reset(after)
}

func (g *agenda) earlier(i, j int) bool {
	a, b := g.heap[i-1], g.heap[j-1]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (g *agenda) swap(i, j int) {
	g.heap[i-1], g.heap[j-1] = g.heap[j-1], g.heap[i-1]
	g.heap[i-1].slot, g.heap[j-1].slot = i, j
}

func (g *agenda) up(i int) {
	for ; i > 1 && g.earlier(i, i/2); i /= 2 {
		g.swap(i, i/2)
	}
}

func (g *agenda) down(i int) {
	for 2*i <= len(g.heap) {
		least := 2 * i
		if least < len(g.heap) && g.earlier(least+1, least) {
			least++
		}
		if !g.earlier(least, i) {
			return
		}
		g.swap(i, least)
		i = least
	}
}
