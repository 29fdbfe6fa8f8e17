package load

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

// deaf is a server that hears only every so many messages of each kind, so that all is sent again.
func deaf(t testing.TB, every int) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b, heard := make([]byte, 8192), map[string]int{}
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			m, ok := parse(b[:n])
			if heard[m.method]++; !ok || m.method == "ACK" || heard[m.method]%every != 0 {
				continue
			}
			body := ""
			if m.method == "INVITE" {
				body = described
			}
			_, _ = conn.WriteToUDPAddrPort(answer(&m, 200, tagged(m.headers.to, "d"), "", body), from)
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// What is not answered is sent again, until it is.
func TestRequestsAreRepeated(t *testing.T) {
	p := Plan{
		Name: "test", Server: deaf(t, 2), Number: "1", Calls: 1, Arrivals: Arrivals{From: 100, To: 100},
		Times: Lengths{Settle: 10 * time.Second, Measure: 100 * time.Millisecond},
	}
	r := run(t, p)
	if r.SetUp.Answered != 1 || r.SetUp.Ends[endOfRun] != 1 || r.Phones.Repeats == 0 {
		t.Errorf("%+v, %d repeats", r.SetUp, r.Phones.Repeats)
	}
	if ms := r.SetUp.Answer.P50; ms < 450 || ms > 5000 {
		t.Errorf("answered after %.0f ms, the first repetition comes after 500", ms)
	}
}
