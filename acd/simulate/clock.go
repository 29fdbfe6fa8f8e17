package simulate

import (
	"time"

	"hotline/acd"
)

// clock is the Router's time: it stands still until the simulation moves it.
type clock struct {
	now  time.Time
	due  time.Time // zero when the timer is not set
	fire func()
}

func (c *clock) Now() time.Time { return c.now }

func (c *clock) AfterFunc(d time.Duration, f func()) acd.Timer {
	c.due, c.fire = c.now.Add(d), f
	return c
}

func (c *clock) Reset(d time.Duration) bool {
	set := !c.due.IsZero()
	c.due = c.now.Add(d)
	return set
}

// task is something the simulation does at a time.
type task struct {
	at  time.Time
	seq uint64 // tasks of one instant are done in the order in which they were planned
	do  func()
}

// tasks is a heap of tasks, the earliest first.
type tasks struct {
	heap []task
	seq  uint64
}

func (q *tasks) plan(at time.Time, do func()) {
	q.seq++
	q.heap = append(q.heap, task{at, q.seq, do})
	for i := len(q.heap) - 1; i > 0 && q.earlier(i, (i-1)/2); i = (i - 1) / 2 {
		q.swap(i, (i-1)/2)
	}
}

// next takes off the earliest task.
func (q *tasks) next() task {
	first, last := q.heap[0], len(q.heap)-1
	q.swap(0, last)
	q.heap[last] = task{}
	q.heap = q.heap[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if q.earlier(child, least) {
				least = child
			}
		}
		if least == i {
			return first
		}
		q.swap(i, least)
		i = least
	}
}

func (q *tasks) earlier(i, j int) bool {
	a, b := &q.heap[i], &q.heap[j]
	return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
}

func (q *tasks) swap(i, j int) { q.heap[i], q.heap[j] = q.heap[j], q.heap[i] }
