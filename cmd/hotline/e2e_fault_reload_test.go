package main_test

import (
	"strings"
	"testing"
)

// TestReload changes flows under a running program: a folder with a fault is refused as a whole, and named; calls keep
// their flows. The mended folder is taken.
func TestReload(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 2})
	good := readText(t, flowOf(h))
	other := strings.Replace(flowOf(h), h.desks[0].line, h.desks[1].line, 1)
	writeText(t, flowOf(h), strings.Replace(good, "start: greet", "start: nowhere", 1))
	writeText(t, other, strings.Replace(readText(t, other), "1: wait", "9: wait", 1)) // right by itself, but not alone
	refused := h.logged(t, "call flows not reloaded, the old ones stay in force")
	if why := refused.text("error"); !strings.Contains(why, "flows/"+h.desks[0].line+".yaml:") || !strings.Contains(why, "nowhere") {
		t.Errorf("refused because %q", why)
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 1 {
		t.Errorf("hotline_flows_refused is %v while a change is refused", n)
	}
	for n, d := range h.desks {
		h.seatStaying(t, d)
		c := h.ringing(t, d.line, "1390000050"+d.line[4:], "wait 1200ms, press 1, stay")
		h.staged(t, d.line, "talk")
		c.hangUp()
		h.ended(t, d.line, "caller")
		if keyed := h.happened(t, d.line, "keyed"); keyed["keys"] != "1" {
			t.Errorf("call %d pressed %v", n, keyed)
		}
	}
	hashes := h.sql(`SELECT DISTINCT flow_hash FROM contacts WHERE dialled = $1`, h.desks[1].line)

	writeText(t, flowOf(h), good)
	if taken := h.logged(t, "call flows reloaded"); taken.text("edition") == "" {
		t.Errorf("reloaded edition %q", taken.text("edition"))
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 0 {
		t.Errorf("hotline_flows_refused is %v after a change is taken", n)
	}
	c := h.ringing(t, h.desks[1].line, "13900000509", "wait 1200ms, press 9, stay")
	await(t, "another talk", func() bool {
		return h.count(`SELECT count(*) FROM call_events WHERE kind = 'connected'`) == 3
	})
	c.hangUp()
	h.filed(h.desks[1].line, 2)
	if now := h.sql(`SELECT DISTINCT flow_hash FROM contacts WHERE dialled = $1`, h.desks[1].line); len(hashes) != 1 || len(now) != 2 {
		t.Errorf("flow hashes before %v, after %v", hashes, now)
	}
}
