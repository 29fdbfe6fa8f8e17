package acd

import "time"

// Snapshot is the whole floor at one instant, for the wallboard. It holds no names but the agents' own.
type Snapshot struct {
	At     time.Time
	Queues []QueueView
	Agents []AgentView // those who are signed in, in the order of their first appearance
	Offers []OfferView // phones that ring
	Alarms []Alarm     // oldest first
	// Early counts the callers of all days who left before any queue, by stage.
	Early map[Stage]int
}

// QueueView is one queue in a Snapshot.
type QueueView struct {
	Name        QueueID
	Open        bool // somebody is at work for it
	Waiting     int  // callers on the line whose wait goes on, those ringing among them
	Protected   int  // protected callers in line
	LongestWait time.Duration
	Ready       int // agents who could be rung for a caller without wishes
	Staff       int // agents at work for it, at any step of the ladder
	Callbacks   Callbacks
	Now         Tally // of the callers who entered in this quarter-hour and the one before
	Today       Tally
	Refused     Refusals // today
}

// Callbacks are the promises of a queue that are not kept yet.
type Callbacks struct {
	Pending int // all
	Due     int // whose time has come
	Working int // for which an agent is reserved or busy
}

// AgentView is one agent in a Snapshot.
type AgentView struct {
	ID     AgentID
	State  State
	Since  time.Time // in State
	Reason string    // of a break; the contact of a ring or a talk
	Device Device
	Site   Site
	Calls  int           // today
	Talk   time.Duration // today
	Queue  QueueID       // of the caller rung for or talked to
}

// OfferView is one ringing phone in a Snapshot.
type OfferView struct {
	Agent   AgentID
	Contact ContactID
	Ticket  TicketID // 0 for a direct call
	Since   time.Time
}

// Snapshot returns the floor as it is now. It costs time in proportion to the agents and queues, not to the callers, and
// is meant for once or twice a second.
func (r *Router) Snapshot() Snapshot {
	r.begin()
	defer r.end()
	s := Snapshot{At: r.time.wall, Alarms: r.listAlarms(), Early: map[Stage]int{}}
	for stage, n := range r.tickets.early {
		if n > 0 {
			s.Early[Stage(stage)] = n
		}
	}
	due := map[QueueID]int{}
	for key, lane := range r.lanes.by {
		due[key.rules.Name] += lane.back.Len()
	}
	for _, l := range r.queues.order {
		s.Queues = append(s.Queues, r.viewQueue(l, due[l.name]))
	}
	for _, a := range r.agents.roll {
		if a.status.state == Offline {
			continue
		}
		s.Agents = append(s.Agents, r.viewAgent(a))
		if o := a.offer; o != nil && o.course.stage == offerRinging {
			v := OfferView{Agent: a.ID, Contact: o.Contact, Since: r.time.wallAt(o.course.began)}
			if o.Ticket != nil {
				v.Ticket = o.Ticket.rank.id
			}
			s.Offers = append(s.Offers, v)
		}
	}
	return s
}

func (r *Router) viewQueue(l *line, due int) QueueView {
	v := QueueView{
		Name:      l.name,
		Open:      !l.closed && l.rules != nil,
		Waiting:   l.ages.Len(),
		Ready:     l.base.free.Len(),
		Staff:     l.wide.staff,
		Callbacks: Callbacks{Pending: l.backs.pending, Due: due, Working: l.backs.working},
		Now:       l.ledger.recent(r),
		Today:     l.ledger.today.sum(),
		Refused:   l.ledger.refused,
	}
	// Protected callers come first in line: the first place of anybody else is their number.
	v.Protected = l.wait.Rank(&Ticket{rank: rank{lost: true, start: -never}})
	if t, ok := l.ages.Min(); ok {
		v.LongestWait = r.time.now.since(t.life.joined)
	}
	return v
}

func (r *Router) viewAgent(a *agent) AgentView {
	v := AgentView{
		ID: a.ID, State: a.status.state, Since: r.time.wallAt(a.status.since), Reason: a.status.reason,
		Device: a.device, Site: a.Site, Calls: a.turn.calls, Talk: a.turn.talk,
	}
	if o := a.offer; o != nil && o.Ticket != nil {
		v.Queue = o.Ticket.line.name
	}
	return v
}
