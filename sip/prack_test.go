package sip_test

import (
	"context"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

func TestReliableRinging(t *testing.T) {
	answer, ends := make(chan struct{}), make(chan error, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		_ = d.Ring()
		_ = d.Ring() // the second waits for the first
		<-answer
		answering(ends)(ctx, d)
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer, "Require: 100rel")
	m := p.Expect("180")
	if m.Get("Require") != "100rel" || m.Get("RSeq") != "1" {
		t.Fatalf("180 is not reliable:\n%s", m)
	}
	if again := p.Expect("180"); again.Get("RSeq") != "1" {
		t.Error("another 180 before the PRACK")
	}
	invite := c.Seq
	c.Join(m)
	c.Send("PRACK", "RAck: 7 1 INVITE")
	p.Expect("481 PRACK")
	c.Send("PRACK", "RAck: 1  1   INVITE")
	p.Expect("200 PRACK")
	p.Forget()
	close(answer)
	ok := p.Expect("200 INVITE")
	seq := c.Seq
	c.Seq = invite
	c.Ack(ok)
	c.Seq = seq
	c.Send("BYE")
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
}

// A caller that never acknowledges the 180 is refused after 64*T1.
func TestReliableRingingUnacknowledged(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		_ = d.Ring()
		<-ctx.Done()
		ends <- context.Cause(ctx)
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer, "Require: 100rel")
	c.AckRefusal(p.Expect("504"))
	wantCause(t, end(t, ends), sip.ErrNoPrack)
}

// Without an offer a reliable 180 would have to carry ours: there is none then.
func TestReliableRingingOfferless(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite("", "Require: 100rel")
	for m := p.Next(); m.Status() != 200; m = p.Next() {
		if m.Status() > 100 {
			t.Errorf("got %s", m.Start)
		}
	}
}

func TestPrackOfNothing(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer, "Supported: 100rel")
	ok := p.Expect("200")
	if m := p.Within(0); len(m) > 0 && m[0].Get("RSeq") != "" {
		t.Error("reliable although not required")
	}
	c.Ack(ok)
	c.Send("PRACK", "RAck: 1 1 INVITE")
	p.Expect("481 PRACK")
}
