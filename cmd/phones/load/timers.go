package load

import "time"

// timers run functions when their time has come: a heap, since there are a few for each call.
type timers struct{ heap []*timer }

// timer is one of them; a nil timer may be stopped.
type timer struct {
	at    time.Duration
	run   func()
	index int // in the heap, -1 when it is not there
	in    *timers
}

// set arranges that run is called at a time.
func (t *timers) set(at time.Duration, run func()) *timer {
	one := &timer{at: at, run: run, index: len(t.heap), in: t}
	t.heap = append(t.heap, one)
	t.up(one.index)
	return one
}

// stop takes a timer out, if it is still there.
func (t *timer) stop() {
	if t == nil || t.index < 0 {
		return
	}
	h, i := t.in, t.index
	last := len(h.heap) - 1
	h.swap(i, last)
	h.heap[last] = nil
	h.heap = h.heap[:last]
	t.index = -1
	if i < last {
		h.down(i)
		h.up(i)
	}
}

// run calls what is due.
func (t *timers) run(now time.Duration) {
	for len(t.heap) > 0 && t.heap[0].at <= now {
		first := t.heap[0]
		first.stop()
		first.run()
	}
}

func (t *timers) swap(i, j int) {
	h := t.heap
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (t *timers) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if t.heap[parent].at <= t.heap[i].at {
			return
		}
		t.swap(i, parent)
		i = parent
	}
}

func (t *timers) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.heap); child++ {
			if t.heap[child].at < t.heap[least].at {
				least = child
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}
