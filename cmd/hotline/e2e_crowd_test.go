package main_test

import (
	"fmt"
	"strings"
	"testing"
)

// crowd is how many call at once.
const crowd = 100

// TestSIPpCrowd has a hundred foreign telephones on the line at one moment, over each transport: every one is answered
// and filed once under one case, and everything lent to them comes back. All who show the same number are one caller
// with one open case; who shows none gets a case of their own.
func TestSIPpCrowd(t *testing.T) {
	t.Parallel()
	requirePeer(t, "sipp")
	h := openHouse(t, plan{desks: 2})
	for i, c := range []struct {
		name  string
		call  sippCall
		cases int
	}{
		{"UDP", sippCall{caller: "13900000200"}, 1},
		{"TCP", sippCall{caller: "anonymous", tcp: true}, crowd},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := h.desks[i]
			talking := h.served(t, d) // the line stays open for all who wait
			c.call.scenario, c.call.to, c.call.calls, c.call.lenient = "crowd", d.line, crowd, true
			h.sippUntil(t, c.call, func() {
				await(t, "all are on the line", func() bool { return h.metrics()["hotline_switchboard_calls"] == crowd+1 })
			})
			talking.hangUp()
			for _, got := range h.filed(d.line, crowd+1)[1:] {
				if got.outcome != "abandoned" || got.by != "caller" || len(got.tapes) != 1 || got.tapes[0].state != "closed" {
					t.Errorf("filed as %+v", got)
				}
			}
			if n := h.count(`SELECT count(DISTINCT external_id) FROM contacts WHERE dialled = $1`, d.line); n != crowd+1 {
				t.Errorf("%d of %d calls are filed", n, crowd+1)
			}
			if n := h.count(`SELECT count(DISTINCT case_id) FROM contacts WHERE dialled = $1`, d.line); n != c.cases+1 {
				t.Errorf("filed under %d cases, want %d", n, c.cases+1)
			}
			h.givenBack(t)
		})
	}
	h.flawless(t)
}

// givenBack waits until no call, dialog, audio session or port is in use, and nothing is left to be filed.
func (h *house) givenBack(t *testing.T) {
	t.Helper()
	var held []string
	defer func() {
		if t.Failed() {
			t.Logf("still held: %v", held)
		}
	}()
	await(t, "everything lent to calls is given back", func() bool {
		now := h.metrics()
		held = nil
		for _, name := range []string{
			"hotline_switchboard_calls", "hotline_sip_dialogs", "hotline_sip_transactions_pending", "hotline_media_sessions",
			`hotline_media_port_pairs{state="lent"}`, "hotline_media_recordings",
		} {
			if v, ok := now[name]; !ok || v != 0 {
				held = append(held, fmt.Sprint(name, " ", v))
			}
		}
		if n := h.count(`SELECT count(*) FROM contacts WHERE ended_at IS NULL`); n != 0 {
			held = append(held, fmt.Sprint(n, " contacts without an end"))
		}
		return len(held) == 0
	})
}

// flawless checks that the program met no fault: no line at ERROR, no panic caught, no fact or recording lost.
func (h *house) flawless(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(h.log.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			t.Errorf("the program logged %s", line)
		}
	}
	now := h.metrics()
	for _, name := range []string{
		"hotline_sip_panics_total", "hotline_media_panics_total", "hotline_switchboard_facts_lost_total", "hotline_switchboard_recordings_failed_total",
		"hotline_store_events_rejected_total", "hotline_store_events_missed_total",
	} {
		if v, ok := now[name]; !ok || v != 0 {
			t.Errorf("%s is %v (known: %t)", name, v, ok)
		}
	}
}
