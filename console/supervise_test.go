package console_test

import (
	"fmt"
	"strings"
	"testing"

	"hotline/acd"
	"hotline/console"
)

func TestSupervisorSteersTheFloor(t *testing.T) {
	r := newRig(t, nil)
	b := r.signIn("boss", false)
	r.busy("8002")
	first, second := r.join("labour", "C-1"), r.join("labour", "C-2")
	defer first.Leave(acd.Ending{})
	defer second.Leave(acd.Ending{})
	b.expect(204, "", "POST", fmt.Sprintf("/api/callers/%d/priority", second.ID()), `{"points":50}`)
	if place := second.Place(); place.Position != 1 {
		t.Errorf("after 50 points at place %d", place.Position)
	}
	b.expect(204, "", "POST", fmt.Sprintf("/api/callers/%d/move", first.ID()), `{"queue":"minors"}`)
	if first.Queue() != "minors" {
		t.Errorf("moved to %s", first.Queue())
	}
	r.work("8001")
	b.expect(204, "", "DELETE", "/api/agents/8001/presence", "")
	if agents := r.router.Snapshot().Agents; len(agents) != 1 {
		t.Errorf("still there: %+v", agents)
	}
	b.expect(204, "", "POST", fmt.Sprintf("/api/callers/%d/class", second.ID()), `{"class":"minor"}`)
	b.expect(204, "", "POST", "/api/calls/C-2/class", `{"class":"danger"}`)
	b.expect(404, "no_call", "POST", "/api/calls/gone/class", `{"class":"minor"}`)
	if got := strings.Join(r.steer.classes, ", "); got != "C-2 minor 8010, C-2 danger 8010, gone minor 8010" {
		t.Errorf("re-classified %s", got)
	}
	for _, deed := range []string{"console.reclassify contact:C-2", "console.prioritise ticket:", "console.move ticket:", "console.sign_out staff:8001"} {
		if !strings.Contains(r.audit.text(), "8010 "+deed) {
			t.Errorf("%s is not on record:\n%s", deed, r.audit.text())
		}
	}
}

func TestSteeringRefuses(t *testing.T) {
	r := newRig(t, nil)
	r.busy("8002")
	ticket := r.join("labour", "C-1")
	defer ticket.Leave(acd.Ending{})
	path := fmt.Sprintf("/api/callers/%d/", ticket.ID())
	boss := r.signIn("boss", false)
	for _, tc := range []struct {
		method, path, body, code string
		status                   int
	}{
		{"POST", path + "move", `{"queue":"moon"}`, "unknown_queue", 404},
		{"POST", path + "move", `{`, "bad_request", 400},
		{"POST", path + "priority", `{"points":0}`, "bad_request", 400},
		{"POST", path + "priority", `{"points":1001}`, "bad_request", 400},
		{"POST", "/api/callers/999/priority", `{"points":1}`, "caller_gone", 410},
		{"POST", "/api/callers/you/priority", `{"points":1}`, "caller_gone", 410},
		{"DELETE", "/api/agents/8044/presence", "", "unknown_agent", 404},
		{"PUT", "/api/calls/C-1/listening", `{"mode":"spy"}`, "bad_request", 400},
		{"POST", path + "class", `{"class":"ordinary"}`, "bad_request", 400},
		{"POST", "/api/callers/999/class", `{"class":"danger"}`, "caller_gone", 410},
		{"POST", "/api/callers/you/class", `{"class":"danger"}`, "caller_gone", 410},
		{"POST", "/api/calls/C-1/class", `{"class":"ordinary"}`, "bad_request", 400},
		{"POST", "/api/calls/C-1/emergency", `{"number":"13800138000"}`, "bad_request", 400},
		{"POST", "/api/calls/C-1/guests", `{"extension":""}`, "bad_request", 400},
		{"PUT", "/api/calls/C-1/legs/x/mute", ``, "no_call", 404},
		{"DELETE", "/api/calls/C-1/guests/x", ``, "no_call", 404},
		{"GET", path + "move", "", "wrong_method", 405},
		{"GET", "/api/moon", "", "not_found", 404},
	} {
		boss.expect(tc.status, tc.code, tc.method, tc.path, tc.body)
	}
	for _, login := range []string{"desk", "lead"} {
		b := r.signIn(login, false)
		b.expect(403, "forbidden", "POST", path+"priority", `{"points":1}`)
		for _, deed := range deedsInTalks {
			b.expect(403, "forbidden", deed.method, deed.path, deed.body)
		}
		b.expect(403, "forbidden", "POST", path+"class", `{"class":"danger"}`)
		b.expect(403, "forbidden", "POST", "/api/calls/C-1/class", `{"class":"danger"}`)
	}
	r.browser().expect(401, "signed_out", "POST", path+"priority", `{"points":1}`)
	if len(r.super.asked) != 0 {
		t.Errorf("asked all the same: %v", r.super.asked)
	}
}

