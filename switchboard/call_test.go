package switchboard_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/sip"
	"hotline/store/event"
)

func TestACallEndToEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{After: 100 * time.Millisecond, Script: script(t, "wait 2s")})
	report := r.call("12348", "wait 300ms, press 1, wait 6s, press 1, press 1, stay")

	_, opened := await[*event.Opened](r, nil)
	if opened.Line != "12348" || opened.Trunk != "city" || len(opened.Caller.Sealed) == 0 || opened.FlowHash == "" {
		t.Errorf("opened = %+v", opened)
	}
	await(r, func(e *event.Enqueued) bool { return e.Queue == "labour" })
	await(r, func(e *event.Offered) bool { return e.Extension == "8001" })
	await(r, func(e *event.OfferEnded) bool { return e.Why == event.OfferAccepted })
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	_, talked := await[*event.TalkEnded](r, nil)
	if talked.By != event.PartyStaff || talked.Talked < 1500*time.Millisecond {
		t.Errorf("talk = %+v", talked)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.Stage != event.StageAfter {
		t.Errorf("closed = %+v", closed)
	}
	if got := <-report; got.Status != 200 {
		t.Errorf("the caller's phone saw %+v", got)
	}
	recordings := all[*event.RecordingStarted](r)
	left, right := r.levels(recordings[0].Path)
	if left[0] < -30 || right[1] < -30 || left[1] > -50 || right[0] > -50 {
		t.Errorf("caller's and counselor's tone: left %.0f, right %.0f dBm0", left, right)
	}
	if scores := all[*event.SurveyAnswered](r); len(scores) != 2 {
		t.Errorf("survey answers: %d, story: %s", len(scores), r.story())
	}
}

func script(t *testing.T, text string) phone.Script {
	t.Helper()
	s, err := phone.ParseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACallerWhoHangsUpWhileWaitingIsFiled(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "labour"))
	r.seat("8001", phone.Answering{After: time.Hour})
	r.call("12348", "wait 300ms, press 1, wait 1s")
	await(r, func(e *event.OfferEnded) bool { return e.Why == event.OfferCallerGone })
	_, left := await[*event.Dequeued](r, nil)
	if left.Why != event.LeaveGone {
		t.Errorf("left the queue: %+v", left)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAbandoned || closed.By != event.PartyCaller || closed.Stage != event.StageRinging {
		t.Errorf("closed = %+v", closed)
	}
	if sealed := all[*event.RecordingClosed](r); len(sealed) != 1 || len(sealed[0].SHA256) != 32 || sealed[0].Partial != "" {
		t.Errorf("recording = %+v", sealed)
	}
	if snapshot := r.Router.Snapshot(); snapshot.Agents[0].State.String() != "ready" {
		t.Errorf("the counselor is %s after the caller left", snapshot.Agents[0].State)
	}
}

func TestAMinorReachesOnlyTheQualified(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour", "family"), counselor("8002", "minors"))
	r.seat("8001", phone.Answering{})
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	for _, dial := range []struct{ number, script string }{{"12355", "stay"}, {"12348", "wait 300ms, press 3, stay"}} {
		report := r.call(dial.number, dial.script)
		await(r, func(e *event.Connected) bool { return e.Queue == "minors" })
		await[*event.Closed](r, nil)
		<-report
	}
	offers := all[*event.Offered](r)
	if len(offers) != 2 {
		t.Errorf("%d offers, want 2", len(offers))
	}
	for _, o := range offers {
		if o.Extension != "8002" {
			t.Error("a minor was offered to a counselor without the qualification")
		}
	}
	for _, rec := range all[*event.RecordingStarted](r) {
		t.Log(rec.Class)
	}
}

func TestWithNobodyAtWorkAMessageIsKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	report := r.call("12348", "wait 300ms, press 1, wait 3s, press #, wait 1s, press 1, stay")
	_, kept := await[*event.VoicemailKept](r, nil)
	if kept.Promised.Before(time.Now()) {
		t.Errorf("promised %s", kept.Promised)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeMessage {
		t.Errorf("closed = %+v", closed)
	}
	<-report
	var message *event.RecordingStarted
	for _, rec := range all[*event.RecordingStarted](r) {
		if rec.Recording == kept.Recording {
			message = rec
		}
	}
	if message == nil || message.Class != event.RecordingVoicemail || message.Channels != 1 {
		t.Fatalf("the message's recording is %+v", message)
	}
	f, err := wav.Read(filepath.Join(r.dir, "recordings", message.Path))
	if err != nil {
		t.Fatal(err)
	}
	if level := tone.In(f, 0, 440); level < -20 {
		t.Errorf("the caller's tone in the message: %.0f dBm0", level)
	}
}

func TestADeclinedCallerKeepsThePlaceAndReachesTheNext(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "labour"))
	r.seat("8001", phone.Answering{Refuse: 486})
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	r.call("12348", "wait 300ms, press 2, stay")
	await(r, func(e *event.OfferEnded) bool { return e.Extension == "8001" && e.Why == event.OfferBusy })
	await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	await[*event.Closed](r, nil)
	if lined := all[*event.Enqueued](r); len(lined) != 1 {
		t.Errorf("the caller was lined up %d times", len(lined))
	}
}

func TestACallerWhoseCounselorIsLostReachesAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "labour"))
	r.seat("8001", phone.Answering{Mute: true, Script: script(t, "stay")})
	r.call("12348", "wait 300ms, press 2, stay")
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	_, parted := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
	if parted.By != event.PartyNetwork {
		t.Errorf("parted by %s", parted.By)
	}
	await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered {
		t.Errorf("closed = %+v", closed)
	}
}

func TestHoldIsFiledAndTheCallGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, hold, wait 400ms, resume, wait 300ms")})
	r.call("12348", "wait 300ms, press 2, stay")
	_, held := await[*event.Held](r, nil)
	if held.By != event.PartyStaff {
		t.Errorf("held by %s", held.By)
	}
	_, back := await[*event.Resumed](r, nil)
	if back.Held < 300*time.Millisecond {
		t.Errorf("held for %s", back.Held)
	}
	_, talk := await[*event.TalkEnded](r, nil)
	if talk.Held < 300*time.Millisecond || talk.Talked < 400*time.Millisecond {
		t.Errorf("talk = %+v", talk)
	}
	await[*event.Closed](r, nil)
}

func TestAPrivateLineRecordsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms")})
	r.call("12340", "stay")
	await[*event.Connected](r, nil)
	await[*event.Closed](r, nil)
	if n := len(all[*event.RecordingStarted](r)); n != 0 {
		t.Errorf("%d recordings of a private line", n)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "recordings")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the recordings folder exists: %v", err)
	}
}

func TestAFullHouseRefusesButNotAChild(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{lines: 2, reserve: 1}, counselor("8002", "minors"))
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	first := r.call("12348", "wait 5s")
	await[*event.Opened](r, nil)
	if got := <-r.call("12348", "stay"); got.Status != 503 {
		t.Errorf("the second ordinary caller got %d, want 503", got.Status)
	}
	_, refused := await[*event.Closed](r, nil)
	if refused.Outcome != event.OutcomeRefused {
		t.Errorf("filed as %s", refused.Outcome)
	}
	child := r.call("12355", "stay")
	await(r, func(e *event.Connected) bool { return e.Extension == "8002" })
	if got := <-child; got.Status != 200 {
		t.Errorf("the child got %d", got.Status)
	}
	<-first
}

func TestDrainingRefusesNewCallsAndLetsOldOnesEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 1500ms")})
	running := r.call("12348", "wait 300ms, press 2, stay")
	await[*event.Connected](r, nil)
	r.ua.Drain(true)
	if got := <-r.call("12348", "stay"); got.Status != 503 {
		t.Errorf("a new call got %d, want 503", got.Status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := r.Drain(ctx); err != nil {
		t.Errorf("drain: %v", err)
	}
	if got := <-running; got.Ended.Sub(got.Answered) < 1500*time.Millisecond {
		t.Errorf("the running call was cut short: %s", got.Ended.Sub(got.Answered))
	}
}

func TestAnUnknownNumberIsNotAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"))
	for _, number := range []string{"99999", "8001", "013800138000"} {
		if got := <-r.call(number, "stay"); got.Status != 404 {
			t.Errorf("a trunk caller who dials %s got %d, want 404", number, got.Status)
		}
	}
}

func TestOnlyAnAllowedCounselorDialsOut(t *testing.T) {
	t.Parallel()
	far := newFar(t)
	trunk := sip.Trunk{Name: "far", Servers: []string{far.Addr().String()}, From: "02012348", Prefixes: []string{"0"}, Ping: -1}
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8001"), counselor("8002"))
	for _, tt := range []struct {
		extension string
		want      int
	}{{"8002", 403}, {"8001", 200}} {
		seat := r.seat(tt.extension, phone.Answering{})
		report, _ := seat.Call(t.Context(), "013800138000", script(t, "wait 800ms"))
		if report.Status != tt.want {
			t.Errorf("%s got %d, want %d", tt.extension, report.Status, tt.want)
		}
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyStaff {
		t.Errorf("closed = %+v", closed)
	}
	opened := all[*event.Opened](r)
	if len(opened) != 1 || opened[0].Channel != event.ChannelCallOut || opened[0].Trunk != "far" {
		t.Errorf("opened = %+v", opened)
	}
	left, right := r.levels(all[*event.RecordingStarted](r)[0].Path)
	if left[0] < -30 || right[1] < -30 {
		t.Errorf("the other side's tone left %.0f, the counselor's right %.0f dBm0", left[0], right[1])
	}
}

// newFar is a telephone beyond a trunk that talks with the caller's tone.
func newFar(t *testing.T) *phone.Phone {
	t.Helper()
	p, err := phone.New(phone.Config{Tone: 440, Answering: phone.Answering{Script: script(t, "stay")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return p
}

func TestColleaguesCallEachOtherWithoutAContact(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"), counselor("8002"))
	r.seat("8002", phone.Answering{Script: script(t, "stay")})
	seat := r.seat("8001", phone.Answering{})
	report, err := seat.Call(t.Context(), "8002", script(t, "wait 500ms"))
	if err != nil || report.Status != 200 {
		t.Errorf("got %+v, %v", report, err)
	}
	if n := len(all[*event.Opened](r)); n != 0 {
		t.Errorf("%d contacts of a talk between colleagues", n)
	}
}

func TestAKeyBeforeTheLastWordOfALegalTextDoesNotCount(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	r.call("12348", "wait 300ms, press 5, press 1, wait 3s, press 1, stay")
	_, consent := await[*event.Consented](r, nil)
	if consent.Answer != event.ConsentYes || consent.Key != "1" || len(consent.TextHash) != 32 || consent.Recording.IsZero() {
		t.Errorf("consent = %+v", consent)
	}
	if consent.Offset < time.Second {
		t.Errorf("the key counted at %s, before the text was read", consent.Offset)
	}
	await[*event.Closed](r, nil)
}
