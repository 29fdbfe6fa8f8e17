package switchboard_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/sip/siptest"
	"hotline/store/event"
)

// proves sends a request, once more with the password when asked for it, and returns the first answer that counts.
func (w *watcher) proves(c *siptest.Call, method, body string, headers ...string) *siptest.Message {
	w.t.Helper()
	var m *siptest.Message
	for range 2 {
		w.Raw(c.Request(method, body, headers...))
		for m = w.Expect("xxx " + method); m.Status() == 100; {
			m = w.Expect("xxx " + method)
		}
		if m.Status() != 407 {
			break
		}
		if method == "INVITE" {
			c.AckRefusal(m)
		}
		headers = append(headers, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), w.ext, password, method, c.Target, 1))
	}
	return m
}

// takes answers the next call.
func (w *watcher) takes() *siptest.Call {
	w.t.Helper()
	in := w.Expect("INVITE")
	w.Reply(in, "200 OK", "desk", siptest.Answer, "Contact: "+w.Contact())
	w.Expect("ACK")
	return w.Accept(in, "desk")
}

// Many phones complete an attended transfer before the other has answered. The caller is handed over all the same.
func TestAttendedTransferWhileItRings(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	w := newWatcher(t, r, "8001")
	r.once("8001", event.StaffReady)
	r.seat("8002", phone.Answering{After: 900 * time.Millisecond, Script: script(t, "wait 700ms")})
	r.call("12348", "wait 600ms, press 1, stay")
	first := w.takes()
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	second := w.Call("8002")
	ringing := w.proves(second, "INVITE", siptest.Offer)
	if ringing.Status() != 180 {
		t.Fatalf("it does not ring:\n%s", ringing)
	}
	place := second.ID + ";to-tag=" + ringing.Param("To", "tag") + ";from-tag=" + siptestTag(second.From)
	m := w.proves(first, "REFER", "", "Refer-To: <sip:8002@"+r.ua.Addr().String()+"?Replaces="+url.QueryEscape(place)+">", "Contact: "+w.Contact())
	if m.Status() != 202 {
		t.Fatalf("refused:\n%s", m)
	}
	_, noted := await(r, func(e *event.Noted) bool { return strings.HasPrefix(e.Name, "transfer") })
	if noted.Name != "transfer" || noted.Value != "attended while it rings" {
		t.Errorf("noted %+v", noted)
	}
	second.AckRefusal(w.Expect("487 INVITE"))
	_, next := await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" && e.Leg == next.Leg })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
}

func siptestTag(value string) string {
	_, tag, _ := strings.Cut(value, ";tag=")
	return tag
}

// A child stays with the qualified, whether the other has answered or rings.
func TestAttendedTransferOfAChildWhileItRings(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002"))
	w := newWatcher(t, r, "8001")
	r.once("8001", event.StaffReady)
	r.seat("8002", phone.Answering{After: time.Hour})
	r.call("12355", "wait 4s")
	first := w.takes()
	second := w.Call("8002")
	ringing := w.proves(second, "INVITE", siptest.Offer)
	place := second.ID + ";to-tag=" + ringing.Param("To", "tag") + ";from-tag=" + siptestTag(second.From)
	m := w.proves(first, "REFER", "", "Refer-To: <sip:8002@"+r.ua.Addr().String()+"?Replaces="+url.QueryEscape(place)+">", "Contact: "+w.Contact())
	if m.Status() != 403 || !strings.Contains(m.Get("Warning"), "not qualified for this caller") {
		t.Errorf("got %s with %q", m.Start, m.Get("Warning"))
	}
	second.Send("CANCEL")
	second.AckRefusal(w.Expect("487 INVITE"))
	first.Send("BYE")
}

// Somebody on call hands the caller to a line, where who is qualified takes over; what began in private stays so.
func TestSomebodyOnCallHandsOn(t *testing.T) {
	t.Parallel()
	boss := counselor("8010", "minors")
	boss.Site = acd.Supervisor
	r := newRig(t, options{}, boss, counselor("8002", "minors"))
	r.seat("8010", phone.Answering{Script: script(t, "wait 300ms, transfer 0123, wait 100ms, transfer 12355, stay")})
	r.seat("8002", phone.Answering{Script: script(t, "wait 700ms")})
	r.call("12349", "stay")
	await(r, func(e *event.Connected) bool { return e.Extension == "8010" && e.Queue == "" })
	_, refused := await(r, func(e *event.Noted) bool { return e.Name == "transfer refused" })
	if refused.Value != "outside" {
		t.Errorf("refused %+v", refused)
	}
	_, next := await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	if next.Queue != "minors" {
		t.Errorf("connected %+v", next)
	}
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	if n := len(all[*event.RecordingStarted](r)); n != 0 {
		t.Errorf("%d recordings of a private call", n)
	}
}

// Who was called back can be handed on like any caller.
func TestACallbackIsHandedOn(t *testing.T) {
	t.Parallel()
	r := outside(t, "wait 1100ms, press 1, wait 6s", "wait 300ms, press 1, wait 1500ms, transfer general, stay")
	r.calling(promised(event.ClassOrdinary))
	await[*event.Connected](r, nil)
	_, queued := await[*event.Enqueued](r, nil)
	if queued.Queue != "general" {
		t.Errorf("queued in %q", queued.Queue)
	}
	_, again := await[*event.Connected](r, nil)
	if again.Queue != "general" {
		t.Errorf("connected %+v", again)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
}
