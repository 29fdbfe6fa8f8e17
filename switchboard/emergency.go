package switchboard

import (
	"context"
	"fmt"
	"slices"

	"hotline/acd"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// Emergency calls an emergency number of Config.Rescue into the talk of a contact, for a supervisor, or for anybody of the
// house once help was called for. A supervisor who has joined talks with it apart, while the counselor stays with the caller,
// until Together; else all hear each other. It returns the number of its leg when it was answered, or ErrNoTalk, ErrPrivate,
// ErrNoDanger and ErrNoGuest.
func (s *Service) Emergency(ctx context.Context, by acd.AgentID, contact acd.ContactID, number string) (leg int, err error) {
	o, err := s.talks.find(contact)
	switch {
	case err != nil:
	case !o.call.grip.holds() && !s.isSupervisor(by):
		err = ErrNoDanger
	case !slices.Contains(s.Rescue, number):
		err = fmt.Errorf("%w: no emergency number", ErrNoGuest)
	}
	if err != nil {
		return 0, fmt.Errorf("call emergency: %w", err)
	}
	c := o.call
	c.file.note(&event.Noted{Name: "emergency.called", Value: number + " by " + string(by)}) // numbers that are everybody's
	leg, err = s.bring(ctx, contact, Invitation{Number: number, emergency: true, beside: by})
	if err != nil {
		c.file.note(&event.Noted{Name: "emergency.failed", Value: number})
		c.log.Warn("emergency number not reached", "error", err)
		return 0, err
	}
	c.file.note(&event.Noted{Name: "emergency.answered", Value: number})
	return leg, nil
}

// isSupervisor reports whether an extension is a supervisor's.
func (s *Service) isSupervisor(id acd.AgentID) bool {
	a, ok := s.Office.Agent(string(id))
	return ok && a.Site == acd.Supervisor
}

// planEmergency fetches an emergency service by the configuration's trunk.
func (c *Call) planEmergency(number string) (bringing, error) {
	to := outside{destination: sip.Emergency(number), trunk: "emergency"}
	return func(ctx context.Context) (*partner, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, outsideRing, &sip.StatusError{Status: 408})
		defer cancel()
		leg, err := c.callFar(ctx, event.RoleEmergency, c.near(), to, nil)
		if err != nil {
			return nil, err
		}
		return &partner{leg: leg}, nil
	}, nil
}

// besides brings a supervisor of the talk to a room of its own, in which an emergency service is talked with. What is said
// there is recorded. It is nil, the room of all, for anybody else.
func (f *talks) besides(o *circle, by acd.AgentID, leg int) *media.Room {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range o.helpers {
		if h.id == by && h.party != nil {
			room := o.mix.Room("")
			if h.party.Enter(room) != nil {
				return nil
			}
			o.outOfRooms(h.leg.number)
			o.rooms = append(o.rooms, chamber{room, []int{h.leg.number, leg}})
			return room
		}
	}
	return nil
}

// emergency is the code that calls an emergency number, by its place in Config.Rescue.
func (h *hands) emergency(keys string) []string {
	i := slices.Index([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, keys)
	if i < 0 || i >= len(h.call.svc.Rescue) {
		return []string{"D-NO-CODE"}
	}
	number := h.call.svc.Rescue[i]
	h.beside(func(ctx context.Context) []string {
		if _, err := h.call.svc.Emergency(ctx, h.who, h.call.contact(), number); err != nil {
			return []string{"D-NOT-REACHED"}
		}
		return nil
	})
	return []string{"D-DIALLING"}
}

// together is the code that brings all of a talk into one room.
func (h *hands) together(string) []string {
	h.circle.together()
	h.call.file.note(&event.Noted{Name: "together", Value: string(h.who)})
	return []string{"D-TOGETHER"}
}
