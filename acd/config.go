package acd

import (
	"errors"
	"fmt"
	"time"
)

// Config is what a Router is made from. Zero values are replaced by the defaults named at each field.
type Config struct {
	// Version names the rules in Queues; it is filed with every contact that joins under them.
	Version string
	// Queues are the rules; at least one.
	Queues []Queue
	// Agents are the rules for agents.
	Agents AgentRules
	// Minors is the qualification that every agent offered to a minor must hold; "minors" by default.
	Minors Qualification
	// Zone is where a day ends; time.Local by default.
	Zone *time.Location
	// Clock is where time comes from; the time package by default.
	Clock Clock
	// Observer is told every change, one at a time, in order, and never with a lock held, so that it may call the Router.
	// It runs on the goroutines that call the Router and must not block.
	Observer func(Event)
}

// AgentRules are what is done about an agent who does not answer, and after calls that wear an agent out.
type AgentRules struct {
	// Misses is how many rings in a row without success put the agent on break: 2. Negative means never.
	Misses int
	// Crisis is how many calls in danger in a row are followed by a break: 2. Negative means never.
	Crisis int
	// The pauses before an agent is rung again. They differ because the causes do. Negative means none.
	NoAnswer    time.Duration // the phone rang out: 5 s
	Busy        time.Duration // the phone was in use: 20 s
	Declined    time.Duration // the agent refused: 30 s
	Unreachable time.Duration // nothing was heard from the phone: 60 s
	// Ring and Wrap are for calls that come from no queue: 20 s and 60 s; a negative Wrap means none. LongWrap follows those
	// in danger: 3 min, or Wrap when that is longer.
	Ring     time.Duration
	Wrap     time.Duration
	LongWrap time.Duration
	// NoShow is how long after the start of a shift its absent agent raises an alarm, 5 min; after three times as long the
	// backup is called.
	NoShow time.Duration
}

// The faults of a set of queues.
var (
	// ErrNoQueues is returned for rules without any queue.
	ErrNoQueues = errors.New("no queues")
	// ErrDoubleQueue is returned for rules that name a queue twice.
	ErrDoubleQueue = errors.New("queue named twice")
)

func (c *Config) setDefaults() {
	orElse(&c.Minors, "minors")
	orElse(&c.Zone, time.Local)
	orElse(&c.Agents.Misses, 2)
	orElse(&c.Agents.Crisis, 2)
	orElse(&c.Agents.NoAnswer, 5*time.Second)
	orElse(&c.Agents.Busy, 20*time.Second)
	orElse(&c.Agents.Declined, 30*time.Second)
	orElse(&c.Agents.Unreachable, time.Minute)
	orElse(&c.Agents.NoShow, 5*time.Minute)
	orElse(&c.Agents.Ring, 20*time.Second)
	orElse(&c.Agents.Wrap, time.Minute)
	orElse(&c.Agents.LongWrap, 3*time.Minute)
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	if c.Observer == nil {
		c.Observer = func(Event) {}
	}
}

// checkQueues fills in the defaults of the queues and returns all their faults together.
func checkQueues(queues []Queue) error {
	if len(queues) == 0 {
		return ErrNoQueues
	}
	faults, seen := []error(nil), map[QueueID]bool{}
	for i := range queues {
		q := &queues[i]
		q.setDefaults()
		faults = append(faults, q.faults())
		if seen[q.Name] {
			faults = append(faults, fmt.Errorf("queue %s: %w", q.Name, ErrDoubleQueue))
		}
		seen[q.Name] = true
	}
	return errors.Join(faults...)
}
