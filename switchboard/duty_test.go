package switchboard_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/sip"
	"hotline/store/event"
)

// onCall puts people with duty mobiles on the roster.
func (r *rig) onCall(ids ...acd.AgentID) {
	r.t.Helper()
	now := time.Now()
	var shifts []acd.Shift
	for _, id := range ids {
		shifts = append(shifts, acd.Shift{Agent: id, From: now.Add(-time.Hour), To: now.Add(time.Hour), Site: acd.Mobile})
		a := counselor(string(id), "minors")
		a.Site, a.Device = acd.Mobile, acd.DeviceIdle
		if err := r.Router.SignIn(a); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := r.Router.SetRoster(shifts); err != nil {
		r.t.Fatal(err)
	}
}

// mobile is a telephone beyond a trunk.
func mobile(t *testing.T, a phone.Answering) (*phone.Phone, sip.Trunk) {
	t.Helper()
	p, err := phone.New(phone.Config{Tone: 1700, Answering: a})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	return p, sip.Trunk{Name: "far", Servers: []string{p.Addr().String()}, From: "02012348", Prefixes: []string{"0"}, Ping: -1}
}

func TestALawyerOnCallAcceptsWithOne(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{Script: script(t, "wait 600ms, press 1, wait 1500ms")})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8701", "minors"))
	r.onCall("8701")
	report := r.call("12349", "stay")
	_, offered := await(r, func(e *event.Offered) bool { return e.Extension == "8701" })
	if offered.Queue != "" {
		t.Errorf("offered = %+v", offered)
	}
	await(r, func(e *event.Connected) bool { return e.Extension == "8701" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed = %+v, story: %s", closed, r.story())
	}
	if got := <-report; got.Status != 200 || got.Stats.Received < 60 {
		t.Errorf("the caller's phone saw %+v", got)
	}
	if n := len(all[*event.RecordingStarted](r)); n != 0 {
		t.Errorf("%d recordings on a private line", n)
	}
	if state := r.Router.Snapshot().Agents[0].State; state == acd.Busy || state == acd.Reserved {
		t.Errorf("the lawyer is %s after the call", state)
	}
}

// A voicemail answers at once and presses nothing; it must never get the caller. The caller goes on to the desk.
func TestAVoicemailNeverTakesACall(t *testing.T) {
	t.Parallel()
	var heard sync.Map
	_, trunk := mobile(t, phone.Answering{Script: script(t, "stay"), Told: func(r phone.Report) { heard.Store(r.Ending, r.Stats.Received) }})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8701", "minors"), counselor("8702", "minors"), counselor("8001"))
	r.onCall("8701", "8702")
	r.seat("8001", phone.Answering{Script: script(t, "wait 500ms")})
	r.call("12349", "stay")
	for range 2 {
		_, ended := await(r, func(e *event.OfferEnded) bool { return e.Extension != "8001" })
		if ended.Why != event.OfferTimeout {
			t.Errorf("the ring of %s ended as %s", ended.Extension, ended.Why)
		}
	}
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	if n := len(all[*event.Connected](r)); n != 1 {
		t.Errorf("%d talks, want one, at the desk", n)
	}
	await[*event.Closed](r, nil)
}

// A caller who hangs up while a mobile rings ends the ring at once.
func TestACallerLeavesTheLadder(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{After: time.Hour})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8701", "minors"))
	r.onCall("8701")
	r.call("12349", "wait 700ms")
	_, ended := await[*event.OfferEnded](r, nil)
	if ended.Why != event.OfferCallerGone {
		t.Errorf("the ring ended as %s", ended.Why)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAbandoned || closed.By != event.PartyCaller {
		t.Errorf("closed = %+v", closed)
	}
}
