package console_test

import (
	"strconv"
	"strings"
	"testing"

	"hotline/acd"
)

func TestTheFloorOfAQueue(t *testing.T) {
	r := newRig(t, nil)
	r.work("8001")
	r.talk("C-1")
	b := r.signIn("desk", false)
	whole := decode[board](t, b.expect(200, "", "GET", "/api/floor", "").Body.Bytes())
	q := whole.Queues["labour"]
	if q.Name != "Labour…" || q.Promise.Within != 30 || q.Promise.Target != .8 || q.Today.Level == nil || *q.Today.Level != 1 {
		t.Errorf("labour %+v", q)
	}
	if m := whole.Queues["minors"]; m.Promise.Within != 15 || m.Today.Level != nil {
		t.Errorf("minors %+v", m)
	}
}

func TestAlarms(t *testing.T) {
	r := newRig(t, nil)
	r.work("8001")
	ticket := r.join("labour", "C-1")
	defer ticket.Leave(acd.Ending{})
	offer, err := r.router.Wait(t.Context(), ticket)
	must(t, err)
	offer.Decline(acd.NoAnswer)
	for login, name := range map[string]string{"boss": "Li Na", "desk": ""} {
		whole := decode[board](t, r.signIn(login, false).expect(200, "", "GET", "/api/floor", "").Body.Bytes())
		if len(whole.Alarms) != 4 { // with those of sirens
			t.Fatalf("alarms %+v", whole.Alarms)
		}
		for key, a := range whole.Alarms {
			if about := a.Kind != "facility-pin-locked"; about && a.Name != name || !about && a.Name != "" || strings.Contains(key, "facility:") || strings.Contains(key, "8001") || !strings.HasPrefix(key, a.Kind+":") {
				t.Errorf("%s sees %s %+v", login, key, a)
			}
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	r := newRig(b, nil)
	for i := range 200 {
		must(b, r.router.SignIn(acd.Agent{ID: acd.AgentID(strconv.Itoa(8100 + i)), Device: acd.DeviceIdle}))
	}
	b.ReportAllocs()
	for b.Loop() {
		r.server.Draw()
	}
}
