package media

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"hotline/media/sdp"
)

// What may go wrong with a session.
var (
	// ErrClosed means the session, or its engine, is closed.
	ErrClosed = errors.New("media: session closed")
	// ErrFailed means the session was given up after a fault of ours in its audio.
	ErrFailed = errors.New("media: session failed")
	// ErrAddress means an address audio must never be sent to: multicast, broadcast, unspecified,
	// of another family than ours, or a port of our own.
	ErrAddress = errors.New("media: unusable address")
)

// Session is the audio of one leg: a pair of sockets, what is sent from them and what is heard.
// While nothing else is to be sent, it sends silence. Its methods may be called from anywhere.
type Session struct {
	engine *Engine
	local  netip.AddrPort // as told to peers
	plane  atomic.Pointer[plane]
	done   chan struct{} // closed when the session is over

	// The rest belongs to the holder of the plane's lock.
	pair  pair
	seat  seat
	in    inbound
	out   outbound
	keys  keypad
	watch watch
	rtcp  reporter
	ended error // why the session is over, nil while it is not
}

// lock locks the session's plane, which may change while waiting for it.
func (s *Session) lock() *plane {
	for {
		p := s.plane.Load()
		p.mu.Lock()
		if s.plane.Load() == p {
			return p
		}
		p.mu.Unlock()
	}
}

// Local returns what an SDP says about our end.
func (s *Session) Local() sdp.Local {
	return sdp.Local{Address: s.local.Addr(), Port: s.local.Port()}
}

// Done is closed when the session is over: closed, or given up by the engine.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns why the session is over, nil while it is not.
func (s *Session) Err() error {
	p := s.lock()
	defer p.mu.Unlock()
	return s.ended
}

// Pin makes the session accept packets only from the very address of the SDP, as suits a trunk.
// Without it the peer is a phone that may sit behind a NAT: the first packet from the SDP's host,
// or a host named to Expect, tells where it is. Either way nobody else is heard or sent to.
func (s *Session) Pin(pinned bool) {
	p := s.lock()
	defer p.mu.Unlock()
	s.in.gate.pinned = pinned
}

// Expect names further hosts the peer may send from, such as the one its signalling comes from.
func (s *Session) Expect(hosts ...netip.Addr) {
	p := s.lock()
	defer p.mu.Unlock()
	s.in.gate.hosts = append([]netip.Addr(nil), hosts...)
}

// Apply makes the session follow what was agreed, at the answer or by a later re-INVITE or UPDATE:
// where to send, the law, the payload numbers, hold. On an error, ErrAddress or one that wraps the
// session's end, nothing has changed.
func (s *Session) Apply(agreed sdp.Params) error {
	if agreed.Codec == sdp.NoCodec {
		return fmt.Errorf("apply: %w", sdp.ErrCodec)
	}
	if err := s.engine.reachable(agreed.RTP); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	p := s.lock()
	defer p.mu.Unlock()
	if s.ended != nil {
		return fmt.Errorf("apply: %w", s.ended)
	}
	now := p.clock()
	s.in.apply(agreed)
	s.out.apply(agreed, s.in.gate.source)
	s.rtcp.apply(agreed)
	s.watch.apply(agreed, now)
	if me := s.in.member; me != nil {
		me.mix.agreed(me)
	}
	return nil
}

// Limits sets how long this session's peer may be silent; what is not set stays as configured.
func (s *Session) Limits(l Limits) {
	p := s.lock()
	defer p.mu.Unlock()
	s.watch.limits = l.or(s.engine.config.Limits)
}

// Spoke returns how long there was voice, or any other sound, on the line so far.
func (s *Session) Spoke() time.Duration {
	p := s.lock()
	defer p.mu.Unlock()
	return s.in.voice.active
}

// Keys returns the keys the peer presses, each press once whatever way it is told. Up to 64 wait
// to be taken; more are dropped and counted. It is closed with the session.
func (s *Session) Keys() <-chan Key { return s.keys.out }

// Press takes a key that SIP INFO told: '0' to '9', '*', '#', 'A' to 'D'. Anything else is
// ignored.
func (s *Session) Press(digit byte) {
	if !isKey(digit) {
		return
	}
	p := s.lock()
	defer p.mu.Unlock()
	if s.ended == nil {
		s.press(p, digit, Info, p.clock())
	}
}

// Line returns the changes of the line: Quiet and Lost when the peer sends nothing any more, Live
// when it does again. It is closed with the session.
func (s *Session) Line() <-chan Line { return s.watch.out }

// Close ends the session: says goodbye by RTCP, leaves its mix and recording, and puts its
// ports to rest. When it returns nothing is sent or read any more. It may be called twice.
func (s *Session) Close() error {
	p := s.lock()
	if s.pair == (pair{}) {
		p.mu.Unlock()
		return nil
	}
	if s.ended == nil {
		s.sayBye(p)
		p.leave(s)
		s.over(ErrClosed)
	}
	s.pair.close()
	s.pair = pair{}
	p.mu.Unlock()
	s.engine.forget(s)
	s.engine.quality.observe(s.Stats())
	s.engine.ports.giveBack(s.local.Port())
	return nil
}

// fail gives the session up after a fault of ours. Its owner learns it from Done and still has to
// close it.
func (s *Session) fail() { s.end(s.plane.Load(), ErrFailed) }

// end takes the session out of the plane. The caller holds the plane's lock.
func (s *Session) end(p *plane, why error) {
	if s.ended != nil {
		return
	}
	p.unwatch(s)
	p.leave(s)
	s.over(why)
}

// over ends everything that waits on a session which is in no plane any more.
func (s *Session) over(why error) {
	s.ended = why
	if me := s.in.member; me != nil {
		me.mix.remove(me)
	}
	s.out.finish(why)
	s.out.hangUp(why)
	if s.in.tap.recorder != nil {
		s.in.tap.recorder.detach(s)
	}
	close(s.keys.out)
	close(s.watch.out)
	close(s.done)
}
