package media

import "hotline/media/sdp"

// sum is voices added up, linear. Thirty-two of them at their loudest do not overflow it.
type sum [frame]int32

// add adds samples whose gain goes evenly from one to another within the frame, so that nothing
// that is switched on, off or over makes a click.
func (s *sum) add(pcm *[frame]int16, from, to Gain) {
	switch {
	case from == Unity && to == Unity:
		for i, v := range pcm {
			s[i] += int32(v)
		}
	case from == to:
		for i, v := range pcm {
			s[i] += int32(v) * int32(from) >> unityBits
		}
	default:
		for i, v := range pcm {
			g := int32(from) + int32(to-from)*int32(i+1)/frame
			s[i] += int32(v) * g >> unityBits
		}
	}
}

// less takes one of its parts out.
func (s *sum) less(pcm *[frame]int16) {
	for i, v := range pcm {
		s[i] -= int32(v)
	}
}

// knee is where clipping begins, 2 dB below full scale: everything fainter is left as it is.
const knee = 26000

// bend brings a sample beyond the knee back under full scale. The curve leaves the straight line
// without an edge and never reaches full scale, so that several people who shout at once are loud,
// but do not rattle.
func bend(v int32) int32 {
	if v < 0 {
		return -bend(-v)
	}
	const room = 32767 - knee
	over := int64(v - knee)
	return knee + int32(room*over/(room+over))
}

// encode writes the sum in a law.
func (s *sum) encode(dst []byte, law sdp.Codec) {
	dst = dst[:frame]
	if law == sdp.PCMU {
		for i, v := range s {
			if v > knee || v < -knee {
				v = bend(v)
			}
			dst[i] = muCode[uint16(v)>>2]
		}
		return
	}
	for i, v := range s {
		if v > knee || v < -knee {
			v = bend(v)
		}
		dst[i] = aCode[uint16(v)>>4]
	}
}

// decode writes code as linear samples.
func decode(pcm *[frame]int16, code *[frame]byte, law sdp.Codec) {
	table := linear(law)
	for i, b := range code {
		pcm[i] = table[b]
	}
}

// fade makes of the last frame that was heard one that dies away: the same backwards, fainter and
// fainter. It goes on where the other stopped, so that a voice cut off makes no click, and a lost
// packet sounds like a word swallowed rather than a hole.
func fade(pcm *[frame]int16, code *[frame]byte, law sdp.Codec) {
	table := linear(law)
	for i := range pcm {
		pcm[i] = int16(int32(table[code[frame-1-i]]) * int32(frame-1-i) / frame)
	}
}
