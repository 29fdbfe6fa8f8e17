package main_test

import (
	"syscall"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
)

// TestKilledInCalls kills the program while one caller talks and another waits. The next start files both as
// interrupted, the talk with its recording, and takes calls as before.
func TestKilledInCalls(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 2, env: map[string]string{"HOTLINE_SIP_LISTEN": lowPort(t)}})
	line := h.desks[0].line
	first := h.talking(t, h.desks[0], "13900000201")
	second := h.ringing(t, line, "13900000202", "wait 1200ms, press 1, stay")
	await(t, "a second caller in line", func() bool { return h.count(`SELECT count(*) FROM call_events WHERE kind = 'enqueued'`) == 2 })
	h.recorded(t, line, 2500*time.Millisecond)
	h.signal(syscall.SIGKILL)
	cut := time.Now()
	if code := h.wait(); code != -1 {
		t.Fatalf("the program was not killed but ended with %d", code)
	}

	h.start()
	note := h.logged(t, "an earlier run was interrupted")
	if note["contacts"] != 2.0 || note["recordings"] != 2.0 {
		t.Errorf("the start tells of %v contacts and %v recordings", note["contacts"], note["recordings"])
	}
	await(t, "the counselor's telephone, which has not registered again", func() bool {
		return h.metrics()[`hotline_switchboard_agents{state="ready"}`] >= 1
	})
	await(t, "recordings sealed", func() bool { return h.count(`SELECT count(*) FROM recordings WHERE state = 'writing'`) == 0 })
	got := h.filed(line, 2)
	if c := got[0]; c.outcome != "interrupted" || c.stage != "talk" || c.by != "system" || cut.Sub(c.ended).Abs() > 10*time.Second {
		t.Errorf("the talk, cut at %s, is filed as %+v", cut, c)
	}
	if c := got[1]; c.outcome != "interrupted" || c.stage != "queue" {
		t.Errorf("the caller in line is filed as %+v", c)
	}
	h.survives(t, got[0], cut)

	first.hangUp()
	second.hangUp()
	h.talking(t, h.desks[1], "13900000203").hangUp()
	if got := h.filed(h.desks[1].line, 1)[0]; got.outcome != "answered" {
		t.Errorf("a call after the restart is filed as %+v", got)
	}
	h.cased(t)
}

// TestKilledWithItsDatabase has the embedded Postgres hang, and then killed alone, which no caller notices, and then
// killed together with the program.
func TestKilledWithItsDatabase(t *testing.T) {
	t.Parallel()
	flows, prompts := writeEdition(t, nil)
	h := newHouse(t, plan{embedded: true, env: map[string]string{
		"HOTLINE_SIP_LISTEN": lowPort(t), "HOTLINE_FLOWS": flows, "HOTLINE_PROMPTS": prompts,
	}})
	h.startCluster(t)
	const line = "12355"
	frozen := h.server(t)
	send(frozen, syscall.SIGSTOP)
	if report := <-h.ringing(t, line, "13900000210", "wait 1s").report; report.Status != 200 {
		t.Errorf("a call while the database hangs: %+v", report)
	}
	send(frozen, syscall.SIGCONT)
	hung := h.filed(line, 1)[0]
	if hung.by != "caller" || len(hung.tapes) == 0 {
		t.Errorf("the call while the database hung is filed as %+v", hung)
	}
	for _, r := range hung.tapes {
		h.sealed(r)
	}

	staff := h.demoCounselors(t, "minors")
	sit := func(n int) {
		h.seatWith(t, phone.Config{Extension: staff[n][0], Password: staff[n][1], Tone: staffHz, Answering: phone.Answering{Script: steps(t, "stay")}})
	}
	sit(0)
	first := h.ringing(t, line, "13900000211", "stay")
	h.staged(t, line, "talk")

	send(h.server(t), syscall.SIGKILL)
	h.logged(t, "the database is back")
	if report := first.hangUp(); report.Ending != "context canceled" {
		t.Errorf("the caller did not end the call: %+v", report)
	}
	h.answering(t)
	if got := h.filed(line, 2)[1]; got.outcome != "answered" || len(got.tapes) != 1 || got.tapes[0].partial != "" {
		t.Errorf("the talk while the database was killed is filed as %+v", got)
	}

	sit(1) // the other one still writes up
	second := h.ringing(t, line, "13900000212", "stay")
	await(t, "the second talk", func() bool { return h.count(`SELECT count(*) FROM call_events WHERE kind = 'connected'`) == 2 })
	h.recorded(t, line, 2500*time.Millisecond)
	all := append(h.server(t), h.cmd.Process.Pid)
	h.signal(syscall.SIGSTOP) // so that it does not start the server again meanwhile
	cut := time.Now()
	send(all, syscall.SIGKILL)
	h.wait()
	if code, _, told := h.command(t, "check"); code != 0 {
		t.Errorf("a check beside the dead database ends with %d: %s", code, told)
	}
	h.startCluster(t)
	h.logged(t, "an earlier run was interrupted")
	h.answering(t)
	await(t, "recordings sealed", func() bool { return h.count(`SELECT count(*) FROM recordings WHERE state = 'writing'`) == 0 })
	got := h.filed(line, 3)[2]
	if got.outcome != "interrupted" || got.stage != "talk" {
		t.Errorf("the talk at the end of both is filed as %+v", got)
	}
	h.survives(t, got, cut)
	second.hangUp()
	h.cased(t)
}
