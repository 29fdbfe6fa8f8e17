package media

import "time"

// Way is how a key reached us.
type Way uint8

// The three ways of a key.
const (
	Event  Way = iota // telephone-event packets (RFC 4733)
	Info              // a SIP INFO request
	InBand            // two tones in the audio
)

// String returns the way's name.
func (w Way) String() string { return [...]string{"event", "info", "in-band", "?"}[w&3] }

// Key is one press of a key: '0' to '9', '*', '#', 'A' to 'D'.
type Key struct {
	Digit byte
	Way   Way
}

// pairing is how long after its last sign a press may still be told by another way. SIP INFO
// comes when the key is let go, and by another road.
const pairing = time.Second

// press is one press with the ways that told it.
type press struct {
	digit byte
	ways  uint8
	last  time.Duration
}

// keypad gathers the keys of all ways and passes on each press once. A phone may tell a press by
// several ways; each telling is matched with the oldest press of that digit that its way has not
// told yet, so that quick repeats are neither lost nor doubled.
type keypad struct {
	recent [8]press
	count  int
	seen   [3]uint32 // presses told by each way
	out    chan Key
	missed uint32 // keys nobody took
}

// tell takes a press told by a way, and returns whether no other way has told it yet.
func (k *keypad) tell(digit byte, way Way, now time.Duration) bool {
	k.seen[way]++
	for i := range min(k.count, len(k.recent)) {
		p := &k.recent[(k.count-min(k.count, len(k.recent))+i)%len(k.recent)]
		if p.digit == digit && p.ways&(1<<way) == 0 && now-p.last < pairing {
			p.ways |= 1 << way
			p.last = now
			return false
		}
	}
	k.recent[k.count%len(k.recent)] = press{digit, 1 << way, now}
	k.count++
	select {
	case k.out <- Key{digit, way}:
	default:
		k.missed++
	}
	return true
}

// hold tells that a press told by events goes on.
func (k *keypad) hold(digit byte, now time.Duration) {
	if k.count == 0 {
		return
	}
	if p := &k.recent[(k.count-1)%len(k.recent)]; p.digit == digit && p.ways&(1<<Event) != 0 {
		p.last = now
	}
}
