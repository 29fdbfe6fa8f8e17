package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"hotline/acd"
)

// longestRing is how long a phone may ring before the request is given up.
const longestRing = 2 * time.Minute

// patient lets the answer wait for a phone to be answered.
func patient(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestRing)) // a recorder in a test has none
}

// callOf is the call that a request is about.
func callOf(r *http.Request) acd.ContactID { return acd.ContactID(r.PathValue("contact")) }

// takePart lets a supervisor hear a call, speak to the counselor, or speak to both.
func (s *Server) takePart(w http.ResponseWriter, r *http.Request, v view) error {
	how, err := ask[struct {
		Mode Mode `json:"mode"`
	}](r)
	if err != nil {
		return err
	}
	if !slices.Contains([]Mode{Monitoring, Whispering, Barging}, how.Mode) {
		return refusal(badRequest)
	}
	patient(w)
	// On record before anything is heard.
	s.did(r, v, "console."+string(how.Mode), "contact:"+r.PathValue("contact"), nil)
	if err := s.config.Supervision.TakePart(r.Context(), v.person.extension, callOf(r), how.Mode); err != nil {
		return err
	}
	return s.turned(w)
}

// takeOver lets a supervisor serve a caller instead of the counselor.
func (s *Server) takeOver(w http.ResponseWriter, r *http.Request, v view) error {
	patient(w)
	s.did(r, v, "console.take_over", "contact:"+r.PathValue("contact"), nil)
	if err := s.config.Supervision.TakeOver(r.Context(), v.person.extension, callOf(r)); err != nil {
		return err
	}
	return s.turned(w)
}

// stopListening takes the supervisor out of a call.
func (s *Server) stopListening(w http.ResponseWriter, r *http.Request, v view) error {
	if err := s.config.Supervision.Stop(r.Context(), v.person.extension, callOf(r)); err != nil {
		return err
	}
	s.did(r, v, "console.stop", "contact:"+r.PathValue("contact"), nil)
	return s.turned(w)
}

// standDown says that a danger is over.
func (s *Server) standDown(w http.ResponseWriter, r *http.Request, v view) error {
	if err := s.config.Supervision.StandDown(v.person.extension, callOf(r)); err != nil {
		return err
	}
	s.did(r, v, "console.stand_down", "contact:"+r.PathValue("contact"), nil)
	return s.turned(w)
}

// invite asks a colleague into a call.
func (s *Server) invite(w http.ResponseWriter, r *http.Request, v view) error {
	who, err := ask[struct {
		Extension string `json:"extension"`
		Apart     bool   `json:"apart"`
	}](r)
	if err != nil {
		return err
	}
	if who.Extension == "" {
		return refusal(badRequest)
	}
	patient(w)
	s.did(r, v, "console.invite", "contact:"+r.PathValue("contact"), map[string]any{"extension": clean(who.Extension), "apart": who.Apart})
	if err := s.config.Conference.Invite(r.Context(), callOf(r), acd.AgentID(who.Extension), who.Apart); err != nil {
		return err
	}
	return s.turned(w)
}

// emergency calls an emergency number into a call.
func (s *Server) emergency(w http.ResponseWriter, r *http.Request, v view) error {
	whom, err := ask[struct {
		Number string `json:"number"`
	}](r)
	if err != nil {
		return err
	}
	if n := whom.Number; len(n) != 3 || n[0] != '1' { // numbers that are everybody's
		return refusal(badRequest)
	}
	patient(w)
	s.did(r, v, "console.emergency", "contact:"+r.PathValue("contact"), map[string]any{"number": whom.Number})
	if err := s.config.Conduct.Emergency(r.Context(), v.person.extension, callOf(r), whom.Number); err != nil {
		return err
	}
	return s.turned(w)
}

// together ends the counselor's talk with guests apart from the caller.
func (s *Server) together(w http.ResponseWriter, r *http.Request, v view) error {
	if err := s.config.Conference.Together(callOf(r)); err != nil {
		return err
	}
	s.did(r, v, "console.together", "contact:"+r.PathValue("contact"), nil)
	return s.turned(w)
}

// dismiss lets an invited colleague go.
func (s *Server) dismiss(w http.ResponseWriter, r *http.Request, v view) error {
	return s.leg(w, r, v, "console.dismiss", func(leg int) error { return s.config.Conference.Dismiss(callOf(r), leg) })
}

// mute makes one in a call be heard by nobody.
func (s *Server) mute(w http.ResponseWriter, r *http.Request, v view) error {
	return s.leg(w, r, v, "console.mute", func(leg int) error { return s.config.Conference.Mute(callOf(r), leg, true) })
}

// unmute makes one in a call be heard again.
func (s *Server) unmute(w http.ResponseWriter, r *http.Request, v view) error {
	return s.leg(w, r, v, "console.unmute", func(leg int) error { return s.config.Conference.Mute(callOf(r), leg, false) })
}

// leg does something with one of those in a call.
func (s *Server) leg(w http.ResponseWriter, r *http.Request, v view, action string, deed func(leg int) error) error {
	leg, err := strconv.Atoi(r.PathValue("leg"))
	if err != nil {
		return refusal(noCall)
	}
	if err := deed(leg); err != nil {
		return err
	}
	s.did(r, v, action, "contact:"+r.PathValue("contact"), map[string]any{"leg": leg})
	return s.turned(w)
}

// turned answers, and has the floor looked at: the router says nothing of who hears whom.
func (s *Server) turned(w http.ResponseWriter) error {
	s.hub.touch()
	return done(w)
}
