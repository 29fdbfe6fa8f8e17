package switchboard_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/sip"
	"hotline/sip/siptest"
	"hotline/store/event"
)

// wrapping makes counselors write notes after a talk.
func wrapping(q *acd.Queue) { q.Times.Wrap = time.Minute }

func (r *rig) stateOf(id acd.AgentID) acd.State {
	for _, a := range r.Router.Snapshot().Agents {
		if a.ID == id {
			return a.State
		}
	}
	return acd.Offline
}

// once waits until an agent is in a state.
func (r *rig) once(id string, s event.StaffState) {
	r.t.Helper()
	await(r, func(e *event.StaffChanged) bool { return e.Extension == id && e.State == s })
}

// A counselor hands the caller to a colleague by the phone's transfer key. The caller hears the colleague, the recording
// has both without a break, and the counselor writes the notes.
func TestBlindTransferToAColleague(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 700ms, transfer 8002, stay")})
	p := r.phone(phone.Config{Extension: "8002", Password: password, Tone: 1100, Answering: phone.Answering{Script: script(t, "wait 1s")}})
	reg, err := p.Register(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reg.Close)
	r.once("8002", event.StaffReady)
	report := r.call("12348", "wait 600ms, press 2, stay")
	_, noted := await(r, func(e *event.Noted) bool { return e.Name == "transfer" })
	if noted.Value != "extension 8002" {
		t.Errorf("noted %q", noted.Value)
	}
	_, first := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
	r.once("8001", event.StaffWrapUp)
	_, second := await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	if first.By != event.PartyStaff || first.Leg == second.Leg || first.Talked < 600*time.Millisecond {
		t.Errorf("first %+v, second %+v", first, second)
	}
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	if got := <-report; got.Status != 200 {
		t.Errorf("the caller's phone saw %+v", got)
	}
	if n := len(all[*event.RecordingStarted](r)); n != 1 {
		t.Fatalf("%d recordings", n)
	}
	rec := all[*event.RecordingStarted](r)[0]
	done := all[*event.RecordingClosed](r)[0]
	if gaps := all[*event.RecordingGap](r); len(gaps) != 0 || done.Partial != "" || done.Duration < 2*time.Second {
		t.Errorf("recording %+v with gaps %v", done, gaps)
	}
	if left, right := r.levels(rec.Path); left[0] < -30 || right[1] < -35 {
		t.Errorf("levels %v %v", left, right)
	}
	if tones := r.level(rec.Path, 1, 1100); tones < -35 {
		t.Errorf("the colleague is recorded at %v", tones)
	}
}

// A colleague who does not answer leaves the caller with the counselor.
func TestBlindTransferFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, transfer 8002, wait 500ms, transfer 8003, transfer 8001, wait 300ms")})
	r.seat("8002", phone.Answering{Refuse: 486})
	r.call("12348", "wait 600ms, press 2, stay")
	_, ended := await(r, func(e *event.OfferEnded) bool { return e.Extension == "8002" })
	if ended.Why != event.OfferBusy {
		t.Errorf("the ring ended as %s", ended.Why)
	}
	await[*event.Closed](r, nil)
	if n := len(all[*event.Connected](r)); n != 1 {
		t.Errorf("%d talks, want one", n)
	}
	refused := 0
	for _, n := range all[*event.Noted](r) {
		if n.Name == "transfer refused" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d refused, want those to nobody and to oneself", refused)
	}
}

// The counselor's phone hangs up at once, as many do, and the colleague does not answer: the caller is back in line, with
// music, and is served by the next.
func TestBlindTransferIntoTheVoid(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: phone.Script{phone.Wait(300 * time.Millisecond), phone.Transfer{To: "8002", Leave: true}}})
	r.seat("8002", phone.Answering{After: time.Hour})
	r.call("12348", "wait 600ms, press 1, stay")
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
	_, ended := await(r, func(e *event.OfferEnded) bool { return e.Extension == "8002" })
	if ended.Why != event.OfferTimeout {
		t.Errorf("the ring ended as %s", ended.Why)
	}
	_, again := await[*event.Enqueued](r, nil)
	if again.Queue != "labour" {
		t.Errorf("back in %q", again.Queue)
	}
	_, next := await[*event.Connected](r, nil)
	if next.Extension != "8001" {
		t.Errorf("served by %s", next.Extension)
	}
}

