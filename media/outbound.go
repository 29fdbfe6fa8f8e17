package media

import (
	"math/rand/v2"
	"net/netip"

	"hotline/media/sdp"
)

// outbound is the sending half of a session. What is sent in a frame's slot is, in this order: a
// key being dialled, the prompt being played, what the feed gives, silence.
type outbound struct {
	stream stream
	addr   netip.AddrPort
	to     endpoint
	open   bool // the peer wants to hear, and we know where
	codec  sdp.Codec
	audio  uint8 // payload numbers
	events uint8
	unsent uint64

	play *playing
	dial *dialing
	feed source
}

// source is where a session's audio comes from while no prompt is played: a mix.
type source interface {
	// next returns the frame that is due, in the session's law, or nil when there is nothing to
	// send because the source sends by itself. It is called in the plane's turn, every 20 ms.
	next(p *plane, s *Session) []byte
}

// playing is a prompt under way, for the one who waits for it.
type playing struct {
	player
	done chan struct{}
	err  error
}

// dialing is keys under way.
type dialing struct {
	dialer
	done chan struct{}
	err  error
}

// newStream begins a source at random numbers (RFC 3550 section 5.1).
func newStream() stream {
	return stream{ssrc: rand.Uint32(), seq: uint16(rand.Uint32()), clock: rand.Uint32()}
}

// apply follows what was agreed. Where the peer has been heard from another address than the SDP's,
// that one stays good.
func (o *outbound) apply(agreed sdp.Params, heard netip.AddrPort) {
	o.codec, o.audio, o.events = agreed.Codec, agreed.Payload, agreed.Events
	o.open = agreed.Direction.Sends() && !agreed.RTP.Addr().IsUnspecified()
	switch {
	case heard.IsValid():
		o.aim(heard)
	case o.open:
		o.aim(agreed.RTP)
	}
	if o.play != nil {
		o.play.list.prepare(o.codec)
	}
	if o.events == sdp.NoEvents {
		o.hangUp(ErrNoEvents)
	}
}

// aim sends to another address from now on.
func (o *outbound) aim(addr netip.AddrPort) {
	o.addr = addr
	o.to.set(addr)
}

// finish ends the prompt under way.
func (o *outbound) finish(why error) {
	if o.play != nil {
		o.play.err = why
		close(o.play.done)
		o.play = nil
	}
}

// hangUp ends the dialling under way.
func (o *outbound) hangUp(why error) {
	if o.dial != nil {
		o.dial.err = why
		close(o.dial.done)
		o.dial = nil
	}
}

// busy tells whether something of our own is being sent, which the peer of a bridge must not
// disturb.
func (o *outbound) busy() bool { return o.play != nil || o.dial != nil }

// due serves the session's slot: once every 20 ms.
func (s *Session) due(p *plane) {
	o := &s.out
	steps := (p.turn.tick - s.seat.tick) / slots
	s.seat.tick = p.turn.tick
	o.stream.tick(uint32(max(steps, 0)))
	if p.turn.now >= s.watch.chore {
		s.chores(p)
	}
	if !o.open {
		return
	}
	if o.dial != nil && s.dialled(p) {
		return
	}
	frame := s.frame(p)
	if frame == nil {
		return
	}
	b := p.turn.out[:headerSize+len(frame)]
	copy(b[headerSize:], frame)
	o.stream.pace(o.audio, len(frame)).write(b, o.stream.ssrc)
	s.transmit(p, b)
	if o.play != nil && o.play.over() {
		o.finish(nil)
	}
}

// frame returns the audio that is due, nil for none.
func (s *Session) frame(p *plane) []byte {
	switch o := &s.out; {
	case o.play != nil:
		return o.play.next(o.codec)
	case o.feed != nil:
		return o.feed.next(p, s)
	default:
		return silence(o.codec)
	}
}

// dialled sends the packet of a key. It returns false in the pauses, when audio is sent instead.
func (s *Session) dialled(p *plane) bool {
	o := &s.out
	b := p.turn.out[:headerSize+4]
	st, ok := o.dial.next(&o.stream, o.events, b[headerSize:])
	if ok {
		st.write(b, o.stream.ssrc)
		s.transmit(p, b)
	}
	if len(o.dial.keys) == 0 {
		o.hangUp(nil)
	}
	return ok
}

// transmit sends a packet to the peer.
func (s *Session) transmit(p *plane, b []byte) {
	if errno := send(s.pair.rtp, b, &s.out.to); errno != 0 {
		s.out.unsent++
		p.counters.unsent++
		return
	}
	p.counters.sent++
}
