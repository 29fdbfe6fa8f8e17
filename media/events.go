package media

import (
	"encoding/binary"
	"strings"
	"time"

	"hotline/media/tone"
)

// eventGap is the silence after which an event whose end was lost is over (RFC 4733 section
// 2.5.2.2 leaves the time to us; packets of one event come at least every 50 ms).
const eventGap = 50 * time.Millisecond

// events reads telephone-event packets (RFC 4733) and tells each press of a key once, with its
// first packet to arrive, whichever that is: keys act at once, and the end alone is enough.
type events struct {
	known    [4]uint32 // timestamps of the latest events, to know their repeats by
	count    int
	code     byte
	ended    bool
	duration uint16
	last     time.Duration // when the latest packet came
}

// packet reads one payload. It returns the key and whether this is a new press of it; key is 0
// for what is no key.
func (e *events) packet(p *packet, now time.Duration) (key byte, pressed bool) {
	b := p.payload()
	if len(b) < 4 || int(b[0]) >= len(tone.Keys) {
		return 0, false
	}
	code, end, duration := b[0], b[1]&0x80 != 0, binary.BigEndian.Uint16(b[2:])
	key = tone.Keys[code]
	switch {
	case e.repeats(p.ts):
		if p.ts == e.newest() {
			e.ended, e.duration = e.ended || end, max(e.duration, duration)
		}
		e.last = now
		return key, false
	case e.continues(p, code, duration, now):
		e.known[(e.count-1)%len(e.known)] = p.ts
		e.ended, e.duration, e.last = end, duration, now
		return key, false
	}
	e.known[e.count%len(e.known)] = p.ts
	e.count++
	e.code, e.ended, e.duration, e.last = code, end, duration, now
	return key, true
}

// newest returns the timestamp of the latest event.
func (e *events) newest() uint32 { return e.known[(e.count-1)%len(e.known)] }

// repeats tells whether an event with this timestamp was told already.
func (e *events) repeats(ts uint32) bool {
	for i := range min(e.count, len(e.known)) {
		if e.known[i] == ts {
			return true
		}
	}
	return false
}

// continues tells whether a packet with a new timestamp is still the same press: the next segment
// of one longer than a duration can say, 8 s (RFC 4733 section 2.5.1.3), or the work of senders
// that move the timestamp with every packet.
func (e *events) continues(p *packet, code byte, duration uint16, now time.Duration) bool {
	if e.count == 0 || code != e.code || e.ended || p.marker {
		return false
	}
	step := p.ts - e.newest()
	if step == 0xffff {
		return true
	}
	return now-e.last <= eventGap && duration > e.duration && step <= uint32(duration)
}

// forget makes the next packet a new press whatever its timestamp: another source's clock says
// nothing about the last one's.
func (e *events) forget() { *e = events{last: e.last} }

// dialer plays keys as telephone events, one packet every 20 ms.
type dialer struct {
	keys  []byte // event codes still to send
	step  int    // packets sent of the current key, pause included
	begin uint32 // its timestamp
}

// Shape of a key we send, in packets of 20 ms: 100 ms of tone, its end told three times, 60 ms of
// pause.
const (
	dialTone  = 5
	dialEnds  = 3
	dialPause = 3
)

// next writes the next packet of the current key into b, behind the header. It returns false in
// the pauses and when all is dialled.
func (d *dialer) next(s *stream, kind uint8, b []byte) (st stamp, ok bool) {
	if len(d.keys) == 0 {
		return stamp{}, false
	}
	step, code := d.step, d.keys[0]
	if step == 0 {
		d.begin = s.here()
	}
	if d.step++; d.step == dialTone+dialEnds-1+dialPause {
		d.step, d.keys = 0, d.keys[1:]
	}
	if step >= dialTone+dialEnds-1 {
		return stamp{}, false
	}
	// Volume 10 stands for -10 dBm0. The last packet with sound already tells the end.
	b[0], b[1] = code, 10
	if step >= dialTone-1 {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], uint16(min(step+1, dialTone)*frame))
	return s.event(kind, d.begin, step == 0), true
}

// add appends a key to those being dialled, unless far too many wait already.
func (d *dialer) add(digit byte) {
	if code := strings.IndexByte(tone.Keys, digit); code >= 0 && len(d.keys) < 64 {
		d.keys = append(d.keys, byte(code))
	}
}
