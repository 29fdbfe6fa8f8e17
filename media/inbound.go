package media

import (
	"net/netip"
	"strings"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// inbound is the hearing half of a session.
type inbound struct {
	gate    gate
	count   reception
	agreed  bool
	codec   sdp.Codec
	kinds   kinds
	voice   voice
	inBand  detector
	events  events
	tap     tap     // its recording
	sink    sink    // where the audio goes besides
	member  *member // of the mix it is in
	dropped [reasons]uint32
}

// kinds are the agreed payload numbers. Events may come under the number we gave or under the one
// the peer gave; both are seen in the wild.
type kinds struct{ audio, events, eventsIn uint8 }

// comfortNoise is the static payload number of RFC 3389. It describes silence, which needs no
// description here.
const comfortNoise = 13

// keyLevel is the mean amplitude below which audio cannot be a key, and the detector rests.
const keyLevel = 150

// sink takes what a session hears. It is called in the plane's turn.
type sink interface {
	// take takes a packet of audio.
	take(p *plane, pkt *packet)
	// skip tells of a packet that is no audio, so that it leaves no hole in the numbers.
	skip(pkt *packet)
	// key tells of a key, once.
	key(p *plane, digit byte)
}

// apply follows what was agreed.
func (in *inbound) apply(agreed sdp.Params) {
	if !agreed.RTP.Addr().IsUnspecified() {
		in.gate.agree(agreed.RTP)
	}
	in.agreed = true
	in.codec = agreed.Codec
	in.kinds = kinds{agreed.Payload, agreed.Events, agreed.EventsIn}
}

// isKey tells whether a byte is the name of a key.
func isKey(digit byte) bool { return strings.IndexByte(tone.Keys, digit) >= 0 }

// drop counts a packet that is of no use.
func (s *Session) drop(p *plane, why Reason) bool {
	s.in.dropped[why]++
	p.counters.dropped[why]++
	return false
}

// hear takes a datagram from the RTP socket. It returns whether it was a packet of the peer.
func (s *Session) hear(p *plane, b []byte, from netip.AddrPort) bool {
	in, pkt, now := &s.in, &p.turn.packet, p.turn.now
	switch {
	case !in.agreed:
		return s.drop(p, Unexpected)
	case !pkt.parse(b):
		return s.drop(p, Malformed)
	}
	source := in.gate.ssrc
	switch in.gate.admit(from, pkt.ssrc, now) {
	case stranger:
		return s.drop(p, Stranger)
	case foreign:
		return s.drop(p, Foreign)
	case admitted:
	}
	if in.gate.source != s.out.addr {
		s.out.aim(in.gate.source)
	}
	if pkt.ssrc != source {
		in.count.source()
		in.events.forget()
	}
	p.counters.received++
	s.watch.heard(now)
	switch in.count.packet(pkt.seq, pkt.ts, now) {
	case duplicate, stray:
		return s.drop(p, Duplicate)
	case fresh, late, restart:
	}
	return s.sort(p, pkt, now)
}

// sort sends a packet where its payload number says.
func (s *Session) sort(p *plane, pkt *packet, now time.Duration) bool {
	in := &s.in
	switch pkt.kind {
	case in.kinds.audio:
		if len(pkt.payload()) > 0 {
			s.listen(p, pkt, now)
			return true
		}
		// Some phones keep a NAT open with packets of nothing.
	case in.kinds.events, in.kinds.eventsIn:
		if key, pressed := in.events.packet(pkt, now); pressed {
			s.press(p, key, Event, now)
		} else if key != 0 {
			s.keys.hold(key, now)
		}
	case comfortNoise:
	default:
		s.drop(p, Unagreed)
	}
	if in.sink != nil {
		in.sink.skip(pkt)
	}
	return true
}

// listen takes a packet of audio.
func (s *Session) listen(p *plane, pkt *packet, now time.Duration) {
	in := &s.in
	payload := pkt.payload()
	if level := in.voice.listen(payload, in.codec); s.keys.seen[Event] == 0 {
		if level >= keyLevel {
			if key := in.inBand.push(payload, linear(in.codec)); key != 0 {
				s.press(p, key, InBand, now)
			}
		} else {
			in.inBand.quiet()
		}
	}
	if in.tap.recorder != nil {
		in.tap.recorder.write(in.tap.track, pkt, in.codec, now)
	}
	if in.sink != nil {
		in.sink.take(p, pkt)
	}
}

// press takes a key told by one of the ways.
func (s *Session) press(p *plane, digit byte, way Way, now time.Duration) {
	if s.keys.tell(digit, way, now) {
		p.counters.keys++
		if s.in.sink != nil {
			s.in.sink.key(p, digit)
		}
	}
}
