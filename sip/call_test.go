package sip_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// peers runs a test with the caller on each transport.
func peers(t *testing.T, test func(t *testing.T, dial func(*rig) *siptest.Peer)) {
	for name, dial := range map[string]func(*rig) *siptest.Peer{
		"UDP": (*rig).peer,
		"TCP": func(r *rig) *siptest.Peer { return siptest.TCP(r.t, r.ua.Addr()) },
	} {
		t.Run(name, func(t *testing.T) { test(t, dial) })
	}
}

func TestCall(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		ends := make(chan error, 1)
		seen := make(chan *sip.Dialog, 1)
		r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
			seen <- d
			answering(ends)(ctx, d)
		}))
		p := dial(r)
		c := p.Call("12348")
		c.Invite(siptest.Offer, "User-Agent: exchange", "P-Asserted-Identity: \"Li\" <sip:+8613900000000@carrier>")
		ringing := p.Expect("180")
		ok := p.Expect("200")
		if ringing.Param("To", "tag") == "" || ringing.Param("To", "tag") != ok.Param("To", "tag") {
			t.Error("180 and 200 have different tags")
		}
		if ok.Body != siptest.Answer || ok.Get("Allow") == "" || ok.Get("Server") != "hotline" {
			t.Errorf("200 wrong:\n%s", ok)
		}
		c.Ack(ok)
		d := <-seen
		if d.Called() != "12348" || d.Origin() != (sip.Origin{Trunk: "city"}) || string(d.Offer()) != siptest.Offer || d.Header("User-Agent") != "exchange" || d.Hops() != 70 {
			t.Errorf("dialog: called %s, origin %+v", d.Called(), d.Origin())
		}
		if who := d.Caller(); who.Number != "+8613900000000" || who.Asserted != "PAI" || who.Display != "Li" || who.Anonymous {
			t.Errorf("caller read wrongly: number right %v, %q", who.Number == "+8613900000000", who.Asserted)
		}
		c.Send("BYE", "Reason: Q.850;cause=16;text=\"Normal\"")
		p.Expect("200 BYE")
		err := end(t, ends)
		wantCause(t, err, sip.ErrHungUp)
		var e *sip.EndError
		if !asEnd(err, &e) || e.Reason.Cause != 16 {
			t.Errorf("reason lost: %v", err)
		}
		eventually(t, "no dialog left", func() bool { return r.count("dialogs") == 0 })
	})
}

func asEnd(err error, e **sip.EndError) bool { return errors.As(err, e) }

func TestWeHangUp(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		result := make(chan error, 2)
		r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
			if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
				result <- err
				return
			}
			result <- d.Hangup(context.Background(), sip.NormalClearing())
			result <- d.Hangup(context.Background(), sip.NormalClearing())
		}))
		p := dial(r)
		c := p.Call("12348")
		c.Invite(siptest.Offer)
		c.Ack(p.Expect("200"))
		bye := p.Expect("BYE")
		if bye.Get("Reason") != `Q.850;cause=16;text="Normal call clearing"` || bye.Param("From", "tag") == "" || bye.Param("To", "tag") == "" {
			t.Errorf("BYE wrong:\n%s", bye)
		}
		p.Reply(bye, "200 OK", "", "")
		for range 2 {
			if err := end(t, result); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestOfferless(t *testing.T) {
	answers := make(chan string, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		if d.Offer() != nil {
			t.Error("an offer where there is none")
		}
		body, err := d.Answer(ctx, []byte(siptest.Offer))
		answers <- fmt.Sprint(string(body), err)
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite("")
	ok := p.Expect("200")
	if ok.Body != siptest.Offer {
		t.Errorf("200 without our offer:\n%s", ok)
	}
	c.Ack(ok, siptest.Answer)
	if got := <-answers; got != siptest.Answer+"<nil>" {
		t.Errorf("got %q", got)
	}
	p.Expect("BYE")
}

func TestOfferlessWithoutAnswer(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite("")
	c.Ack(p.Expect("200"))
	p.Expect("BYE")
	wantCause(t, end(t, ends), sip.ErrNoAnswer)
}

// The 2xx is repeated at 0.5, 1, 2, 4, 4 ... times T1 until the ACK, over TCP too.
func TestTrapSipgo4AnswerIsRepeatedUntilAck(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		ends := make(chan error, 1)
		r := start(t, answering(ends))
		p := dial(r)
		c := p.Call("12348")
		c.Invite(siptest.Offer)
		first := p.Expect("200")
		again := p.Expect("200")
		if first.String() != again.String() {
			t.Error("the repeated answer differs")
		}
		p.Expect("200")
		c.Ack(again)
		c.Again()
		c.Send("BYE")
		p.Expect("200 BYE")
		wantCause(t, end(t, ends), sip.ErrHungUp)
		if got := r.count("retransmissions_total"); got < 2 {
			t.Errorf("%v repetitions counted", got)
		}
	})
}

