package acd

import "time"

// CallerView is one caller on the line whose wait goes on.
type CallerView struct {
	Ticket    TicketID
	Contact   ContactID
	Queue     QueueID
	Position  int       // 1 is next; 0 while a phone rings for the caller
	Since     time.Time // when the visit to this queue began
	Claims    Claims
	Protected bool // by claims or by the queue
	Lost      bool // the counselor's phone died in mid-call
}

// Callers lists the callers on the line: those for whom a phone rings, by agent, then each queue's in their order, at
// most so many of each. Callbacks are not among them, but they count in positions. It costs time in proportion to the
// agents and to what it returns.
func (r *Router) Callers(most int) []CallerView {
	r.begin()
	defer r.end()
	all := r.rung()
	for _, l := range r.queues.order {
		if most <= 0 {
			break
		}
		left, position := most, 0
		for t := range l.wait.All {
			if position++; t.back != nil {
				continue
			}
			all = append(all, r.viewCaller(t, position))
			if left--; left == 0 {
				break
			}
		}
	}
	return all
}

// rung are the callers for whom a phone rings, each once.
func (r *Router) rung() []CallerView {
	var all []CallerView
	seen := map[TicketID]bool{}
	for _, a := range r.agents.roll {
		o := a.offer
		if o == nil || o.course.stage != offerRinging || o.Ticket == nil || o.Ticket.back != nil || seen[o.Ticket.rank.id] {
			continue
		}
		seen[o.Ticket.rank.id] = true
		all = append(all, r.viewCaller(o.Ticket, 0))
	}
	return all
}

func (r *Router) viewCaller(t *Ticket, position int) CallerView {
	return CallerView{
		Ticket: t.rank.id, Contact: t.req.Contact, Queue: t.line.name, Position: position,
		Since: r.time.wallAt(t.life.joined), Claims: t.req.Claims, Protected: t.rank.protected, Lost: t.rank.lost,
	}
}
