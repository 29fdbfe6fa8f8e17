package media

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/rtcp"

	"hotline/media/sdp"
)

// reportTime is the mean time between our reports (RFC 3550 section 6.2); each is varied by half
// either way (section 6.3.1).
const reportTime = 5 * time.Second

// reporter is a session's RTCP: what it tells and what it was told.
type reporter struct {
	cname  string
	open   bool
	mux    bool
	agreed netip.AddrPort
	to     endpoint
	next   time.Duration

	sender   uint32        // middle of the NTP time of the peer's latest sender report
	senderAt time.Duration // when it came
	told     told
}

// told is what the peer says of what it hears from us.
type told struct {
	any       bool
	lost      uint32  // packets, cumulative
	fraction  float64 // lost lately
	jitter    time.Duration
	roundTrip time.Duration // 0 until measured
	bye       bool
}

// apply follows what was agreed.
func (r *reporter) apply(agreed sdp.Params) {
	r.agreed, r.mux = agreed.RTCP, agreed.Mux
	r.open = agreed.RTCP.Port() != 0 && !agreed.RTCP.Addr().IsUnspecified()
}

// wall returns the time of day by the steady clock, so that a clock set by hand harms no report.
func (e *Engine) wall(now time.Duration) time.Time { return e.epoch.Add(now) }

// ntp returns a time as seconds since 1900 in 32.32 bits (RFC 3550 section 4).
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// middle returns the middle 32 bits of an NTP time: 16.16 seconds.
func middle(t uint64) uint32 { return uint32(t >> 16) }

// shortTime returns a difference of middles as a time.
func shortTime(d uint32) time.Duration { return time.Duration(d) * time.Second >> 16 }

// report sends our report when it is due.
func (s *Session) report(p *plane) {
	r, now := &s.rtcp, p.turn.now
	if !r.open || now < r.next {
		return
	}
	first := r.next == 0
	r.next = now + reportTime/2 + time.Duration(rand.Int64N(int64(reportTime)))
	if first {
		r.next = now + rand.N(reportTime/2)
		return
	}
	s.sendReport(p, s.compose(now, s.in.count.interval()))
}

// compose returns our report: what we sent and heard, and who we are (RFC 3550 section 6.1).
func (s *Session) compose(now time.Duration, fraction uint8) []rtcp.Packet {
	var blocks []rtcp.ReceptionReport
	if s.in.gate.speaking {
		blocks = []rtcp.ReceptionReport{s.reception(now, fraction)}
	}
	o := &s.out.stream
	var head rtcp.Packet = &rtcp.ReceiverReport{SSRC: o.ssrc, Reports: blocks}
	if o.packets > 0 {
		head = &rtcp.SenderReport{
			SSRC: o.ssrc, NTPTime: ntp(s.engine.wall(now)), RTPTime: o.clock,
			PacketCount: o.packets, OctetCount: o.octets, Reports: blocks,
		}
	}
	return []rtcp.Packet{head, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: o.ssrc,
		Items:  []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: s.rtcp.cname}},
	}}}}
}

// reception returns the block about what we hear.
func (s *Session) reception(now time.Duration, fraction uint8) rtcp.ReceptionReport {
	c := &s.in.count
	block := rtcp.ReceptionReport{
		SSRC: s.in.gate.ssrc, FractionLost: fraction, TotalLost: uint32(min(c.lost(), 1<<23-1)),
		LastSequenceNumber: c.extended(), Jitter: c.jitter >> 4, LastSenderReport: s.rtcp.sender,
	}
	if block.LastSenderReport != 0 {
		block.Delay = uint32(min(now-s.rtcp.senderAt, 65535*time.Second) << 16 / time.Second)
	}
	return block
}

// sendReport sends a compound packet. Reports that cannot be sent are not missed by anyone.
func (s *Session) sendReport(p *plane, packets []rtcp.Packet) {
	b, err := rtcp.Marshal(packets)
	if err != nil {
		return
	}
	fd, to := s.pair.rtcp, &s.rtcp.to
	switch {
	case s.rtcp.mux:
		fd, to = s.pair.rtp, &s.out.to
	case s.in.gate.reports.IsValid():
		to.set(s.in.gate.reports)
	default:
		to.set(s.rtcp.agreed)
	}
	if to.size != 0 && send(fd, b, to) == 0 {
		p.counters.reportsOut++
	}
}

// sayBye tells the peer that our source ends (RFC 3550 section 6.6).
func (s *Session) sayBye(p *plane) {
	if !s.rtcp.open || s.out.stream.packets == 0 {
		return
	}
	s.sendReport(p, append(s.compose(p.clock(), s.in.count.interval()), &rtcp.Goodbye{Sources: []uint32{s.out.stream.ssrc}}))
}

// hearReport takes a datagram of RTCP, from its own socket or from the shared one. It returns
// whether it was the peer's.
func (s *Session) hearReport(p *plane, b []byte, from netip.AddrPort, own bool) bool {
	if !s.in.agreed || own == s.rtcp.mux {
		return s.drop(p, Unexpected)
	}
	// Nothing of a stranger's is parsed: every RTCP packet has its sender's SSRC at this place.
	ssrc, ok := reportSource(b)
	if !ok {
		return s.drop(p, Malformed)
	}
	switch s.in.gate.report(from, s.rtcp.agreed, ssrc) {
	case stranger:
		return s.drop(p, Stranger)
	case foreign:
		return s.drop(p, Foreign)
	case admitted:
	}
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		return s.drop(p, Malformed)
	}
	p.counters.reportsIn++
	s.watch.heard(p.turn.now)
	for _, packet := range packets {
		s.rtcp.take(packet, s.out.stream.ssrc, s.engine.wall(p.turn.now), p.turn.now)
	}
	return true
}

// reportSource returns the SSRC of the first packet of a compound.
func reportSource(b []byte) (uint32, bool) {
	if len(b) < 8 || b[0]>>6 != 2 {
		return 0, false
	}
	return uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7]), true
}

// take reads one packet of the peer's report.
func (r *reporter) take(packet rtcp.Packet, ours uint32, wall time.Time, now time.Duration) {
	var blocks []rtcp.ReceptionReport
	switch v := packet.(type) {
	case *rtcp.SenderReport:
		r.sender, r.senderAt = middle(v.NTPTime), now
		blocks = v.Reports
	case *rtcp.ReceiverReport:
		blocks = v.Reports
	case *rtcp.Goodbye:
		r.told.bye = true
	}
	for _, b := range blocks {
		if b.SSRC != ours {
			continue
		}
		t := &r.told
		t.any = true
		t.lost, t.fraction = b.TotalLost, float64(b.FractionLost)/256
		t.jitter = time.Duration(b.Jitter) * sample
		// RFC 3550 section 6.4.1: A - LSR - DLSR. Nonsense gives a huge number.
		if d := shortTime(middle(ntp(wall)) - b.LastSenderReport - b.Delay); b.LastSenderReport != 0 && d < 10*time.Second {
			t.roundTrip = d
		}
	}
}
