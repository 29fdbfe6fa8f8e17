package sip_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

func TestCancelWhileRinging(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		ends := make(chan error, 1)
		r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
			_ = d.Ring()
			<-ctx.Done()
			ends <- context.Cause(ctx)
		}))
		p := dial(r)
		c := p.Call("12348")
		c.Invite(siptest.Offer)
		ringing := p.Expect("180")
		c.Send("CANCEL", `Reason: SIP;cause=200;text="Call completed elsewhere"`)
		ok, refused := p.Expect("200 CANCEL"), p.Expect("487 INVITE")
		for _, m := range []*siptest.Message{ok, refused} {
			if m.Param("To", "tag") != ringing.Param("To", "tag") {
				t.Errorf("%s has another tag than the 180", m.Start)
			}
		}
		c.AckRefusal(refused)
		err := end(t, ends)
		wantCause(t, err, sip.ErrCancelled)
		var e *sip.EndError
		if !asEnd(err, &e) || e.Reason != sip.Elsewhere() {
			t.Errorf("reason lost: %+v", e)
		}
		eventually(t, "dialog gone", func() bool { return r.count("dialogs") == 0 })
	})
}

func TestCancelOfNothing(t *testing.T) {
	r := start(t, answering(make(chan error, 1)))
	p := r.peer()
	c := p.Call("12348")
	c.Request("INVITE", "") // never sent
	c.Send("CANCEL")
	p.Expect("481 CANCEL")
}

func TestCancelAfterAnswerChangesNothing(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	ok := p.Expect("200 INVITE")
	c.Send("CANCEL")
	p.Expect("200 CANCEL")
	c.Ack(ok)
	c.Send("BYE")
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
}

// A caller may give up at any instant: before, while and after it is answered. The
// call ends on both sides each time and nothing is left.
func TestCancelAtEveryInstant(t *testing.T) {
	ends := make(chan error, 100)
	r := start(t, answering(ends))
	for i := range 40 {
		p := r.peer()
		c := p.Call(fmt.Sprint(i))
		c.Invite(siptest.Offer)
		<-time.After(time.Duration(i) * 50 * time.Microsecond)
		c.Send("CANCEL")
		p.Expect("200 CANCEL")
		var final *siptest.Message
		for final == nil || final.Method() != "INVITE" || final.Status() < 200 {
			final = p.Next()
		}
		if final.Status() == 487 {
			c.AckRefusal(final)
			wantCause(t, end(t, ends), sip.ErrCancelled)
			continue
		}
		c.Ack(final)
		c.Send("BYE")
		p.Expect("200 BYE")
		wantCause(t, end(t, ends), sip.ErrHungUp)
	}
	eventually(t, "dialogs gone", func() bool { return r.count("dialogs") == 0 })
}

func TestStrangersCancelEndsNothing(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		_ = d.Ring()
		<-ctx.Done()
		ends <- context.Cause(ctx)
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	ringing := p.Expect("180")
	stranger := siptest.UDPFrom(t, "127.0.0.66", r.ua.Addr())
	stranger.Raw(c.Request("CANCEL", ""))
	stranger.Expect("403 CANCEL")
	c.Join(ringing)
	c.Peer = stranger
	stranger.Raw(c.Request("BYE", ""))
	stranger.Expect("403 BYE")
	select {
	case err := <-ends:
		t.Errorf("a stranger ended the call: %v", err)
	default:
	}
}

func TestByeBeforeAnswer(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		_ = d.Ring()
		<-ctx.Done()
		ends <- context.Cause(ctx)
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	c.Join(p.Expect("180"))
	c.Send("BYE")
	p.Expect("200 BYE")
	p.Expect("487 INVITE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
}