// deedsInTalks are what supervisors do in talks, what is asked of the switchboard then, and what is on record.
var deedsInTalks = []struct{ method, path, body, asked, record string }{ // table
	{"PUT", "/api/calls/C-1/listening", `{"mode":"monitor"}`, "monitor 8010 C-1", "console.monitor"},
	{"PUT", "/api/calls/C-1/listening", `{"mode":"whisper"}`, "whisper 8010 C-1", "console.whisper"},
	{"PUT", "/api/calls/C-1/listening", `{"mode":"barge"}`, "barge 8010 C-1", "console.barge"},
	{"DELETE", "/api/calls/C-1/listening", "", "stop 8010 C-1", "console.stop"},
	{"POST", "/api/calls/C-1/take-over", "", "take over 8010 C-1", "console.take_over"},
	{"DELETE", "/api/calls/C-1/danger", "", "stand down 8010 C-1", "console.stand_down"},
	{"POST", "/api/calls/C-1/emergency", `{"number":"110"}`, "emergency 110 8010 C-1", "console.emergency"},
	{"POST", "/api/calls/C-1/guests", `{"extension":"8002"}`, "invite apart=false 8002 C-1", "console.invite"},
	{"POST", "/api/calls/C-1/guests", `{"extension":"8003","apart":true}`, "invite apart=true 8003 C-1", "console.invite"},
	{"POST", "/api/calls/C-1/together", "", "together  C-1", "console.together"},
	{"PUT", "/api/calls/C-1/legs/2/mute", "", "mute 2 true  C-1", "console.mute"},
	{"DELETE", "/api/calls/C-1/legs/2/mute", "", "mute 2 false  C-1", "console.unmute"},
	{"DELETE", "/api/calls/C-1/guests/3", "", "dismiss 3  C-1", "console.dismiss"},
}

// Every deed reaches the switchboard once and is on record; it needs the token; and every refusal has its answer.
func TestDeedsInTalks(t *testing.T) {
	for _, deed := range deedsInTalks {
		t.Run(deed.asked, func(t *testing.T) {
			r := newRig(t, nil)
			b := r.signIn("boss", false)
			b.expect(204, "", deed.method, deed.path, deed.body)
			if got := strings.Join(r.super.asked, ","); got != deed.asked {
				t.Errorf("asked for %q", got)
			}
			if !strings.Contains(r.audit.text(), "8010 "+deed.record+" contact:C-1") {
				t.Errorf("not on record:\n%s", r.audit.text())
			}
			for err, code := range map[error]string{
				console.ErrNoCall: "no_call", console.ErrPrivate: "private_call", console.ErrNoPhone: "no_phone", console.ErrNoGuest: "no_guest",
				console.ErrLocked: "locked", console.ErrProtected: "protected", console.ErrNotWarned: "not_warned",
			} {
				r.super.err = fmt.Errorf("of the switchboard: %w", err)
				w := b.do(deed.method, deed.path, deed.body)
				if !strings.Contains(w.Body.String(), `"code":"`+code+`"`) || w.Header().Get("Content-Type") != "application/problem+json" {
					t.Errorf("%v: %d %s", err, w.Code, w.Body)
				}
			}
			b.header["X-CSRF-Token"] = "another"
			b.expect(403, "wrong_token", deed.method, deed.path, deed.body)
		})
	}
}

func TestSupervisorHearsACall(t *testing.T) {
	r := newRig(t, nil)
	b := r.signIn("boss", false)
	for _, mode := range []string{"monitor", "whisper", "barge"} {
		b.expect(204, "", "PUT", "/api/calls/C-1/listening", `{"mode":"`+mode+`"}`)
	}
	b.expect(204, "", "DELETE", "/api/calls/C-1/listening", "")
	want := "monitor 8010 C-1,whisper 8010 C-1,barge 8010 C-1,stop 8010 C-1"
	if got := strings.Join(r.super.asked, ","); got != want {
		t.Errorf("asked for %s", got)
	}
	for _, tc := range []struct {
		err    error
		code   string
		status int
	}{
		{console.ErrNoCall, "no_call", 404},
		{console.ErrPrivate, "private_call", 403},
		{console.ErrNoPhone, "no_phone", 409},
		{fmt.Errorf("bridge: broken"), "internal", 500},
	} {
		r.super.err = tc.err
		b.expect(tc.status, tc.code, "PUT", "/api/calls/C-2/listening", `{"mode":"monitor"}`)
	}
	if n := strings.Count(r.audit.text(), "console.monitor contact:C-2"); n != 4 {
		t.Errorf("%d tries on record, want 4", n)
	}
	if !strings.Contains(r.log.String(), "bridge: broken") {
		t.Error("our own fault is not in the log")
	}
}

// What is not wired is not there, and the page is told so.
func TestWithoutSteeringAndSupervision(t *testing.T) {
	r := newRig(t, func(c *console.Config) { c.Hands = console.Hands{} })
	b := r.signIn("boss", false)
	b.expect(404, "not_found", "POST", "/api/callers/1/move", `{"queue":"minors"}`)
	b.expect(404, "not_found", "PUT", "/api/calls/C-1/listening", `{"mode":"monitor"}`)
	if m := b.me(b.expect(200, "", "GET", "/api/session", "")); strings.Join(m.May, " ") != "names" {
		t.Errorf("may %v", m.May)
	}
}

func TestDeedsOnRecordAreClean(t *testing.T) {
	r := newRig(t, nil)
	b := r.signIn("boss", false)
	r.super.err = console.ErrNoCall
	b.expect(404, "no_call", "PUT", "/api/calls/"+strings.Repeat("x", 300)+"%0A%E2%80%AEy/listening", `{"mode":"monitor"}`)
	for line := range strings.Lines(r.audit.text()) {
		if len(line) > 140 || strings.ContainsAny(line, "\u202e") {
			t.Errorf("on record: %q", line)
		}
	}
}
