package sip_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// handset is a scripted phone of an extension.
type handset struct {
	*siptest.Peer
	t         *testing.T
	ext       string
	challenge string
	uses      int
	seen      map[string]bool // NOTIFYs, which may be repeated
}

// plug registers a phone. MD5 alone keeps the scripts short.
func plug(r *rig, ext string) *handset {
	r.t.Helper()
	p := phone(r, "127.0.0.1")
	if m := p.Register(ext, "secret"); m.Status() != 200 {
		r.t.Fatalf("not registered:\n%s", m)
	}
	return &handset{Peer: p, t: r.t, ext: ext, seen: map[string]bool{}}
}

// dial calls a number and returns the call once it is answered.
func (h *handset) dial(number string) *siptest.Call {
	h.t.Helper()
	c := h.Call(number)
	h.invite(c)
	c.Ack(h.Expect("200 INVITE"))
	return c
}

// invite sends an INVITE until it is taken as ours.
func (h *handset) invite(c *siptest.Call, headers ...string) {
	h.t.Helper()
	c.Invite(siptest.Offer, headers...)
	ask := h.Expect("407 INVITE")
	c.AckRefusal(ask)
	h.challenge, h.uses = ask.Get("Proxy-Authenticate"), 0
	c.Invite(siptest.Offer, append(headers, h.proof("INVITE", c.Target))...)
}

func (h *handset) proof(method, uri string) string {
	h.uses++
	return "Proxy-Authorization: " + siptest.Authorize(h.challenge, h.ext, "secret", method, uri, h.uses)
}

// send sends a request within a call that needs a password, and returns the answer.
func (h *handset) send(c *siptest.Call, method string, headers ...string) *siptest.Message {
	h.t.Helper()
	c.Send(method, append(headers, h.proof(method, c.Target))...)
	for {
		if m := h.Expect("xxx " + method); m.Status() >= 200 {
			return m
		}
	}
}

// notified waits for the next NOTIFY.
func (h *handset) notified() *siptest.Message {
	h.t.Helper()
	for {
		m := h.Expect("NOTIFY")
		if id := m.Get("Call-ID") + m.Get("CSeq"); !h.seen[id] {
			h.seen[id] = true
			return m
		}
	}
}

// reports takes NOTIFYs, answering them, until the last one.
func (h *handset) reports() (out []string) {
	h.t.Helper()
	for {
		m := h.notified()
		h.Reply(m, "200 OK", "", "")
		out = append(out, m.Get("Event")+" "+strings.TrimSpace(m.Body))
		if strings.HasPrefix(m.Get("Subscription-State"), "terminated") {
			return out
		}
	}
}

// wards tells a test of the calls that it serves and of their transfers.
type wards struct {
	calls  chan *sip.Dialog
	refers chan *sip.Refer
}

func newWards() *wards {
	return &wards{calls: make(chan *sip.Dialog, 8), refers: make(chan *sip.Refer, 8)}
}

func (w *wards) ServeCall(ctx context.Context, d *sip.Dialog) {
	d.OnRefer(func(r *sip.Refer) error {
		w.refers <- r
		return nil
	})
	if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil {
		return
	}
	w.calls <- d
	<-ctx.Done()
}

func TestReferBlind(t *testing.T) {
	for name, tt := range map[string]struct {
		done error
		want string
	}{
		"done":        {nil, "refer SIP/2.0 200 OK"},
		"busy":        {&sip.StatusError{Status: 486}, "refer SIP/2.0 486 Busy Here"},
		"unreachable": {sip.ErrUnreachable, "refer SIP/2.0 408 Request Timeout"},
		"fault":       {errors.New("fault"), "refer SIP/2.0 503 Service Unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWards()
			r := start(t, w, outsider)
			h := plug(r, "8001")
			c := h.dial("12348")
			m := h.send(c, "REFER", "Refer-To: <sip:8002@hotline;user=phone>", "Referred-By: <sip:8001@hotline>")
			if m.Status() != 202 || m.Get("Contact") == "" {
				t.Fatalf("refused:\n%s", m)
			}
			refer := <-w.refers
			if refer.Target != "8002" || refer.ReferredBy != "8001" || refer.Replaces != nil {
				t.Errorf("refer %+v", refer)
			}
			first := h.notified()
			if first.Body != "SIP/2.0 100 Trying\r\n" || !strings.HasPrefix(first.Get("Subscription-State"), "active;expires=") || first.Get("Content-Type") != "message/sipfrag;version=2.0" {
				t.Errorf("first report:\n%s", first)
			}
			h.Reply(first, "200 OK", "", "")
			refer.Progress(180)
			ringing := h.notified()
			if ringing.Body != "SIP/2.0 180 Ringing\r\n" {
				t.Errorf("second report:\n%s", ringing)
			}
			refer.Done(tt.done) // while the second is not answered
			refer.Done(nil)
			refer.Progress(183)
			h.Reply(ringing, "200 OK", "", "")
			if got := h.reports(); len(got) != 1 || got[0] != tt.want {
				t.Errorf("reports %q, want %q", got, tt.want)
			}
			c.Send("BYE")
			h.Expect("200 BYE")
		})
	}
}

