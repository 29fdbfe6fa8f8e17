package switchboard_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/sip/siptest"
	"hotline/store/event"
)

// asks sends an INVITE that asks for the place of a call, and returns it with the final answer.
func (w *watcher) asks(ext, replaces string) (*siptest.Call, *siptest.Message) {
	w.t.Helper()
	c := w.Call(ext)
	var m *siptest.Message
	proof := []string{"Replaces: " + replaces}
	for range 2 {
		c.Invite(siptest.Offer, proof...)
		for m = w.Expect("xxx INVITE"); m.Status() < 200; {
			m = w.Expect("xxx INVITE")
		}
		if m.Status() != 407 {
			break
		}
		c.AckRefusal(m)
		proof = append(proof, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), w.ext, password, "INVITE", c.Target, 1))
	}
	if m.Status() == 200 {
		c.Ack(m)
	} else {
		c.AckRefusal(m)
	}
	return c, m
}

var placeShown = regexp.MustCompile(`call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)"><state>(\w+)<`)

// place waits until a lamp shows a call that may be asked for, and returns what stands in Replaces for it.
func (w *watcher) place(state string) string {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if n := len(w.heard); n > 0 {
			if m := placeShown.FindStringSubmatch(w.heard[n-1]); m != nil && m[4] == state {
				return m[1] + ";to-tag=" + m[2] + ";from-tag=" + m[3]
			}
		}
		m := w.Expect("NOTIFY")
		w.Reply(m, "200 OK", "", "")
		w.heard = append(w.heard, m.Body)
	}
	w.t.Fatalf("no call is shown as %s: %s", state, w.all())
	return ""
}

// A colleague's lamp rings; the key beside it takes the call, if whoever presses it may have the caller.
func TestPickUpByLamp(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8003", "labour"), counselor("8004"))
	r.seat("8001", phone.Answering{After: time.Hour})
	w, stranger := newWatcher(t, r, "8003"), newWatcher(t, r, "8004")
	w.watch("8001", "dialog")
	r.call("12348", "wait 600ms, press 1, wait 3s")
	place := w.place("early")
	if _, m := stranger.asks("8001", place); m.Status() != 403 {
		t.Errorf("somebody of another queue got %s", m.Start)
	}
	c, m := w.asks("8001", place)
	if m.Status() != 200 {
		t.Fatalf("refused:\n%s", m)
	}
	_, next := await[*event.Connected](r, nil)
	if next.Extension != "8003" || next.Queue != "labour" {
		t.Errorf("connected %+v", next)
	}
	for _, e := range all[*event.OfferEnded](r) {
		if e.Extension == "8001" && e.Why != event.OfferElsewhere {
			t.Errorf("the ring ended as %s", e.Why)
		}
	}
	c.Send("BYE")
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8003" && e.By == event.PartyStaff })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	noted := map[string]string{}
	for _, n := range all[*event.Noted](r) {
		noted[n.Name] = n.Value
	}
	if noted["picked up"] != "8003 for 8001" || noted["pick-up refused"] != "8004 for 8001" {
		t.Errorf("noted %v", noted)
	}
	if got := r.stateOf("8001"); got != acd.Ready {
		t.Errorf("8001 is %s", got)
	}
}

// A child who rings at a qualified counselor's is not for the unqualified, by whatever key; a code takes the call for who is.
func TestPickUpOfAChildByCode(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "labour"), counselor("8003", "minors"))
	r.seat("8001", phone.Answering{After: time.Hour})
	other := r.seat("8002", phone.Answering{})
	r.call("12355", "wait 4s")
	await(r, func(e *event.LegRinging) bool { return true })
	for _, code := range []string{"*478001", "*47"} {
		if report, err := other.Call(t.Context(), code, script(t, "stay")); err == nil || report.Status != 403 {
			t.Errorf("%s: %+v", code, report)
		}
	}
	if report, err := other.Call(t.Context(), "*478003", script(t, "stay")); err == nil || report.Status != 480 {
		t.Errorf("where nothing rings: %+v", report)
	}
	fit := r.phone(phone.Config{Extension: "8003", Password: password, Tone: 1700})
	reg, err := fit.Register(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reg.Close)
	r.once("8003", event.StaffReady)
	go func() { _, _ = fit.Call(context.Background(), "*47", script(t, "wait 1s")) }()
	_, next := await[*event.Connected](r, nil)
	if next.Extension != "8003" || next.Queue != "minors" {
		t.Errorf("connected %+v", next)
	}
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8003" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	rec := all[*event.RecordingStarted](r)[0]
	if left, right := r.levels(rec.Path); left[0] < -30 || right[1] < -35 {
		t.Errorf("levels %v %v", left, right)
	}
}

