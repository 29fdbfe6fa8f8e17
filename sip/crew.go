package sip

import "sync"

// crew is the goroutines of a user agent. A panic in one is caught, told, and
// ends only that one.
type crew struct {
	panicked func(v any)

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// Run runs f on a goroutine of its own, or reports false when the crew has gone
// home.
func (c *crew) Run(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.wg.Go(func() { c.guard(f) })
	return true
}

// guard calls f and catches its panic.
func (c *crew) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			c.panicked(v)
		}
	}()
	f()
}

// close lets nobody in any more and waits for those inside.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wg.Wait()
}

// queue runs jobs one after the other, in order, on a goroutine that lives only
// while there are some.
type queue struct {
	crew *crew
	mu   sync.Mutex
	jobs []func()
	busy bool
}

// add puts a job at the end.
func (q *queue) add(job func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.put(job)
}

// offer puts a job at the end unless there are many; it is for jobs that a peer can
// make as fast as it likes.
func (q *queue) offer(job func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) >= maxOffered {
		return false
	}
	q.put(job)
	return true
}

const maxOffered = 1024

func (q *queue) put(job func()) {
	q.jobs = append(q.jobs, job)
	if !q.busy {
		q.busy = q.crew.Run(q.work)
	}
}

func (q *queue) work() {
	for {
		q.mu.Lock()
		if len(q.jobs) == 0 {
			q.busy = false
			q.mu.Unlock()
			return
		}
		job := q.jobs[0]
		q.jobs = q.jobs[1:]
		q.mu.Unlock()
		q.crew.guard(job)
	}
}
