package acd

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/acd/internal/treap"
)

// rules are one version of a Queue in a form that is quick to apply. They never change.
type rules struct {
	Queue
	version string
	own     traits   // Skills
	must    traits   // Must
	steps   []opened // by step of the Ladder, with all that earlier steps opened
}

// opened is who may serve from a step on.
type opened struct {
	any   traits
	sites sites
}

// compile turns a checked Queue into rules.
func compile(q Queue, version string, x lexicon) (*rules, error) {
	r := &rules{Queue: q, version: version}
	var err, err2 error
	r.own, err = union(x, traitQualification, q.Skills)
	r.must, err2 = q.Must.traits(x)
	faults := []error{err, err2}
	now := opened{any: r.own, sites: Seat.bit()}
	r.steps = append(r.steps, now)
	for _, step := range q.Ladder {
		more, err := union(x, traitQualification, step.Skills)
		faults = append(faults, err)
		if r.own != 0 {
			now.any |= more
		}
		for _, site := range step.Sites {
			now.sites |= site.bit()
		}
		r.steps = append(r.steps, now)
	}
	return r, errors.Join(faults...)
}

// step is how many steps of the ladder have been taken after a wait.
func (r *rules) step(waited time.Duration) int {
	n := 0
	for n < len(r.Ladder) && r.Ladder[n].After <= waited {
		n++
	}
	return n
}

// widest is the need of a caller without wishes at the end of the ladder.
func (r *rules) widest(all traits) need {
	last := r.steps[len(r.steps)-1]
	return need{all: all, any: last.any, level: 1, sites: last.sites}
}

// base is the need of a caller without wishes at the start.
func (r *rules) base() need {
	return need{all: r.must, any: r.own, level: 1, sites: Seat.bit()}
}

// line is a queue at work.
type line struct {
	name   QueueID
	rules  *rules // for callers who join now; nil when the queue has been taken out of the rules
	wait   *treap.Tree[*Ticket]
	ages   *treap.Tree[*Ticket]
	base   *lane // of a caller without wishes at the start
	wide   *lane // of a caller without wishes at the end
	ledger ledger
	pace   pace
	shut   deadline // runs while nobody is at work
	closed bool     // shut has passed, or nobody has come to work yet
	backs  backs
}

// backs counts the callbacks of a line.
type backs struct {
	pending int // promised and not done
	working int // agents now busy with one
}

// SetQueues puts new rules in force, all or none. Callers keep the rules they joined under; a queue that is no longer
// named takes no new callers and serves those it has. The error names every fault.
func (r *Router) SetQueues(version string, queues []Queue) error {
	queues = slices.Clone(queues)
	if err := checkQueues(queues); err != nil {
		return fmt.Errorf("set queues: %w", err)
	}
	r.begin()
	defer r.end()
	compiled, err := r.compileAll(version, queues)
	if err != nil {
		return fmt.Errorf("set queues: %w", err)
	}
	for _, l := range r.queues.by {
		l.rules = nil
		l.base.pinned, l.wide.pinned, l.wide.watch = false, false, nil
		r.agenda.clear(&l.shut)
	}
	r.queues.keepers = r.queues.keepers[:0]
	for _, rules := range compiled {
		r.install(rules)
	}
	r.emit(Event{Kind: RulesChanged, Note: version})
	for _, a := range r.agents.roll {
		r.unfile(a)
		r.settle(a)
	}
	return nil
}

func (r *Router) compileAll(version string, queues []Queue) ([]*rules, error) {
	var all []*rules
	var faults []error
	for _, q := range queues {
		rules, err := compile(q, version, r.rulings.lexicon)
		faults = append(faults, err)
		all = append(all, rules)
	}
	return all, errors.Join(faults...)
}

// install makes rules those of their line.
func (r *Router) install(rules *rules) {
	l := r.queues.by[rules.Name]
	if l == nil {
		l = &line{name: rules.Name, wait: treap.New(before), ages: treap.New(older)}
		l.shut.fire = func() { r.closeLine(l) }
		l.closed = true
		r.queues.by[rules.Name] = l
		r.queues.order = append(r.queues.order, l)
	}
	l.rules = rules
	l.base = r.lane(laneKey{rules: rules, need: rules.base(), protected: rules.Protected})
	l.base.pinned = true
	l.wide = r.lane(laneKey{rules: rules, need: rules.widest(rules.must), protected: rules.Protected})
	l.wide.pinned, l.wide.watch = true, l
	l.pace.expect(rules.Times.Handle)
	if rules.Limits.Reserve > 0 {
		r.queues.keepers = append(r.queues.keepers, l)
	}
	r.staffed(l)
}

// staffed follows a change of the number of people at work for a line: without anybody it closes after a while.
func (r *Router) staffed(l *line) {
	if l.wide.staff > 0 {
		if l.closed {
			l.closed = false
			r.emit(Event{Kind: QueueOpened, Queue: l.name})
		}
		r.agenda.clear(&l.shut)
		r.quiet(alarmKey{AlarmUnstaffed, string(l.name)})
		return
	}
	if !l.closed && l.shut.slot == 0 {
		r.agenda.set(&l.shut, r.time.now.add(l.rules.Times.Closing))
	}
}

// evictions is how many callers one turn sends away when a queue closes.
const evictions = 256

// closeLine ends the wait of the ordinary callers of a line that nobody has worked for: break is not staff, and a queue
// without staff is closed, not empty. Protected callers stay.
func (r *Router) closeLine(l *line) {
	if !l.closed {
		l.closed = true
		r.emit(Event{Kind: QueueClosed, Queue: l.name})
		r.alarm(alarmKey{AlarmUnstaffed, string(l.name)})
	}
	left := evictions
	for _, lane := range r.lanesOf(l) {
		left -= r.evict(lane, left)
	}
	if left == 0 {
		r.agenda.set(&l.shut, r.time.now)
	}
}

// evict ends the wait of up to most callers of a lane, and returns of how many. Protected callers are asked for a message
// once, and stay.
func (r *Router) evict(l *lane, most int) int {
	for n := range most {
		t, ok := l.live.First(func(t *Ticket) bool { return !l.key.protected || !t.life.asked })
		if !ok {
			return n
		}
		if !l.key.protected {
			r.send(t, ErrClosed)
			continue
		}
		t.life.asked = true
		r.send(t, ErrAskMessage)
	}
	return most
}
