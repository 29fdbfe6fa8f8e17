package media

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Engine lends sessions and recordings, and runs the planes that serve them.
type Engine struct {
	config Config
	log    *slog.Logger
	epoch  time.Time
	clock  func() time.Duration // since epoch
	own    []netip.Addr         // our own addresses
	ports  *ports
	planes []*plane
	scribe *scribe
	cname  string

	quality quality
	roster  roster
}

// roster is the sessions that are open.
type roster struct {
	mu       sync.Mutex
	sessions map[*Session]struct{}
	stopped  bool
}

// New makes an engine. Its metrics are registered with reg. Run must be called to make it work
// and to release what it holds.
func New(c Config, log *slog.Logger, reg prometheus.Registerer) (*Engine, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	own, err := addresses(c)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		config: c, log: log, epoch: time.Now(), own: own, ports: newPorts(c),
		cname: name(), quality: newQuality(), roster: roster{sessions: map[*Session]struct{}{}},
	}
	e.clock = func() time.Duration { return time.Since(e.epoch) }
	e.scribe = newScribe(e.now, log, c.Backlog)
	for range c.Planes {
		p, err := newPlane(e.now, log)
		if err != nil {
			e.release()
			return nil, err
		}
		e.planes = append(e.planes, p)
	}
	if err := reg.Register(newCollector(e)); err != nil {
		e.release()
		return nil, fmt.Errorf("register media metrics: %w", err)
	}
	return e, nil
}

// name returns a random canonical name: one that does not tell who or where we are (RFC 7022
// section 4.2).
func name() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// now returns the time since the engine's start, which no clock change touches.
func (e *Engine) now() time.Duration { return e.clock() }

// Run serves until the context ends. Then it closes every session that is still open, brings every
// recording to disk, and returns when nothing of it runs any more.
func (e *Engine) Run(ctx context.Context) error {
	var planes, scribe sync.WaitGroup
	keep := runtime.GOMAXPROCS(0) > len(e.planes)
	for _, p := range e.planes {
		p.poll.keep = keep
		planes.Go(p.run)
	}
	scribe.Go(e.scribe.run)
	scribe.Go(e.scribe.sync)
	<-ctx.Done()
	e.stop()
	for _, p := range e.planes {
		p.close()
	}
	planes.Wait()
	e.scribe.close()
	scribe.Wait()
	e.release()
	return nil
}

// stop closes what is open.
func (e *Engine) stop() {
	e.roster.mu.Lock()
	e.roster.stopped = true
	open := make([]*Session, 0, len(e.roster.sessions))
	for s := range e.roster.sessions {
		open = append(open, s)
	}
	e.roster.mu.Unlock()
	for _, s := range open {
		_ = s.Close()
	}
}

// release closes what New opened.
func (e *Engine) release() {
	for _, p := range e.planes {
		p.poll.close()
	}
}

// Open lends a session: an even RTP port and the odd RTCP port above it. It is served by the plane
// of near, or by the plane with the fewest sessions when near is nil. It is ErrNoPorts when no
// pair is free, ErrClosed when the engine has stopped.
func (e *Engine) Open(near *Session) (*Session, error) {
	pair, err := e.ports.borrow()
	if err != nil {
		return nil, err
	}
	s := &Session{engine: e, pair: pair, local: netip.AddrPortFrom(e.config.Advertise, pair.port), done: make(chan struct{})}
	s.keys.out = make(chan Key, 64)
	s.watch.out, s.watch.limits = make(chan Line, 4), e.config.Limits
	s.rtcp.cname = e.cname
	s.out.stream = newStream()
	if err := e.enter(s, near); err != nil {
		pair.close()
		e.ports.giveBack(pair.port)
		return nil, fmt.Errorf("open session: %w", err)
	}
	return s, nil
}

// enter brings a session to its plane.
func (e *Engine) enter(s, near *Session) error {
	e.roster.mu.Lock()
	defer e.roster.mu.Unlock()
	if e.roster.stopped {
		return ErrClosed
	}
	p := e.emptiest()
	if near != nil {
		p = near.plane.Load()
	}
	p.mu.Lock()
	err := p.enter(s)
	p.mu.Unlock()
	if err == nil {
		e.roster.sessions[s] = struct{}{}
		p.poll.ring()
	}
	return err
}

// emptiest returns the plane with the fewest sessions.
func (e *Engine) emptiest() *plane {
	best, least := e.planes[0], -1
	for _, p := range e.planes {
		p.mu.Lock()
		n := p.wheel.count
		p.mu.Unlock()
		if least < 0 || n < least {
			best, least = p, n
		}
	}
	return best
}

// forget strikes a closed session off.
func (e *Engine) forget(s *Session) {
	e.roster.mu.Lock()
	defer e.roster.mu.Unlock()
	delete(e.roster.sessions, s)
}
