package acd

import "time"

// Long is the wait above which nobody is told minutes any more.
const Long = 10 * time.Minute

// Place is what a caller in line may be told.
type Place struct {
	// Position is 1 for the caller who is next.
	Position int
	// Low and High are the wait to expect, in whole minutes, High rounded up. From one announcement to the next they never rise, and never
	// fall by more than the wait fell.
	Low, High time.Duration
	// Known is false when no honest wait can be told: nobody is at work, or it has become longer than what was told.
	Known bool
	// Long says that the wait may be above Long; then say so, and no minutes.
	Long bool
	// Callback says that a callback is to be offered.
	Callback bool
}

// told is what the caller was told last.
type told struct {
	place Place
	mean  time.Duration
	at    moment
	done  bool
}

// Place is the ticket's position and the honest wait, as it may be told now. A ticket that is not in line has position 0.
func (t *Ticket) Place() Place {
	t.r.begin()
	defer t.r.end()
	p, _ := t.r.where(t)
	return p
}

// Announce is Place for an announcement: ok says that something has changed since the last one and the queue's Announce
// has passed since, and that it is remembered as told.
func (t *Ticket) Announce() (p Place, ok bool) {
	t.r.begin()
	defer t.r.end()
	p, mean := t.r.where(t)
	last := &t.life.told
	if last.done && (t.r.time.now.since(last.at) < t.rules.Times.Announce || p == last.place) {
		return p, false
	}
	if !p.Known && last.done { // what was told before still binds
		p.Low, p.High, mean = last.place.Low, last.place.High, last.mean
	}
	*last = told{place: p, mean: mean, at: t.r.time.now, done: true}
	return p, p.Position > 0
}

// where works out a Place and the unrounded mean wait behind it.
func (r *Router) where(t *Ticket) (Place, time.Duration) {
	switch t.life.stand {
	case idle, waiting:
	default:
		return Place{}, 0
	}
	p := Place{Position: t.line.wait.Rank(t) + 1}
	staff := r.staffFor(t)
	if staff == 0 {
		return p, 0
	}
	mean, spread := forecast(p.Position, t.line.pace.interval(staff))
	p.Known = true
	p.Low, p.High = max(0, mean-spread), mean+spread
	t.life.told.bind(&p, mean)
	p.Low, p.High = p.Low.Truncate(time.Minute), minutes(p.High)
	p.Long = p.High > Long
	p.Callback = !t.rank.protected && (mean > t.rules.Callback.Estimate || t.line.wait.Len() > 2*staff)
	return p, mean
}

// bind keeps a new estimate to what was told before.
func (last *told) bind(p *Place, mean time.Duration) {
	if !last.done || last.place.High == 0 {
		return
	}
	fell := max(0, last.mean-mean)
	if mean > last.mean+time.Minute {
		p.Known = false
	}
	p.High = min(last.place.High, max(p.High, last.place.High-fell))
	p.Low = min(last.place.Low, p.High, max(p.Low, last.place.Low-fell))
}

// staffFor is how many people at work may serve the caller now.
func (r *Router) staffFor(t *Ticket) int {
	l := t.lane
	if l == nil {
		l = r.lane(t.key(r.time.now.since(t.life.ladder)))
	}
	if l.staff > 0 {
		return l.staff
	}
	return t.line.base.staff
}

// minutes rounds up to whole minutes.
func minutes(d time.Duration) time.Duration {
	return (d + time.Minute - 1) / time.Minute * time.Minute
}
