package console

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hotline/acd"
)

// mostPoints is the greatest head start a supervisor may give or take: what danger is worth.
const mostPoints = 1000

// longestRing is how long a supervisor's phone may ring before the request is given up.
const longestRing = 2 * time.Minute

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

// takePart lets a supervisor hear a call, speak to the counselor, or speak to both.
func (s *Server) takePart(w http.ResponseWriter, r *http.Request, v view) error {
	how, err := ask[struct {
		Mode Mode `json:"mode"`
	}](r)
	if err != nil {
		return err
	}
	ways := map[Mode]func(context.Context, acd.AgentID, acd.ContactID) error{
		Monitoring: s.config.Supervision.Monitor, Whispering: s.config.Supervision.Whisper, Barging: s.config.Supervision.Barge,
	}
	way := ways[how.Mode]
	if way == nil {
		return refusal(badRequest)
	}
	call := r.PathValue("contact")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestRing)) // a recorder in a test has none
	// On record before anything is heard.
	s.did(r, v, "console."+string(how.Mode), "contact:"+call, nil)
	if err := way(r.Context(), v.person.extension, acd.ContactID(call)); err != nil {
		return err
	}
	s.hub.touch()
	return done(w)
}

// stopListening takes the supervisor out of a call.
func (s *Server) stopListening(w http.ResponseWriter, r *http.Request, v view) error {
	call := r.PathValue("contact")
	if err := s.config.Supervision.Stop(r.Context(), v.person.extension, acd.ContactID(call)); err != nil {
		return err
	}
	s.did(r, v, "console.stop", "contact:"+call, nil)
	s.hub.touch()
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