// A counselor hands the caller to another line; the line that the number of the minors' line means takes nobody without
// the qualification.
func TestTransferToAQueue(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"), counselor("8002", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, transfer 12355, stay")})
	r.seat("8002", phone.Answering{Script: script(t, "wait 500ms")})
	r.call("12348", "wait 600ms, press 2, stay")
	_, queued := await(r, func(e *event.Enqueued) bool { return e.Queue != "general" })
	if queued.Queue != "minors" {
		t.Errorf("queued in %q", queued.Queue)
	}
	_, next := await(r, func(e *event.Connected) bool { return e.Extension != "8001" })
	if next.Extension != "8002" || next.Queue != "minors" {
		t.Errorf("served by %+v", next)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	if got := r.stateOf("8001"); got != acd.WrapUp {
		t.Errorf("8001 is %s", got)
	}
}

// A child stays with those who are qualified for children, and in the house.
func TestTransferOfAChild(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{Script: script(t, "stay")})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8001", "minors"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, transfer 8002, transfer 0123, attend 8002, wait 300ms")})
	r.seat("8002", phone.Answering{Script: script(t, "stay")})
	r.call("12355", "stay")
	await[*event.Closed](r, nil)
	var kinds []string
	for _, n := range all[*event.Noted](r) {
		if n.Name == "transfer" {
			t.Errorf("a child was handed to %s", n.Value)
		}
		if n.Name == "transfer refused" {
			kinds = append(kinds, n.Value)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("refused %q", kinds)
	}
}

func TestTransferOutside(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{Script: script(t, "wait 700ms")})
	r := newRig(t, options{rules: wrapping, trunks: []sip.Trunk{trunk}}, counselor("8001", "labour"), counselor("8002", "labour"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, transfer 0123, stay")})
	r.call("12348", "wait 600ms, press 2, stay")
	_, leg := await(r, func(e *event.LegAdded) bool { return e.Role == event.RoleAgency })
	if leg.Trunk != "far" {
		t.Errorf("leg %+v", leg)
	}
	await(r, func(e *event.Connected) bool { return e.Leg == leg.Leg && e.Extension == "" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed %+v", closed)
	}
	if got := r.stateOf("8001"); got != acd.WrapUp {
		t.Errorf("8001 is %s", got)
	}
}

// A counselor asks a colleague first, the caller on hold, and then joins the two; the consulting call ends, the caller's
// recording goes on.
func TestAttendedTransfer(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, attend 8002, stay")})
	r.seat("8002", phone.Answering{Script: script(t, "wait 2s")})
	report := r.call("12348", "wait 600ms, press 2, stay")
	r.once("8001", event.StaffWrapUp)
	_, next := await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	if got := r.stateOf("8002"); got != acd.Busy {
		t.Errorf("8002 is %s", got)
	}
	_, ended := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || ended.Leg != next.Leg || ended.Talked < 500*time.Millisecond {
		t.Errorf("closed %+v after %+v", closed, ended)
	}
	if got := <-report; got.Status != 200 {
		t.Errorf("the caller's phone saw %+v", got)
	}
	if n := len(all[*event.RecordingStarted](r)); n != 1 {
		t.Errorf("%d recordings", n)
	}
	if n := len(all[*event.Opened](r)); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// A counselor asks an agency first; who answers there takes the caller over, and the asking is a contact of its own.
func TestAttendedTransferOutside(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{Script: script(t, "wait 2s")})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, attend 0123, stay")})
	r.call("12348", "wait 600ms, press 2, stay")
	first, _ := await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	asked, _ := await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	if asked.Contact == first.Contact {
		t.Error("the asking is filed with the caller's call")
	}
	taken, next := await(r, func(e *event.Connected) bool { return e.Extension == "" })
	if taken.Contact != first.Contact {
		t.Errorf("taken to another: %+v", next)
	}
	_, ended := await(r, func(e *event.TalkEnded) bool { return e.Leg == next.Leg && e.Extension == "" })
	if ended.Talked < 500*time.Millisecond {
		t.Errorf("talked %s", ended.Talked)
	}
	eventually(t, "both are closed", func() bool { return len(all[*event.Closed](r)) == 2 })
	if n := len(all[*event.RecordingStarted](r)); n != 2 {
		t.Errorf("%d recordings", n)
	}
}

// Some phones ask for it on the call with the colleague.
func TestAttendedTransferTheOtherWayRound(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: phone.Script{phone.Transfer{To: "8002", Consult: 300 * time.Millisecond, Swap: true}, phone.Stay{}}})
	r.seat("8002", phone.Answering{Script: script(t, "wait 1500ms")})
	r.call("12348", "wait 600ms, press 2, stay")
	await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
	eventually(t, "both are done", func() bool { return r.stateOf("8001") == acd.Ready && r.stateOf("8002") == acd.WrapUp })
}

