package acd

import (
	"errors"
	"fmt"
	"time"
)

// Lesson is what was learnt of a caller in mid-wait or mid-call.
type Lesson struct {
	// Add is claimed from now on.
	Add Claims
	// Drop is no longer claimed. Minor is never dropped.
	Drop Claims
	// Must is asked of the agent from now on, besides what was asked before.
	Must Must
}

// Reclassify applies what was learnt at once: a waiting caller takes the place that belongs to it, a ring at an agent who
// must not have the caller ends with Unfit, and a talk with such an agent raises an alarm and goes on. The event
// Reclassified tells everybody else, for access, recording and supervision. It returns ErrOver and ErrTraits.
func (t *Ticket) Reclassify(l Lesson) error {
	r := t.r
	r.begin()
	defer r.end()
	if t.life.stand == over {
		return ErrOver
	}
	before := t.req
	t.req.Claims = t.req.Claims&^(l.Drop&^Minor) | l.Add
	t.req.Must = t.req.Must.And(l.Must)
	stood := t.rank // as it stands in the trees
	if err := t.learn(); err != nil {
		t.req = before
		return fmt.Errorf("reclassify: %w", err)
	}
	learnt := t.rank
	learnt.start = learnt.start.add(headStart(t.req.Claims.Points() - before.Claims.Points()))
	t.rank = stood
	t.rerank(func(k *rank) { *k = learnt })
	fit := r.recheck(t)
	e := t.event(Reclassified)
	if !fit {
		e.Note = "unfit"
	}
	r.emit(e)
	return nil
}

// Learn applies what was learnt of the caller in a talk, or while the phone rings: to the Ticket, and to what the talk means
// for its agent. It returns ErrTraits, and nil for an offer that has ended.
func (o *Offer) Learn(l Lesson) error {
	o.r.begin()
	if o.course.stage != offerDone && l.Add&Danger != 0 {
		o.course.danger = true
	}
	o.r.end()
	if o.Ticket == nil {
		return nil
	}
	if err := o.Ticket.Reclassify(l); !errors.Is(err, ErrOver) {
		return err
	}
	return nil
}

// headStart moves the start by which a caller is ranked for a change of points.
func headStart(points int) time.Duration { return -time.Duration(points) * Point }

// recheck ends the rings at agents who must not have the caller any more, and says whether the agent in a talk may. A
// caller whom nobody at work may serve any more is told so.
func (r *Router) recheck(t *Ticket) bool {
	switch t.life.stand {
	case waiting:
		r.forsake(t)
	case ringing:
		for i := len(t.offers) - 1; i >= 0 && i < len(t.offers); i-- {
			if o := t.offers[i]; !r.qualified(o.agent, t) {
				r.endRing(o, Unfit)
			}
		}
	case talking:
		if a := t.offers[0].agent; !r.qualified(a, t) {
			r.alarm(alarmKey{AlarmUnfit, string(a.ID)})
			return false
		}
	default:
	}
	return true
}

// Prioritise moves a caller by a supervisor's hand: each point is a head start of ten seconds, and a negative one the
// opposite. It returns ErrOver.
func (t *Ticket) Prioritise(points int) error {
	r := t.r
	r.begin()
	defer r.end()
	if t.life.stand == over {
		return ErrOver
	}
	t.rerank(func(k *rank) { k.start = k.start.add(headStart(points)) })
	e := t.event(Moved)
	e.Note = fmt.Sprintf("%+d points", points)
	r.emit(e)
	return nil
}

// Move takes a caller to another queue with the time already waited, by a supervisor's hand. The requirements go along, and
// the new queue's are added; its rules in force now are the ticket's from here on. The visit to the old queue ends with
// Transferred. It returns ErrOver, ErrUnknownQueue, ErrTraits, and ErrInUse for a caller who rings or talks.
func (t *Ticket) Move(to QueueID) error {
	r := t.r
	r.begin()
	defer r.end()
	l := r.queues.by[to]
	switch {
	case t.life.stand == over:
		return ErrOver
	case t.life.stand == ringing || t.life.stand == talking || t.back != nil:
		return fmt.Errorf("move to %s: %w", to, ErrInUse)
	case l == nil || l.rules == nil:
		return fmt.Errorf("move to %s: %w", to, ErrUnknownQueue)
	}
	stood := t.life.stand
	r.absent(t)
	if err := r.change(t, l); err != nil {
		if stood == waiting {
			t.life.stand = waiting
			r.place(t)
		}
		return fmt.Errorf("move to %s: %w", to, err)
	}
	if stood == waiting {
		t.life.stand = waiting
		r.place(t)
	}
	return nil
}

// change puts a ticket that stands in no lane into another line.
func (r *Router) change(t *Ticket, to *line) error {
	from, old, req := t.line, t.rules, t.req
	guarded := t.life.guarded
	t.req.Must = req.Must.And(old.Must)
	t.life.guarded = guarded || old.Protected
	t.line, t.rules = to, to.rules
	from.wait.Delete(t)
	if err := t.learn(); err != nil {
		t.line, t.rules, t.req, t.life.guarded = from, old, req, guarded
		from.wait.Insert(t)
		return err
	}
	r.count(t, Ending{Outcome: Transferred}, false)
	r.waitOver(from, t)
	t.rank.start = t.rank.start.add(headStart(to.rules.Base - old.Base))
	t.life = life{
		stand: idle, joined: r.time.now, ladder: t.life.ladder, tally: to.ledger.now(r), timer: t.life.timer,
		guarded: t.life.guarded,
	}
	t.life.tally.Offered++
	to.wait.Insert(t)
	to.ages.Insert(t)
	e := t.event(Moved)
	e.Note = string(from.name)
	r.emit(e)
	return nil
}
