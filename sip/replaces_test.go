package sip_test

import (
	"context"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

// swap serves calls, each of which may be replaced.
type swap struct {
	calls     chan *sip.Dialog
	successor chan *sip.Dialog
	ring      bool
}

func (s *swap) ServeCall(ctx context.Context, d *sip.Dialog) {
	d.OnReplace(s.replaced(d))
	if s.ring {
		_ = d.Ring()
	} else if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
		return
	}
	s.calls <- d
	<-ctx.Done()
}

func (s *swap) replaced(old *sip.Dialog) func(context.Context, *sip.Dialog) {
	return func(ctx context.Context, by *sip.Dialog) {
		if _, err := by.Answer(ctx, []byte(siptest.Answer)); err != nil {
			return
		}
		s.successor <- by
		_ = old.Hangup(ctx, sip.Reason{Protocol: "SIP", Cause: 200, Text: "Replaced"})
		<-ctx.Done()
	}
}

func replacesOf(c *siptest.Call) string {
	return "Replaces: " + c.ID + ";to-tag=" + tagOf(c.To) + ";from-tag=" + tagOf(c.From)
}

// A colleague takes the place of another's call, who is hung up.
func TestReplaces(t *testing.T) {
	s := &swap{calls: make(chan *sip.Dialog, 2), successor: make(chan *sip.Dialog, 2)}
	r := start(t, s, outsider)
	h, colleague := plug(r, "8001"), plug(r, "8002")
	c := h.dial("12348")
	<-s.calls
	next := colleague.Call("12348")
	colleague.invite(next, replacesOf(c), "Require: replaces")
	ok := colleague.Expect("200 INVITE")
	next.Ack(ok)
	if by := <-s.successor; by.Origin().Extension != "8002" {
		t.Errorf("replaced by %+v", by.Origin())
	}
	h.Reply(h.Expect("BYE"), "200 OK", "", "")
	// The place is gone now: the second to ask is told so, and so is a third.
	late := colleague.Call("12348")
	colleague.invite(late, replacesOf(c))
	late.AckRefusal(colleague.Expect("603 INVITE"))
	next.Send("BYE")
	colleague.Expect("200 BYE")
}

func TestReplacesRefused(t *testing.T) {
	s := &swap{calls: make(chan *sip.Dialog, 2), successor: make(chan *sip.Dialog, 2)}
	r := start(t, s, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	d := <-s.calls
	good := replacesOf(c)
	for name, tt := range map[string]struct {
		headers []string
		want    string
	}{
		"unknown":             {[]string{"Replaces: nobody;to-tag=1;from-tag=2"}, "481"},
		"tags exchanged":      {[]string{"Replaces: " + c.ID + ";to-tag=" + tagOf(c.From) + ";from-tag=" + tagOf(c.To)}, "481"},
		"early only":          {[]string{good + ";early-only"}, "486"},
		"no tags":             {[]string{"Replaces: " + c.ID}, "400"},
		"no from-tag":         {[]string{"Replaces: " + c.ID + ";to-tag=" + tagOf(c.To)}, "400"},
		"tag twice":           {[]string{good + ";to-tag=1"}, "400"},
		"no value":            {[]string{"Replaces: "}, "400"},
		"two":                 {[]string{good, good}, "400"},
		"two in one":          {[]string{good + ", a;to-tag=b;from-tag=c"}, "400"},
		"beside Join":         {[]string{good, "Join: a;to-tag=b;from-tag=c"}, "400"},
		"nobody lets it in":   {[]string{good}, "403"},
		"zero tag, not early": {[]string{"Replaces: " + c.ID + ";to-tag=" + tagOf(c.To) + ";from-tag=0"}, "481"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "nobody lets it in" {
				d.OnReplace(nil)
				defer d.OnReplace(s.replaced(d))
			}
			n := h.Call("12348")
			n.Invite(siptest.Offer, tt.headers...)
			m := h.Expect("4xx INVITE")
			n.AckRefusal(m)
			if m.Status() == 407 {
				h.challenge, h.uses = m.Get("Proxy-Authenticate"), 0
				n.Invite(siptest.Offer, append(tt.headers, h.proof("INVITE", n.Target))...)
				m = h.Expect("4xx INVITE")
				n.AckRefusal(m)
			}
			if m.Start[8:11] != tt.want {
				t.Errorf("got %s, want %s", m.Start, tt.want)
			}
		})
	}
	c.Invite(siptest.Offer, good)
	h.Expect("400 INVITE") // within a dialog it has no place
	if !d.Connected() {
		t.Error("the call has ended")
	}
}

// Nobody takes a caller who rings unanswered, but a phone that rings here may be
// relieved by a colleague, before it answers and then no more with early-only.
func TestReplacesEarly(t *testing.T) {
	s := &swap{calls: make(chan *sip.Dialog, 2), successor: make(chan *sip.Dialog, 2), ring: true}
	r := start(t, s, outsider)
	h, colleague := plug(r, "8001"), plug(r, "8002")
	c := h.Call("12348")
	h.invite(c)
	c.Join(h.Expect("180 INVITE"))
	next := colleague.Call("12348")
	colleague.invite(next, replacesOf(c))
	next.AckRefusal(colleague.Expect("481 INVITE"))

	taken := make(chan *sip.Dialog, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ringing := place(ctx, r.ua, sip.Invite{To: sip.Extension("8001"), Replaced: func(ctx context.Context, by *sip.Dialog) {
		if _, err := by.Answer(ctx, []byte(siptest.Answer)); err == nil {
			taken <- by
			<-ctx.Done()
		}
	}})
	in := h.Expect("INVITE")
	h.Reply(in, "180 Ringing", "phone", "")
	pickup := colleague.Call("8001")
	var m *siptest.Message
	eventually(t, "the ringing one is known", func() bool {
		pickup = colleague.Call("8001")
		colleague.invite(pickup, "Replaces: "+in.Get("Call-ID")+";to-tag="+in.Param("From", "tag")+";from-tag=phone;early-only")
		if m = colleague.Expect("xxx INVITE"); m.Status() == 100 {
			m = colleague.Expect("xxx INVITE")
		}
		return m.Status() == 200
	})
	pickup.Ack(m)
	<-taken
	cancel()
	h.Reply(in, "487 Request Terminated", "phone", "")
	if got := result(t, ringing); got.err == nil {
		t.Error("answered")
	}
	pickup.Send("BYE")
	colleague.Expect("200 BYE")
	c.Send("CANCEL")
}
