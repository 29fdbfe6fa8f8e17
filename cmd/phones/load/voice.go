package load

import (
	"math"
	"math/bits"
)

// law is one of the two codings of G.711.
type law uint8

const (
	pcma law = iota
	pcmu
)

// payload is the static RTP payload type (RFC 3551 section 6).
func (l law) payload() uint8 {
	if l == pcmu {
		return 0
	}
	return 8
}

func (l law) String() string {
	if l == pcmu {
		return "PCMU"
	}
	return "PCMA"
}

// encode codes a linear sample (ITU-T G.711).
func (l law) encode(v int16) byte {
	if l == pcmu {
		return muLaw(v)
	}
	return aLaw(v)
}

func aLaw(v int16) byte {
	mask, x := byte(0xd5), int(v)>>3
	if x < 0 {
		mask, x = 0x55, -x-1
	}
	if x < 32 {
		return byte(x>>1) ^ mask
	}
	segment := min(bits.Len(uint(x))-5, 7)
	return byte(segment<<4|x>>segment&0xf) ^ mask
}

func muLaw(v int16) byte {
	mask, x := byte(0xff), int(v)>>2
	if x < 0 {
		mask, x = 0x7f, -x
	}
	x = min(x, 8158) + 33
	segment := bits.Len(uint(x)) - 6
	return byte(segment<<4|x>>(segment+1)&0xf) ^ mask
}

// loud is the loudness of a mark's samples: audible, and far from the smallest steps.
func (l law) loud() byte { return l.encode(4000) }

// voiceFrames is how many frames the voice repeats after: two seconds.
const voiceFrames = 100

// voice is what the phones say: three of five parts a voice of changing pitch, the rest silence, so that detectors of
// activity have something to detect.
func (l law) voice() []byte {
	out := make([]byte, voiceFrames*frameSize)
	for i := range out {
		at := float64(i) / 8000
		part := i / (len(out) / 10)
		pitch := 2 * math.Pi * (110 + 12*float64(part)) * at
		v := 0.06*math.Sin(pitch) + 0.12*math.Sin(4*pitch) + 0.1*math.Sin(5*pitch) + 0.03*math.Sin(13*pitch)
		if part%5 > 2 {
			v = 0
		}
		out[i] = l.encode(int16(v * math.MaxInt16))
	}
	return out
}
