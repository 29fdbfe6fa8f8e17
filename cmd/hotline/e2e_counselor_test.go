package main_test

import (
	"testing"
	"time"

	"hotline/cmd/phones/phone"
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
