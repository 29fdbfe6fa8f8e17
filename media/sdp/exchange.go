package sdp

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
)

// Local is what we say about our own end.
type Local struct {
	// Address is the one peers reach us at, Port the RTP port there; RTCP is 0 for Port + 1.
	Address netip.Addr
	Port    uint16
	RTCP    uint16
	// Codecs are the laws we allow, best first for our own offers; empty means PCMA, PCMU.
	Codecs []Codec
	// Mux offers rtcp-mux. In answers it is always accepted when offered.
	Mux bool
}

// Exchange is our side of the offers and answers of one session, from its first description to
// its last. It keeps the rules that bind later descriptions to earlier ones: one session id, a
// version that rises by one exactly when something changed, as many m= lines in the same order,
// payload numbers that keep their meaning (RFC 3264 section 8). Its methods must not be called
// at the same time; the dialog that owns it serialises offers anyway.
type Exchange struct {
	local   Local
	id      uint64
	version uint64
	last    string // the body of the latest description, without its origin line
	shape   shape
	pending *shape // our offer that waits for an answer
}

// shape is the list of m= lines of a session.
type shape struct {
	lines  []line
	audio  int // index of ours
	events uint8
	codecs []rtpmap
}

// line is one m= line as it must be repeated when it is refused.
type line struct{ kind, proto, format string }

// NewExchange begins a session's negotiation.
func NewExchange(local Local) *Exchange {
	if len(local.Codecs) == 0 {
		local.Codecs = []Codec{PCMA, PCMU}
	}
	// Fits in a signed 63-bit number, which some parsers read (RFC 8866 section 5.2 asks no more).
	return &Exchange{local: local, id: rand.Uint64() >> 2, shape: shape{events: 101}}
}

// Answer answers the peer's offer. On an error nothing has changed and the answer is 488, with
// Warning telling why.
func (x *Exchange) Answer(offer []byte) ([]byte, Params, error) {
	d, err := parse(offer)
	if err != nil {
		return nil, Params{}, fmt.Errorf("read offer: %w", err)
	}
	p, s, err := accept(d, x.local.Codecs)
	if err != nil {
		return nil, Params{}, fmt.Errorf("answer offer: %w", err)
	}
	x.shape, x.pending = s, nil
	return x.write(s, p.Direction, p.Mux), p, nil
}

// accept chooses the stream and its parameters from an offer.
func accept(d *description, allowed []Codec) (Params, shape, error) {
	s := shape{audio: -1, events: NoEvents}
	var p Params
	var why error
	for i := range d.media {
		m := &d.media[i]
		s.lines = append(s.lines, line{m.kind, m.proto, m.formats[0]})
		if s.audio >= 0 || !m.usable() {
			continue
		}
		got, err := m.choose(allowed)
		if err != nil {
			why = err
			continue
		}
		p, s.audio, s.events = got, i, got.Events
		s.codecs = []rtpmap{{got.Payload, encoding{codec: got.Codec}}}
	}
	switch {
	case s.audio >= 0:
		return p, s, nil
	case why != nil:
		return p, s, why
	default:
		return p, s, ErrMedia
	}
}

// Offer makes an offer of ours: the first of a session or a later one, such as a refresh. The
// peer's answer is then given to Take.
func (x *Exchange) Offer(dir Direction) []byte {
	s := x.shape
	s.lines, s.codecs = slices.Clone(s.lines), nil
	if len(s.lines) == 0 {
		s.lines = []line{{"audio", "RTP/AVP", ""}}
	}
	if s.events == NoEvents {
		s.events = 101
	}
	for _, c := range x.local.Codecs {
		s.codecs = append(s.codecs, rtpmap{c.Payload(), encoding{codec: c}})
	}
	x.pending = &s
	return x.write(s, dir, x.local.Mux)
}

// Take reads the peer's answer to our last offer. On an error the session is as before the offer.
func (x *Exchange) Take(answer []byte) (Params, error) {
	s := x.pending
	if s == nil {
		return Params{}, ErrNoOffer
	}
	x.pending = nil
	d, err := parse(answer)
	if err != nil {
		return Params{}, fmt.Errorf("read answer: %w", err)
	}
	if len(d.media) <= s.audio || d.media[s.audio].kind != "audio" {
		return Params{}, fmt.Errorf("read answer: %w: its media lines are not those offered", ErrSyntax)
	}
	m := &d.media[s.audio]
	if !m.usable() {
		return Params{}, fmt.Errorf("read answer: %w", ErrRefused)
	}
	p, err := m.choose(x.local.Codecs)
	if err != nil {
		return Params{}, fmt.Errorf("read answer: %w", err)
	}
	p.Mux = p.Mux && x.local.Mux
	if p.Events != NoEvents {
		p.EventsIn = s.events
	}
	s.codecs = []rtpmap{{p.Payload, encoding{codec: p.Codec}}}
	x.shape = *s
	return p, nil
}
