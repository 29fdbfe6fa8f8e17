package sip_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// placed is how an Invite ended.
type placed struct {
	d   *sip.Dialog
	err error
}

// place calls in the background.
func place(ctx context.Context, ua *sip.UA, in sip.Invite) <-chan placed {
	if in.Offer == nil {
		in.Offer = []byte(siptest.Offer)
	}
	out := make(chan placed, 1)
	go func() {
		d, err := ua.Invite(ctx, in)
		out <- placed{d, err}
	}()
	return out
}

func result(t *testing.T, c <-chan placed) placed {
	t.Helper()
	select {
	case p := <-c:
		return p
	case <-time.After(20 * time.Second):
		t.Fatal("Invite does not return")
		return placed{}
	}
}

// caller is a softphone and the scripted peer that it calls.
func caller(t *testing.T) (*rig, *siptest.Peer, sip.URI) {
	t.Helper()
	r := softphone(t, nil)
	p := r.peer()
	return r, p, sip.URI("sip:12348@" + p.Addr().String())
}

func TestInvite(t *testing.T) {
	r, p, uri := caller(t)
	var steps []int
	call := place(t.Context(), r.ua, sip.Invite{To: uri, From: sip.Caller{Display: `张"三"`}, Headers: map[string]string{"X-Case": "a\r\nEvil: 1"}, Progress: func(code int, _ []byte) { steps = append(steps, code) }})
	m := p.Expect("INVITE")
	if m.Body != siptest.Offer || m.Get("Max-Forwards") != "70" || m.Get("Supported") != "100rel, timer" || m.Get("Session-Expires") != "1800" || m.Get("Evil") != "" {
		t.Errorf("INVITE wrong:\n%s", m)
	}
	if !strings.HasPrefix(m.Get("From"), `"张\"三\"" <sip:softphone@127.0.0.1>;tag=`) {
		t.Errorf("From %s", m.Get("From"))
	}
	p.Reply(m, "100 Trying", "", "")
	for range 15 { // a trunk that repeats 183 kills no call
		p.Reply(m, "183 Session Progress", "t", "")
	}
	p.Reply(m, "180 Ringing", "t", "")
	p.Reply(m, "200 OK", "t", siptest.Answer)
	ack := p.Expect("ACK")
	if ack.Param("To", "tag") != "t" || ack.Get("CSeq") != "1 ACK" {
		t.Errorf("ACK wrong:\n%s", ack)
	}
	got := result(t, call)
	if got.err != nil || string(got.d.Answered()) != siptest.Answer || !got.d.Connected() {
		t.Fatalf("got %+v", got)
	}
	if len(steps) != 16 || steps[15] != 180 {
		t.Errorf("progress %v", steps)
	}
	p.Reply(m, "200 OK", "t", siptest.Answer)
	p.Expect("ACK")
	c := p.Accept(m, "t")
	c.Send("BYE", `Reason: Q.850;cause=16`)
	p.Expect("200 BYE")
	<-got.d.Context().Done()
	wantCause(t, context.Cause(got.d.Context()), sip.ErrHungUp)
}

func TestTrapSipgo5ManyProvisionalAnswers(t *testing.T) { TestInvite(t) }

func TestInviteRefused(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	p.Reply(m, "486 +8613800000000 is busy", "t", "", "Retry-After: 5", "Reason: Q.850;cause=17")
	ack := p.Expect("ACK")
	if ack.Param("Via", "branch") != m.Param("Via", "branch") {
		t.Error("the ACK of a refusal has another branch")
	}
	p.Reply(m, "486 again", "t", "")
	p.Expect("ACK") // at once, not after T2
	got := result(t, call)
	var e *sip.StatusError
	if !errors.As(got.err, &e) || e.Status != 486 || e.RetryAfter != 5*time.Second || e.Reason.Cause != 17 {
		t.Errorf("got %v", got.err)
	}
	if strings.Contains(got.err.Error(), "138") {
		t.Error("the error repeats what the peer wrote")
	}
}

func TestInviteSilence(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	got := result(t, call)
	wantCause(t, got.err, sip.ErrUnreachable)
	p.Reply(m, "180 Ringing", "t", "") // it was only slow: it must not ring on
	p.Expect("CANCEL")
}

func TestInviteSilenceThenAnswer(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	wantCause(t, result(t, call).err, sip.ErrUnreachable)
	p.Reply(m, "200 OK", "t", siptest.Answer)
	p.Expect("ACK")
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	eventually(t, "dialog gone", func() bool { return r.count("dialogs") == 0 })
}

