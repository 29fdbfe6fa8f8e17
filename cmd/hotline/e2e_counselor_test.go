package main_test

import (
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/sip/siptest"
)

// TestSIPpCounselor has a foreign telephone register with MD5, call a colleague by digest, and give up while it rings.
func TestSIPpCounselor(t *testing.T) {
	t.Parallel()
	requirePeer(t, "sipp")
	h := openHouse(t, plan{desks: 2, env: map[string]string{"HOTLINE_SIP_DIGEST": "MD5"}})
	told := make(chan phone.Report, 1)
	h.seat(t, h.desks[0].extension, phone.Answering{After: time.Hour, Told: func(r phone.Report) { told <- r }})
	me := h.desks[1].extension
	h.sipp(t, sippCall{scenario: "counselor", to: h.desks[0].extension, caller: me, keys: map[string]string{"user": me, "password": password}})
	if report := <-told; report.Status != 0 || report.Ending != "caller cancelled" {
		t.Errorf("the colleague's telephone saw %+v", report)
	}
	if n := h.count(`SELECT count(*) FROM contacts`); n != 0 {
		t.Errorf("%d contacts of a call between colleagues", n)
	}
}

// TestCounselorWithoutAudio has a counselor's phone answer from an address that no audio can go to: it is hung up, the
// reason stands in the call's log, and the caller keeps waiting.
func TestCounselorWithoutAudio(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	d := h.desks[0]
	desk := siptest.UDP(t, h.sip)
	if m := desk.Register(d.extension, password, "Expires: 600"); m.Status() != 200 {
		t.Fatalf("not registered: %s", m.Start)
	}
	h.ready(t, d.extension)
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("1")
	invite := desk.Expect("INVITE")
	desk.Reply(invite, "200 OK", "desk", strings.Replace(siptest.Answer, "c=IN IP4 127.0.0.1", "c=IN IP4 224.0.0.1", 1))
	desk.Expect("ACK")
	desk.Reply(desk.Expect("BYE"), "200 OK", "", "")
	if ended := h.happened(t, d.line, "offer_ended"); ended["why"] != "unreachable" {
		t.Errorf("the offer ended by %v, want unreachable", ended["why"])
	}
	c.hangUp()
	got := h.filed(d.line, 1)[0]
	if filed := (ending{got.outcome, got.stage, got.by}); filed != (ending{"abandoned", "queue", "caller"}) {
		t.Errorf("filed as %+v", filed)
	}
	told := h.log.await(t, "why the phone was not reached", h.over, message("phone not reached"))
	if told.text("call") != got.id || told.text("agent") != d.extension || !strings.Contains(told.text("error"), "not one host") {
		t.Errorf("logged %v", told)
	}
	h.givenBack(t)
}
