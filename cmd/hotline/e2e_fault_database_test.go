package main_test

import (
	"net/url"
	"strings"
	"syscall"
	"testing"

	"hotline/store/storetest"
)

// TestDatabaseAway takes the database away in mid-call. Calls go on, new ones are answered, and the program may even
// be killed meanwhile: once the database is back, every call is filed.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 3, env: map[string]string{"HOTLINE_SIP_LISTEN": lowPort(t)}})
	before := h.talking(t, h.desks[0], "13900000401")
	h.seatStaying(t, h.desks[1])
	h.seatStaying(t, h.desks[2])

	back := h.takeAway(t)
	await(t, "the program notices", func() bool { return h.metrics()["hotline_db_up"] == 0 })
	meanwhile := h.ringing(t, h.desks[1].line, "13900000402", "wait 1200ms, press 1, stay")
	h.staged(t, h.desks[1].line, "talk")
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body, err := h.ask(path); err != nil || status != 200 {
			t.Errorf("%s while calls go on without the database: %d %q %v", path, status, body, err)
		}
	}
	if report := before.hangUp(); report.Ending != "context canceled" {
		t.Errorf("the call before did not end by its caller: %+v", report)
	}
	if report := meanwhile.hangUp(); report.Ending != "context canceled" {
		t.Errorf("the call meanwhile did not end by its caller: %+v", report)
	}
	await(t, "the calls are over", func() bool { return h.metrics()["hotline_switchboard_calls"] == 0 })
	await(t, "the program tells how much waits", func() bool {
		m := h.metrics()
		return m["hotline_store_events_waiting"] >= 20 && m["hotline_store_retries_total"] >= 1
	})
	if lost := h.metrics()["hotline_switchboard_facts_lost_total"]; lost != 0 {
		t.Errorf("%v facts are lost", lost)
	}
	cut := h.ringing(t, h.desks[2].line, "13900000403", "wait 1200ms, press 1, stay")
	h.staged(t, h.desks[2].line, "talk")
	h.signal(syscall.SIGKILL)
	h.wait()
	h.fails(t, []string{"database", "not currently accepting connections"}, "serve")

	back()
	h.answering(t)
	h.start()
	cut.hangUp()
	for _, d := range h.desks[:2] {
		h.ended(t, d.line, "caller")
	}
	if got := h.filed(h.desks[2].line, 1)[0]; got.outcome != "interrupted" || got.stage != "talk" {
		t.Errorf("the call that was cut off is filed as %+v", got)
	}
	await(t, "recordings sealed", func() bool { return h.count(`SELECT count(*) FROM recordings WHERE state = 'writing'`) == 0 })
	h.cased(t)
	if m := h.metrics(); m["hotline_db_up"] != 1 || m["hotline_store_events_waiting"] != 0 || m["hotline_store_rejects_open"] != 0 {
		t.Errorf("afterwards: up %v, waiting %v, set aside %v", m["hotline_db_up"], m["hotline_store_events_waiting"], m["hotline_store_rejects_open"])
	}
}

// TestDatabaseComesBack has the same program file what gathered while the database was away.
func TestDatabaseComesBack(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	h.seatStaying(t, h.desks[0])
	back := h.takeAway(t)
	await(t, "the program notices", func() bool { return h.metrics()["hotline_db_up"] == 0 })
	c := h.ringing(t, h.desks[0].line, "13900000411", "wait 1200ms, press 1, stay")
	h.staged(t, h.desks[0].line, "talk")
	c.hangUp()
	back()
	await(t, "the program is back", func() bool {
		m := h.metrics()
		return m["hotline_db_up"] == 1 && m["hotline_store_events_waiting"] == 0
	})
	h.answering(t)
	h.ended(t, h.desks[0].line, "caller")
	h.cased(t)
}

// takeAway makes the house's database refuse everybody, as if its server were gone; back gives it back.
func (h *house) takeAway(t *testing.T) (back func()) {
	t.Helper()
	u, err := url.Parse(h.url)
	must(t, err)
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	admin := storetest.Conn(t, u.String())
	do := func(sql string) {
		t.Helper()
		_, err := admin.Exec(t.Context(), sql)
		must(t, err)
	}
	do(`ALTER DATABASE ` + name + ` WITH ALLOW_CONNECTIONS false`)
	do(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	return func() { do(`ALTER DATABASE ` + name + ` WITH ALLOW_CONNECTIONS true`) }
}
