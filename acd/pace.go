package acd

import (
	"math"
	"time"
)

// pace is how fast a line is served: how long a call with its wrap-up takes, and how long it takes from one caller who is
// served to the next while there is a line.
type pace struct {
	handle recent
	gap    recent
	last   moment // of the last service
	busy   bool   // somebody was in line then
}

// recent is the mean of the latest values of something.
type recent struct {
	values [24]time.Duration
	count  int // of all values so far
	sum    time.Duration
}

func (v *recent) add(d time.Duration) {
	slot := v.count % len(v.values)
	v.sum += d - v.values[slot]
	v.values[slot] = d
	v.count++
}

func (v *recent) mean() time.Duration {
	if v.count == 0 {
		return 0
	}
	return v.sum / time.Duration(min(v.count, len(v.values)))
}

// expect is used until a call has been seen.
func (p *pace) expect(handle time.Duration) {
	if p.handle.count == 0 {
		p.handle.add(handle)
	}
}

func (p *pace) handled(d time.Duration) { p.handle.add(d) }

// served notes that a caller has been served, and whether others are in line.
func (p *pace) served(now moment, line bool) {
	if p.busy {
		p.gap.add(now.since(p.last))
	}
	p.last, p.busy = now, line
}

// fewest gaps from which the observed pace is believed.
const fewest = 5

// interval is the time from one service to the next that a caller in line has to expect with so many people at work. Of
// what the staff should manage and what was seen it takes the longer: people who serve several queues are counted in
// each, and only the gaps tell the truth about that.
func (p *pace) interval(staff int) time.Duration {
	by := p.handle.mean() / time.Duration(staff)
	if p.gap.count >= fewest {
		by = max(by, p.gap.mean())
	}
	return by
}

// forecast is the mean wait for the given place in line, and its spread: services are as random as arrivals.
func forecast(position int, interval time.Duration) (mean, spread time.Duration) {
	k := float64(position)
	return time.Duration(k * float64(interval)), time.Duration(math.Sqrt(k) * float64(interval))
}
