package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"

	"hotline/media/sdp"
)

// find returns the first packet of a kind.
func find[T rtcp.Packet](packets []rtcp.Packet) (found T, ok bool) {
	for _, p := range packets {
		if v, is := p.(T); is {
			return v, true
		}
	}
	return found, false
}

func TestReportsAreSentAboutEveryFiveSeconds(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	for range 250 * 6 {
		h.audio(same(1))
		r.step(20 * ms)
		if h.seq%10 == 0 {
			h.seq++ // lose a tenth
			h.ts += frame
		}
		h.heard()
	}
	var reports []*rtcp.SenderReport
	all := h.reports()
	for _, p := range all {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			reports = append(reports, sr)
		}
	}
	if len(reports) < 4 || len(reports) > 13 {
		t.Fatalf("%d reports in 30 s", len(reports))
	}
	last := reports[len(reports)-1]
	if last.SSRC != h.got[0].SSRC || last.PacketCount < 1000 || last.OctetCount != last.PacketCount*frame || len(last.Reports) != 1 {
		t.Fatalf("%+v", last)
	}
	block := last.Reports[0]
	if block.SSRC != 7 || block.TotalLost < 100 || block.FractionLost < 10 || block.FractionLost > 40 {
		t.Errorf("%+v", block)
	}
	ago := r.e.wall(r.now).Sub(ntpTime(last.NTPTime))
	if ago < 0 || ago > 8*time.Second {
		t.Errorf("report's time is %v ago", ago)
	}
	if sdes, ok := find[*rtcp.SourceDescription](all); !ok || sdes.Chunks[0].Items[0].Text != r.e.cname || len(r.e.cname) < 16 {
		t.Error("no canonical name")
	}
}

// ntpTime turns an NTP time into a time.
func ntpTime(n uint64) time.Time {
	return time.Unix(int64(n>>32)-2208988800, int64(n&0xffffffff)*int64(time.Second)>>32)
}

func TestRoundTripAndWhatThePeerHears(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	h.say(r, same(1), 100*ms)
	r.step(8 * time.Second)
	sr, ok := find[*rtcp.SenderReport](h.reports())
	if !ok {
		t.Fatal("no report")
	}
	// The report came at once; the peer answers after a while, and its answer takes 80 ms.
	sent := ntpTime(sr.NTPTime).Sub(r.e.epoch)
	delay := r.now - sent
	r.now += 80 * ms
	h.report(&rtcp.SenderReport{SSRC: 7, NTPTime: ntp(r.e.wall(r.now)), Reports: []rtcp.ReceptionReport{
		{SSRC: 12345, TotalLost: 999},
		{SSRC: sr.SSRC, FractionLost: 64, TotalLost: 17, Jitter: 80, LastSenderReport: middle(sr.NTPTime), Delay: uint32(delay << 16 / time.Second)},
	}})
	r.step(ms)
	st := s.Stats()
	if d := st.RoundTrip - 80*ms; d < -2*ms || d > 2*ms {
		t.Errorf("round trip %v", st.RoundTrip)
	}
	if !st.Peer.Reported || st.Peer.Lost != 17 || st.Peer.Fraction != 0.25 || st.Peer.Jitter != 10*ms {
		t.Errorf("%+v", st.Peer)
	}
	if st.MOS < 4 || st.MOS > 4.5 {
		t.Errorf("MOS %v", st.MOS)
	}
	h.reports()
	r.step(8 * time.Second)
	again, ok := find[*rtcp.SenderReport](h.reports())
	if !ok || again.Reports[0].LastSenderReport == 0 || again.Reports[0].Delay == 0 {
		t.Errorf("our report does not tell of theirs: %+v", again)
	}
}

func TestSharedPort(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	agreed := h.agreed(sdp.PCMA)
	agreed.Mux, agreed.RTCP = true, agreed.RTP
	if err := s.Apply(agreed); err != nil {
		t.Fatal(err)
	}
	h.say(r, same(1), 100*ms)
	b, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}}})
	if err != nil {
		t.Fatal(err)
	}
	h.raw(b)
	h.report(&rtcp.ReceiverReport{SSRC: 7}) // to the port nobody agreed on
	r.step(ms)
	if st := s.Stats(); !st.Bye || st.Dropped[Unexpected] != 1 {
		t.Errorf("%+v", st)
	}
	r.step(8 * time.Second)
	if len(h.reports()) != 0 {
		t.Error("reports to a port that is not used")
	}
	if r.e.counted().reportsOut == 0 {
		t.Error("no reports")
	}
}

func TestBye(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	h.say(r, same(1), 100*ms)
	h.reports()
	_ = s.Close()
	all := h.reports()
	bye, ok := find[*rtcp.Goodbye](all)
	if !ok || len(bye.Sources) != 1 || bye.Sources[0] != s.out.stream.ssrc {
		t.Errorf("%+v", all)
	}
	quiet := r.open(nil) // which never sent anything
	g := newHandset(t, quiet, 7)
	agreed := g.agreed(sdp.PCMA)
	agreed.Direction = sdp.RecvOnly
	if err := quiet.Apply(agreed); err != nil {
		t.Fatal(err)
	}
	r.step(8 * time.Second)
	if _, ok := find[*rtcp.ReceiverReport](g.reports()); !ok {
		t.Error("who only listens sends no receiver report")
	}
	_ = quiet.Close()
	if len(g.reports()) != 0 {
		t.Error("goodbye of a source that never was")
	}
}

func TestReportsThatAreNoReports(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	h.say(r, same(1), 20*ms)
	for _, b := range [][]byte{{0x80}, {0x81, 201, 0, 7, 0, 0, 0, 7}, {0x40, 201, 0, 1, 0, 0, 0, 7}, {0x80, 201, 0xff, 0xff, 0, 0, 0, 7}} {
		if errno := send(h.pair.rtcp, b, local(s, 1)); errno != 0 {
			t.Fatal(errno)
		}
		r.step(ms)
	}
	if st := s.Stats(); st.Dropped[Malformed] != 4 || st.Peer.Reported {
		t.Errorf("%+v", st)
	}
}

// FuzzReport feeds the peer's RTCP with anything, from the peer's own address.
func FuzzReport(f *testing.F) {
	f.Add([]byte{0x81, 201, 0, 7, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x80, 200, 0, 6, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 7})
	f.Add([]byte{0x8f, 205, 0, 2, 0, 0, 0, 7, 0, 0, 0, 0})
	r := newRig(f, 1)
	s := r.open(nil)
	h := newHandset(f, s, 7).apply(sdp.PCMA)
	s.in.gate.admit(h.addr, 7, r.now)
	f.Fuzz(func(t *testing.T, b []byte) {
		p := s.lock()
		defer p.mu.Unlock()
		p.turn.now = r.now
		s.hearReport(p, b, s.rtcp.agreed, true)
		if s.rtcp.told.roundTrip < 0 || s.rtcp.told.roundTrip > 10*time.Second {
			t.Fatalf("round trip %v", s.rtcp.told.roundTrip)
		}
		s.compose(r.now, 0)
	})
}
