package load

import (
	"context"
	"time"
)

// phase is where a run stands.
type phase int

const (
	registering phase = iota // counselors come to work
	filling                  // calls are set up
	warming                  // all stand, nothing is measured yet
	measuring
	emptying // calls are ended
	leaving  // counselors go
	over
)

// pace is how the run moves through its phases.
type pace struct {
	since    time.Duration // of the phase
	began    time.Duration // of the arrivals
	begun    int           // arrivals so far
	turned   int           // arrivals that found every caller busy
	next     int           // of the counselors to register, or to leave
	open     int           // registrations not answered yet
	idle     usage         // of the server, before the first call
	from, to usage         // at the ends of the measured time
	counted  time.Duration // up to when calls were counted
	length   time.Duration // measured
}

func (f *fleet) measuring() bool { return f.phase == measuring }

func (f *fleet) enter(p phase) {
	f.phase = p
	f.pace.since = f.loop.now
}

// flows tells whether calls come and go all the time, rather than being set up once.
func (f *fleet) flows() bool {
	script := f.plan.Script
	return f.plan.Times.Hold > 0 || !f.plan.Again && len(script) > 0 && script[len(script)-1].action != stay
}

// advance does what a phase wants in each tick, and goes on to the next one in time.
func (f *fleet) advance(ctx context.Context) {
	p := &f.pace
	spent := f.loop.now - p.since
	if f.phase < emptying && ctx.Err() != nil {
		f.stopMeasuring()
		f.enter(emptying)
	}
	switch f.phase {
	case registering:
		f.register()
	case filling:
		f.arrive()
		if f.flows() || f.standing() || spent > f.settled() {
			f.enter(warming)
		}
	case warming:
		f.arrive()
		if spent >= f.plan.Times.Warm {
			f.startMeasuring()
		}
	case measuring:
		f.arrive()
		f.tally.talked += time.Duration(f.phones.up) * (f.loop.now - p.counted)
		p.counted = f.loop.now
		if spent >= f.plan.Times.Measure {
			f.stopMeasuring()
			f.enter(emptying)
		}
	case emptying:
		f.empty(spent)
	case leaving:
		f.leave(spent)
	case over:
	}
}

// settled is how long filling may take.
func (f *fleet) settled() time.Duration {
	a := f.plan.Arrivals
	last := time.Duration(0)
	for n := time.Second; a.by(last) < f.plan.Calls && last < 24*time.Hour; last += n {
	}
	return last + f.plan.Times.Settle
}

// standing tells whether every call has been answered, or was refused, and every counselor talks.
func (f *fleet) standing() bool {
	ph := &f.phones
	if ph.numbered < f.plan.Calls || ph.up < ph.calling || f.plan.Again && ph.up < f.plan.Calls {
		return false
	}
	staff := len(f.plan.Staff.Accounts)
	return f.plan.Staff.Talk > 0 || f.plan.Marks == 0 || ph.joined >= min(ph.up, staff)
}

// arrive begins the calls that are due.
func (f *fleet) arrive() {
	p := &f.pace
	if p.began == 0 {
		p.began = f.loop.now
	}
	due := f.plan.Arrivals.by(f.loop.now - p.began)
	for ; p.begun < due; p.begun++ {
		if f.phones.calling >= f.plan.Calls || !f.flows() && !f.plan.Again && f.phones.numbered >= f.plan.Calls {
			if !f.flows() {
				return // the place of a call that ends is taken by the next
			}
			p.turned++
			continue
		}
		f.call()
	}
}

func (f *fleet) startMeasuring() {
	f.enter(measuring)
	f.pace.from, f.pace.counted = f.use(), f.loop.now
	f.figures.begin(f.flows())
	f.tally = tally{}
	for _, s := range f.pool.all {
		s.in.jitter.reset()
	}
}

func (f *fleet) stopMeasuring() {
	if !f.measuring() {
		return
	}
	f.pace.to = f.use()
	f.pace.length = f.loop.now - f.pace.since
	for _, s := range f.pool.all {
		if s.out.open {
			f.figures.stream(s)
		}
	}
}

// emptied is how many calls a tick may be hung up at the end, and how long that may take.
const (
	emptied     = 1
	emptyingFor = 45 * time.Second
)

// empty hangs up one call after the other.
func (f *fleet) empty(spent time.Duration) {
	n := 0
	for _, c := range f.phones.live {
		if n == emptied {
			break
		}
		if !c.ending() {
			c.hangUp(endOfRun)
			n++
		}
	}
	if f.phones.calling == 0 && !f.talking() || spent > emptyingFor {
		f.pace.next, f.pace.open = 0, 0
		f.enter(leaving)
	}
}

func (f *fleet) talking() bool {
	for _, c := range f.phones.order {
		if c.visit != nil {
			return true
		}
	}
	return false
}
