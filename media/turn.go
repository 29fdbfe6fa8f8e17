package media

import "time"

// send serves the slots that are due. A plane that was held up by more than a round goes on from
// now: nobody gets a burst of stale frames.
func (p *plane) send() {
	t := &p.turn
	last := int64(t.now.Truncate(t.beat) / slotTime) // a slot's turn is a beat's end, whatever woke us before
	if behind := last - t.tick; behind >= slots {
		if p.wheel.count > 0 {
			p.counters.skipped += uint64(behind)
		}
		t.tick, t.cursor = last-slots+1, 0
	}
	for ; t.tick <= last; t.tick++ {
		slot := int(t.tick % slots)
		if t.cursor == 0 && len(p.wheel.slot[slot]) > 0 {
			p.counters.lateness(t.now - ceil(time.Duration(t.tick)*slotTime, t.beat))
		}
		for t.cursor < len(p.wheel.slot[slot]) {
			s := p.wheel.slot[slot][t.cursor]
			t.cursor++
			t.current = s
			s.due(p)
		}
		t.cursor = 0
	}
}

// Bounds of what is read in one turn.
const (
	mostRounds  = 8  // batches of ready sockets
	mostDropped = 32 // packets of no use from one socket, before the others get their turn
)

// receive reads the sockets that are ready. One packet each is enough at a packet every 20 ms;
// where it is of no use, the next may be, so that a stranger's flood does not crowd out the peer.
func (p *plane) receive() {
	for range mostRounds {
		if p.poll.count == 0 {
			p.poll.poll(0)
		}
		full := p.poll.count == batch
		for p.poll.count > 0 {
			p.poll.count--
			mark := p.poll.ready[p.poll.count].Fd
			if mark == alarmMark {
				p.poll.silence()
				continue
			}
			s := p.sessions[mark/2]
			for n := 0; s != nil && n < mostDropped && !p.read(s, mark%2 == 1); n++ {
			}
		}
		if !full {
			return
		}
	}
}

// read reads one datagram of a session's socket. It returns false when it was of no use and there
// may be another.
func (p *plane) read(s *Session, rtcp bool) bool {
	t := &p.turn
	t.current = s
	fd := s.pair.rtp
	if rtcp {
		fd = s.pair.rtcp
	}
	n, errno := receive(fd, t.in[:], &t.from)
	if errno != 0 {
		// Empty, or an ICMP error about something we sent: no packet either way.
		return true
	}
	if rtcp || control(t.in[:n]) {
		return s.hearReport(p, t.in[:n], t.from.addr(), rtcp)
	}
	return s.hear(p, t.in[:n], t.from.addr())
}
