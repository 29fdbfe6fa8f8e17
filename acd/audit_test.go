package acd

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// audit looks through the whole Router, as no operation of it ever does, and names everything that does not agree.
func audit(r *Router) error {
	r.begin()
	defer r.end()
	c := &auditor{Router: r}
	c.lanes()
	c.tickets()
	c.agents()
	c.agenda()
	c.figures()
	c.idlePairs()
	return errors.Join(c.faults...)
}

type auditor struct {
	*Router
	faults []error
}

func (c *auditor) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// lanes: what a lane counts and holds is what a count over everybody gives.
func (c *auditor) lanes() {
	for _, l := range c.Router.lanes.by {
		staff, free := 0, 0
		for _, a := range c.Router.agents.roll {
			fits := l.key.fits(a)
			if fits != slices.Contains(a.lanes, l) {
				c.fault("agent %s: knows a lane it does not fit, or the opposite", a.ID)
			}
			if fits && a.atWork() {
				staff++
			}
			if fits && a.available(c.time.now) && a.can.expires > c.time.now {
				free++
			}
		}
		if l.staff != staff {
			c.fault("lane of %s counts %d at work, there are %d", l.key.rules.Name, l.staff, staff)
		}
		if l.free.Len() != free {
			c.fault("lane of %s holds %d free agents, there are %d", l.key.rules.Name, l.free.Len(), free)
		}
		for t := range l.live.All {
			if t.lane != l || t.back != nil || t.life.stand != waiting {
				c.fault("ticket %d stands in a lane it does not know", t.rank.id)
			}
			if t.rank.protected != l.key.protected {
				c.fault("ticket %d stands in a lane of the other class", t.rank.id)
			}
		}
		for t := range l.back.All {
			if t.lane != l || t.back == nil || t.life.stand != waiting {
				c.fault("callback %d stands in a lane it does not know", t.rank.id)
			}
		}
	}
}

// tickets: each stands where its state says.
func (c *auditor) tickets() {
	inLine, ages, pending, working := map[*line]int{}, map[*line]int{}, map[*line]int{}, map[*line]int{}
	for id, t := range c.Router.tickets.by {
		s := t.life.stand
		if t.rank.id != id || s == over {
			c.fault("ticket %d is over and still known", id)
		}
		if (t.lane != nil) != (s == waiting) {
			c.fault("ticket %d: waiting and in a lane do not agree", id)
		}
		if (s == ringing || s == talking) != (len(t.offers) > 0) {
			c.fault("ticket %d: state %d with %d offers", id, s, len(t.offers))
		}
		for _, o := range t.offers {
			if o.agent.offer != o || o.Ticket != t {
				c.fault("ticket %d: offer of %s is not the agent's", id, o.Agent)
			}
			want := offerRinging
			if s == talking {
				want = offerTalking
			}
			if s == ringing && !holdsAll(t, o.agent, time.Time{}, c.rulings.minors) { // whatever has ended since the ring began
				c.fault("ticket %d: rings %s, who may not have the caller", id, o.Agent)
			}
			if o.course.stage != want {
				c.fault("ticket %d: offer of %s is at stage %d", id, o.Agent, o.course.stage)
			}
		}
		if t.line.wait.Delete(t) {
			t.line.wait.Insert(t)
			inLine[t.line]++
			if s != idle && s != waiting {
				c.fault("ticket %d: in line and in state %d", id, s)
			}
		} else {
			if s == waiting || s == idle && t.back == nil {
				c.fault("ticket %d: in state %d and not in line", id, s)
			}
		}
		if t.back == nil && s != talking {
			ages[t.line]++
		}
		if t.back != nil {
			pending[t.line]++
			if s == ringing || s == talking {
				working[t.line]++
			}
		}
	}
	for _, l := range c.queues.order {
		if l.wait.Len() != inLine[l] {
			c.fault("queue %s has %d in line, there are %d", l.name, l.wait.Len(), inLine[l])
		}
		if l.ages.Len() != ages[l] {
			c.fault("queue %s counts %d waiting, there are %d", l.name, l.ages.Len(), ages[l])
		}
		if l.backs.pending != pending[l] {
			c.fault("queue %s counts %d promises, there are %d", l.name, l.backs.pending, pending[l])
		}
		if l.backs.working != working[l] {
			c.fault("queue %s counts %d callbacks at work, there are %d", l.name, l.backs.working, working[l])
		}
	}
}

