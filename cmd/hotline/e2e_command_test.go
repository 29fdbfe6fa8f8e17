package main_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
)

// command runs the program beside the one that serves, and returns what it printed.
func (c centre) command(t *testing.T, code int, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.exe, args...)
	for k, v := range c.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("hotline %s: exit code %d, want %d: %v\n%s", strings.Join(args, " "), got, code, err, out)
	}
	return string(out)
}

// TestTheDeskIsKept has the people of a centre enter what callers ask for, and make mistakes.
func TestTheDeskIsKept(t *testing.T) {
	t.Parallel()
	c := openCentre(t)
	for _, args := range [][]string{
		{"facility", "4402", "Second", "--kind", "procuratorate", "--number", "020-83330009", "--only"},
		{"place", "north", "North", "--phrase", "PLACE-NEAREST", "--walk-in", "--district", "4"},
		{"slots", "north", "2027-03-01 09:00", "2027-03-01 10:00", "--seats", "2"},
		{"mobile", "8009", "13811223399"},
		{"shift", "8009", "2027-03-01 18:00", "2027-03-02 08:00", "--mobile", "--backup", "8010"},
	} {
		c.command(t, 0, append([]string{"desk"}, args...)...)
	}
	c.command(t, 0, "desk", "queue", "labour", "--strategy", "fewest-calls", "--at-once", "2", "--reserve", "1", "--sticky", "40s")
	c.command(t, 0, "staff", "traits", "8003", "--woman", "--district", "4401", "--order", "7")
	for statement, want := range map[string]int{
		`SELECT count(*) FROM facilities f JOIN facility_numbers n ON n.facility_id = f.id WHERE f.code = '4402' AND f.numbers_only`:                        1,
		`SELECT count(*) FROM appointment_slots s JOIN service_points p ON p.id = s.point_id WHERE p.code = 'north' AND s.starts_at >= '2027-03-01 01:00Z'`: 4,
		`SELECT count(*) FROM shifts WHERE place = 'mobile' AND starts_at = '2027-03-01 10:00Z'`:                                                            1,
		`SELECT count(*) FROM audit_log WHERE actor LIKE 'cli%'`:                                                                                            8,
		`SELECT count(*) FROM queues WHERE code = 'labour' AND strategy = 'fewest-calls' AND rings_at_once = 2 AND reserve = 1 AND sticky_s = 40`:           1,
		`SELECT count(*) FROM staff WHERE extension = '8003' AND woman AND district = '4401' AND seat_order = 7`:                                            1,
	} {
		if n := c.count(statement); n != want {
			t.Errorf("%s: %d, want %d", statement, n, want)
		}
	}
	c.command(t, 0, "desk", "pin", "4401")
	c.lockOut(t)
	for want, args := range map[string][]string{
		"is no time":          {"slots", "north", "tomorrow"},
		"not found":           {"slots", "south", "2027-03-01 09:00"},
		"cannot be dialled":   {"mobile", "8009", "anonymous"},
		"pin: not found":      {"pin", "9999"},
		"refused by a rule":   {"shift", "8009", "2027-03-01 18:00", "2027-05-02 08:00"},
		"issue query code: ":  {"code", "GZ-2026-LA-000001-1"},
		"facilities_code_che": {"facility", "1", "One"},
	} {
		if out := c.command(t, 1, append([]string{"desk"}, args...)...); !strings.Contains(strings.ToLower(out), strings.ToLower(want)) {
			t.Errorf("desk %v: %s, want %q", args, out, want)
		}
	}
}

// lockOut tries wrong PINs of the demo facility until it is locked, and waits until somebody is told.
func (c centre) lockOut(t *testing.T) {
	t.Helper()
	<-c.call(t, "anonymous", "12340", "wait 500ms, press 4401000000, wait 1s, press 4401000000, wait 1s, press 4401000000, wait 1s")
	await(t, "the alarm of a locked PIN", func() bool { return c.metrics()[`hotline_office_alarms{kind="facility_pin_locked"}`] == 1 })
	lines := strings.Split(strings.TrimSpace(c.command(t, 0, "desk", "alarms")), "\n")
	f := strings.Fields(lines[len(lines)-1])
	c.command(t, 0, "desk", "alarms", f[len(f)-1])
	await(t, "that it is cleared", func() bool { return c.metrics()[`hotline_office_alarms{kind="facility_pin_locked"}`] == 0 })
	c.command(t, 1, "desk", "alarms", f[len(f)-1])
}

