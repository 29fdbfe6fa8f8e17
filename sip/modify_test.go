package sip_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

// desk is a Negotiator that notes what it is asked.
type desk struct {
	mu      sync.Mutex
	offers  []string
	answers []string
	refuse  error
	hold    chan struct{} // when set, AnswerOffer waits for it
}

func (n *desk) AnswerOffer(offer []byte) ([]byte, error) {
	if n.hold != nil {
		<-n.hold
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.offers = append(n.offers, string(offer))
	if n.refuse != nil {
		return nil, n.refuse
	}
	return []byte(siptest.Answer), nil
}

func (n *desk) MakeOffer() ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return []byte(siptest.Offer), n.refuse
}

func (n *desk) TakeAnswer(answer []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers = append(n.answers, string(answer))
	return n.refuse
}

func (n *desk) taken() (offers, answers int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.offers), len(n.answers)
}

// talking takes a call, sets a negotiator, and gives the dialog out.
func talking(n sip.Negotiator, out chan<- *sip.Dialog, ends chan<- error) handler {
	return func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
			ends <- err
			return
		}
		if n != nil {
			d.Serve(n)
		}
		out <- d
		<-ctx.Done()
		ends <- context.Cause(ctx)
	}
}

// talk sets up a call and returns both sides of it.
func talk(t *testing.T, n sip.Negotiator, headers ...string) (*rig, *siptest.Peer, *siptest.Call, *sip.Dialog, chan error) {
	t.Helper()
	out, ends := make(chan *sip.Dialog, 1), make(chan error, 1)
	r := start(t, talking(n, out, ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer, headers...)
	c.Ack(p.Expect("200"))
	return r, p, c, <-out, ends
}

var held = strings.Replace(siptest.Offer, "a=rtpmap", "a=sendonly\r\na=rtpmap", 1)

func TestReinvite(t *testing.T) {
	n := &desk{}
	_, p, c, d, _ := talk(t, n)
	c.Invite(held)
	ok := p.Expect("200 INVITE")
	if ok.Body != siptest.Answer || ok.Get("Contact") == "" {
		t.Errorf("200 wrong:\n%s", ok)
	}
	p.Expect("200 INVITE") // repeated until the ACK
	c.Ack(ok)
	if offers, _ := n.taken(); offers != 1 || string(d.Answered()) != held {
		t.Errorf("%d offers", offers)
	}
	c.Invite("")
	ok = p.Expect("200 INVITE")
	for ok.Param("CSeq", "") == "" && !strings.HasPrefix(ok.Get("CSeq"), "3 ") {
		ok = p.Expect("200 INVITE")
	}
	if ok.Body != siptest.Offer {
		t.Errorf("200 to an offerless re-INVITE:\n%s", ok)
	}
	c.Ack(ok, siptest.Answer)
	eventually(t, "answer taken", func() bool { _, a := n.taken(); return a == 1 })
	c.Send("BYE")
	p.Expect("200 BYE")
}

func TestReinviteRefused(t *testing.T) {
	n := &desk{refuse: errors.New("no codec in common")}
	_, p, c, d, _ := talk(t, n)
	c.Invite(held)
	m := p.Expect("488")
	if m.Get("Warning") == "" {
		t.Error("no Warning")
	}
	c.AckRefusal(m)
	n.mu.Lock()
	n.refuse = &sip.StatusError{Status: 606}
	n.mu.Unlock()
	c.Invite("")
	c.AckRefusal(p.Expect("606"))
	if !d.Connected() || string(d.Answered()) != siptest.Offer {
		t.Error("a refused offer changed the session")
	}
	c.Send("BYE")
	p.Expect("200 BYE")
}

func TestReinviteBeforeNegotiator(t *testing.T) {
	_, p, c, _, _ := talk(t, nil)
	c.Invite(held)
	c.AckRefusal(p.Expect("491"))
}

func TestReinviteUnacknowledged(t *testing.T) {
	_, p, c, _, ends := talk(t, &desk{})
	c.Invite(held)
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	wantCause(t, end(t, ends), sip.ErrNoAck)
}

func TestReinviteWhileOneIsOpen(t *testing.T) {
	n := &desk{hold: make(chan struct{})}
	_, p, c, _, _ := talk(t, n)
	c.Invite(held)
	first := c.Seq
	c.Invite(held)
	m := p.Expect("500 INVITE")
	if m.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.AckRefusal(m)
	c.Send("UPDATE")
	p.Expect("200 UPDATE") // without an offer there is no glare
	c.Peer.Raw(c.Request("UPDATE", held))
	p.Expect("500 UPDATE")
	close(n.hold)
	ok := p.Expect("200 INVITE")
	seq := c.Seq
	c.Seq = first
	c.Ack(ok)
	c.Seq = seq
	c.Send("BYE")
	p.Expect("200 BYE")
}

func TestReinviteAfterBye(t *testing.T) {
	_, p, c, _, ends := talk(t, &desk{})
	c.Send("BYE")
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
	c.Invite("")
	c.AckRefusal(p.Expect("481 INVITE"))
	c.Again() // the same again
}

func TestNegotiatorThatPanics(t *testing.T) {
	r, p, c, d, _ := talk(t, panicking{})
	c.Invite(held)
	c.AckRefusal(p.Expect("500 INVITE"))
	c.Peer.Raw(c.Request("UPDATE", held))
	p.Expect("500 UPDATE")
	eventually(t, "two panics counted", func() bool { return r.count("panics_total") == 2 })
	if !d.Connected() {
		t.Error("the call ended")
	}
	c.Send("BYE")
	p.Expect("200 BYE")
}

type panicking struct{ sip.Negotiator }

func (panicking) AnswerOffer([]byte) ([]byte, error) { panic("a fault of ours") }

func TestUpdate(t *testing.T) {
	n := &desk{}
	_, p, c, d, _ := talk(t, n)
	c.Peer.Raw(c.Request("UPDATE", held))
	if m := p.Expect("200 UPDATE"); m.Body != siptest.Answer {
		t.Errorf("200 wrong:\n%s", m)
	}
	if string(d.Answered()) != held {
		t.Error("the new description is not kept")
	}
	n.mu.Lock()
	n.refuse = errors.New("no")
	n.mu.Unlock()
	c.Peer.Raw(c.Request("UPDATE", siptest.Offer))
	p.Expect("488 UPDATE")
	if string(d.Answered()) != held {
		t.Error("a refused UPDATE changed the session")
	}
}

func TestTargetRefresh(t *testing.T) {
	_, p, c, d, _ := talk(t, &desk{})
	other := siptest.UDP(t, p.Server())
	c.Send("UPDATE", "Contact: "+other.Contact())
	p.Expect("200 UPDATE")
	go func() { _ = d.Hangup(context.Background(), sip.Reason{}) }()
	other.Reply(other.Expect("BYE"), "200 OK", "", "")
}

func TestOldSequenceNumber(t *testing.T) {
	_, p, c, _, _ := talk(t, &desk{})
	c.Seq = 50
	c.Send("OPTIONS")
	p.Expect("200 OPTIONS")
	c.Seq = 20
	c.Send("OPTIONS")
	p.Expect("500 OPTIONS")
	c.Seq = 51
	c.Send("BYE")
	p.Expect("200 BYE")
}

func TestUnknownDialog(t *testing.T) {
	_, p, c, _, _ := talk(t, &desk{})
	c.To += "x"
	for _, method := range []string{"BYE", "INFO", "UPDATE", "PRACK", "OPTIONS", "INVITE"} {
		c.Send(method)
		p.Expect("481 " + method)
	}
	c = p.Call("12348")
	for _, method := range []string{"BYE", "INFO", "UPDATE", "PRACK"} {
		c.Send(method)
		p.Expect("481 " + method)
	}
}

func TestInfo(t *testing.T) {
	_, p, c, d, _ := talk(t, &desk{})
	got := make(chan string, 2)
	c.Send("INFO")
	p.Expect("200 INFO")
	info := func() string {
		return strings.Replace(c.Request("INFO", "Signal=5\r\nDuration=160\r\n"), "application/sdp", "application/dtmf-relay", 1)
	}
	p.Raw(info())
	p.Expect("415 INFO")
	d.OnInfo(func(kind string, body []byte) error {
		got <- kind + " " + string(body[:8])
		return nil
	})
	p.Raw(info())
	c.Again()
	p.Expect("200 INFO")
	if s := <-got; s != "application/dtmf-relay Signal=5" {
		t.Errorf("got %q", s)
	}
	d.OnInfo(func(string, []byte) error { return errors.New("no such thing") })
	p.Raw(info())
	p.Expect("415 INFO")
	if len(got) != 0 {
		t.Error("a repeated INFO was taken twice")
	}
}

func TestReoffer(t *testing.T) {
	_, p, _, d, _ := talk(t, &desk{})
	result := make(chan string, 1)
	again := func() {
		answer, err := d.Reoffer(context.Background(), []byte(held))
		result <- string(answer) + errText(err)
	}
	go again()
	m := p.Expect("INVITE")
	if m.Body != held || m.Get("Contact") == "" || m.Get("Session-Expires") == "" {
		t.Errorf("re-INVITE wrong:\n%s", m)
	}
	p.Reply(m, "100 Trying", "", "")
	p.Reply(m, "200 OK", "", siptest.Answer)
	ack := p.Expect("ACK")
	if ack.Get("CSeq") != strings.Replace(m.Get("CSeq"), "INVITE", "ACK", 1) || ack.Param("Via", "branch") == m.Param("Via", "branch") {
		t.Errorf("ACK wrong:\n%s", ack)
	}
	p.Reply(m, "200 OK", "", siptest.Answer)
	p.Expect("ACK") // every copy of the 2xx
	if got := <-result; got != siptest.Answer {
		t.Errorf("got %q", got)
	}
	go again()
	p.Reply(p.Expect("INVITE"), "488 Not Acceptable Here", "", "")
	p.Expect("ACK")
	if got := <-result; got != "offer again: refused with 488 Not Acceptable Here" || !d.Connected() {
		t.Errorf("got %q", got)
	}
	go again()
	p.Reply(p.Expect("INVITE"), "481 No", "", "")
	if got := <-result; !strings.Contains(got, sip.ErrGone.Error()) || d.Connected() {
		t.Errorf("got %q", got)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestReofferCancelled(t *testing.T) {
	n := &desk{}
	_, p, _, d, _ := talk(t, n)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() {
		_, err := d.Reoffer(ctx, []byte(held))
		result <- err
	}()
	m := p.Expect("INVITE")
	p.Reply(m, "180 Ringing", "", "")
	eventually(t, "ringing", func() bool { return true })
	cancel()
	wantCause(t, end(t, result), context.Canceled)
	p.Expect("CANCEL")
	p.Reply(m, "200 OK", "", siptest.Answer) // too late: the session changed all the same
	p.Expect("ACK")
	eventually(t, "answer taken", func() bool { _, a := n.taken(); return a == 1 })
}

// Both sides offer at once: each gets 491, waits as RFC 3261 14.1 says, and tries again.
func TestGlare(t *testing.T) {
	n := &desk{}
	_, p, c, d, _ := talk(t, n)
	result := make(chan error, 1)
	go func() {
		_, err := d.Reoffer(context.Background(), []byte(held))
		result <- err
	}()
	ours := p.Expect("INVITE")
	c.Invite(held)
	m := p.Expect("491 INVITE")
	c.AckRefusal(m)
	c.Peer.Raw(c.Request("UPDATE", held))
	p.Expect("491 UPDATE")
	p.Reply(ours, "491 Request Pending", "", "")
	p.Expect("ACK")
	again := p.Expect("INVITE") // we do not own the Call-ID: within 2 s
	if again.Get("CSeq") == ours.Get("CSeq") {
		t.Error("the same CSeq again")
	}
	p.Reply(again, "200 OK", "", siptest.Answer)
	if err := end(t, result); err != nil {
		t.Error(err)
	}
	p.Expect("ACK")
	c.Invite(held)
	c.Ack(p.Expect("200 INVITE"))
}

func TestReofferWaitsForTheirs(t *testing.T) {
	n := &desk{hold: make(chan struct{})}
	_, p, c, d, _ := talk(t, n)
	c.Invite(held)
	c.Send("OPTIONS") // in order: the re-INVITE is being dealt with
	p.Expect("200 OPTIONS")
	result := make(chan error, 1)
	go func() {
		_, err := d.Reoffer(context.Background(), []byte(held))
		result <- err
	}()
	close(n.hold)
	ok := p.Expect("200 INVITE")
	c.Seq--
	c.Ack(ok)
	p.Reply(p.Expect("INVITE"), "200 OK", "", siptest.Answer)
	if err := end(t, result); err != nil {
		t.Error(err)
	}
}
