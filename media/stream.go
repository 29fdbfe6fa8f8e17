package media

// stream numbers what one leg sends. Whatever the audio comes from, the peer hears one source:
// one SSRC, sequence numbers without holes of our making, timestamps that follow the clock
// (RFC 3550 section 5.1), and a marker where sound begins anew (RFC 3551 section 4.1).
//
// It has no clock: tick is called every 20 ms, whether a packet is sent or not.
type stream struct {
	ssrc    uint32
	seq     uint16 // of the latest packet
	clock   uint32 // timestamp of the current 20 ms
	edge    uint32 // one past the latest sample sent
	begun   bool
	passing bool // the latest packet was one passed on from a peer
	packets uint32
	octets  uint32
}

// tick moves the clock by a number of frames.
func (s *stream) tick(frames uint32) { s.clock += frames * frame }

// here returns the timestamp for a packet made now: the clock's, unless that has been sent.
func (s *stream) here() uint32 {
	if s.begun && int32(s.edge-s.clock) > 0 {
		return s.edge
	}
	return s.clock
}

// ahead returns by how many samples what was sent has run ahead of the clock.
func (s *stream) ahead() int {
	if !s.begun {
		return 0
	}
	return int(int32(s.edge - s.clock))
}

// pace numbers a packet of our own making that carries n samples.
func (s *stream) pace(kind uint8, n int) stamp {
	ts := s.here()
	st := stamp{ts: ts, seq: s.seq + 1, kind: kind, marker: !s.begun || ts != s.edge}
	s.seq, s.clock = st.seq, ts
	s.sent(ts, n)
	s.passing = false
	return st
}

// event numbers a telephone-event packet: its timestamp is that of the key's beginning, and the
// samples it stands for are no audio (RFC 4733 section 2.2).
func (s *stream) event(kind uint8, begin uint32, marker bool) stamp {
	s.seq++
	if !s.begun {
		s.begun, s.edge = true, begin
	}
	s.passing = false
	s.packets++
	s.octets += 4
	return stamp{ts: begin, seq: s.seq, kind: kind, marker: marker}
}

// sent notes a packet of n samples at ts.
func (s *stream) sent(ts uint32, n int) {
	if end := ts + uint32(n); !s.begun || int32(end-s.edge) > 0 {
		s.edge = end
	}
	s.begun = true
	s.packets++
	s.octets += uint32(n)
}

// mapping carries a peer's numbering into a stream, so that the peer's losses and reordering stay
// visible to the one who hears it (RFC 3550 section 7.2, translators).
type mapping struct {
	live     bool
	ssrc     uint32
	shiftSeq uint16
	shiftTS  uint32
	first    uint16 // first packet since the mapping was laid
	highest  uint16
	skipped  bool // packets were left out since the latest passed
}

// Bounds of what is taken for the same talk rather than a new beginning.
const (
	jumpPackets = 100  // sequence numbers
	jumpSamples = 8000 // distance of a timestamp from our clock
)

// pass numbers a peer's packet in s, or tells that it must not be sent: it repeats another, or is
// older than the mapping.
func (m *mapping) pass(p *packet, s *stream, kind uint8) (stamp, bool) {
	step := int16(p.seq - m.highest)
	switch {
	case !m.live || !s.passing || p.ssrc != m.ssrc || step >= jumpPackets || step <= -jumpPackets:
		return m.lay(p, s, kind), true
	case step == 0 || int16(p.seq-m.first) < 0:
		return stamp{}, false
	}
	ts := p.ts + m.shiftTS
	if away := int32(ts - s.clock); away > jumpSamples || away < -jumpSamples {
		return m.lay(p, s, kind), true
	}
	st := stamp{ts: ts, seq: p.seq + m.shiftSeq, kind: kind, marker: p.marker || m.skipped}
	m.skipped = false
	if step > 0 {
		m.highest, s.seq = p.seq, st.seq
	}
	s.sent(ts, len(p.payload()))
	return st, true
}

// lay starts the mapping anew at p: the next sequence number, and the timestamp of now.
func (m *mapping) lay(p *packet, s *stream, kind uint8) stamp {
	ts := s.here()
	*m = mapping{
		live: true, ssrc: p.ssrc, first: p.seq, highest: p.seq,
		shiftSeq: s.seq + 1 - p.seq, shiftTS: ts - p.ts,
	}
	s.seq++
	s.passing = true
	s.sent(ts, len(p.payload()))
	return stamp{ts: ts, seq: s.seq, kind: kind, marker: true}
}

// skip closes the hole a packet of the peer leaves that is not passed on, such as a key.
func (m *mapping) skip(p *packet) {
	if m.live && p.ssrc == m.ssrc && p.seq == m.highest+1 {
		m.highest++
		m.shiftSeq--
		m.skipped = true
	}
}
