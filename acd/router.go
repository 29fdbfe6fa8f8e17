package acd

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The reasons for which the Router refuses.
var (
	// ErrUnknownQueue is returned for a queue that the rules do not name.
	ErrUnknownQueue = errors.New("unknown queue")
	// ErrUnknownAgent is returned for an agent who never signed in.
	ErrUnknownAgent = errors.New("unknown agent")
	// ErrUnknownTicket is returned for a ticket that does not exist or is over.
	ErrUnknownTicket = errors.New("unknown ticket")
)

// Router owns every queue and every agent, and brings callers and agents together. All its methods may be called from any
// goroutine. All return at once, except Wait. It starts no goroutine; its one timer is the Clock's.
type Router struct {
	mu      sync.Mutex
	time    timeline
	agenda  agenda
	outbox  outbox
	rulings rulings

	queues  queues
	lanes   lanes
	agents  agents
	tickets tickets
	alarms  alarms
}

// queues are the lines by name, in the order of their first rules.
type queues struct {
	by      map[QueueID]*line
	order   []*line
	keepers []*line // those with a Reserve
}

// rulings are what the Config said that belongs to no queue.
type rulings struct {
	AgentRules
	lexicon lexicon
	minors  Qualification
}

// New makes a Router with the rules of c. The error names every fault of the Config.
func New(c Config) (*Router, error) {
	c.setDefaults()
	r := &Router{
		time:    newTimeline(c.Clock, c.Zone),
		agenda:  agenda{armed: never},
		outbox:  outbox{observer: c.Observer},
		rulings: rulings{AgentRules: c.Agents, lexicon: lexicon{}, minors: c.Minors},
		queues:  queues{by: map[QueueID]*line{}},
		lanes:   lanes{by: map[laneKey]*lane{}, most: fewLanes},
		agents:  newAgents(),
		tickets: newTickets(),
		alarms:  alarms{},
	}
	if err := r.SetQueues(c.Version, c.Queues); err != nil {
		return nil, fmt.Errorf("new router: %w", err)
	}
	return r, nil
}

// begin takes the lock and the time. Every operation is between begin and end.
func (r *Router) begin() {
	r.mu.Lock()
	if r.time.read() {
		r.newDay()
	}
}

// end sets the timer, gives back the lock and tells the observer what has happened.
func (r *Router) end() {
	r.agenda.arm(r.time.now, r.alarmClock)
	r.outbox.deliver(&r.mu)
}

func (r *Router) alarmClock(after time.Duration) Timer { return r.time.clock.AfterFunc(after, r.wake) }

// wake is the timer's call.
func (r *Router) wake() {
	r.begin()
	defer r.end()
	r.agenda.armed = never
	for range burst {
		d := r.agenda.due(r.time.now)
		if d == nil {
			return
		}
		d.fire()
	}
}

// newDay starts the agents' daily figures afresh.
func (r *Router) newDay() {
	for _, a := range r.agents.roll {
		filed := a.filed
		r.unfile(a)
		a.turn.talk, a.turn.calls = 0, 0
		if filed {
			r.file(a)
		}
	}
	for _, l := range r.queues.order {
		l.ledger.turn(r.time.wall, r.time.zone)
	}
}

// Queues lists the queues that take callers now, in the order of the rules.
func (r *Router) Queues() []QueueID {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []QueueID
	for _, l := range r.queues.order {
		if l.rules != nil {
			names = append(names, l.name)
		}
	}
	return slices.Clip(names)
}
