package acd

import (
	"errors"
	"time"
)

// Interval is the length of the intervals by which callers are counted.
const Interval = 15 * time.Minute

const intervals = int(24 * time.Hour / Interval)

// ledger counts the callers of a line by the interval in which they entered it, for today and the day before. Days are
// calendar days of the Router's zone; a visit over midnight counts on the day it began.
type ledger struct {
	today, yesterday *dayBook
	refused          Refusals
}

type dayBook struct {
	date   time.Time // midnight
	tallys [intervals]Tally
}

// Refusals counts the callers whom a queue did not let in today. They were never offered.
type Refusals struct {
	Closed int // nobody at work
	Full   int // too many waiting
	Nobody int // nobody at work who may serve the caller
}

// turn begins a new day.
func (b *ledger) turn(wall time.Time, zone *time.Location) {
	y, m, d := wall.In(zone).Date()
	b.yesterday = b.today
	b.today = &dayBook{date: time.Date(y, m, d, 0, 0, 0, 0, zone)}
	b.refused = Refusals{}
}

// interval is the number of the present interval in its day.
func (t *timeline) interval() int {
	local := t.wall.In(t.zone)
	return (local.Hour()*60 + local.Minute()) / int(Interval/time.Minute)
}

// now is where a caller who enters now is counted.
func (b *ledger) now(r *Router) *Tally {
	if b.today == nil {
		b.turn(r.time.wall, r.time.zone)
	}
	return &b.today.tallys[r.time.interval()]
}

// recent sums the present interval and the one before, which may be yesterday's last.
func (b *ledger) recent(r *Router) Tally {
	sum := *b.now(r)
	slot := r.time.interval()
	switch {
	case slot > 0:
		sum.Add(b.today.tallys[slot-1])
	case b.yesterday != nil:
		sum.Add(b.yesterday.tallys[intervals-1])
	}
	return sum
}

func (b *ledger) refuse(why error) {
	switch {
	case errors.Is(why, ErrFull):
		b.refused.Full++
	case errors.Is(why, ErrNobody):
		b.refused.Nobody++
	default:
		b.refused.Closed++
	}
}

// sum is the whole of a day.
func (d *dayBook) sum() Tally {
	var sum Tally
	if d != nil {
		for i := range d.tallys {
			if d.tallys[i] != (Tally{}) {
				sum.Add(d.tallys[i])
			}
		}
	}
	return sum
}

// Day is what a queue's callers of one day came to.
type Day struct {
	Queue     QueueID
	Midnight  time.Time // the day's beginning
	Intervals []Tally   // by Interval from Midnight
	Total     Tally
}

// Today returns the figures of the callers who entered a queue since midnight, and of the day before when yesterday is
// set; it returns ErrUnknownQueue.
func (r *Router) Today(queue QueueID, yesterday bool) (Day, error) {
	r.begin()
	defer r.end()
	l := r.queues.by[queue]
	if l == nil {
		return Day{}, ErrUnknownQueue
	}
	l.ledger.now(r)
	book := l.ledger.today
	if yesterday {
		book = l.ledger.yesterday
	}
	day := Day{Queue: queue, Total: book.sum()}
	if book != nil {
		day.Midnight = book.date
		day.Intervals = append(day.Intervals, book.tallys[:]...)
	}
	return day, nil
}
