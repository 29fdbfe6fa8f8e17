package console

import (
	"net/http"
	"strconv"
	"strings"

	"hotline/acd"
)

// mostPoints is the greatest head start a supervisor may give or take: what danger is worth.
const mostPoints = 1000

func ticketOf(r *http.Request) (acd.TicketID, error) {
	n, err := strconv.ParseUint(r.PathValue("ticket"), 10, 64)
	if err != nil {
		return 0, refusal(callerGone)
	}
	return acd.TicketID(n), nil
}

// moveCaller takes a caller to another queue.
func (s *Server) moveCaller(w http.ResponseWriter, r *http.Request, v view) error {
	to, err := ask[struct {
		Queue string `json:"queue"`
	}](r)
	if err != nil {
		return err
	}
	ticket, err := ticketOf(r)
	if err != nil {
		return err
	}
	if err := s.config.Steering.Move(ticket, acd.QueueID(to.Queue)); err != nil {
		return err
	}
	s.did(r, v, "console.move", "ticket:"+r.PathValue("ticket"), map[string]any{"queue": to.Queue})
	return done(w)
}

// prioritise gives a caller a head start of ten seconds a point, or takes it.
func (s *Server) prioritise(w http.ResponseWriter, r *http.Request, v view) error {
	by, err := ask[struct {
		Points int `json:"points"`
	}](r)
	if err != nil {
		return err
	}
	if by.Points == 0 || by.Points > mostPoints || by.Points < -mostPoints {
		return refusal(badRequest)
	}
	ticket, err := ticketOf(r)
	if err != nil {
		return err
	}
	if err := s.config.Steering.Prioritise(ticket, by.Points); err != nil {
		return err
	}
	s.did(r, v, "console.prioritise", "ticket:"+r.PathValue("ticket"), map[string]any{"points": by.Points})
	return done(w)
}

// signAgentOut ends a counselor's presence, after the call when there is one.
func (s *Server) signAgentOut(w http.ResponseWriter, r *http.Request, v view) error {
	extension := r.PathValue("extension")
	if err := s.config.Steering.SignOut(acd.AgentID(extension)); err != nil {
		return err
	}
	s.did(r, v, "console.sign_out", "staff:"+extension, nil)
	return done(w)
}

// reclassifyCaller says that a caller in line is a minor or in danger.
func (s *Server) reclassifyCaller(w http.ResponseWriter, r *http.Request, v view) error {
	ticket, err := ticketOf(r)
	if err != nil {
		return err
	}
	call, err := s.config.Steering.Call(ticket)
	if err != nil {
		return err
	}
	return s.reclassify(w, r, v, call)
}

// reclassifyCall says that a caller in a talk is a minor or in danger.
func (s *Server) reclassifyCall(w http.ResponseWriter, r *http.Request, v view) error {
	return s.reclassify(w, r, v, callOf(r))
}

func (s *Server) reclassify(w http.ResponseWriter, r *http.Request, v view, call acd.ContactID) error {
	as, err := ask[struct {
		Class Class `json:"class"`
	}](r)
	if err != nil {
		return err
	}
	if as.Class != Minor && as.Class != Danger {
		return refusal(badRequest)
	}
	if err := s.config.Steering.Reclassify(call, as.Class, v.person.extension); err != nil {
		return err
	}
	s.did(r, v, "console.reclassify", "contact:"+string(call), map[string]any{"class": as.Class})
	return done(w)
}

// did records a deed of the person signed in. What came in the path is theirs: it is kept short and clean.
func (s *Server) did(r *http.Request, v view, action, object string, detail map[string]any) {
	object = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, object)
	s.record(r.Context(), string(v.person.extension), action, object[:min(len(object), 100)], detail)
}
