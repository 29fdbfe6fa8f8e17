package load

import (
	"encoding/binary"
	"strings"
)

// keying sends keys as telephone events (RFC 4733): each in eight packets, then a pause of audio.
type keying struct {
	keys  string
	step  int
	begun uint32 // RTP time of the key
}

// Packets of a key: while it is down, then its end three times; and the frames until the next.
const (
	downPackets = 5
	endPackets  = 3
	keyPause    = 3
)

// volume of a key, in dBm0 without its sign.
const volume = 10

// next writes the event that is due and returns its size, 0 when audio is due; whether it is the key's first; and the
// RTP time at which the key began.
func (k *keying) next(b []byte, now uint32) (n int, first bool, begun uint32) {
	if k.keys == "" {
		return 0, false, 0
	}
	step := k.step
	k.step++
	if step == downPackets+endPackets+keyPause-1 {
		defer func() { k.keys, k.step = k.keys[1:], 0 }()
	}
	if step >= downPackets+endPackets {
		return 0, false, 0
	}
	if step == 0 {
		k.begun = now
	}
	b[0], b[1] = byte(strings.IndexByte("0123456789*#ABCD", k.keys[0])), volume //nolint:gosec // below 16
	if step >= downPackets {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], uint16(min(step+1, downPackets)*frameSize)) //nolint:gosec // below 2^16
	return 4, step == 0, k.begun
}
