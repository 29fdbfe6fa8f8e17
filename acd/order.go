package acd

import (
	"cmp"
	"slices"
)

// rank is a caller's place in the one order of all callers.
type rank struct {
	protected bool
	lost      bool // the counselor's phone died in mid-call
	start     moment
	id        TicketID
}

// before is the total order of callers: protected classes, then those who lost their counselor, then by arrival less
// the head start of their points, then by ticket. Every queue, every lane and every choice uses it and no other.
func before(a, b *Ticket) bool {
	x, y := &a.rank, &b.rank
	switch {
	case x.protected != y.protected:
		return x.protected
	case x.lost != y.lost:
		return x.lost
	case x.start != y.start:
		return x.start < y.start
	default:
		return x.id < y.id
	}
}

// older orders callers by their wait alone, for the longest wait.
func older(a, b *Ticket) bool {
	return cmp.Or(cmp.Compare(a.life.joined, b.life.joined), cmp.Compare(a.rank.id, b.rank.id)) < 0
}

// order is the strategy of the rules as a total order of agents, best first.
func (r *rules) order() func(a, b *agent) bool {
	by := strategies[r.Strategy]
	return func(a, b *agent) bool {
		return cmp.Or(
			compareBool(a.can.held[1]&r.own != 0, b.can.held[1]&r.own != 0),
			by(r, a, b),
			cmp.Compare(a.turn.idle, b.turn.idle),
			cmp.Compare(a.turn.number, b.turn.number),
		) < 0
	}
}

var strategies = [...]func(r *rules, a, b *agent) int{ // table
	LongestIdle: func(_ *rules, a, b *agent) int { return cmp.Compare(a.turn.idle, b.turn.idle) },
	LeastTalk:   func(_ *rules, a, b *agent) int { return cmp.Compare(a.turn.talk, b.turn.talk) },
	FewestCalls: func(_ *rules, a, b *agent) int { return cmp.Compare(a.turn.calls, b.turn.calls) },
	RoundRobin:  func(_ *rules, a, b *agent) int { return cmp.Compare(a.turn.rung, b.turn.rung) },
	TopDown: func(r *rules, a, b *agent) int {
		return cmp.Or(cmp.Compare(b.can.level(r.own), a.can.level(r.own)), cmp.Compare(a.Position, b.Position))
	},
}

// level is the highest level held in any of these skills, 0 for none.
func (c *ability) level(skills traits) int {
	for l := levels; l > 0; l-- {
		if c.held[l]&skills != 0 {
			return l
		}
	}
	return 0
}

// compareBool orders true before false.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

// oldest returns the n lanes that have not been used for longest.
func oldest(lanes []*lane, n int) []*lane {
	slices.SortFunc(lanes, func(a, b *lane) int { return cmp.Compare(a.used, b.used) })
	return lanes[:n]
}
