package media

import "time"

// Each session sends in a slot of its own: a millisecond out of twenty. The wheel spreads the
// sessions over the slots, so that a plane's work is even, and jitter and cost stay low.
const (
	slots    = 20
	slotTime = time.Millisecond
)

// wheel holds the sessions of a plane by slot.
type wheel struct {
	slot  [slots][]*Session
	count int
}

// seat is a session's place in its plane.
type seat struct {
	mark     int32 // by which its sockets are known to the poller
	slot, at int
	tick     int64 // of its latest visit
}

// add puts a session into the emptiest slot, the first to come after tick among equals.
func (w *wheel) add(s *Session, tick int64) {
	best := 0
	for i := range int64(slots) {
		if n := int((tick + 1 + i) % slots); i == 0 || len(w.slot[n]) < len(w.slot[best]) {
			best = n
		}
	}
	s.seat = seat{mark: s.seat.mark, slot: best, at: len(w.slot[best]), tick: tick}
	w.slot[best] = append(w.slot[best], s)
	w.count++
}

// move brings a session to another slot. When it was last served stays known, so that its clock goes
// on as it did.
func (w *wheel) move(s *Session, slot int) {
	if s.seat.slot == slot {
		return
	}
	w.remove(s)
	s.seat.slot, s.seat.at = slot, len(w.slot[slot])
	w.slot[slot] = append(w.slot[slot], s)
	w.count++
}

// remove takes a session out.
func (w *wheel) remove(s *Session) {
	list := w.slot[s.seat.slot]
	last := list[len(list)-1]
	list[s.seat.at] = last
	last.seat.at = s.seat.at
	list[len(list)-1] = nil
	w.slot[s.seat.slot] = list[:len(list)-1]
	w.count--
}

// next returns the first tick from the given one on whose slot has sessions, and false when the
// wheel is empty.
func (w *wheel) next(tick int64) (int64, bool) {
	if w.count == 0 {
		return 0, false
	}
	for len(w.slot[tick%slots]) == 0 {
		tick++
	}
	return tick, true
}
