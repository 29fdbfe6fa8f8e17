package acd

import (
	"time"

	"hotline/acd/internal/treap"
)

// key is the lane for a caller who has waited so long. A caller in danger waits for no preference.
func (t *Ticket) key(waited time.Duration) laneKey {
	relax, open := &t.rules.Relax, t.rules.steps[t.rules.step(waited)]
	k := laneKey{rules: t.rules, protected: t.rank.protected}
	k.need = need{all: t.want.all, any: open.any, sites: open.sites, level: 1}
	if t.req.Claims&Danger != 0 {
		return k
	}
	if a := t.want.agent; a != nil && waited < relax.Agent && a.working && k.fits(a) && !t.want.must.Bars(a.ID) {
		k.only = a
		return k
	}
	if t.keeps(likesLanguage, waited < relax.Language) {
		k.need.like |= t.want.language
	}
	if t.keeps(likesDistrict, waited < relax.District) {
		k.need.like |= t.want.district
	}
	if t.keeps(likesLevel, waited < relax.Level) {
		k.need.level = t.want.level
	}
	return k
}

// likes are preferences, one bit each, in the order in which they are given up when nobody at work meets all.
type likes uint8

const (
	likesLevel likes = 1 << iota
	likesDistrict
	likesLanguage
	likesEnd
)

// keeps says whether a preference is in force: it has its time, and somebody at work met it.
func (t *Ticket) keeps(p likes, inTime bool) bool { return inTime && t.life.dropped&p == 0 }

// bound is the wait after waited at which the caller's lane may change, or a step is to be taken; 0 when there is none.
func (t *Ticket) bound(waited time.Duration) time.Duration {
	var next time.Duration
	consider := func(at time.Duration, matters bool) {
		if matters && at > waited && (next == 0 || at < next) {
			next = at
		}
	}
	relax := &t.rules.Relax
	consider(relax.Agent, t.want.agent != nil)
	consider(relax.Language, t.keeps(likesLanguage, t.want.language != 0))
	consider(relax.District, t.keeps(likesDistrict, t.want.district != 0))
	consider(relax.Level, t.keeps(likesLevel, t.want.level > 1))
	if step := t.rules.step(waited); step < len(t.rules.Ladder) {
		consider(t.rules.Ladder[step].After, true)
	}
	return next
}

// place puts a waiting ticket into the lane of its wait, or gives it an agent who is free.
func (r *Router) place(t *Ticket) {
	l, waited := r.choose(t)
	r.takeSteps(t, waited)
	if a := r.pick(l, t); a != nil {
		r.pair(t, l, a)
		return
	}
	t.lane = l
	l.of(t).Insert(t)
	r.agenda.set(&t.life.timer, t.due(waited))
}

// choose finds the lane for a caller, and the wait to go with it. Preferences that nobody at work meets are not kept, and
// steps behind which nobody works are not waited for. With nobody at work at all, everything stays as it is.
func (r *Router) choose(t *Ticket) (*lane, time.Duration) {
	waited, before := r.time.now.since(t.life.ladder), t.life.dropped
	l := r.lane(t.key(waited))
	for p := likesLevel; p < likesEnd && l.staff == 0; p <<= 1 {
		t.life.dropped |= p
		l = r.lane(t.key(waited))
	}
	for at := t.bound(waited); at > 0 && l.staff == 0; at = t.bound(at) {
		if wider := r.lane(t.key(at)); wider.staff > 0 {
			t.life.ladder = r.time.now.add(-at)
			return wider, at
		}
	}
	if l.staff == 0 {
		t.life.dropped = before
		l = r.lane(t.key(waited))
	}
	return l, waited
}

// of is the tree of the lane in which a ticket stands.
func (l *lane) of(t *Ticket) *treap.Tree[*Ticket] {
	if t.back != nil {
		return l.back
	}
	return l.live
}

// leaveLane takes a ticket out of its lane, if it stands in one.
func (r *Router) leaveLane(t *Ticket) {
	if t.lane != nil {
		t.lane.of(t).Delete(t)
		t.lane = nil
	}
}

// pick chooses the agent for a caller who enters a lane, nil when none is free.
func (r *Router) pick(l *lane, t *Ticket) *agent {
	a, _ := l.free.First(func(a *agent) bool {
		return a.can.expires > r.time.now && !t.want.must.Bars(a.ID) && (l.key.protected || !r.held(a))
	})
	return a
}

// seek gives an agent who has just become available the first caller it may serve, or lets it wait for one.
func (r *Router) seek(a *agent) {
	if t := r.best(a); t != nil {
		r.pair(t, t.lane, a)
		return
	}
	r.file(a)
	r.unhold(a)
}

// best is the first caller in the order of all who wait that the agent may serve.
func (r *Router) best(a *agent) *Ticket {
	var live, back *Ticket
	held := r.held(a)
	takes := func(t *Ticket) bool { return !t.want.must.Bars(a.ID) }
	for _, l := range a.lanes {
		if held && !l.key.protected {
			continue
		}
		live = sooner(live, l.live, takes)
		back = sooner(back, l.back, takes)
	}
	if back == nil || live != nil && (before(live, back) || !r.spare(back)) {
		return live
	}
	return back
}

// sooner is the first of t and of those in tree that takes accepts.
func sooner(t *Ticket, tree *treap.Tree[*Ticket], takes func(*Ticket) bool) *Ticket {
	if tree.Len() == 0 {
		return t
	}
	if u, ok := tree.First(takes); ok && (t == nil || before(u, t)) {
		return u
	}
	return t
}

// spare says whether callbacks may take one more agent while callers wait on the line.
func (r *Router) spare(back *Ticket) bool {
	l := back.line
	return l.backs.working < max(1, l.wide.staff*back.rules.Limits.CallbackShare/100)
}

// held says whether an agent is kept for protected callers: so few are free that fit a queue with a Reserve.
func (r *Router) held(a *agent) bool {
	for _, l := range r.queues.keepers {
		if !l.base.key.fits(a) {
			continue
		}
		free := l.base.free.Len()
		if !a.filed {
			free++
		}
		if free <= l.rules.Limits.Reserve {
			return true
		}
	}
	return false
}

// unhold offers callers the agents that were kept back until a became free: one more may go than before. They are no
// more than the reserve.
func (r *Router) unhold(a *agent) {
	for _, l := range r.queues.keepers {
		if !l.base.key.fits(a) || l.base.free.Len() != l.rules.Limits.Reserve+1 {
			continue
		}
		kept := make([]*agent, 0, l.base.free.Len())
		for b := range l.base.free.All {
			kept = append(kept, b)
		}
		for _, b := range kept {
			if t := r.best(b); t != nil {
				r.pair(t, t.lane, b)
				break
			}
		}
	}
}

// file lets an available agent wait for callers.
func (r *Router) file(a *agent) {
	if a.filed {
		return
	}
	a.filed = true
	for _, l := range a.lanes {
		l.free.Insert(a)
	}
}

// unfile takes an agent out of those who wait for callers.
func (r *Router) unfile(a *agent) {
	if !a.filed {
		return
	}
	a.filed = false
	for _, l := range a.lanes {
		l.free.Delete(a)
	}
}
