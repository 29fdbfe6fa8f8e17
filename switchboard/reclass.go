package switchboard

import (
	"fmt"
	"sync"

	"hotline/acd"
	"hotline/ivr"
	"hotline/store/event"
)

// visits are the calls that have a place in line, waiting or talking.
type visits struct {
	mu sync.Mutex
	by map[acd.ContactID]stay
}

// stay is a call and its place.
type stay struct {
	call   *Call
	ticket *acd.Ticket
}

// enter makes a call's place known until the function returned is called.
func (v *visits) enter(c *Call, t *acd.Ticket) (leave func()) {
	id := acd.ContactID(c.file.contact.String())
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil {
		v.by = map[acd.ContactID]stay{}
	}
	v.by[id] = stay{c, t}
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.by[id].ticket == t { // a caller handed on has another place by now
			delete(v.by, id)
		}
	}
}

func (v *visits) find(contact acd.ContactID) (stay, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.by[contact]
	return s, ok
}

// Reclassify says that a caller in line or in a talk is a minor, or in danger: the place in line, who may have the caller,
// the contact's class, the recording's, and what ends a call follow at once. A class is never lowered. By is the extension
// of who learnt it. It is ErrNoTalk when no such caller waits or talks.
func (s *Service) Reclassify(contact acd.ContactID, class event.Class, by acd.AgentID) error {
	v, ok := s.visits.find(contact)
	if !ok {
		return fmt.Errorf("reclassify: %w", ErrNoTalk)
	}
	marks := marksOf(class)
	if marks == (ivr.Marks{}) {
		return fmt.Errorf("reclassify as %s: %w", class, event.ErrInvalid)
	}
	c := v.call
	c.progress.mark(marks)
	if err := v.ticket.Reclassify(acd.Lesson{Add: c.claims(marks)}); err != nil {
		return fmt.Errorf("reclassify: %w", err)
	}
	c.file.note(&event.Classified{Class: class, By: string(by), Reason: "staff"})
	c.tape.raise(class)
	return nil
}
