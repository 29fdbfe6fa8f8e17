package sip_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// A telephone that an earlier run knew is there again as soon as it has answered a question, and not before; it need not
// register for that, and registers when it would have.
func TestRegistrationsOutliveTheProgram(t *testing.T) {
	before := start(t, nil, outsider)
	there, gone, wired := phone(before, "127.0.0.1"), phone(before, "127.0.0.1"), siptest.TCP(t, before.ua.Addr())
	for p, ext := range map[*siptest.Peer]string{there: "8001", gone: "8002", wired: "8009"} {
		if m := p.Register(ext, "secret", "Expires: 600"); m.Status() != 200 {
			t.Fatalf("not registered:\n%s", m)
		}
	}
	text, err := json.Marshal(before.ua.Registrar().Keep())
	if err != nil {
		t.Fatal(err)
	}
	var kept []sip.Kept
	if err := json.Unmarshal(text, &kept); err != nil || len(kept) != 2 {
		t.Fatalf("kept %s, %v", text, err)
	}
	before.stop()
	gone.Close()

	after := start(t, nil, outsider, func(c *sip.Config) { c.Timers.Qualify = -1 })
	registrar := after.ua.Registrar()
	changes := make(chan string, 10)
	registrar.Watch(func(ext string, on bool) { changes <- fmt.Sprint(ext, on) })
	there.Aim(after.ua.Addr())
	there.Forget()
	stale := sip.Kept{Extension: "8001", Key: "old", URI: "sip:old@127.0.0.1", Source: there.Addr(), Expires: time.Now().Add(-time.Second)}
	stranger := sip.Kept{Extension: "7777", Key: "x", URI: "sip:x@127.0.0.1", Source: there.Addr(), Expires: time.Now().Add(time.Hour)}
	if n := registrar.Restore(t.Context(), append(kept, stale, stranger, kept[0])); n != 2 {
		t.Errorf("%d taken on, want those still known and in time, each once", n)
	}
	if contacts := registrar.Contacts("8001"); len(contacts) != 1 || contacts[0].Reachable {
		t.Errorf("before the answer: %+v", contacts)
	}
	question := there.Expect("OPTIONS")
	if len(changes) != 0 {
		t.Errorf("told before the telephone has answered: %s", <-changes)
	}
	there.Reply(question, "200 OK", "", "")
	if got := <-changes; got != "8001true" {
		t.Errorf("told %s", got)
	}
	if contacts := registrar.Contacts("8001"); len(contacts) != 1 || !contacts[0].Reachable || time.Until(contacts[0].Expires) > 10*time.Minute {
		t.Errorf("after the answer: %+v", contacts)
	}
	if got := registrar.Contacts("8002"); len(got) != 1 || got[0].Reachable {
		t.Errorf("the one that is gone: %+v", got)
	}
	if m := there.Register("8001", "secret", "Expires: 600"); m.Status() != 200 {
		t.Errorf("it cannot register:\n%s", m)
	}
}