// Without ACK the call ends after 64*T1, with BYE.
func TestTrapSipgo4NoAckEndsWithBye(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	begin := time.Now()
	bye := p.Expect("BYE")
	if took := time.Since(begin); took < 60*quick.T1 {
		t.Errorf("gave up after %v, want 64*T1", took)
	}
	p.Reply(bye, "200 OK", "", "")
	wantCause(t, end(t, ends), sip.ErrNoAck)
	copies := 0
	for _, m := range p.Within(0) {
		if m.Status() == 200 {
			copies++
		}
	}
	if copies < 15 || copies > 19 { // 0, 1, 3, 7, then every 4 up to 64 times T1
		t.Errorf("the answer was repeated %d times", copies)
	}
}

func TestByeInsteadOfAck(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	c.Join(p.Expect("200"))
	c.Send("BYE")
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
	p.Forget()
	for _, m := range p.Within(10 * quick.T1) {
		t.Errorf("still sent %s", m.Start)
	}
}

func TestHangupWaitsForAck(t *testing.T) {
	hung := make(chan error, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := d.Answer(ctx, []byte(siptest.Answer))
		hung <- err
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	ok := p.Expect("200")
	wantCause(t, end(t, hung), context.Canceled)
	p.Expect("200") // repeated all the same
	c.Ack(ok)
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	eventually(t, "dialog gone", func() bool { return r.count("dialogs") == 0 })
}

func TestReject(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		second := make(chan error, 2)
		r := start(t, handler(func(_ context.Context, d *sip.Dialog) {
			err := d.Reject(&sip.StatusError{Status: 503, RetryAfter: 30 * time.Second, Warning: "full \"now\"\r\nEvil: 1"})
			second <- err
			second <- d.Reject(&sip.StatusError{Status: 486})
		}))
		p := dial(r)
		c := p.Call("12348")
		c.Invite(siptest.Offer)
		m := p.Expect("503")
		if m.Get("Retry-After") != "30" || m.Get("Warning") != `399 127.0.0.1 "full \"now\"  Evil: 1"` || m.Get("Evil") != "" {
			t.Errorf("refusal wrong:\n%s", m)
		}
		c.AckRefusal(m)
		if err := end(t, second); err != nil {
			t.Error(err)
		}
		wantCause(t, end(t, second), sip.ErrLocal)
	})
}

func TestHandlerThatDoesNothingGets500(t *testing.T) {
	r := start(t, handler(func(context.Context, *sip.Dialog) {}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	c.AckRefusal(p.Expect("500"))
}

func TestHandlerThatPanics(t *testing.T) {
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		if d.Called() == "2" {
			if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
				t.Error(err)
			}
		}
		panic("number 13800000000")
	}))
	p := r.peer()
	c := p.Call("1")
	c.Invite(siptest.Offer)
	c.AckRefusal(p.Expect("500"))
	c = p.Call("2")
	c.Invite(siptest.Offer)
	c.Ack(p.Expect("200"))
	p.Reply(p.Expect("BYE"), "200 OK", "", "")
	eventually(t, "two panics counted", func() bool { return r.count("panics_total") == 2 })
	if strings.Contains(r.log.String(), "13800000000") {
		t.Error("the panic's value is logged")
	}
}

func TestStopHangsUp(t *testing.T) {
	ends := make(chan error, 2)
	r := start(t, answering(ends))
	p := r.peer()
	talking, ringing := p.Call("12348"), p.Call("12355")
	talking.Invite(siptest.Offer)
	talking.Ack(p.Expect("200"))
	ringing.Invite(siptest.Offer)
	ringing.Join(p.Expect("200"))
	go r.stop()
	bye := p.Expect("BYE")
	p.Reply(bye, "200 OK", "", "")
	if bye.Get("Reason") != `SIP;cause=503;text="Service stopped"` {
		t.Errorf("reason %q", bye.Get("Reason"))
	}
	for range 2 {
		wantCause(t, end(t, ends), sip.ErrStopped)
	}
	r.stop()
}

func TestDrain(t *testing.T) {
	r := start(t, admitting{answering(make(chan error, 9))})
	r.ua.Drain(true)
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	m := p.Expect("503 INVITE")
	if m.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.AckRefusal(m)
	p.Call("x").Send("OPTIONS")
	p.Expect("503 OPTIONS")
	c = p.Call("12355")
	c.Invite(siptest.Offer)
	c.Ack(p.Expect("200 INVITE"))
	c.Send("BYE")
	p.Expect("200 BYE")
	r.ua.Drain(false)
	p.Call("x").Send("OPTIONS")
	p.Expect("200 OPTIONS")
}

// admitting lets the minors' line in while draining.
type admitting struct{ handler }

func (admitting) Admit(called string) bool { return called == "12355" }

func TestStopEndsAnInvite(t *testing.T) {
	r, p, uri := caller(t)
	call := place(context.Background(), r.ua, sip.Invite{To: uri})
	p.Reply(p.Expect("INVITE"), "180 Ringing", "t", "")
	eventually(t, "rings", func() bool { return r.count("dialogs") == 1 })
	go r.stop()
	p.Expect("CANCEL")
	wantCause(t, result(t, call).err, sip.ErrStopped)
	r.stop()
}
