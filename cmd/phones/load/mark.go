package load

import (
	"encoding/binary"
	"hash/crc32"
)

// A mark: pattern 16 bits, speaker 16, counter 16, time 40, checksum 16.
const (
	markBits  = 104
	sentBits  = 40
	pattern   = 0xb1d3 // a word that is not like itself when shifted
	frameSize = 160    // samples in 20 ms
)

// mark is what one marked frame says.
type mark struct {
	speaker uint16
	counter uint16
	sent    uint64 // microseconds, of which 40 bits are told
}

// bytes packs a mark, its first bit the highest of the first byte.
func (m mark) bytes() (b [markBits / 8]byte) {
	var sent [8]byte
	binary.BigEndian.PutUint64(sent[:], m.sent<<(64-sentBits))
	binary.BigEndian.PutUint16(b[0:], pattern)
	binary.BigEndian.PutUint16(b[2:], m.speaker)
	binary.BigEndian.PutUint16(b[4:], m.counter)
	copy(b[6:11], sent[:])
	binary.BigEndian.PutUint16(b[11:], checksum(b[2:11]))
	return b
}

// unpack reads a mark from its 104 bits.
func unpack(b []byte) (m mark, ok bool) {
	if binary.BigEndian.Uint16(b) != pattern || binary.BigEndian.Uint16(b[11:]) != checksum(b[2:11]) {
		return mark{}, false
	}
	var sent [8]byte
	copy(sent[:], b[6:11])
	return mark{
		speaker: binary.BigEndian.Uint16(b[2:]),
		counter: binary.BigEndian.Uint16(b[4:]),
		sent:    binary.BigEndian.Uint64(sent[:]) >> (64 - sentBits),
	}, true
}

func checksum(b []byte) uint16 { return uint16(crc32.ChecksumIEEE(b) >> 16) }

// sign is the sign bit of a sample, set for positive ones in both laws of G.711.
const sign = 0x80

// write puts the mark over the first samples of a frame, each as loud as the sample given.
func (m mark) write(frame []byte, loud byte) {
	b := m.bytes()
	for i := range markBits {
		frame[i] = loud&^sign | b[i/8]>>(7-i%8)<<7
	}
}

// hearing is the memory of signs in which marks are found: those of the latest 320 samples.
type hearing struct {
	bits  [heardBits/8 + 16]byte // the oldest first; the last sixteen stay zero
	place int                    // where the last mark began, for the next search
}

const heardBits = 2 * frameSize

// push takes in the next samples, at most a frame of them and a multiple of eight.
func (h *hearing) push(samples []byte) {
	n := len(samples) / 8
	copy(h.bits[:heardBits/8], h.bits[n:heardBits/8])
	for i := range n {
		h.bits[heardBits/8-n+i] = signs(samples[8*i:])
	}
}

// signs makes one byte of the signs of eight samples: the signs are spread over the eight bytes, and one
// multiplication adds them up in the highest.
func signs(b []byte) byte {
	x := binary.BigEndian.Uint64(b) & 0x8080808080808080
	return byte(x >> 7 * 0x0102040810204080 >> 56)
}

// word returns 64 bits from a place on.
func (h *hearing) word(place int) uint64 {
	i, shift := place/8, place%8
	return binary.BigEndian.Uint64(h.bits[i:])<<shift | uint64(h.bits[i+8])>>(8-shift)
}

// read reads a mark that begins at a place.
func (h *hearing) read(place int) (m mark, ok bool) {
	first := h.word(place)
	if first>>48 != pattern {
		return mark{}, false
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[0:], first)
	binary.BigEndian.PutUint64(b[8:], h.word(place+64))
	return unpack(b[:])
}

// find looks for a mark that ends in the last samples pushed: where the last one began, and unless that is sure to be
// the place, everywhere. It returns how many samples before the end of what was heard it begins.
func (h *hearing) find(pushed int, sure bool) (m mark, before int, ok bool) {
	first, last := max(heardBits-pushed-markBits+1, 0), heardBits-markBits
	if h.place >= first && h.place <= last {
		if m, ok = h.read(h.place); ok || sure && h.place > 0 {
			return m, heardBits - h.place, ok
		}
	}
	for place := first; place <= last; place++ {
		if m, ok = h.read(place); ok {
			h.place = place
			return m, heardBits - place, true
		}
	}
	return mark{}, 0, false
}
