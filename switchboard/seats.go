package switchboard

import (
	"cmp"
	"slices"

	"hotline/acd"
	"hotline/store/event"
)

// Seat is somebody who takes part in a talk and is heard there. Supervisors who only listen or whisper have none.
type Seat struct {
	Contact   acd.ContactID
	Leg       int // its number in the contact, for Mute and Dismiss
	Role      event.Role
	Extension acd.AgentID // empty for the caller, and for guests from outside
	Guest     bool        // was invited, and can be dismissed
	Muted     bool        // is heard by nobody
	Apart     bool        // counselor or guest, who talk while the caller hears music
}

// Seats lists who takes part in the talks that go on, by talk and leg. Private talks are not among them.
func (s *Service) Seats() []Seat {
	s.talks.mu.Lock()
	defer s.talks.mu.Unlock()
	var all []Seat
	for contact, o := range s.talks.by {
		if o != nil {
			all = append(all, o.seats(contact)...)
		}
	}
	slices.SortFunc(all, func(a, b Seat) int {
		return cmp.Or(cmp.Compare(a.Contact, b.Contact), cmp.Compare(a.Leg, b.Leg))
	})
	return all
}

// Paused tells whether the recording of a contact's talk is paused by hand.
func (s *Service) Paused(contact acd.ContactID) bool {
	o, err := s.talks.find(contact)
	return err == nil && o.call.tape.paused()
}

// paused tells whether somebody has paused the recording.
func (t *tape) paused() bool {
	if t == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pausal != nil
}

// seats is Seats for one talk; the caller holds the lock.
func (o *circle) seats(contact acd.ContactID) []Seat {
	var all []Seat
	add := func(leg *Leg, extension string, guest bool) {
		all = append(all, Seat{
			Contact: contact, Leg: leg.number, Role: leg.role, Extension: acd.AgentID(extension), Guest: guest,
			Muted: o.muted[leg.number], Apart: o.aside[leg.number],
		})
	}
	add(o.near, "", false)
	if o.leg != nil { // else the caller waits for who is called to help
		add(o.leg, o.who, false)
	}
	for _, h := range o.helpers {
		if h.mode == Barging && h.party != nil && h.leg != o.leg {
			add(h.leg, h.extension, false)
		}
	}
	for _, g := range o.guests {
		if g.party != nil && g.leg != o.leg {
			add(g.leg, g.extension, true)
		}
	}
	return all
}

// mute makes the party of a leg be heard by nobody, or by all again; false when there is no such party.
func (f *talks) mute(o *circle, leg int, on bool) bool {
	p := f.party(o, leg)
	if p == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p.Mute(on)
	if o.muted == nil {
		o.muted = map[int]bool{}
	}
	o.muted[leg] = on
	return true
}
