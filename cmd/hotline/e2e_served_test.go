package main_test

import (
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
)

// TestACallIsServed has a caller press a key, wait, talk with a counselor, and be filed once, with each voice on its own
// channel and the caller's number nowhere in clear.
func TestACallIsServed(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	d := h.desks[0]
	answer := phone.Answering{After: 200 * time.Millisecond, Script: steps(t, "stay")}
	h.seat(t, d.extension, answer)
	const number = "13812345678"
	report := <-h.call(t, number, d.line, "wait 1200ms, press 1, wait 4s")
	if report.Status != 200 {
		t.Fatalf("the call was not answered: %+v", report)
	}
	got := h.filed(d.line, 1)[0]
	if got.outcome != "answered" || got.by != "caller" || got.caseID == "" {
		t.Errorf("filed as %+v", got)
	}
	if len(got.tapes) != 1 {
		t.Fatalf("%d recordings, want 1", len(got.tapes))
	}
	h.sealed(got.tapes[0])
	left, right := h.channels(got.tapes[0])
	if left.caller < -20 || right.caller > -50 || right.staff < -20 || left.staff > -50 {
		t.Errorf("tones in the recording: left %+v, right %+v dBm0", left, right)
	}
	if n := h.metrics()["hotline_switchboard_calls"]; n != 0 {
		t.Errorf("%v calls going on after the last has ended", n)
	}
	if strings.Contains(h.log.String(), number) || strings.Contains(h.get("/metrics"), number) || strings.Contains(got.tapes[0].path, number) {
		t.Error("the caller's number is written in clear")
	}
}
