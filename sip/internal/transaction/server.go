package transaction

import (
	"sync"
	"time"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Server is a request of a peer that we answer.
type Server struct {
	layer *Layer
	key   string
	merge string
	from  transport.Flow // where the request came from
	flow  transport.Flow // where answers go
	owner any

	mu    sync.Mutex
	m     machine
	last  []byte        // the last answer, for repetitions
	req   *wire.Message // until the first answer, for 100 Trying
	timer *time.Timer

	out sync.Mutex // held while an answer is sent
}

// Open begins a transaction for a request that came from f. The owner is handed
// out by Owner, so that a CANCEL finds its call.
func (l *Layer) Open(m *wire.Message, f transport.Flow, owner any) (*Server, error) {
	r := otherServer
	if m.Method == "INVITE" {
		r = inviteServer
	}
	s := &Server{
		layer: l, key: key(m, f, m.Method), merge: mergeKey(m), owner: owner, req: m,
		from: f, flow: f.To(m.Via.ReplyPort(f.Remote().Port())),
		m: machine{role: r, reliable: f.Network().Reliable()},
	}
	l.mu.Lock()
	if err := l.admit(s); err != nil {
		l.mu.Unlock()
		return nil, err
	}
	l.servers[s.key] = s
	if s.merge != "" {
		l.merged[s.merge] = s
	}
	l.pending++
	l.mu.Unlock()
	s.run(start)
	return s, nil
}

func (l *Layer) admit(s *Server) error {
	if l.closed || l.pending >= l.opt.Pending || l.servers[s.key] != nil {
		return ErrBusy
	}
	if s.merge != "" && l.merged[s.merge] != nil {
		return ErrMerged
	}
	return nil
}

// Owner returns what Open was given, or nil once the request is answered finally.
func (s *Server) Owner() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owner
}

// Source returns where the request came from.
func (s *Server) Source() transport.Flow { return s.from }

// Flow returns where answers go; it differs from Source in the port when the
// sender asks for that in its Via.
func (s *Server) Flow() transport.Flow { return s.flow }

// Respond sends an answer and keeps it for repetitions. An answer after the final
// one is not sent; it reports whether this one was.
func (s *Server) Respond(status int, answer []byte) bool {
	e := provisional
	switch {
	case status >= 300:
		e = failure
	case status >= 200:
		e = success
	}
	s.mu.Lock()
	if s.m.state >= completed {
		s.mu.Unlock()
		return false
	}
	s.last, s.req = answer, nil
	did := s.m.step(&s.layer.opt.Timers, e, s.layer.now())
	if e != provisional {
		s.owner = nil
	}
	if s.m.state == accepted {
		s.last = nil // repeated by the user, not by us (RFC 6026 section 7.1)
	}
	until := s.arm()
	s.mu.Unlock()
	if e != provisional {
		s.layer.answered(s, e)
	}
	if did&send != 0 {
		s.answer(answer, e != provisional)
	}
	s.layer.settle(did, until, s)
	return true
}

// Send sends without touching the transaction: the user's repetitions of a 2xx.
func (s *Server) Send(answer []byte) {
	count(s.layer.opt.Meter.Resent)
	_ = s.flow.Send(answer)
}

// run feeds an event that carries no new answer.
func (s *Server) run(e event) effect {
	s.mu.Lock()
	return s.turn(e)
}

// turn takes a step under the lock, releases it, and does what the step asks.
func (s *Server) turn(e event) effect {
	did := s.m.step(&s.layer.opt.Timers, e, s.layer.now())
	last, req, final := s.last, s.req, s.m.state >= completed
	until := s.arm()
	s.mu.Unlock()
	switch {
	case did&send != 0 && last != nil:
		count(s.layer.opt.Meter.Resent)
		s.answer(last, final)
	case did&(send|sendTry) != 0 && req != nil:
		s.answer(req.Reply(wire.Reply{Status: 100}, s.flow.Remote()), final)
	}
	s.layer.settle(did, until, s)
	return did
}

// answer sends what was decided on before the lock was given back. A provisional answer
// that a final one has overtaken since is left out: nothing may follow the final one.
func (s *Server) answer(b []byte, final bool) {
	s.out.Lock()
	defer s.out.Unlock()
	s.mu.Lock()
	overtaken := !final && s.m.state >= completed
	s.mu.Unlock()
	if !overtaken {
		_ = s.flow.Send(b) // lost answers are repeated
	}
}

// arm sets the timer for what the machine waits for and returns the end of its
// life. A parked transaction has no timer of its own.
func (s *Server) arm() time.Duration {
	next := s.m.next()
	if s.m.state == accepted || s.m.state == confirmed || s.m.state == completed && s.m.role == otherServer {
		next = 0
	}
	s.timer = arm(s.timer, next, s.layer.now(), s.fire)
	return s.m.end
}

func (s *Server) fire() {
	s.mu.Lock()
	e, ok := s.m.due(s.layer.now())
	if !ok {
		s.arm()
		s.mu.Unlock()
		return
	}
	s.turn(e)
}

func (s *Server) halt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m.state = over
	if s.timer != nil {
		s.timer.Stop()
	}
}

func (s *Server) drop(l *Layer) {
	if l.servers[s.key] == s {
		delete(l.servers, s.key)
	}
	if s.merge != "" && l.merged[s.merge] == s {
		delete(l.merged, s.merge)
	}
}

// answered notes a final answer. A request that was refused may come again by
// another way without being called merged.
func (l *Layer) answered(s *Server, e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.servers[s.key] == s {
		l.pending--
	}
	if e == failure && s.merge != "" && l.merged[s.merge] == s {
		delete(l.merged, s.merge)
	}
}

// arm sets or stops a timer; next is on the layer's clock, 0 stops.
func arm(t *time.Timer, next, now time.Duration, fire func()) *time.Timer {
	switch {
	case next == 0:
		if t != nil {
			t.Stop()
		}
		return t
	case t == nil:
		return time.AfterFunc(max(0, next-now), fire)
	}
	t.Reset(max(0, next-now))
	return t
}
