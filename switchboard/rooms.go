package switchboard

import (
	"errors"
	"fmt"
	"slices"

	"hotline/acd"
	"hotline/media"
	"hotline/store/event"
)

// ErrLocked means a talk that nobody joins any more, but who was called for help.
var ErrLocked = errors.New("the talk is locked")

// Lock lets nobody into the talk of a contact any more, or again: no supervisor and no guest. Who was called for help comes in
// all the same, and who is in it stays. by is the extension that wants it, as filed. It returns ErrNoTalk and ErrPrivate.
func (s *Service) Lock(by acd.AgentID, contact acd.ContactID, on bool) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	s.talks.lock(o, on)
	o.call.file.note(&event.Noted{Name: "conference.locked", Value: yesNo(on) + " by " + string(by)})
	return nil
}

// Confer lets two or more of a talk, by the numbers of their legs, talk in a room of their own until Together, or until but one
// of them is left: nobody else hears them, nor anybody who listens. It is not recorded unless Config.RecordRooms says so. It
// returns ErrPrivate, and ErrNoTalk also for a leg that is not in the talk.
func (s *Service) Confer(contact acd.ContactID, legs ...int) error {
	o, err := s.talks.find(contact)
	if err == nil {
		err = s.talks.confer(o, s.roomReason(), legs)
	}
	if err != nil {
		return fmt.Errorf("confer: %w", err)
	}
	o.call.file.note(&event.Noted{Name: "conference.room", Value: fmt.Sprint(legs)})
	return nil
}

// roomReason is why a private room is not recorded; empty when it is.
func (s *Service) roomReason() string {
	if s.RecordRooms {
		return ""
	}
	return "consultation"
}

// chamber is a room of a talk and the legs in it.
type chamber struct {
	room *media.Room
	legs []int
}

func (f *talks) lock(o *circle, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o.locked = on
}

// confer brings legs of a talk into a room.
func (f *talks) confer(o *circle, reason string, legs []int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var parties []*media.Party
	for i, leg := range legs {
		p := o.party(leg)
		if p == nil || slices.Contains(legs[:i], leg) {
			return fmt.Errorf("%w: not with such a leg", ErrNoTalk)
		}
		parties = append(parties, p)
	}
	if len(parties) < 2 {
		return fmt.Errorf("%w: nobody to talk with", ErrNoTalk)
	}
	room := o.mix.Room(reason)
	for _, p := range parties {
		if err := p.Enter(room); err != nil {
			room.Close()
			return fmt.Errorf("%w: %w", ErrNoTalk, err)
		}
	}
	for _, leg := range legs {
		o.outOfRooms(leg)
	}
	o.rooms = append(o.rooms, chamber{room, slices.Clone(legs)})
	return nil
}

// outOfRooms notes that a leg is in none of the rooms any more; one with nobody to talk with is closed. The caller holds the
// lock of the talks.
func (o *circle) outOfRooms(leg int) {
	kept := o.rooms[:0]
	for _, c := range o.rooms {
		c.legs = slices.DeleteFunc(c.legs, func(other int) bool { return other == leg })
		if len(c.legs) < 2 {
			c.room.Close()
			continue
		}
		kept = append(kept, c)
	}
	o.rooms = kept
}

// party returns who is in the talk by the number of the leg, nil for nobody. The caller holds the lock of the talks.
func (o *circle) party(leg int) *media.Party {
	switch leg {
	case 0:
		return nil
	case o.near.number:
		return o.caller
	case o.leg.no():
		return o.staff
	}
	for _, g := range o.guests {
		if g.party != nil && g.leg.number == leg {
			return g.party
		}
	}
	for _, h := range o.helpers {
		if h.mode == Barging && h.party != nil && h.leg.number == leg {
			return h.party
		}
	}
	return nil
}

// shut is the code that locks the talk, and open the one that opens it.
func (h *hands) shut(string) []string { return h.lock(true, "D-LOCKED") }
func (h *hands) open(string) []string { return h.lock(false, "D-UNLOCKED") }

func (h *hands) lock(on bool, said string) []string {
	if err := h.call.svc.Lock(h.who, h.call.contact(), on); err != nil {
		return refused(err)
	}
	return []string{said}
}
