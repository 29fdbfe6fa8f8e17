package media

import "bytes"

// Bounds of a jitter buffer, in samples.
const (
	ringSize  = 4096        // 512 ms of audio at most
	minDelay  = frame       // 20 ms
	maxDelay  = 6 * frame   // 120 ms
	reserve   = frame / 2   // by which the latest packet should come early
	patience  = 3           // frames a tail shorter than a frame waits for more
	talkOver  = 10          // frames without audio after which the talk is over
	trialSize = 100 * frame // how long delay must have been too long before it is cut: 2 s
)

// jitter turns packets that come as the network likes into one frame every 20 ms, for those who
// need a steady stream: a bridge that repacketises, and whatever mixes. Audio is placed by its
// timestamp, so reordering is undone and what is lost is silence of the right length.
//
// Its delay adapts between 20 and 120 ms. When a frame is due and nothing has come, playing waits,
// and everything after is later by that frame; when for two seconds even the latest packet came a
// frame earlier than needed, one frame is left out. It has no clock: put is called when a packet
// comes, take every 20 ms.
type jitter struct {
	ring    [ringSize]byte
	hush    byte
	active  bool   // a talk is being gathered or played
	playing bool   // its first frame has been handed out
	play    uint32 // timestamp of the next sample handed out
	edge    uint32 // one past the newest sample
	delay   uint32 // samples to gather before playing
	ragged  uint32 // and a frame more when packets are no whole number of frames
	waited  int    // frames since the talk's first packet, or since audio ran out
	spare   int32  // least time a packet came before it was due, in this trial
	trial   uint32 // samples played in this trial
}

// newJitter returns an empty buffer for audio with the given code of silence.
func newJitter(hush byte) *jitter {
	j := &jitter{hush: hush, delay: minDelay}
	copy(j.ring[:], bytes.Repeat([]byte{hush}, ringSize))
	return j
}

// put places a packet.
func (j *jitter) put(ts uint32, payload []byte) {
	early := int32(ts - j.play)
	if j.active && (early < -ringSize || early+int32(len(payload)) > maxDelay+ringSize/2) {
		j.clear()
	}
	if len(payload) > ringSize/2 {
		return
	}
	if !j.active {
		j.active, j.playing, j.waited = true, false, 0
		j.play, j.edge, early = ts, ts, 0
		j.ragged = 0
		if len(payload) > frame && len(payload)%frame != 0 {
			j.ragged = frame
		}
	}
	if j.playing {
		j.spare = min(j.spare, early)
		if j.waited > 0 && j.delay < maxDelay {
			j.delay += frame // ran dry in mid-talk: the next talk begins with more in hand
			j.waited = 0
		}
	} else if early < 0 && early > -maxDelay {
		// An older packet came after the first: begin with it.
		j.play, early = ts, 0
	}
	if early < 0 {
		if payload = payload[min(len(payload), int(-early)):]; len(payload) == 0 {
			return
		}
		ts = j.play
	}
	at := ts % ringSize
	copy(j.ring[:], payload[copy(j.ring[at:], payload):])
	if end := ts + uint32(len(payload)); int32(end-j.edge) > 0 {
		j.edge = end
	}
	if most := uint32(maxDelay + len(payload)); j.edge-j.play > most {
		// More in hand than may be: a burst after a pause of the network. Live speech goes first.
		skip := j.edge - j.play - most
		j.erase(skip)
		j.play += skip
	}
}

// take writes the frame that is due into dst, which has a frame's length. It returns false, and
// writes silence, when nobody talks.
func (j *jitter) take(dst []byte) bool {
	if !j.active || !j.ready() {
		fill(dst, j.hush)
		return j.active
	}
	at := j.play % ringSize
	n := copy(dst, j.ring[at:])
	copy(dst[n:], j.ring[:])
	j.erase(frame)
	j.play += frame
	j.waited = 0
	if int32(j.edge-j.play) < 0 {
		j.edge = j.play
	}
	j.adapt()
	return true
}

// ready tells whether a frame can be handed out now; when not, playing waits.
func (j *jitter) ready() bool {
	j.waited++
	depth := j.edge - j.play
	if !j.playing {
		if uint32(j.waited*frame) <= j.delay-minDelay+j.ragged {
			return false
		}
		j.playing, j.spare, j.trial = true, ringSize, 0
	}
	switch {
	case depth >= frame, depth > 0 && j.waited > patience:
		return true
	case j.waited > talkOver:
		j.clear()
	}
	return false
}

// adapt leaves out a frame when for a whole trial every packet came earlier than needed.
func (j *jitter) adapt() {
	if j.trial += frame; j.trial < trialSize {
		return
	}
	if j.spare >= frame+reserve && j.spare < ringSize && j.edge-j.play > frame {
		j.erase(frame)
		j.play += frame
		j.delay = max(minDelay, j.delay-frame)
	}
	j.spare, j.trial = ringSize, 0
}

// erase makes the next n samples silent, for the audio that will take their place in the ring.
func (j *jitter) erase(n uint32) {
	for i := range n {
		j.ring[(j.play+i)%ringSize] = j.hush
	}
}

// pending returns how many whole frames are in hand.
func (j *jitter) pending() int {
	if !j.active {
		return 0
	}
	return int(max(0, int32(j.edge-j.play))) / frame
}

// drained tells whether all that came has been handed out.
func (j *jitter) drained() bool { return !j.active || int32(j.edge-j.play) <= 0 }

// clear forgets the talk.
func (j *jitter) clear() {
	j.active, j.playing = false, false
	fill(j.ring[:], j.hush)
}

// fill sets every byte of b.
func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}