func TestInviteCancelled(t *testing.T) {
	r, p, uri := caller(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	call := place(ctx, r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	p.Reply(m, "180 Ringing", "t", "")
	p.Reply(m, "180 Ringing", "t", "")
	eventually(t, "ringing", func() bool { return r.count("responses_total") >= 2 })
	cancel(&sip.EndError{Cause: sip.ErrHungUp, Reason: sip.Reason{Protocol: "SIP", Cause: 487, Text: "caller left"}})
	got := result(t, call)
	wantCause(t, got.err, sip.ErrHungUp)
	c := p.Expect("CANCEL")
	if c.Get("Reason") != `SIP;cause=487;text="caller left"` || c.Param("Via", "branch") != m.Param("Via", "branch") || c.Param("To", "tag") != "" {
		t.Errorf("CANCEL wrong:\n%s", c)
	}
	p.Reply(c, "200 OK", "t", "")
	p.Reply(m, "487 Request Terminated", "t", "")
	p.Expect("ACK")
	eventually(t, "dialogs gone", func() bool { return r.count("dialogs") == 0 })
}

// CANCEL may not be sent before a provisional answer; it waits for one.
func TestInviteCancelledBeforeAnySign(t *testing.T) {
	r, p, uri := caller(t)
	ctx, cancel := context.WithCancel(t.Context())
	call := place(ctx, r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	cancel()
	wantCause(t, result(t, call).err, context.Canceled)
	p.Reply(m, "100 Trying", "", "")
	p.Reply(p.Expect("CANCEL"), "200 OK", "", "")
	p.Reply(m, "487 Request Terminated", "t", "")
	p.Expect("ACK")
}

// The answer crosses our CANCEL: the phone is acknowledged and hung up.
func TestInviteAnswerCrossesCancel(t *testing.T) {
	r, p, uri := caller(t)
	ctx, cancel := context.WithCancel(t.Context())
	call := place(ctx, r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	p.Reply(m, "180 Ringing", "t", "")
	eventually(t, "ringing", func() bool { return r.count("responses_total") >= 1 })
	cancel()
	wantCause(t, result(t, call).err, context.Canceled)
	p.Expect("CANCEL")
	p.Reply(m, "200 OK", "t", siptest.Answer)
	p.Expect("ACK")
	p.Reply(m, "200 OK", "t", siptest.Answer)
	p.Expect("ACK")
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	eventually(t, "dialogs gone", func() bool { return r.count("dialogs") == 0 })
}

func TestInviteWithoutAnswerSDP(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	p.Reply(p.Expect("INVITE"), "200 OK", "t", "")
	p.Expect("ACK")
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	wantCause(t, result(t, call).err, sip.ErrNoAnswer)
}

// The ACK carries the CSeq of the INVITE whatever was sent in between.
func TestTrapSipgo6AckAfterPrack(t *testing.T) {
	r, p, uri := caller(t)
	var early string
	call := place(t.Context(), r.ua, sip.Invite{To: uri, Progress: func(_ int, sdp []byte) { early = string(sdp) }})
	m := p.Expect("INVITE")
	p.Reply(m, "183 Session Progress", "t", siptest.Answer, "Require: 100rel", "RSeq: 7", "Contact: "+p.Contact())
	prack := p.Expect("PRACK")
	if prack.Get("RAck") != "7 1 INVITE" || prack.Get("CSeq") != "2 PRACK" || prack.Param("To", "tag") != "t" {
		t.Errorf("PRACK wrong:\n%s", prack)
	}
	p.Reply(prack, "200 OK", "", "")
	p.Reply(m, "183 Session Progress", "t", siptest.Answer, "Require: 100rel", "RSeq: 7")
	p.Reply(m, "180 Ringing", "t", "", "Require: 100rel", "RSeq: 9") // out of order
	p.Reply(m, "180 Ringing", "t", "", "Require: 100rel", "RSeq: 8")
	prack = p.Expect("PRACK")
	if prack.Get("RAck") != "8 1 INVITE" || prack.Get("CSeq") != "3 PRACK" {
		t.Errorf("second PRACK wrong:\n%s", prack)
	}
	p.Reply(prack, "200 OK", "", "")
	p.Reply(m, "200 OK", "t", "") // the answer was in the reliable 183
	if ack := p.Expect("ACK"); ack.Get("CSeq") != "1 ACK" {
		t.Errorf("ACK has CSeq %s", ack.Get("CSeq"))
	}
	got := result(t, call)
	if got.err != nil || string(got.d.Answered()) != siptest.Answer || early == "" && len(early) != 0 {
		t.Fatalf("got %+v", got)
	}
	go func() { _ = got.d.Hangup(context.Background(), sip.Reason{}) }()
	bye := p.Expect("BYE")
	if bye.Get("CSeq") != "4 BYE" {
		t.Errorf("BYE has CSeq %s", bye.Get("CSeq"))
	}
	p.Reply(bye, "200 OK", "", "")
}

// A proxy forks our INVITE to two phones that both answer: one is hung up.
func TestTrapSipgo12TwoAnswersToOneInvite(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	m := p.Expect("INVITE")
	p.Reply(m, "180 Ringing", "a", "")
	p.Reply(m, "180 Ringing", "b", "")
	p.Reply(m, "200 OK", "b", siptest.Answer)
	p.Reply(m, "200 OK", "a", siptest.Answer)
	for _, tag := range []string{"b", "a"} {
		if ack := p.Expect("ACK"); ack.Param("To", "tag") != tag {
			t.Errorf("ACK to %s, want %s", ack.Param("To", "tag"), tag)
		}
	}
	bye := p.Expect("BYE")
	if bye.Param("To", "tag") != "a" {
		t.Errorf("BYE to %s", bye.Param("To", "tag"))
	}
	p.Reply(bye, "200 OK", "", "")
	got := result(t, call)
	if got.err != nil || !got.d.Connected() {
		t.Fatalf("got %v", got.err)
	}
	eventually(t, "one dialog left", func() bool { return r.count("dialogs") == 1 })
}

func TestInviteAnswersChallenge(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri, Credentials: &sip.Credentials{Username: "u", Password: "secret"}})
	m := p.Expect("INVITE")
	challenge := `Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"`
	p.Reply(m, "407 Proxy Authentication Required", "t", "", "Proxy-Authenticate: "+challenge)
	p.Expect("ACK")
	again := p.Expect("INVITE")
	if !strings.HasPrefix(again.Get("Proxy-Authorization"), `Digest username="u"`) || again.Get("Call-ID") != m.Get("Call-ID") || again.Get("CSeq") != "2 INVITE" {
		t.Errorf("second INVITE wrong:\n%s", again)
	}
	p.Reply(again, "200 OK", "t", siptest.Answer)
	if ack := p.Expect("ACK"); ack.Get("CSeq") != "2 ACK" || ack.Get("Proxy-Authorization") == "" {
		t.Errorf("ACK wrong:\n%s", ack)
	}
	got := result(t, call)
	go func() { _ = got.d.Hangup(context.Background(), sip.Reason{}) }()
	bye := p.Expect("BYE")
	if !strings.Contains(bye.Get("Proxy-Authorization"), "nc=00000002") {
		t.Errorf("BYE authorised by %s", bye.Get("Proxy-Authorization"))
	}
	p.Reply(bye, "407 Once More", "", "", "Proxy-Authenticate: "+strings.Replace(challenge, `"n"`, `"m"`, 1))
	bye = p.Expect("BYE")
	if !strings.Contains(bye.Get("Proxy-Authorization"), `nonce="m"`) {
		t.Error("the second challenge is not answered")
	}
	p.Reply(bye, "200 OK", "", "")
}

func TestInviteGivesUpOnChallenges(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri, Credentials: &sip.Credentials{Username: "u", Password: "wrong"}})
	for range 3 {
		p.Reply(p.Expect("INVITE"), "401 Unauthorized", "t", "", `WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"`)
	}
	var e *sip.StatusError
	if got := result(t, call); !errors.As(got.err, &e) || e.Status != 401 {
		t.Errorf("got %v", got.err)
	}
}

