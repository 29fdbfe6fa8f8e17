package console

import (
	"net/http"
	"slices"

	"hotline/acd"
)

// be changes the state of who asks.
func (s *Server) be(w http.ResponseWriter, r *http.Request, v view) error {
	want, err := ask[struct {
		State  Presence `json:"state"`
		Reason string   `json:"reason"`
	}](r)
	if err != nil {
		return err
	}
	states := []Presence{BeReady, BeAway, BeWrapped}
	if !slices.Contains(states, want.State) || want.State == BeAway && !slices.Contains(Reasons(), want.Reason) {
		return refusal(badRequest)
	}
	if err := s.config.Own.Be(v.person.extension, want.State, want.Reason); err != nil {
		return err
	}
	s.did(r, v, "console.be", "staff:"+string(v.person.extension), map[string]any{"state": want.State, "reason": want.Reason})
	return s.turned(w)
}

// panic calls for help in the call of who asks.
func (s *Server) panic(w http.ResponseWriter, r *http.Request, v view) error {
	return s.mine(w, r, v, "console.panic", s.config.Own.Panic)
}

// pause leaves out of the recording what is said from now on.
func (s *Server) pause(w http.ResponseWriter, r *http.Request, v view) error {
	return s.mine(w, r, v, "console.pause", func(who acd.AgentID, call acd.ContactID) error { return s.config.Own.Pause(who, call, true) })
}

// resume goes on recording.
func (s *Server) resume(w http.ResponseWriter, r *http.Request, v view) error {
	return s.mine(w, r, v, "console.resume", func(who acd.AgentID, call acd.ContactID) error { return s.config.Own.Pause(who, call, false) })
}

// warn says a warning to the caller of who asks.
func (s *Server) warn(w http.ResponseWriter, r *http.Request, v view) error {
	patient(w)
	return s.mine(w, r, v, "console.warn", func(who acd.AgentID, call acd.ContactID) error { return s.config.Conduct.Warn(r.Context(), who, call) })
}

// endAbuse sends the caller of who asks away, who was warned twice.
func (s *Server) endAbuse(w http.ResponseWriter, r *http.Request, v view) error {
	why, err := ask[struct {
		Reason string `json:"reason"`
	}](r)
	if err != nil {
		return err
	}
	if !slices.Contains(AbuseReasons(), why.Reason) {
		return refusal(badRequest)
	}
	patient(w)
	return s.mine(w, r, v, "console.end_abuse", func(who acd.AgentID, call acd.ContactID) error {
		return s.config.Conduct.EndAbuse(r.Context(), who, call, why.Reason)
	})
}

// mine does something about the call that who asks is in: nobody names a call here, so nobody reaches another's.
func (s *Server) mine(w http.ResponseWriter, r *http.Request, v view, action string, deed func(acd.AgentID, acd.ContactID) error) error {
	call := s.callNow(v.person.extension)
	if call == "" {
		return refusal(noCall)
	}
	if err := deed(v.person.extension, call); err != nil {
		return err
	}
	s.did(r, v, action, "contact:"+string(call), nil)
	return s.turned(w)
}

// callNow is the call that an agent is in, empty for none.
func (s *Server) callNow(id acd.AgentID) acd.ContactID {
	for _, a := range s.config.Floor.Snapshot().Agents {
		if a.ID == id && a.State == acd.Busy {
			return acd.ContactID(a.Reason)
		}
	}
	return ""
}

// ownRow is what people at work are told of themselves, whatever else they may see.
type ownRow struct {
	State     string     `json:"state"`
	Since     string     `json:"since"`
	Reason    string     `json:"reason,omitempty"` // of a break
	Queue     string     `json:"queue,omitempty"`
	Talking   bool       `json:"talking,omitempty"`
	Paused    bool       `json:"paused,omitempty"`    // the recording
	Danger    bool       `json:"danger,omitempty"`    // help was called for
	Listeners []ownGuest `json:"listeners,omitempty"` // who takes part in the talk
}

type ownGuest struct {
	Name string `json:"name"`
	Mode Mode   `json:"mode"`
}

// own draws what one agent is told of itself.
func (p *painter) own(a acd.AgentView, s *scene) ownRow {
	row := ownRow{State: a.State.String(), Since: p.steady("agent "+string(a.ID), a.Since), Queue: string(a.Queue)}
	switch a.State {
	case acd.Break:
		row.Reason = clean(a.Reason)
	case acd.Busy:
		row.Talking = true
		call := s.talks[acd.ContactID(a.Reason)]
		row.Paused = call.paused
		row.Danger = slices.ContainsFunc(s.alarms, func(one Alarm) bool { return one.Kind == dangerAlarm && string(one.Call) == a.Reason })
		for _, l := range call.overheard {
			if l.Supervisor != a.ID {
				row.Listeners = append(row.Listeners, ownGuest{clean(p.directory.Person(l.Supervisor)), l.Mode})
			}
		}
	default:
	}
	return row
}
