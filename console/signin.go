package console

import (
	"context"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"

	"hotline/store"
)

// me is what the page knows of who is signed in.
type me struct {
	SignedIn bool     `json:"signed_in"`
	CSRF     string   `json:"csrf"` // to be sent with every change, as X-CSRF-Token
	Name     string   `json:"name,omitempty"`
	Agent    string   `json:"agent,omitempty"` // the person's own key in the list of agents
	Roles    []string `json:"roles,omitempty"`
	Wall     bool     `json:"wall,omitempty"`
	May      []string `json:"may,omitempty"` // names, steer, listen, confer, work: what the role allows and the service can do
}

// showSession tells who is signed in, or hands out the token to sign in with.
func (s *Server) showSession(w http.ResponseWriter, r *http.Request, _ view) error {
	if v, ok := s.guard.session(r, true); ok {
		return answer(w, s.introduce(v))
	}
	origin, _ := s.guard.origin(r)
	_, name := cookies(origin)
	form := cookie(r, name)
	if form == "" {
		form = token()
		setCookie(w, origin, name, form)
	}
	return answer(w, me{CSRF: s.guard.csrf(form)})
}

func (s *Server) introduce(v view) me {
	m := me{SignedIn: true, CSRF: s.guard.csrf(v.token), Name: v.person.name, Wall: v.wall}
	if v.person.extension != "" {
		m.Agent = s.hub.key(v.person.extension)
	}
	for _, r := range v.person.roles {
		m.Roles = append(m.Roles, string(r))
	}
	if v.person.rights.has(seeNames) {
		m.May = append(m.May, "names")
	}
	if v.person.rights.has(steer) && s.config.Steering != nil {
		m.May = append(m.May, "steer")
	}
	if v.person.rights.has(listen) && s.config.Supervision != nil {
		m.May = append(m.May, "listen")
	}
	if v.person.rights.has(listen) && s.config.Conference != nil {
		m.May = append(m.May, "confer")
	}
	if v.person.rights.has(work) && s.config.Own != nil {
		m.May = append(m.May, "work")
	}
	return m
}

type credentials struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Wall     bool   `json:"wall"` // the screen hangs on a wall: no names, no rights, for days
}

func (c credentials) sane() bool {
	sane := func(s string, most int) bool { return s != "" && len(s) <= most && utf8.ValidString(s) }
	return sane(c.Login, 64) && sane(c.Password, 256)
}

// signIn opens a session for who knows login and password.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request, _ view) error {
	origin, _ := s.guard.origin(r)
	name, form := cookies(origin)
	before := cookie(r, name) // a page that is signed in may sign in as somebody else
	old, again := s.guard.session(r, false)
	if !again {
		before = cookie(r, form)
	}
	if err := s.guard.checkToken(r, before); err != nil {
		return err
	}
	c, err := ask[credentials](r)
	if err != nil {
		return err
	}
	who, err := s.authenticate(r, c)
	if err != nil {
		return err
	}
	if again {
		s.sessions.close(old.id, replaced)
	}
	t := s.sessions.open(who, c.Wall)
	setCookie(w, origin, name, t)
	setCookie(w, origin, form, "")
	s.record(r.Context(), who.Extension, "console.signed_in", "staff:"+who.Extension, map[string]any{"wall": c.Wall})
	v, ok := s.sessions.find(r.Context(), t, true)
	if !ok {
		return refusal(signedOut)
	}
	return answer(w, s.introduce(v))
}

// authenticate asks the staff, not too often for one address and not too many at once for this machine.
func (s *Server) authenticate(r *http.Request, c credentials) (store.Staff, error) {
	if !c.sane() {
		s.metrics.signIns.WithLabelValues("denied").Inc()
		return store.Staff{}, refusal(denied)
	}
	from := s.guard.client(r)
	if wait := s.tries.begin(from, c.Login); wait > 0 {
		s.metrics.signIns.WithLabelValues("held").Inc()
		return store.Staff{}, &refusalError{problem: tooManyTries, after: wait}
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return store.Staff{}, &refusalError{problem: tooManyTries, after: time.Second}
	}
	who, err := s.config.Staff.Authenticate(ctx, c.Login, c.Password)
	switch {
	case errors.Is(err, store.ErrDenied):
		s.metrics.signIns.WithLabelValues("denied").Inc()
		s.config.Log.Warn("sign-in denied", "from", from.String())
		return who, refusal(denied)
	case err != nil:
		s.metrics.signIns.WithLabelValues("away").Inc()
		s.config.Log.Error("sign-in not possible", "error", err)
		return who, refusal(away)
	}
	s.tries.succeed(from, c.Login)
	s.metrics.signIns.WithLabelValues("welcome").Inc()
	s.config.Log.Info("signed in", "agent", who.Extension, "wall", c.Wall)
	return who, nil
}

// signOut ends the session, with its streams.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request, v view) error {
	origin, _ := s.guard.origin(r)
	name, _ := cookies(origin)
	s.sessions.close(v.id, left)
	setCookie(w, origin, name, "")
	return done(w)
}

// record notes in the audit log what somebody did, or in ours when the database is away: deeds are never held up by it.
func (s *Server) record(ctx context.Context, actor, action, object string, detail map[string]any) {
	s.config.Log.Info("deed", "actor", actor, "action", action, "object", object)
	if s.config.Audit == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := s.config.Audit.Audit(ctx, actor, action, object, detail); err != nil {
		s.config.Log.Error("deed not in the audit log", "actor", actor, "action", action, "object", object, "detail", detail, "error", err)
	}
}
