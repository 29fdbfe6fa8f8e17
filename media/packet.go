package media

import "encoding/binary"

// headerSize is the length of an RTP header without extras (RFC 3550 section 5.1).
const headerSize = 12

// packet is a received RTP packet. Its payload aliases the buffer it was read into, with at least
// headerSize bytes before it, so that a new header can be written in place.
type packet struct {
	raw    []byte // from the first byte of the header to the end of the payload
	body   int    // where in raw the payload begins
	ssrc   uint32
	ts     uint32
	seq    uint16
	kind   uint8 // payload number
	marker bool
}

// payload returns the packet's audio or event.
func (p *packet) payload() []byte { return p.raw[p.body:] }

// parse reads an RTP packet: version 2, with contributing sources, extension and padding skipped.
// It fails when any of their lengths runs past the end.
func (p *packet) parse(b []byte) bool {
	if len(b) < headerSize || b[0]>>6 != 2 {
		return false
	}
	body := headerSize + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if len(b) < body+4 {
			return false
		}
		body += 4 + 4*int(binary.BigEndian.Uint16(b[body+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 {
		pad := int(b[end-1])
		if pad == 0 {
			return false
		}
		end -= pad
	}
	if body > end {
		return false
	}
	p.raw, p.body = b[:end], body
	p.marker, p.kind = b[1]&0x80 != 0, b[1]&0x7f
	p.seq = binary.BigEndian.Uint16(b[2:])
	p.ts = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])
	return true
}

// control tells whether b is RTCP that shares a port with RTP (RFC 5761 section 4).
func control(b []byte) bool { return len(b) >= 2 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223 }

// stamp is what a sent packet's header says besides its SSRC.
type stamp struct {
	ts     uint32
	seq    uint16
	kind   uint8
	marker bool
}

// write writes a header into the first headerSize bytes of b.
func (s stamp) write(b []byte, ssrc uint32) {
	_ = b[headerSize-1]
	b[0] = 0x80
	b[1] = s.kind
	if s.marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], s.seq)
	binary.BigEndian.PutUint32(b[4:], s.ts)
	binary.BigEndian.PutUint32(b[8:], ssrc)
}
