package acd

import (
	"slices"
	"sync"
	"time"
)

// EventKind says what an Event reports. The list is closed.
type EventKind uint8

// The kinds of events.
const (
	Joined         EventKind = iota // a caller entered a queue; Note is the version of the rules
	Refused                         // a caller was not let in; Note says why
	Returned                        // a caller got back an old place, or lost the counselor in mid-call
	Widened                         // a step of the ladder was taken
	Unserved                        // a Wait ended without an offer, by the Router; Note says why
	Offered                         // an agent was reserved for a caller and is to be rung
	OfferEnded                      // a ring ended without a talk; Why says how
	Answered                        // an agent took the caller; Wait is the wait in this queue
	Finished                        // a talk ended; Wait is its length
	Left                            // a ticket is over; Outcome and Stage say how, Note is the key of Exited
	Reclassified                    // claims or requirements of a caller changed; Note is "unfit" when the agent no longer fits
	Moved                           // a supervisor moved a caller to another queue or place
	CallbackTaken                   // a caller hung up with the promise of a callback
	CallbackMissed                  // a callback did not reach the caller; Wait is the time to the next try
	AgentState                      // an agent's state changed; State and Note are the new one and its reason
	DeviceState                     // an agent's device changed; Note is its state
	RulesChanged                    // new rules are in force; Note is their version
	QueueOpened                     // somebody is at work for a queue again
	QueueClosed                     // nobody is at work for a queue
	AlarmRaised                     // Note names the alarm
	AlarmCleared                    // Note names the alarm
	ShiftStarted                    // a shift of the roster began; Note is its site
	ShiftEnded                      // a shift of the roster ended; Note is its site
	BackupCalled                    // an agent is absent from a shift for long; Note is the backup
	eventKinds
)

// String names the kind in lower case, as filed.
func (k EventKind) String() string {
	return [eventKinds]string{
		"joined", "refused", "returned", "widened", "unserved", "offered", "offer-ended", "answered", "finished", "left",
		"reclassified", "moved", "callback-taken", "callback-missed", "agent-state", "device-state", "rules-changed",
		"queue-opened", "queue-closed", "alarm-raised", "alarm-cleared", "shift-started", "shift-ended", "backup-called",
	}[k]
}

// Event records one change. Fields that do not belong to its kind are zero. It never holds a phone number.
type Event struct {
	Kind    EventKind
	At      time.Time
	Queue   QueueID
	Ticket  TicketID
	Contact ContactID
	Claims  Claims // of the caller, by now
	Agent   AgentID
	State   State
	Why     Why
	Outcome Outcome
	Stage   Stage
	Wait    time.Duration
	Note    string
}

// outbox keeps events until the lock is free, so that the observer hears them in order and never under a lock.
type outbox struct {
	observer   func(Event)
	waiting    []Event
	spare      []Event
	delivering bool
}

func (r *Router) emit(e Event) {
	e.At = r.time.wall
	r.outbox.waiting = append(r.outbox.waiting, e)
}

// deliver tells the observer everything that waits and unlocks mu. While one goroutine delivers, others leave their
// events to it: that keeps the order without holding a lock.
func (o *outbox) deliver(mu *sync.Mutex) {
	if o.delivering {
		mu.Unlock()
		return
	}
	o.delivering = true
	for len(o.waiting) > 0 {
		batch := o.waiting
		o.waiting, o.spare = o.spare[:0], nil
		mu.Unlock()
		o.tell(mu, batch)
		mu.Lock()
		clear(batch)
		o.spare = batch
	}
	o.delivering = false
	mu.Unlock()
}

// tell calls the observer for each event of a batch. When the observer panics, the rest of the batch is told by the next
// operation of the Router.
func (o *outbox) tell(mu *sync.Mutex, batch []Event) {
	told, panicking := 0, true
	defer func() {
		if panicking {
			mu.Lock()
			o.delivering = false
			o.waiting = slices.Concat(batch[told:], o.waiting)
			mu.Unlock()
		}
	}()
	for _, e := range batch {
		told++
		o.observer(e)
	}
	panicking = false
}
