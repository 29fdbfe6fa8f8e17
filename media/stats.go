package media

import "time"

// Stats is how a session fares.
type Stats struct {
	// Received and Sent are packets; Received leaves out what was dropped.
	Received, Sent uint64
	// Lost are packets sent to us that never came.
	Lost uint64
	// Jitter is the mean deviation of what comes (RFC 3550 section 6.4.1).
	Jitter time.Duration
	// RoundTrip is the latest measured by RTCP, 0 when there was none.
	RoundTrip time.Duration
	// MOS is how good the peer is heard here, 1 to 4.5 (ITU-T G.107, simplified).
	MOS float64
	// Peer is what the peer reports of what it hears from us.
	Peer PeerStats
	// Spoke is how long there was sound on the line.
	Spoke time.Duration
	// Dropped are received packets of no use, by reason.
	Dropped map[Reason]uint64
	// Bye tells that the peer said goodbye by RTCP.
	Bye bool
}

// PeerStats is what the peer's reports say.
type PeerStats struct {
	// Reported tells whether there was any report.
	Reported bool
	Lost     uint64        // packets of ours that did not come
	Fraction float64       // lost in the latest interval
	Jitter   time.Duration // of what comes from us
}

// Stats returns how the session fares, or fared when it is over.
func (s *Session) Stats() Stats {
	p := s.lock()
	defer p.mu.Unlock()
	c, t := &s.in.count, &s.rtcp.told
	st := Stats{
		Received: c.received, Sent: uint64(s.out.stream.packets) - s.out.unsent, Lost: c.lost(),
		Jitter: c.spread(), RoundTrip: t.roundTrip, Spoke: s.in.voice.active, Bye: t.bye,
		Peer:    PeerStats{Reported: t.any, Lost: uint64(t.lost), Fraction: t.fraction, Jitter: t.jitter},
		Dropped: map[Reason]uint64{},
	}
	loss := 0.0
	if total := c.total(); total > 0 {
		loss = float64(st.Lost) / float64(total)
	}
	st.MOS = score(loss, st.RoundTrip, st.Jitter)
	for why, n := range s.in.dropped {
		if n > 0 {
			st.Dropped[Reason(why)] = uint64(n)
		}
	}
	return st
}