// A supervisor takes a talk over by the lamp, a colleague does not; the counselor writes notes.
func TestASupervisorTakesACallByLamp(t *testing.T) {
	t.Parallel()
	boss := counselor("8010", "labour")
	boss.Site = acd.Supervisor
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"), counselor("8003", "labour"), boss)
	r.seat("8001", phone.Answering{Script: script(t, "stay")})
	w, colleague := newWatcher(t, r, "8010"), newWatcher(t, r, "8003")
	w.watch("8001", "dialog")
	r.call("12348", "wait 600ms, press 1, wait 5s")
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	place := w.place("confirmed")
	if _, m := colleague.asks("8001", place); m.Status() != 403 {
		t.Errorf("a colleague got %s", m.Start)
	}
	c, m := w.asks("8001", place)
	if m.Status() != 200 {
		t.Fatalf("refused:\n%s", m)
	}
	await(r, func(e *event.Connected) bool { return e.Extension == "8010" })
	eventually(t, "the counselor writes notes", func() bool { return r.stateOf("8001") == acd.WrapUp && r.stateOf("8010") == acd.Busy })
	c.Send("BYE")
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8010" })
	await[*event.Closed](r, nil)
	if n := len(all[*event.RecordingStarted](r)); n != 1 {
		t.Errorf("%d recordings", n)
	}
}

// Several phones ring at once: the first whose audio is there has the caller, the other hears that it was answered
// elsewhere and its counselor is free.
func TestSeveralPhonesRing(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: func(q *acd.Queue) { q.Several = 3 }}, counselor("8001", "labour"), counselor("8002", "labour"), counselor("8003", "labour"))
	w := newWatcher(t, r, "8001")
	r.once("8001", event.StaffReady)
	r.seat("8002", phone.Answering{After: 500 * time.Millisecond, Script: script(t, "wait 700ms")})
	r.seat("8003", phone.Answering{Refuse: 486})
	r.call("12348", "wait 600ms, press 1, stay")
	in := w.Expect("INVITE")
	w.Reply(in, "180 Ringing", "desk", "", "Contact: "+w.Contact())
	cancel := w.Expect("CANCEL")
	w.Reply(cancel, "200 OK", "desk", "")
	w.Reply(in, "487 Request Terminated", "desk", "")
	if reason := cancel.Get("Reason"); reason != `SIP;cause=200;text="Call completed elsewhere"` {
		t.Errorf("the reason is %s", reason)
	}
	_, next := await[*event.Connected](r, nil)
	if next.Extension != "8002" {
		t.Errorf("connected %+v", next)
	}
	await[*event.Closed](r, nil)
	ends := map[string]event.OfferEnd{}
	for _, e := range all[*event.OfferEnded](r) {
		ends[e.Extension] = e.Why
	}
	if ends["8001"] != event.OfferElsewhere || ends["8002"] != event.OfferAccepted || ends["8003"] != event.OfferBusy || len(ends) != 3 {
		t.Errorf("the rings ended %v", ends)
	}
	if got := r.stateOf("8001"); got != acd.Ready {
		t.Errorf("8001 is %s", got)
	}
	if n := len(all[*event.Connected](r)); n != 1 {
		t.Errorf("%d talks", n)
	}
}