// A second transfer of the same call has its own name, and waits for the first.
func TestReferTwice(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	h.send(c, "REFER", "Refer-To: <tel:8002>")
	first := <-w.refers
	h.Reply(h.notified(), "200 OK", "", "")
	if m := h.send(c, "REFER", "Refer-To: <sip:8003@h>"); m.Status() != 491 {
		t.Errorf("a second REFER got %s", m.Start)
	}
	first.Done(&sip.StatusError{Status: 404})
	h.reports()
	var m *siptest.Message
	eventually(t, "free for another", func() bool {
		m = h.send(c, "REFER", "Refer-To: <sip:8003@h>", "Refer-Sub: true")
		return m.Status() == 202
	})
	second := <-w.refers
	second.Done(nil)
	for _, got := range h.reports() {
		if !strings.HasPrefix(got, "refer;id=") {
			t.Errorf("report %q", got)
		}
	}
}

// Nothing is reported to a phone that wants none, or no more (RFC 4488, RFC 6665).
func TestReferReports(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	if m := h.send(c, "REFER", "Refer-To: <sip:8002@h>", "Refer-Sub: false", "Require: norefersub"); m.Status() != 202 || m.Get("Refer-Sub") != "false" {
		t.Fatalf("refused:\n%s", m)
	}
	refer := <-w.refers
	c.Send("SUBSCRIBE", "Event: refer", "Expires: 0")
	h.Expect("481 SUBSCRIBE")
	refer.Done(nil)
	if got := h.Within(30 * time.Millisecond); len(got) != 0 {
		t.Errorf("reported all the same:\n%s", got[0])
	}
	h.send(c, "REFER", "Refer-To: <sip:8002@h>")
	refer = <-w.refers
	h.Reply(h.notified(), "200 OK", "", "")
	c.Send("SUBSCRIBE", "Event: dialog")
	if m := h.Expect("489 SUBSCRIBE"); !strings.Contains(m.Get("Allow-Events"), "refer") {
		t.Errorf("refused:\n%s", m)
	}
	c.Send("SUBSCRIBE", "Event: refer", "Expires: 60")
	if m := h.Expect("200 SUBSCRIBE"); m.Get("Expires") != "60" {
		t.Errorf("prolonged:\n%s", m)
	}
	h.Reply(h.notified(), "200 OK", "", "")
	c.Send("SUBSCRIBE", "Event: refer", "Expires: 0")
	h.Expect("200 SUBSCRIBE")
	if got := h.reports(); len(got) != 1 || got[0] != "refer;id=3 SIP/2.0 100 Trying" && !strings.HasSuffix(got[0], "100 Trying") {
		t.Errorf("reports %q", got)
	}
	refer.Done(nil)
	if got := h.Within(30 * time.Millisecond); len(got) != 0 {
		t.Errorf("reported all the same:\n%s", got[0])
	}
}

// A report that the phone refuses ends the reports, one that it puts off is repeated.
func TestReferReportRefused(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	h.send(c, "REFER", "Refer-To: <sip:8002@h>")
	refer := <-w.refers
	h.Reply(h.notified(), "500 Later", "", "", "Retry-After: 1")
	again := h.notified()
	if again.Body != "SIP/2.0 100 Trying\r\n" {
		t.Errorf("repeated as\n%s", again)
	}
	h.Reply(again, "481 Gone", "", "")
	refer.Done(nil)
	if got := h.Within(30 * time.Millisecond); len(got) != 0 {
		t.Errorf("reported all the same:\n%s", got[0])
	}
	if m := h.send(c, "REFER", "Refer-To: <sip:8002@h>"); m.Status() != 202 {
		t.Errorf("the next one got %s", m.Start)
	}
}

// The phone hangs up as soon as its wish is taken, as most do: the transfer goes on
// and is reported all the same.
func TestReferThenBye(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	h.send(c, "REFER", "Refer-To: <sip:8002@h>")
	refer := <-w.refers
	c.Send("BYE")
	h.Expect("200 BYE")
	refer.Done(nil)
	if got := h.reports(); got[len(got)-1] != "refer SIP/2.0 200 OK" {
		t.Errorf("reports %q", got)
	}
}

