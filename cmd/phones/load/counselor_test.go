package load

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// caller side of a scripted server that a single counselor registers with.
type scripted struct {
	t     *testing.T
	conn  *net.UDPConn
	phone netip.AddrPort
	last  message // received
}

// openScripted starts a fleet of one counselor and takes its registration.
func openScripted(t *testing.T, after time.Duration) (s *scripted, stop func() Report) {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	s = &scripted{t: t, conn: conn}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan Report, 1)
	go func() {
		defer close(done)
		p := Plan{
			Name: "test", Server: conn.LocalAddr().(*net.UDPAddr).AddrPort(), Number: "none", Calls: 1,
			Arrivals: Arrivals{From: 0, To: 1e-6},
			Staff:    Staff{Accounts: []Account{{User: "7000"}}, After: after},
			Times:    Lengths{Settle: time.Hour, Measure: time.Hour},
		}
		r, err := Run(ctx, p)
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	s.expectRequest("REGISTER")
	s.reply(200, "")
	return s, func() Report {
		cancel()
		s.expectRequest("REGISTER")
		if !strings.Contains(string(s.last.raw), "Expires: 0\r\n") {
			t.Errorf("no end of the registration:\n%s", s.last.raw)
		}
		s.reply(200, "")
		return <-done
	}
}

// receive takes the next message that is not what was received before.
func (s *scripted) receive() {
	s.t.Helper()
	must(s.t, s.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	b := make([]byte, 8192)
	n, from, err := s.conn.ReadFromUDPAddrPort(b)
	must(s.t, err)
	m, ok := parse(b[:n])
	if !ok {
		s.t.Fatalf("no SIP: %q", b[:n])
	}
	s.phone, s.last = from, m
}

func (s *scripted) expectRequest(method string) {
	s.t.Helper()
	for s.receive(); s.last.method != method; s.receive() {
		if s.last.method != "" && s.last.method != "REGISTER" {
			s.t.Fatalf("%s where %s should be", s.last.method, method)
		}
	}
}

// expect takes the answer to a request, provisional ones and repetitions of older ones aside.
func (s *scripted) expect(seq, status int) {
	s.t.Helper()
	for s.receive(); s.last.status != status || s.last.cseq.number != seq; s.receive() {
		if s.last.cseq.number == seq && s.last.status > 180 {
			s.t.Fatalf("%d to request %d, %d wanted", s.last.status, seq, status)
		}
	}
}

func (s *scripted) reply(status int, body string) {
	_, err := s.conn.WriteToUDPAddrPort(answer(&s.last, status, tagged(s.last.headers.to, "s"), "", body), s.phone)
	must(s.t, err)
}

// ask sends a request of a call to the phone.
func (s *scripted) ask(method, call string, seq int, toTag, body string) {
	s.t.Helper()
	cseq := method
	request := fmt.Sprintf("%s sip:7000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bK%s%d\r\nFrom: <sip:12348@127.0.0.1>;tag=x\r\n"+
		"To: <sip:7000@127.0.0.1>%s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:12348@%s>\r\n\r\n%s", method, call, seq, toTag, call, seq, cseq, s.conn.LocalAddr(), body)
	_, err := s.conn.WriteToUDPAddrPort([]byte(request), s.phone)
	must(s.t, err)
}

const described = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"

// A call with all that a server may do to it: no offer, an answer that is not acknowledged at first, hold by re-INVITE,
// UPDATE, transfer, a second call meanwhile.
func TestVisit(t *testing.T) {
	s, stop := openScripted(t, 0)
	s.ask("INVITE", "one", 1, "", "")
	s.expect(1, 200)
	tag := ";tag=" + tagIn(string(s.last.headers.to))
	if !strings.Contains(string(s.last.body), "RTP/AVP 8 101") {
		t.Errorf("no offer of A-law and keys:\n%s", s.last.body)
	}
	s.expect(1, 200) // again, since nothing acknowledged it
	s.ask("INVITE", "one", 1, "", "")
	s.expect(1, 200) // again, since it was asked again
	s.ask("ACK", "one", 1, tag, described)

	s.ask("INVITE", "one", 2, tag, described+"a=sendonly\r\n")
	s.expect(2, 200)
	if !strings.Contains(string(s.last.body), "RTP/AVP 0") {
		t.Errorf("the answer is not µ-law:\n%s", s.last.body)
	}
	s.ask("ACK", "one", 2, tag, "")
	for i, step := range []struct {
		method string
		status int
	}{{"UPDATE", 200}, {"REFER", 603}, {"INFO", 200}} {
		s.ask(step.method, "one", 3+i, tag, "")
		s.expect(3+i, step.status)
	}
	s.ask("INVITE", "two", 1, "", described)
	s.expect(1, 486)
	s.ask("ACK", "two", 1, "", "")
	s.ask("BYE", "one", 9, tag, "")
	s.expect(9, 200)
	if r := stop(); r.SetUp.Ends["counselor rung while busy"] != 1 || r.SetUp.Failed != 1 {
		t.Errorf("ends %v", r.SetUp.Ends)
	}
}

// A ring that is cancelled ends with 487; requests of no call are told so.
func TestCancelledRing(t *testing.T) {
	s, stop := openScripted(t, time.Hour)
	s.ask("INVITE", "one", 1, "", described)
	s.expect(1, 180)
	s.ask("CANCEL", "one", 1, "", "")
	s.expect(1, 200)
	s.expect(1, 487)
	s.ask("ACK", "one", 1, "", "")
	s.ask("BYE", "none", 5, ";tag=q", "")
	s.expect(5, 481)
	s.ask("OPTIONS", "none", 6, "", "")
	s.expect(6, 200)
	if r := stop(); r.SetUp.Ends["ring cancelled"] != 1 {
		t.Errorf("ends %v", r.SetUp.Ends)
	}
}

// Calls for nobody we know, and with audio we do not speak, are refused.
func TestStrangeRings(t *testing.T) {
	s, stop := openScripted(t, 0)
	s.ask("INVITE", "one", 1, "", strings.Replace(described, "AVP 0", "AVP 96", 1))
	s.expect(1, 486)
	s.ask("ACK", "one", 1, "", "")
	_ = stop()
}

// tagIn is the tag of a From or To value.
func tagIn(value string) string {
	_, tag, _ := strings.Cut(value, ";tag=")
	return tag
}
