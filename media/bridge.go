package media

import (
	"errors"
	"fmt"
	"time"

	"hotline/media/sdp"
)

// ErrBridged means a session is in a bridge already.
var ErrBridged = errors.New("media: session is bridged")

// Bridge carries what each of two sessions hears to the other. Audio in packets of 20 ms passes
// through as it comes, with a new header and, where the laws differ, translated; other packets are
// taken apart and sent in frames of 20 ms. Who hears nothing from the other hears the hold music
// while that one is on hold, else silence.
type Bridge struct {
	a, b *relay
}

// Connect bridges two sessions. They are brought to one plane if they are not on one.
func Connect(a, b *Session) (*Bridge, error) {
	if a == b || a.engine != b.engine {
		return nil, errors.New("bridge: want two sessions of one engine")
	}
	p, unlock, err := together(a, b)
	if err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	defer unlock()
	for _, s := range []*Session{a, b} {
		switch {
		case s.ended != nil:
			return nil, fmt.Errorf("bridge: %w", s.ended)
		case s.in.bridge != nil:
			return nil, fmt.Errorf("bridge: %w", ErrBridged)
		}
	}
	now := p.clock()
	bridge := &Bridge{a: &relay{from: a, to: b, passed: now}, b: &relay{from: b, to: a, passed: now}}
	for _, r := range []*relay{bridge.a, bridge.b} {
		r.from.in.sink, r.from.in.bridge = r, bridge
		r.to.out.feed = r
	}
	return bridge, nil
}

// Music sets what is played to each side while the other is on hold and sends nothing, over and
// over; an empty list is silence.
func (b *Bridge) Music(list Playlist) {
	list.Loop = true
	for _, r := range []*relay{b.a, b.b} {
		p := r.to.lock()
		list.prepare(r.to.out.codec)
		r.music = nil
		if list.frames() > 0 {
			r.music = &player{list: list}
		}
		p.mu.Unlock()
	}
}

// PassKeys makes the bridge press on each side the keys the other presses, by telephone events
// where that side takes them. Without it keys are only told by Keys.
func (b *Bridge) PassKeys(on bool) {
	p := b.a.from.lock()
	defer p.mu.Unlock()
	b.a.keys, b.b.keys = on, on
}

// Close parts the two. Each then hears what is played to it, or silence. It may be called twice.
func (b *Bridge) Close() {
	p := b.a.from.lock()
	defer p.mu.Unlock()
	b.part()
}

// part undoes the bridge. The caller holds the lock of the plane of both.
func (b *Bridge) part() {
	for _, r := range []*relay{b.a, b.b} {
		if r.from.in.bridge == b {
			r.from.in.sink, r.from.in.bridge = nil, nil
		}
		if r.to.out.feed == source(r) {
			r.to.out.feed = nil
		}
	}
}

// relay carries audio one way. It is the sink of one session and the source of the other.
type relay struct {
	from, to *Session
	numbers  mapping
	passed   time.Duration // when audio was passed last
	music    *player
	keys     bool

	// Set while repacketising.
	buffer *jitter
	law    sdp.Codec // of what is in it
	ssrc   uint32
	frame  [frame]byte
}

// pause is the silence of a peer after which its gap is filled. Shorter ones are the network's, or
// the peer's own way to say nothing.
const pause = 200 * time.Millisecond

// take passes a packet on. It implements sink.
func (r *relay) take(p *plane, pkt *packet) {
	o := &r.to.out
	if !o.open || o.busy() {
		return
	}
	payload := pkt.payload()
	translate(payload, translation(r.from.in.codec, o.codec))
	if r.buffer != nil && (pkt.ssrc != r.ssrc || o.codec != r.law) {
		r.buffer = nil
	}
	if r.buffer == nil && len(payload) == frame {
		if st, ok := r.numbers.pass(pkt, &o.stream, o.audio); ok {
			b := pkt.raw[pkt.body-headerSize:]
			st.write(b, o.stream.ssrc)
			r.to.transmit(p, b)
		}
		r.passed = p.turn.now
		return
	}
	if r.buffer == nil {
		r.buffer, r.ssrc, r.law = newJitter(hush(o.codec)), pkt.ssrc, o.codec
	}
	r.buffer.put(pkt.ts, payload)
}

// skip implements sink.
func (r *relay) skip(pkt *packet) { r.numbers.skip(pkt) }

// key implements sink.
func (r *relay) key(_ *plane, digit byte) {
	o := &r.to.out
	if !r.keys || o.events == sdp.NoEvents || !o.open {
		return
	}
	if o.dial == nil {
		o.dial = &dialing{done: make(chan struct{})}
	}
	o.dial.add(digit)
}

// next returns what fills the slot when the peer's packets do not. It implements source.
func (r *relay) next(p *plane, s *Session) []byte {
	now := p.turn.now
	if r.buffer != nil && r.law == s.out.codec && r.buffer.take(r.frame[:]) {
		r.passed = now
		return r.frame[:]
	}
	held := r.from.watch.held
	switch {
	case now-r.passed < pause && r.buffer == nil:
		return nil
	case held && r.music != nil:
		return r.music.next(s.out.codec)
	default:
		return silence(s.out.codec)
	}
}
