package transaction

import "time"

// parked is a transaction that only waits for repetitions.
type parked interface{ drop(l *Layer) }

// place is a parked transaction and when it may go.
type place struct {
	until time.Duration
	tx    parked
}

// parking is a queue of parked transactions that all wait equally long, so that
// the first in is the first out and one timer serves them all.
type parking struct {
	layer *Layer
	limit int
	queue []place
	head  int
	timer *time.Timer
}

func newParking(l *Layer, limit int) *parking { return &parking{layer: l, limit: limit} }

func (p *parking) len() int { return len(p.queue) - p.head }

// add parks a transaction; when the place is full the oldest leaves early.
func (p *parking) add(at place) {
	if p.len() >= p.limit {
		p.pop()
	}
	p.queue = append(p.queue, at)
	if p.len() == 1 {
		p.timer = arm(p.timer, at.until, p.layer.now(), p.leave)
	}
}

func (p *parking) pop() {
	p.queue[p.head].tx.drop(p.layer)
	p.queue[p.head] = place{}
	p.head++
	if p.head > 64 && p.head*2 > len(p.queue) {
		n := copy(p.queue, p.queue[p.head:])
		clear(p.queue[n:])
		p.queue, p.head = p.queue[:n], 0
	}
}

// leave lets go all whose time has come.
func (p *parking) leave() {
	p.layer.mu.Lock()
	defer p.layer.mu.Unlock()
	now := p.layer.now()
	for p.len() > 0 && p.queue[p.head].until <= now {
		p.pop()
	}
	if p.len() > 0 {
		p.timer = arm(p.timer, p.queue[p.head].until, now, p.leave)
	}
}

func (p *parking) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.queue, p.head = nil, 0
}

// settle parks or forgets a transaction when a step asked for it.
func (l *Layer) settle(did effect, until time.Duration, tx parked) {
	if did&(park|brief|finish) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
	case did&finish != 0:
		tx.drop(l)
	case did&brief != 0:
		l.short.add(place{until, tx})
	default:
		l.long.add(place{until, tx})
	}
}