// agents: each has one caller at most, and a timer that gets it out of every state that is not its own choice.
func (c *auditor) agents() {
	for _, a := range c.Router.agents.roll {
		s := a.status.state
		if (s == Reserved || s == Busy) != (a.offer != nil) {
			c.fault("agent %s is %s, offer %v", a.ID, s, a.offer != nil)
		}
		if a.working != a.atWork() {
			c.fault("agent %s: counted at work %v, is %v", a.ID, a.working, a.atWork())
		}
		if a.filed != (a.available(c.time.now) && a.can.expires > c.time.now) {
			c.fault("agent %s: filed %v", a.ID, a.filed)
		}
		if s == WrapUp && a.timer.slot == 0 {
			c.fault("agent %s: wrap-up without an end", a.ID)
		}
		if s == Ready && a.conduct.pause > c.time.now && a.timer.slot == 0 {
			c.fault("agent %s: pause without an end", a.ID)
		}
		if s == Reserved && a.offer != nil {
			if a.offer.expiry.slot == 0 {
				c.fault("agent %s: ring without an end", a.ID)
			}
		}
	}
}

// agenda: a heap whose members know their place, with the timer set early enough.
func (c *auditor) agenda() {
	g := &c.Router.agenda
	for i, d := range g.heap {
		if d.slot != i+1 {
			c.fault("deadline in slot %d thinks it is in %d", i+1, d.slot)
		}
		if i > 0 && g.earlier(i+1, (i+1)/2) {
			c.fault("heap out of order at %d", i)
		}
	}
	if len(g.heap) > 0 {
		if g.heap[0].at < g.armed && g.heap[0].at > c.time.now {
			c.fault("timer is set after the first deadline")
		}
	}
}

// figures: offered = answered + abandoned + callback + message + diverted + waiting.
func (c *auditor) figures() {
	waiting := map[*line]int{}
	for _, t := range c.Router.tickets.by {
		if books := &t.line.ledger; !t.life.ended && (books.today.holds(t.life.tally) || books.yesterday.holds(t.life.tally)) {
			waiting[t.line]++ // who has waited for two days is in no book any more
		}
	}
	for _, l := range c.queues.order {
		sum := l.ledger.today.sum()
		sum.Add(l.ledger.yesterday.sum())
		if sum.Waiting() != waiting[l] {
			c.fault("queue %s: figures leave %d waiting, there are %d: %+v", l.name, sum.Waiting(), waiting[l], sum)
		}
	}
}

// holds reports whether a tally is one of the book's.
func (d *dayBook) holds(one *Tally) bool {
	for i := range intervals {
		if d != nil && &d.tallys[i] == one {
			return true
		}
	}
	return false
}

// idlePairs: nobody waits while somebody is free who may serve, by a definition of its own.
func (c *auditor) idlePairs() {
	for _, t := range c.Router.tickets.by {
		if t.life.stand != waiting {
			continue
		}
		for _, a := range c.Router.agents.roll {
			if a.available(c.time.now) && may(t, a, c.time.now, c.time.wall, c.rulings.minors) && (t.rank.protected || !c.held(a)) {
				c.fault("ticket %d waits while %s is free", t.rank.id, a.ID)
			}
		}
	}
}

// may says, from what was configured and asked for and without lanes or traits, whether an agent may be offered a caller
// who has given up every preference. While a preference is kept it says no.
func may(t *Ticket, a *agent, now moment, wall time.Time, minors Qualification) bool {
	waited := now.since(t.life.ladder)
	p, relax := t.req.Prefer, t.rules.Relax
	danger := t.req.Claims&Danger != 0
	kept := !danger && (p.Agent != "" && waited < relax.Agent || p.Language != "" && waited < relax.Language ||
		p.District != "" && waited < relax.District || p.Level > 1 && waited < relax.Level)
	if kept || !holdsAll(t, a, wall, minors) || a.ProtectedOnly && !t.rank.protected {
		return false
	}
	skills, open := slices.Clone(t.rules.Skills), []Site{Seat}
	for _, step := range t.rules.Ladder {
		if step.After <= waited {
			skills, open = append(skills, step.Skills...), append(open, step.Sites...)
		}
	}
	some := len(t.rules.Skills) == 0 || slices.ContainsFunc(skills, func(q Qualification) bool { return holds(a.Agent, q, wall) })
	return some && slices.Contains(open, a.Site)
}

// holdsAll is the hard part of may.
func holdsAll(t *Ticket, a *agent, wall time.Time, minors Qualification) bool {
	for _, must := range []Must{t.rules.Must, t.req.Must} {
		if !fulfils(a.Agent, must, wall) {
			return false
		}
	}
	return t.req.Claims&Minor == 0 || holds(a.Agent, minors, wall)
}

func fulfils(a Agent, must Must, wall time.Time) bool {
	for _, q := range must.qualifications {
		if !holds(a, q, wall) {
			return false
		}
	}
	for _, l := range must.languages {
		if !slices.Contains(a.Languages, l) {
			return false
		}
	}
	return (!must.woman || a.Woman) && !slices.Contains(must.not, a.ID)
}

func holds(a Agent, q Qualification, wall time.Time) bool {
	return slices.ContainsFunc(a.Skills, func(s Skill) bool {
		return s.Name == q && (s.Expires.IsZero() || s.Expires.After(wall))
	})
}
