package media

import (
	"math/rand/v2"

	"hotline/media/sdp"
)

// noiseFrames is how many frames of noise there are. They are played in random order, so that no
// pattern is heard.
const noiseFrames = 64

// noiseLevel is the root mean square of comfort noise in 16-bit samples, about -60 dBm0: a line
// that is alive and quiet. It lies among the faintest levels of G.711.
const noiseLevel = 15.5

// Comfort noise in each law. It is made here and sent as audio, which every phone can play; no
// description of it is sent (RFC 3389 leaves the choice).
var (
	aNoise  = newNoise(sdp.PCMA) // table
	muNoise = newNoise(sdp.PCMU) // table
)

// newNoise makes noise that falls off gently towards high frequencies, as the noise of rooms does.
func newNoise(law sdp.Codec) (frames [noiseFrames][frame]byte) {
	random := rand.New(rand.NewPCG(3389, uint64(law)))
	pcm, last := make([]int16, frame), 0.0
	for i := range frames {
		for k := range pcm {
			white := random.NormFloat64()
			last = 0.4*last + white
			pcm[k] = int16(last * noiseLevel * 0.91)
		}
		copy(frames[i][:], encode(law, pcm))
	}
	return frames
}

// comfort returns a frame of noise, which must not be written to, and moves the seed.
func comfort(law sdp.Codec, seed *uint32) []byte {
	*seed = *seed*1664525 + 1013904223
	if law == sdp.PCMU {
		return muNoise[*seed>>26][:]
	}
	return aNoise[*seed>>26][:]
}

// hushed tells whether a frame is what phones send for nothing at all: zeros, of either sign.
func hushed(code *[frame]byte, law sdp.Codec) bool {
	zero := silence(law)
	if code[0]&0x7f != zero[0]&0x7f {
		return false
	}
	for _, b := range code {
		if b&0x7f != zero[0]&0x7f {
			return false
		}
	}
	return true
}