func TestReferBad(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	own := url.QueryEscape(c.ID + ";to-tag=" + tagOf(c.To) + ";from-tag=" + tagOf(c.From))
	for name, tt := range map[string]struct {
		headers []string
		want    int
	}{
		"nothing":               {nil, 400},
		"two":                   {[]string{"Refer-To: <sip:1@h>, <sip:2@h>"}, 400},
		"two lines":             {[]string{"Refer-To: <sip:1@h>", "Refer-To: <sip:2@h>"}, 400},
		"not an address":        {[]string{"Refer-To: <<>>"}, 400},
		"no user":               {[]string{"Refer-To: <sip:h>"}, 400},
		"long":                  {[]string{"Refer-To: <sip:" + strings.Repeat("1", 65) + "@h>"}, 400},
		"other scheme":          {[]string{"Refer-To: <http://h/>"}, 416},
		"other method":          {[]string{"Refer-To: <sip:8002@h;method=BYE>"}, 603},
		"Replaces without tags": {[]string{"Refer-To: <sip:8002@h?Replaces=abc>"}, 400},
		"Replaces with one tag": {[]string{"Refer-To: <sip:8002@h?Replaces=abc%3Bto-tag%3D1>"}, 400},
		"Replaces doubled":      {[]string{"Refer-To: <sip:8002@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>"}, 400},
		"Replaces tag doubled":  {[]string{"Refer-To: <sip:8002@h?Replaces=a%3Bto-tag%3D1%3Bto-tag%3D1%3Bfrom-tag%3D2>"}, 400},
		"bad escape":            {[]string{"Refer-To: <sip:8002@h?Replaces=a%ZZ>"}, 400},
		"itself":                {[]string{"Refer-To: <sip:8002@h?Replaces=" + own + ">"}, 400},
		"extension unknown":     {[]string{"Refer-To: <sip:8002@h>", "Require: multiple-refer"}, 420},
	} {
		t.Run(name, func(t *testing.T) {
			if m := h.send(c, "REFER", tt.headers...); m.Status() != tt.want {
				t.Errorf("got %s, want %d", m.Start, tt.want)
			}
		})
	}
	if len(w.refers) != 0 {
		t.Error("one was taken")
	}
}

// Who may ask: the extension at the other end, with its password, when somebody
// listens. A caller from outside may not send us anywhere.
func TestReferWho(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	c := h.dial("12348")
	c.Send("REFER", "Refer-To: <sip:8002@h>")
	if m := h.Expect("407 REFER"); m.Get("Proxy-Authenticate") == "" {
		t.Errorf("no challenge:\n%s", m)
	}
	other := *h
	other.ext = "8002"
	if m := other.send(c, "REFER", "Refer-To: <sip:8002@h>"); m.Status() != 403 {
		t.Errorf("another extension got %s", m.Start)
	}
	h.uses = other.uses
	d := <-w.calls
	d.OnRefer(func(*sip.Refer) error { return &sip.StatusError{Status: 488, Warning: "no such line"} })
	if m := h.send(c, "REFER", "Refer-To: <sip:8002@h>"); m.Status() != 488 || m.Get("Warning") == "" {
		t.Errorf("refused with\n%s", m)
	}
	d.OnRefer(func(*sip.Refer) error { return errors.New("no") })
	if m := h.send(c, "REFER", "Refer-To: <sip:8002@h>"); m.Status() != 603 {
		t.Errorf("refused with\n%s", m)
	}
	d.OnRefer(nil)
	if m := h.send(c, "REFER", "Refer-To: <sip:8002@h>"); m.Status() != 603 {
		t.Errorf("without a listener:\n%s", m)
	}
	_, p, trunk, _, _ := talk(t, nil)
	trunk.Send("REFER", "Refer-To: <sip:8002@h>")
	p.Expect("403 REFER")
}

func tagOf(v string) string { _, tag, _ := strings.Cut(v, ";tag="); return tag }

// attended is the Refer-To of an attended transfer to the other end of c.
func attended(c *siptest.Call) string {
	return "Refer-To: <sip:8002@h?Replaces=" + url.QueryEscape(c.ID+";to-tag="+tagOf(c.To)+";from-tag="+tagOf(c.From)) + ">"
}

func TestReferAttended(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	h := plug(r, "8001")
	first := h.dial("12348")
	<-w.calls
	second := h.dial("8002")
	other := <-w.calls
	if m := h.send(first, "REFER", attended(second)); m.Status() != 202 {
		t.Fatalf("refused:\n%s", m)
	}
	refer := <-w.refers
	if refer.Replaces != other || refer.Target != "8002" {
		t.Errorf("refer %+v", refer)
	}
	refer.Done(nil)
	h.reports()
	// Another's call, and one that is not there, cannot be taken; the call goes on.
	thief := plug(r, "8002")
	own := thief.dial("12348")
	if m := thief.send(own, "REFER", attended(second)); m.Status() != 202 {
		t.Fatalf("refused:\n%s", m)
	}
	if got := thief.reports(); got[len(got)-1] != "refer SIP/2.0 481 Call/Transaction Does Not Exist" {
		t.Errorf("a thief's reports %q", got)
	}
	second.Send("BYE")
	h.Expect("200 BYE")
	if m := h.send(first, "REFER", attended(second)); m.Status() != 202 {
		t.Fatalf("refused:\n%s", m)
	}
	if got := h.reports(); !strings.HasSuffix(got[len(got)-1], "SIP/2.0 603 Decline") {
		t.Errorf("reports %q", got)
	}
	if len(w.refers) != 0 {
		t.Error("one was taken")
	}
}