func TestInviteLengthensSessionInterval(t *testing.T) {
	r, p, uri := caller(t)
	call := place(t.Context(), r.ua, sip.Invite{To: uri})
	p.Reply(p.Expect("INVITE"), "422 Session Interval Too Small", "t", "", "Min-SE: 3600")
	m := p.Expect("INVITE")
	if m.Get("Session-Expires") != "3600" || m.Get("Min-SE") != "3600" {
		t.Errorf("second INVITE:\n%s", m)
	}
	p.Reply(m, "603 Decline", "t", "")
	var e *sip.StatusError
	if got := result(t, call); !errors.As(got.err, &e) || e.Status != 603 {
		t.Errorf("got %v", got.err)
	}
}

// Requests follow the Record-Route of the answer, turned round; a strict router
// gets the Request-URI, and the target goes to the end.
func TestRoutesOfAnOutgoingCall(t *testing.T) {
	for name, tt := range map[string]struct{ record, uri, routes string }{
		"loose":  {"<sip:127.0.0.1:%p;lr>;x=1, <sip:far.example;lr>", "sip:peer@127.0.0.1:%p", "<sip:far.example;lr>|<sip:127.0.0.1:%p;lr>;x=1"},
		"strict": {"<sip:near.example;lr>, <sip:127.0.0.1:%p;a=b>", "sip:127.0.0.1:%p;a=b", "<sip:near.example;lr>|<sip:peer@127.0.0.1:%p>"},
	} {
		t.Run(name, func(t *testing.T) {
			r, p, uri := caller(t)
			port := strings.TrimPrefix(p.Addr().String(), "127.0.0.1:")
			fill := func(s string) string { return strings.ReplaceAll(s, "%p", port) }
			call := place(t.Context(), r.ua, sip.Invite{To: uri})
			m := p.Expect("INVITE")
			p.Reply(m, "200 OK", "t", siptest.Answer, "Record-Route: "+fill(tt.record))
			ack := p.Expect("ACK")
			go func() { _ = result(t, call).d.Hangup(context.Background(), sip.Reason{}) }()
			bye := p.Expect("BYE")
			p.Reply(bye, "200 OK", "", "")
			for _, m := range []*siptest.Message{ack, bye} {
				if _, rest, _ := strings.Cut(m.Start, " "); rest != fill(tt.uri)+" SIP/2.0" || strings.Join(m.All("Route"), "|") != fill(tt.routes) {
					t.Errorf("%s, routes %q", m.Start, m.All("Route"))
				}
			}
		})
	}
}

