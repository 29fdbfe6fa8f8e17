package switchboard

import (
	"fmt"

	"hotline/acd"
)

// Notice is how counselors learn that a supervisor takes part in their talk.
type Notice string

// The notices.
const (
	NoticeNone  Notice = "none"
	NoticeShown Notice = "shown" // Overheard tells it to the counselor's screen
	NoticeTold  Notice = "told"  // and a word in the counselor's ear, when it begins and when it ends
)

// ParseNotice reads a notice by its name.
func ParseNotice(name string) (Notice, error) {
	switch n := Notice(name); n {
	case NoticeNone, NoticeShown, NoticeTold:
		return n, nil
	}
	return "", fmt.Errorf("%q is not none, shown or told", name)
}

// Overheard lists the supervisors who take part in the talk of a contact, for the counselor in it; none when Config.Notice is
// NoticeNone.
func (s *Service) Overheard(contact acd.ContactID) (all []Supervision) {
	if s.Notice == NoticeNone {
		return nil
	}
	for _, one := range s.Listening() {
		if one.Contact == contact {
			all = append(all, one)
		}
	}
	return all
}

// overheard tells the counselor that a supervisor has come, or gone, when that is to be told.
func (h *helper) overheard(word string) {
	c := h.circle.call
	if c.svc.Notice != NoticeTold {
		return
	}
	if staff := c.svc.talks.server(c.contact()); staff != nil && staff.who != h.id {
		staff.say(word)
	}
}