// TestFlowsAreReloadedByCommand changes a flow under the running program: with a fault nothing changes, without one it does.
func TestFlowsAreReloadedByCommand(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	c := centre{h}
	c.env["HOTLINE_OPS_LISTEN"] = h.ops
	path := filepath.Join(h.env["HOTLINE_FLOWS"], "flows", h.desks[0].line+".yaml")
	good := readText(t, path)
	before := c.command(t, 0, "flow", "reload")
	writeText(t, path, good+"\nfault: here\n")
	if out := c.command(t, 1, "flow", "reload"); !strings.Contains(out, h.desks[0].line+".yaml:") || !strings.Contains(out, "fault") {
		t.Errorf("a fault is told as %q", out)
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 1 {
		t.Errorf("hotline_flows_refused is %v with a fault, want 1", n)
	}
	writeText(t, path, "# changed\n"+good)
	after := c.command(t, 0, "flow", "reload")
	if !strings.HasPrefix(after, "edition ") || after == before {
		t.Errorf("reloaded %q, before %q", after, before)
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 0 {
		t.Errorf("hotline_flows_refused is %v, want 0", n)
	}
	answer, err := http.Post("http://"+h.ops+"/flows/reload", "text/plain", http.NoBody)
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a page of a browser is answered %d", answer.StatusCode)
	}
}

// TestAPromptIsRecordedOverThePhone has a counselor speak a prompt into the telephone; callers hear it when it is approved.
func TestAPromptIsRecordedOverThePhone(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	c := centre{h}
	c.env["HOTLINE_OPS_LISTEN"] = h.ops
	d := h.desks[0]
	asked := c.command(t, 0, "prompts", "ask", "T-HELLO", "--lang", "zh-CN")
	if !strings.HasPrefix(asked, "dial *77101 ") {
		t.Fatalf("asked: %s", asked)
	}
	seat := h.seat(t, d.extension, phone.Answering{})

	// Keyed after the feature code, spoken twice; the second is heard again and kept.
	report := <-h.dial(seat, "*77", steps(t, "wait 500ms, press 999#, wait 2500ms, press 101#, wait 6s, press #, wait 300ms, press 2, wait 6s, press #, wait 300ms, press 3, wait 300ms, press 1, wait 4s"))
	if report.Status != 200 {
		t.Fatalf("the feature code was not answered: %+v", report)
	}
	if out := c.command(t, 0, "prompts", "takes"); !strings.Contains(out, "recorded") || !strings.Contains(out, "zh-CN/T-HELLO") || !strings.Contains(out, d.extension) {
		t.Errorf("waiting for approval:\n%s", out)
	}
	before := readText(t, filepath.Join(h.env["HOTLINE_FLOWS"], "audio", "zh-CN", "T-HELLO.wav"))
	own := filepath.Join(h.env["HOTLINE_PROMPTS"], "zh-CN", "T-HELLO.wav")
	if _, err := os.Stat(own); err == nil {
		t.Error("it is in force before anybody approved it")
	}
	c.command(t, 0, "prompts", "approve", "101")
	f, err := wav.Read(own)
	must(t, err)
	if level := tone.In(f, 0, staffHz); level < -30 {
		t.Errorf("what was spoken is not what was kept: %.0f dBm0", level)
	}
	if readText(t, own) == before {
		t.Error("the old recording stayed")
	}
	c.command(t, 1, "prompts", "reject", "101")
	if n := h.count(`SELECT count(*) FROM contacts`); n != 0 {
		t.Errorf("%d contacts of recording a prompt", n)
	}
}
