package main_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/store"
)

// TestSomebodyCallsForHelp has a counselor key for help: the supervisor's telephone rings and joins, all that is filed of the
// call is of the strictest class, and when the line drops and nobody answers there, the caller is promised to be called.
func TestSomebodyCallsForHelp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, plan{desks: 1})
	d, boss := h.desks[0], "8990"
	far, err := phone.New(phone.Config{Answering: phone.Answering{Refuse: 480}})
	must(t, err)
	must(t, far.Listen(t.Context()))
	living(t, far)
	file := filepath.Join(t.TempDir(), "hotline.yaml")
	writeText(t, file, fmt.Sprintf(`trunks: [{name: carrier, addresses: [127.0.0.1], servers: ["%s"], from: "02012348", prefixes: ["1"]}]`, far.Addr()))
	h.env["HOTLINE_CONFIG"] = file
	h.appoint(boss, store.RoleSupervisor)
	h.start()
	h.seat(t, boss, phone.Answering{Script: steps(t, "stay")})
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "wait 500ms, press *60, stay")})

	const number = "13811445577"
	<-h.call(t, number, d.line, "wait 1200ms, press 1, wait 4s")
	one := h.filed(d.line, 1)[0]
	if n := h.count(`SELECT count(*) FROM contacts WHERE id = $1::uuid AND class = 'danger' AND risk_level = 'R3'`, one.id); n != 1 {
		t.Error("the contact is not one in danger")
	}
	if n := h.count(`SELECT count(*) FROM recordings WHERE contact_id = $1::uuid AND class = 'crisis'`, one.id); n != 2 || len(one.tapes) != 2 {
		t.Errorf("%d of %d recordings are of the strictest class, want both", n, len(one.tapes))
	}
	for name, like := range map[string]string{"panic": d.extension, "panic.joined": boss + " %", "redial": "try 1 not reached%"} {
		if n := h.count(`SELECT count(*) FROM call_events WHERE contact_id = $1::uuid AND data->>'name' = $2 AND data->>'value' LIKE $3`, one.id, name, like); n != 1 {
			t.Errorf("%s is filed %d times", name, n)
		}
	}
	await(t, "the caller is promised to be called", func() bool {
		return h.count(`SELECT count(*) FROM callbacks WHERE contact_id = $1::uuid AND class = 'danger' AND status = 'pending'`, one.id) == 1
	})
	if !strings.Contains(h.get("/metrics"), `hotline_switchboard_alarms{kind="danger"} 1`) {
		t.Error("there is no alarm")
	}
	if strings.Contains(h.log.String(), number) {
		t.Error("the number stands in the log")
	}
}
