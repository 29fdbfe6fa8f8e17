package acd

import (
	"errors"
	"fmt"
)

// tickets are those that are not over.
type tickets struct {
	by    map[TicketID]*Ticket
	last  TicketID
	early [stages]int // callers who left before any queue, by stage
	// memory and promised are by person; promised are the callbacks that are not done.
	memory   memory
	promised map[personKey]*Ticket
}

func newTickets() tickets {
	return tickets{
		by:       map[TicketID]*Ticket{},
		memory:   memory{by: map[personKey]*gone{}},
		promised: map[personKey]*Ticket{},
	}
}

// Join gives a caller a place in line. It must be followed by Leave on every path.
//
// It returns ErrUnknownQueue; for ordinary callers also ErrClosed when nobody is at work for the queue, ErrNobody when
// nobody at work has what the caller must have, and ErrFull. Protected callers are always let in.
func (r *Router) Join(req Request) (*Ticket, error) {
	r.begin()
	defer r.end()
	l := r.queues.by[req.Queue]
	if l == nil || l.rules == nil {
		return nil, fmt.Errorf("join %q: %w", req.Queue, ErrUnknownQueue)
	}
	t := &Ticket{r: r, req: req, line: l, rules: l.rules, wake: make(chan struct{}, 1)}
	if err := t.learn(); err != nil {
		return nil, fmt.Errorf("join %s: %w", req.Queue, err)
	}
	if err := r.admit(t); err != nil {
		l.ledger.refuse(err)
		if errors.Is(err, ErrClosed) {
			r.alarm(alarmKey{AlarmUnstaffed, string(l.name)})
		}
		r.emit(Event{Kind: Refused, Queue: l.name, Contact: req.Contact, Note: err.Error()})
		return nil, fmt.Errorf("join %s: %w", req.Queue, err)
	}
	r.enter(t)
	return t, nil
}

// learn works out what the ticket asks for from its request and its rules.
func (t *Ticket) learn() error {
	x := t.r.rulings.lexicon
	must := t.rules.Must.And(t.req.Must)
	if t.req.Claims&Minor != 0 {
		must = must.And(Qualified(t.r.rulings.minors))
	}
	all, err := must.traits(x)
	w := want{all: all, must: must, level: uint8(min(max(t.req.Prefer.Level, 1), levels)), agent: t.r.agents.by[t.req.Prefer.Agent]}
	var err2, err3 error
	if lang := t.req.Prefer.Language; lang != "" {
		w.language, err2 = x.bit(traitLanguage, string(lang))
	}
	if district := t.req.Prefer.District; district != "" {
		w.district, err3 = x.bit(traitDistrict, string(district))
	}
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	t.want = w
	t.rank.protected = t.rules.Protected || t.life.guarded || t.req.Claims.Protected()
	return nil
}

// admit says why an ordinary caller is not let in.
func (r *Router) admit(t *Ticket) error {
	if t.rank.protected || t.req.Callback != nil {
		return nil
	}
	switch l := t.line; {
	case l.closed:
		return ErrClosed
	case t.rules.Limits.Waiting > 0 && l.wait.Len() >= t.rules.Limits.Waiting:
		return ErrFull
	case !r.anybody(t):
		return ErrNobody
	default:
		return nil
	}
}

// anybody says whether somebody at work may serve the caller at some step of the ladder.
func (r *Router) anybody(t *Ticket) bool {
	l := r.lane(laneKey{rules: t.rules, need: t.rules.widest(t.want.all), protected: t.rank.protected})
	staff := l.staff
	for _, id := range t.want.must.not {
		if a := r.agents.by[id]; a != nil && a.working && l.key.fits(a) {
			staff--
		}
	}
	return staff > 0
}

// enter gives an admitted ticket its number and place.
func (r *Router) enter(t *Ticket) {
	now := r.time.now
	r.tickets.last++
	t.rank.id = r.tickets.last
	since := now
	if !t.req.Since.IsZero() {
		since = min(now, r.time.at(t.req.Since))
	}
	t.life = life{joined: now, ladder: since, tally: t.line.ledger.now(r)}
	t.life.timer.fire = func() { r.step(t) }
	t.life.ended = t.req.Callback != nil // a promise kept is no visit: who took it was counted then
	t.rank.start = since.add(headStart(t.rules.Base + t.req.Claims.Points()))
	back := t.regain()
	r.tickets.by[t.rank.id] = t
	if !t.life.ended {
		t.life.tally.Offered++
	}
	t.line.wait.Insert(t)
	t.line.ages.Insert(t)
	e := t.event(Joined)
	e.Note = t.rules.version
	r.emit(e)
	if back {
		e := t.event(Returned)
		e.Note = "old place"
		r.emit(e)
	}
	if t.req.Callback != nil {
		r.promise(t, *t.req.Callback, "kept")
	}
}
