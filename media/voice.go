package media

import (
	"time"

	"hotline/media/sdp"
)

// voice listens for activity on a line and adds up how long there was some.
type voice struct {
	floor  uint32        // the line's noise, mean amplitude in 256ths
	active time.Duration // heard so far
}

// Levels of mean amplitude.
const (
	// leastVoice is the faintest that counts, about -45 dBm0.
	leastVoice = 80
	// mostFloor is the loudest that is ever taken for noise, about -35 dBm0: what is louder is
	// something, however steady.
	mostFloor = 250
)

// listen takes one packet of audio and returns its mean amplitude. It looks at every fourth
// sample: enough to tell sound from silence at a quarter of the cost.
func (v *voice) listen(payload []byte, law sdp.Codec) (level uint32) {
	loud := &aLoud
	if law == sdp.PCMU {
		loud = &muLoud
	}
	sum, n := uint32(0), uint32(0)
	for i := 0; i < len(payload); i += 4 {
		sum += uint32(loud[payload[i]])
		n++
	}
	if n == 0 {
		return 0
	}
	level = sum / n
	// Noise is learned slowly upwards, over seconds, and quickly downwards.
	if l := min(level, mostFloor) << 8; l > v.floor {
		v.floor += (l - v.floor) >> 8
	} else {
		v.floor -= (v.floor - l) >> 3
	}
	if level > max(leastVoice, 3*v.floor>>8) {
		v.active += time.Duration(len(payload)) * sample
	}
	return level
}