// The same for calls that came in: in order.
func TestRoutesOfAnIncomingCall(t *testing.T) {
	out, ends := make(chan *sip.Dialog, 1), make(chan error, 1)
	r := start(t, talking(nil, out, ends))
	p := r.peer()
	proxy := siptest.UDP(t, r.ua.Addr())
	c := p.Call("12348")
	near := "<sip:" + proxy.Addr().String() + ";lr>"
	c.Invite(siptest.Offer, "Record-Route: "+near+", <sip:far.example;lr>;y=2")
	ok := p.Expect("200")
	if got := strings.Join(ok.All("Record-Route"), "|"); got != near+",<sip:far.example;lr>;y=2" {
		t.Errorf("Record-Route echoed as %q", got)
	}
	c.Ack(ok)
	d := <-out
	go func() { _ = d.Hangup(context.Background(), sip.Reason{}) }()
	bye := proxy.Expect("BYE")
	if strings.Join(bye.All("Route"), "|") != near+"|<sip:far.example;lr>;y=2" || !strings.HasPrefix(bye.Start, "BYE sip:peer@"+p.Addr().String()) {
		t.Errorf("BYE wrong:\n%s", bye)
	}
	proxy.Reply(bye, "200 OK", "", "")
}

func TestInviteFaults(t *testing.T) {
	r, _, uri := caller(t)
	for name, in := range map[string]sip.Invite{
		"no offer":        {To: uri, Offer: []byte{}},
		"nobody":          {Offer: []byte("v=0")},
		"Via set":         {To: uri, Offer: []byte("v=0"), Headers: map[string]string{"v": "x"}},
		"bad header name": {To: uri, Offer: []byte("v=0"), Headers: map[string]string{"X\r\nEvil": "x"}},
		"bad URI":         {To: sip.URI("tel:1"), Offer: []byte("v=0")},
	} {
		if _, err := r.ua.Invite(t.Context(), in); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A description that makes the INVITE too large for UDP goes by TCP where the
// transport was left open, and a dead TCP port does not stop the call.
func TestLargeInviteGoesByTCP(t *testing.T) {
	ends := make(chan error, 1)
	center := start(t, answering(ends))
	r := softphone(t, nil)
	big := []byte(siptest.Offer + strings.Repeat("a=x-long:1234567890\r\n", 60))
	call := place(t.Context(), r.ua, sip.Invite{To: sip.URI("sip:12348@" + center.ua.Addr().String()), Offer: big})
	got := result(t, call)
	if got.err != nil {
		t.Fatal(got.err)
	}
	if r.count("connections") != 1 {
		t.Error("not sent by TCP")
	}
	if err := got.d.Hangup(t.Context(), sip.Reason{}); err != nil {
		t.Error(err)
	}
	end(t, ends)
	p := r.peer() // UDP only
	call = place(t.Context(), r.ua, sip.Invite{To: sip.URI("sip:12348@" + p.Addr().String()), Offer: big})
	p.Reply(p.Expect("INVITE"), "486 Busy Here", "t", "")
	result(t, call)
}
