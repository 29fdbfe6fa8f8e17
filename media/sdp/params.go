package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// NoEvents is the payload number of telephone events when none are agreed.
const NoEvents uint8 = 0xff

// Params is what both sides agreed: where and how to send, and what will come.
type Params struct {
	// RTP is where the peer wants audio. On hold by c=0.0.0.0 its address is unspecified.
	RTP netip.AddrPort
	// RTCP is where the peer wants reports.
	RTCP netip.AddrPort
	// Codec is the one law both sides speak, Payload the number to send it with.
	Codec   Codec
	Payload uint8
	// Events is the payload number to send telephone events with, EventsIn the number they come
	// with; NoEvents when not agreed (RFC 4733 section 2.5.1).
	Events   uint8
	EventsIn uint8
	// Direction is ours: Sends tells whether the peer wants to hear us.
	Direction Direction
	// Mux tells that RTCP travels on the RTP ports (RFC 5761).
	Mux bool
	// PTime is the packet length the peer would like, 0 when it did not say.
	PTime time.Duration
}

// Held tells whether the peer has put us on hold: it does not want to hear us.
func (p Params) Held() bool { return !p.Direction.Sends() }

// usable tells whether a line can carry our audio.
func (m *media) usable() bool {
	return m.kind == "audio" && m.port != 0 && (m.proto == "RTP/AVP" || m.proto == "RTP/AVPF")
}

// means returns what a format of the m= line means; an rtpmap overrides the static table.
func (m *media) means(format string) (payload uint8, e encoding, err error) {
	n, err := strconv.ParseUint(format, 10, 7)
	if err != nil {
		return 0, encoding{}, fmt.Errorf("%w: payload number", ErrSyntax)
	}
	payload = uint8(n)
	for _, r := range m.maps {
		if r.payload == payload {
			return payload, r.encoding, nil
		}
	}
	return payload, static(payload), nil
}

// choose picks the first of the line's codecs that we allow, and its telephone events.
func (m *media) choose(allowed []Codec) (p Params, err error) {
	p.Events, p.EventsIn = NoEvents, NoEvents
	for _, format := range m.formats {
		payload, e, err := m.means(format)
		switch {
		case err != nil:
			return Params{}, err
		case e.events && p.Events == NoEvents:
			p.Events, p.EventsIn = payload, payload
		case e.codec != NoCodec && p.Codec == NoCodec && slices.Contains(allowed, e.codec):
			p.Codec, p.Payload = e.codec, payload
		}
	}
	if p.Codec == NoCodec {
		return Params{}, fmt.Errorf("%w: %s", ErrCodec, strings.Join(m.formats[:min(len(m.formats), 8)], " "))
	}
	return p, m.where(&p)
}

// where fills in the addresses and what is said about them.
func (m *media) where(p *Params) error {
	if !m.conn.IsValid() {
		return fmt.Errorf("%w: no connection line", ErrAddress)
	}
	p.RTP = netip.AddrPortFrom(m.conn, m.port)
	p.Mux, p.PTime = m.mux, m.ptime
	addr, port := m.rtcp.Addr(), m.rtcp.Port()
	if !addr.IsValid() {
		addr = m.conn
	}
	switch {
	case m.mux:
		addr, port = m.conn, m.port
	case port == 0 && m.port < 65535:
		port = m.port + 1
	}
	p.RTCP = netip.AddrPortFrom(addr, port)
	p.Direction = m.dir.Reverse()
	if m.conn.IsUnspecified() {
		// Hold as RFC 2543 wrote it: nothing may be sent there, whatever the direction says
		// (RFC 3264 section 8.4).
		p.Direction = narrow(p.Direction)
	}
	return nil
}

// narrow removes sending from a direction of ours.
func narrow(d Direction) Direction {
	if d.Receives() {
		return RecvOnly
	}
	return Inactive
}
