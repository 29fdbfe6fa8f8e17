package switchboard

import (
	"errors"
	"strings"

	"hotline/acd"
	"hotline/store/event"
)

// registered follows the phones: whose phone is registered is at work, whose is not is not.
func (s *Service) registered(extension string, here bool) {
	id := acd.AgentID(extension)
	if !here {
		s.Router.SetDevice(id, acd.DeviceGone)
		_ = s.Router.SignOut(id) // somebody who never signed in need not sign out
		return
	}
	agent, ok := s.Office.Agent(extension)
	if !ok {
		return // a phone of the house that serves no queue
	}
	s.Router.SetDevice(id, acd.DeviceIdle)
	if err := s.Router.SignIn(agent); err != nil && !errors.Is(err, acd.ErrSignedIn) {
		s.Log.Error("counselor not signed in", "agent", extension, "error", err)
	}
}

// observe is told every change on the floor, in order.
func (s *Service) observe(e acd.Event) {
	switch e.Kind {
	case acd.AgentState:
		s.lamps.works(e)
		s.staffChanged(e)
	case acd.Moved:
		s.moved(e)
	case acd.BackupCalled:
		s.Log.Warn("nobody came to a shift, its backup is called", "agent", e.Agent, "backup", e.Note)
	case acd.AlarmRaised:
		s.Log.Warn("alarm", "name", e.Note, "queue", e.Queue, "agent", e.Agent)
	default:
	}
	if s.metrics != nil {
		s.metrics.floor(e)
	}
	s.watchers.tell(e)
}

// moved files that a supervisor took a caller to another queue, so that each queue's figures can be counted from what was
// filed. A head start moves nobody to another queue: its note is of points.
func (s *Service) moved(e acd.Event) {
	id, err := event.ParseID(string(e.Contact))
	if err != nil || strings.HasSuffix(e.Note, " points") {
		return
	}
	_, err = s.Journal.Append(
		event.Event{Contact: id, At: e.At, Body: &event.Dequeued{Queue: e.Note, Why: event.LeaveMoved}},
		event.Event{Contact: id, At: e.At, Body: &event.Enqueued{Queue: string(e.Queue)}},
	)
	if err != nil {
		s.metrics.lost.Inc()
		s.Log.Error("fact not kept", "kind", "moved", "error", err)
	}
}

func (s *Service) staffChanged(e acd.Event) {
	fact := event.Event{At: e.At, Body: &event.StaffChanged{
		Extension: string(e.Agent), State: staffState(e.State), Reason: e.Note,
	}}
	if id, err := event.ParseID(string(e.Contact)); err == nil {
		fact.Contact = id
	}
	if _, err := s.Journal.Append(fact); err != nil {
		s.metrics.lost.Inc()
		s.Log.Error("fact not kept", "kind", "staff", "error", err)
	}
}

func staffState(st acd.State) event.StaffState {
	switch st {
	case acd.Ready:
		return event.StaffReady
	case acd.Reserved:
		return event.StaffReserved
	case acd.Busy:
		return event.StaffBusy
	case acd.WrapUp:
		return event.StaffWrapUp
	case acd.Break:
		return event.StaffBreak
	default:
		return event.StaffOffline
	}
}
