package media

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
		sessions: map[*Session]struct{}{}, cname: name(),
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

// addresses returns the addresses that are ours.
func addresses(c Config) ([]netip.Addr, error) {
	own := []netip.Addr{c.Address, c.Advertise}
	if !c.Address.IsUnspecified() {
		return own, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("find own addresses: %w", err)
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own, nil
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
	e.mu.Lock()
	e.stopped = true
	open := make([]*Session, 0, len(e.sessions))
	for s := range e.sessions {
		open = append(open, s)
	}
	e.mu.Unlock()
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
	port, pair, err := e.ports.borrow()
	if err != nil {
		return nil, err
	}
	s := &Session{engine: e, port: port, pair: pair, done: make(chan struct{})}
	s.keys.out = make(chan Key, 64)
	s.watch.out, s.watch.limits = make(chan Line, 4), e.config.Limits
	s.rtcp.cname = e.cname
	s.out.stream = newStream()
	if err := e.enter(s, near); err != nil {
		pair.close()
		e.ports.giveBack(port)
		return nil, fmt.Errorf("open session: %w", err)
	}
	return s, nil
}

// enter brings a session to its plane.
func (e *Engine) enter(s, near *Session) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
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
		e.sessions[s] = struct{}{}
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
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.sessions, s)
}

// reachable refuses addresses that audio must never be sent to. The unspecified address is how
// some phones say hold; nothing is sent there.
func (e *Engine) reachable(to netip.AddrPort) error {
	addr := to.Addr().Unmap()
	switch {
	case !addr.IsValid() || addr.Is4() != e.config.Address.Is4():
		return fmt.Errorf("%w: another family than ours", ErrAddress)
	case addr.IsUnspecified():
		return nil
	case addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return fmt.Errorf("%w: not one host", ErrAddress)
	case to.Port() == 0:
		return fmt.Errorf("%w: no port", ErrAddress)
	case e.ours(addr, to.Port()):
		return fmt.Errorf("%w: a port of our own", ErrAddress)
	}
	return nil
}

// ours tells whether an address is one of our own ports.
func (e *Engine) ours(addr netip.Addr, port uint16) bool {
	mine := false
	for _, a := range e.own {
		mine = mine || a == addr
	}
	if e.config.Address.IsUnspecified() && addr.IsLoopback() {
		mine = true
	}
	if !mine {
		return false
	}
	if e.config.PortMin > 0 {
		return port >= e.config.PortMin && port <= e.config.PortMax
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.sessions {
		if s.port == port&^1 {
			return true
		}
	}
	return false
}

// errApart means two sessions cannot be brought to one plane because others hold them where they
// are.
var errApart = errors.New("media: sessions are tied to different planes")

// together locks the plane of two sessions, having moved one of them if need be.
func together(a, b *Session) (*plane, func(), error) {
	for {
		p, q := a.plane.Load(), b.plane.Load()
		if p == q {
			p.mu.Lock()
			if a.plane.Load() == p && b.plane.Load() == p {
				return p, p.mu.Unlock, nil
			}
			p.mu.Unlock()
			continue
		}
		if err := a.engine.join(a, b, p, q); err != nil {
			return nil, nil, err
		}
	}
}

// join moves b from plane q to plane p, if both are still there and b is free to move.
func (e *Engine) join(a, b *Session, p, q *plane) error {
	for _, each := range e.planes { // in one order everywhere
		if each == p || each == q {
			each.mu.Lock()
			defer each.mu.Unlock()
		}
	}
	switch {
	case a.plane.Load() != p || b.plane.Load() != q:
		return nil // look again
	case b.ended != nil:
		return b.ended
	case b.in.bridge != nil:
		return errApart
	}
	q.leave(b)
	if err := p.enter(b); err != nil {
		b.plane.Store(p)
		b.over(ErrFailed)
		return err
	}
	p.poll.ring()
	return nil
}
