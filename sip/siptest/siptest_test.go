package siptest_test

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/sip/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is two peers that talk to each other.
func pair(t *testing.T) (a, b *siptest.Peer) {
	t.Helper()
	a = siptest.UDP(t, netip.MustParseAddrPort("127.0.0.1:9"))
	b = siptest.UDP(t, a.Addr())
	a.Aim(b.Addr())
	return a, b
}

func TestCallBetweenPeers(t *testing.T) {
	a, b := pair(t)
	c := a.Call("12348")
	c.Invite(siptest.Offer, "X-Test: 1")
	m := b.Expect("INVITE")
	if m.Body != siptest.Offer || m.Get("x-test") != "1" || m.Method() != "INVITE" || m.Status() != 0 || m.URI("Contact") != "sip:peer@"+a.Addr().String() {
		t.Errorf("INVITE read wrongly:\n%s", m)
	}
	b.Reply(m, "183 Session Progress", "tag", "")
	b.Reply(m, "200 OK", "tag", siptest.Answer, "Record-Route: <sip:p;lr>")
	ok := a.Expect("2xx INVITE")
	if ok.Param("To", "tag") != "tag" || ok.Status() != 200 || ok.Method() != "INVITE" {
		t.Errorf("200 read wrongly:\n%s", ok)
	}
	if early := a.Next(); early.Status() != 183 {
		t.Errorf("kept %s", early.Start)
	}
	c.Ack(ok)
	if ack := b.Expect("ACK"); ack.Get("CSeq") != "1 ACK" || ack.Param("Via", "branch") == m.Param("Via", "branch") {
		t.Errorf("ACK wrong:\n%s", ack)
	}
	far := b.Accept(m, "tag")
	far.Send("BYE")
	if bye := a.Expect("BYE"); bye.Param("From", "tag") != "tag" || bye.Get("CSeq") != "101 BYE" {
		t.Errorf("BYE wrong:\n%s", bye)
	}
	c.Invite("")
	again := b.Expect("INVITE")
	c.Again()
	if copied := b.Expect("INVITE"); copied.String() != again.String() {
		t.Error("Again sends something else")
	}
	c.Send("CANCEL")
	if cancel := b.Expect("CANCEL"); cancel.Param("Via", "branch") != again.Param("Via", "branch") || cancel.Get("CSeq") != "2 CANCEL" {
		t.Errorf("CANCEL wrong:\n%s", cancel)
	}
	b.Reply(again, "487 Request Terminated", "tag", "")
	c.AckRefusal(a.Expect("487"))
	if ack := b.Expect("ACK"); ack.Param("Via", "branch") != again.Param("Via", "branch") {
		t.Errorf("ACK of a refusal wrong:\n%s", ack)
	}
}

func TestLink(t *testing.T) {
	a, b := pair(t)
	fates := map[string]int{"1": 0, "2": 2, "3": -1, "4": 1}
	a.Link(func(out bool, m *siptest.Message) int { return fates[m.Get("X")] })
	for _, n := range []string{"1", "2", "3", "4"} {
		a.Send("OPTIONS sip:a SIP/2.0\nX: " + n + "\n\n")
	}
	var got []string
	for range 4 {
		got = append(got, b.Next().Get("X"))
	}
	if !slices.Equal(got, []string{"2", "2", "4", "3"}) {
		t.Errorf("arrived: %q", got)
	}
	b.Link(func(out bool, _ *siptest.Message) int { return map[bool]int{true: 1, false: 0}[out] })
	a.Link(nil)
	a.Send("OPTIONS sip:a SIP/2.0\nX: 5\n\n")
	if rest := b.Within(20 * time.Millisecond); len(rest) != 0 {
		t.Errorf("%d passed a dead link", len(rest))
	}
	b.Forget()
}

func TestTCP(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a := siptest.TCP(t, netip.MustParseAddrPort(ln.Addr().String()))
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	b := siptest.Over(t, conn)
	for range 3 {
		a.Call("1").Invite(siptest.Offer)
	}
	for range 3 {
		if m := b.Expect("INVITE"); m.Body != siptest.Offer || !strings.Contains(m.Get("Via"), "/TCP ") || !strings.Contains(m.Get("Contact"), "transport=tcp") {
			t.Errorf("INVITE wrong:\n%s", m)
		}
	}
	a.Close()
}

// The example of RFC 7616 section 3.9.1 does not fit (it has no fixed cnonce here),
// but a challenge is read and both algorithms give answers of the right length.
func TestAuthorize(t *testing.T) {
	for algorithm, size := range map[string]int{"MD5": 32, "SHA-256": 64} {
		v := siptest.Authorize(`Digest realm="r x", nonce="n", algorithm=`+algorithm+`, qop="auth"`, "u", "p", "REGISTER", "sip:h", 3)
		_, response, _ := strings.Cut(v, `response="`)
		response, _, _ = strings.Cut(response, `"`)
		if len(response) != size || !strings.Contains(v, `realm="r x"`) || !strings.Contains(v, "nc=00000003") {
			t.Errorf("%s: %s", algorithm, v)
		}
	}
}