// A colleague who called the counselor in mid-talk is given the caller.
func TestAttendedTransferToWhoCalled(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	calls := make(chan *sip.Dialog, 2)
	h := deskPhone(t, r, "8001", func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err != nil { // audio to nowhere will do
			return
		}
		calls <- d
		<-ctx.Done()
	})
	r.call("12348", "wait 600ms, press 1, wait 4s")
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	colleague := r.phone(phone.Config{Extension: "8002", Password: password, Tone: 1100})
	reg, err := colleague.Register(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reg.Close)
	r.once("8002", event.StaffReady)
	over := make(chan phone.Report, 1)
	go func() {
		report, _ := colleague.Call(context.Background(), "8001", script(t, "wait 2s"))
		over <- report
	}()
	one, other := <-calls, <-calls
	eventually(t, "the colleague hears", other.Connected)
	if err := one.Transfer(t.Context(), sip.Transfer{To: "sip:8002@" + h, Replaces: other, Credentials: &sip.Credentials{Username: "8001", Password: password}}); err != nil {
		t.Fatal(err)
	}
	await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	if got := <-over; got.Ending != "hung up" {
		t.Errorf("the colleague's phone saw %+v", got)
	}
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
}

// deskPhone is a user agent that is a phone of an extension, served by h; it returns the server's address.
func deskPhone(t *testing.T, r *rig, ext string, h serving) string {
	t.Helper()
	ua, err := sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}, Trunks: []sip.Trunk{{Name: "any", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Ping: -1}}}, h, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ua.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ua.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if _, err := ua.Register(t.Context(), sip.Registration{Server: r.ua.Addr().String(), User: ext, Password: password}); err != nil {
		t.Fatal(err)
	}
	r.once(ext, event.StaffReady)
	return r.ua.Addr().String()
}

type serving func(ctx context.Context, d *sip.Dialog)

func (s serving) ServeCall(ctx context.Context, d *sip.Dialog) { s(ctx, d) }

// eventually waits for what another goroutine brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A caller who hangs up while the colleague rings ends the ring.
func TestCallerLeavesInTransfer(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, transfer 8002, stay")})
	r.seat("8002", phone.Answering{After: time.Hour})
	r.call("12348", "wait 600ms, press 1, wait 1500ms")
	_, ended := await(r, func(e *event.OfferEnded) bool { return e.Extension == "8002" })
	if ended.Why != event.OfferCallerGone {
		t.Errorf("the ring ended as %s", ended.Why)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyCaller {
		t.Errorf("closed %+v", closed)
	}
}
