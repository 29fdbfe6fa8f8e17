package acd

import (
	"cmp"
	"slices"

	"hotline/acd/internal/treap"
)

// need is what a caller asks of an agent at one step of the ladder, in a form that is quick to compare.
type need struct {
	all   traits // what the caller must have
	any   traits // skills of which one is enough; 0 when every agent serves
	like  traits // preferences still in force
	level uint8  // least level in one of the skills
	sites sites
}

func (n need) fits(a *agent) bool {
	held := &a.can.held
	return n.sites&a.Site.bit() != 0 && held[1].has(n.all|n.like) && (n.any == 0 || held[n.level]&n.any != 0)
}

// laneKey tells lanes apart: callers who ask for the same under the same rules wait in one lane.
type laneKey struct {
	rules *rules
	need  need
	only  *agent // the one counselor the caller came back to, while that preference is kept
	// protected lanes hold protected callers, and no others do. Agents who take protected callers only fit no other lane.
	protected bool
}

// lane is where callers with one need meet the agents who fit it. Either nobody waits in it or nobody who is free may
// serve them: that holds between any two operations of the Router, and each operation restores it by looking only at
// the caller or the agent it is about.
type lane struct {
	key    laneKey
	live   *treap.Tree[*Ticket] // callers on the line, first to be served first
	back   *treap.Tree[*Ticket] // callbacks that are due
	free   *treap.Tree[*agent]  // available agents who fit, best first
	staff  int                  // agents at work who fit
	watch  *line                // the line whose being open this lane decides
	pinned bool                 // kept although it is empty
	used   moment
	id     uint64
}

// lanes are all lanes by what is asked for in them.
type lanes struct {
	by   map[laneKey]*lane
	made uint64
	most int // number at which those in which nobody waits are forgotten, longest unused first
}

// fewLanes are kept in any case. A centre has some dozens; more come of callers who each prefer another counselor.
const fewLanes = 512

func (k laneKey) fits(a *agent) bool {
	return (k.only == nil || k.only == a) && (k.protected || !a.ProtectedOnly) && k.need.fits(a)
}

// lane finds or makes the lane for a key.
func (r *Router) lane(key laneKey) *lane {
	l := r.lanes.by[key]
	if l == nil {
		l = r.newLane(key)
	}
	l.used = r.time.now
	return l
}

func (r *Router) newLane(key laneKey) *lane {
	if len(r.lanes.by) >= r.lanes.most {
		r.forgetLanes()
	}
	r.lanes.made++
	l := &lane{key: key, id: r.lanes.made, live: treap.New(before), back: treap.New(before), free: treap.New(key.rules.order())}
	r.lanes.by[key] = l
	if key.only != nil {
		r.fit(key.only, l)
		return l
	}
	for _, a := range r.agents.roll {
		r.fit(a, l)
	}
	return l
}

// fit enters a in l if it fits.
func (r *Router) fit(a *agent, l *lane) {
	if !l.key.fits(a) {
		return
	}
	a.lanes = append(a.lanes, l)
	if a.working {
		r.staff(l, true)
	}
	if a.filed {
		l.free.Insert(a)
	}
}

// forgetLanes drops half of the lanes that nobody uses. One that the present operation has found stays.
func (r *Router) forgetLanes() {
	var idle []*lane
	for _, l := range r.lanes.by {
		if !l.pinned && l.used < r.time.now && l.live.Len()+l.back.Len() == 0 {
			idle = append(idle, l)
		}
	}
	gone := map[*lane]bool{}
	for _, l := range oldest(idle, (len(idle)+1)/2) {
		gone[l] = true
		delete(r.lanes.by, l.key)
	}
	for _, a := range r.agents.roll {
		kept := a.lanes[:0]
		for _, l := range a.lanes {
			if !gone[l] {
				kept = append(kept, l)
			}
		}
		clear(a.lanes[len(kept):])
		a.lanes = kept
	}
	r.lanes.most = max(fewLanes, 2*len(r.lanes.by)) // so that the cost of forgetting is shared by many new lanes
}

// lanesOf lists the lanes of a line, oldest first.
func (r *Router) lanesOf(l *line) []*lane {
	var own []*lane
	for _, lane := range r.lanes.by {
		if lane.key.rules.Name == l.name {
			own = append(own, lane)
		}
	}
	slices.SortFunc(own, func(a, b *lane) int { return cmp.Compare(a.id, b.id) })
	return own
}
