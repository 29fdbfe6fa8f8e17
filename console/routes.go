package console

import (
	"net/http"
	"strings"
)

// route is one thing that can be asked of the API. Besides these there are the page and its files (page.go).
type route struct {
	pattern string // method and path, as net/http.ServeMux reads them
	open    bool   // for people who are not signed in
	stream  bool   // asked by itself: keeps no session alive
	needs   rights
	serve   func(http.ResponseWriter, *http.Request, view) error
}

// routes lists every route of the API. What is not wired has none.
func (s *Server) routes() []route {
	all := []route{
		{pattern: "GET /api/session", open: true, serve: s.showSession},
		{pattern: "POST /api/session", open: true, serve: s.signIn},
		{pattern: "DELETE /api/session", serve: s.signOut},
		{pattern: "GET /api/floor", serve: s.showFloor},
		{pattern: "GET /api/floor/events", stream: true, serve: s.streamFloor},
	}
	if s.config.Steering != nil {
		all = append(all,
			route{pattern: "POST /api/callers/{ticket}/move", needs: steer, serve: s.moveCaller},
			route{pattern: "POST /api/callers/{ticket}/priority", needs: steer, serve: s.prioritise},
			route{pattern: "DELETE /api/agents/{extension}/presence", needs: steer, serve: s.signAgentOut},
			route{pattern: "POST /api/callers/{ticket}/class", needs: steer, serve: s.reclassifyCaller},
			route{pattern: "POST /api/calls/{contact}/class", needs: steer, serve: s.reclassifyCall},
		)
	}
	if s.config.Supervision != nil {
		all = append(all,
			route{pattern: "PUT /api/calls/{contact}/listening", needs: listen, serve: s.takePart},
			route{pattern: "DELETE /api/calls/{contact}/listening", needs: listen, serve: s.stopListening},
			route{pattern: "POST /api/calls/{contact}/take-over", needs: listen, serve: s.takeOver},
			route{pattern: "DELETE /api/calls/{contact}/danger", needs: listen, serve: s.standDown},
		)
	}
	if s.config.Own != nil {
		all = append(all,
			route{pattern: "PUT /api/me/state", needs: work, serve: s.be},
			route{pattern: "POST /api/me/panic", needs: work, serve: s.panic},
			route{pattern: "PUT /api/me/recording-pause", needs: work, serve: s.pause},
			route{pattern: "DELETE /api/me/recording-pause", needs: work, serve: s.resume},
		)
	}
	if s.config.Conduct != nil {
		all = append(all,
			route{pattern: "POST /api/me/warning", needs: work, serve: s.warn},
			route{pattern: "POST /api/me/abuse-end", needs: work, serve: s.endAbuse},
			route{pattern: "POST /api/calls/{contact}/emergency", needs: listen, serve: s.emergency},
		)
	}
	if s.config.Conference != nil {
		all = append(all,
			route{pattern: "POST /api/calls/{contact}/guests", needs: listen, serve: s.invite},
			route{pattern: "DELETE /api/calls/{contact}/guests/{leg}", needs: listen, serve: s.dismiss},
			route{pattern: "POST /api/calls/{contact}/together", needs: listen, serve: s.together},
			route{pattern: "PUT /api/calls/{contact}/legs/{leg}/mute", needs: listen, serve: s.mute},
			route{pattern: "DELETE /api/calls/{contact}/legs/{leg}/mute", needs: listen, serve: s.unmute},
		)
	}
	return all
}

// Handler serves the page and the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, to := range s.routes() {
		mux.Handle(to.pattern, s.api(to))
		method, path, _ := strings.Cut(to.pattern, " ")
		methods[path] = append(methods[path], method)
	}
	for path, allowed := range methods {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			refuse(w, refusal(wrongMethod))
		})
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, refusal(notFound)) })
	mux.Handle("/", s.page)
	return defend(s.recovered(mux), s.guard.origin)
}

// api makes a handler of a route: who is not let in, and every error, is answered here and nowhere else.
func (s *Server) api(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		v, err := s.guard.admit(r, to)
		if err == nil {
			err = to.serve(w, r, v)
		}
		if err == nil {
			return
		}
		if asProblem(err) == internal {
			s.config.Log.Error("request failed", "route", to.pattern, "error", err)
		}
		refuse(w, err)
	})
}

// recovered keeps a fault of ours to the request that met it.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			switch fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault)
			default:
				s.config.Log.Error("request panicked", "path", r.URL.Path, "fault", fault)
				refuse(w, refusal(internal))
			}
		}()
		next.ServeHTTP(w, r)
	})
}
