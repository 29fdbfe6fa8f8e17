package switchboard_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/sip"
	"hotline/store/event"
	"hotline/switchboard"
)

// boss is a supervisor.
func boss(id string) acd.Agent {
	a := counselor(id, "minors")
	a.Site = acd.Supervisor
	return a
}

// alarmed are the agents for whom there is an alarm of danger.
func (r *rig) alarmed() (ids []string) {
	for _, a := range r.Router.Snapshot().Alarms {
		if a.Kind == acd.AlarmDanger {
			ids = append(ids, a.Subject)
		}
	}
	return ids
}

// A counselor keys for help: all supervisors' phones ring, the first who answers joins, and the caller is in danger from then
// on. Nobody who leaves takes the caller along; a supervisor says when it is over.
func TestPanic(t *testing.T) { //nolint:paralleltest // so that its phones have the processors
	r := newRig(t, options{}, counselor("8001", "labour"), boss("8010"), boss("8011"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "wait 1s, press *60, wait 4s")})
	first := r.staffed("8010", supervisorTone, phone.Answering{After: 300 * time.Millisecond, Script: script(t, "stay")})
	other := r.staffed("8011", supervisorTone, phone.Answering{After: time.Hour})
	caller, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	call := r.talking("8001")
	r.noted("panic")
	keyed := time.Now()
	joined := r.noted("panic.joined")
	if took := time.Since(keyed); took > 10*time.Second || !strings.HasPrefix(joined, "8010 ") {
		t.Errorf("joined %q after %s", joined, took)
	}
	if got := <-other.told; got.Answered != (time.Time{}) {
		t.Errorf("the second supervisor's phone: %+v", got)
	}
	if n := len(r.notes("panic.rings")); n != 2 {
		t.Errorf("%d phones rang", n)
	}
	if got := r.alarmed(); len(got) != 1 || got[0] != "8001" {
		t.Errorf("alarms for %v", got)
	}
	if d := r.InDanger(); len(d) != 1 || d[0].Contact != call || d[0].By != "8001" {
		t.Errorf("in danger: %+v", d)
	}
	three := r.during("three")
	atSeat := <-seat.told             // the counselor hangs up
	r.once("8001", event.StaffWrapUp) // a long one, on a queue without
	r.talking("8010")
	alone := r.during("supervisor alone")
	if err := r.StandDown("8001", call); !errors.Is(err, switchboard.ErrNotSupervisor) {
		t.Errorf("a counselor says that it is over: %v", err)
	}
	if err := r.StandDown("8010", call); err != nil || len(r.alarmed()) != 0 || len(r.InDanger()) != 0 {
		t.Errorf("over: %v, alarms %v", err, r.alarmed())
	}
	if err := r.StandDown("8010", call); !errors.Is(err, switchboard.ErrNoDanger) {
		t.Errorf("over twice: %v", err)
	}
	hangUp()
	atCaller, atBoss := <-caller, <-first.told
	await[*event.Closed](r, nil)
	three.heard(t, "caller", atCaller, staffTone, supervisorTone)
	three.heard(t, "counselor", atSeat, callerTone, supervisorTone)
	three.heard(t, "supervisor", atBoss, callerTone, staffTone)
	alone.heard(t, "caller", atCaller, supervisorTone)
	class := all[*event.Classified](r)
	if len(class) != 1 || class[0].Class != event.ClassDanger || class[0].Risk != "R3" || class[0].By != "8001" {
		t.Errorf("classified: %+v", class)
	}
	if got := r.notes("redial"); len(got) != 0 {
		t.Errorf("called back after the end of the danger: %v", got)
	}
	var own *event.RecordingStarted
	for _, s := range all[*event.RecordingStarted](r) {
		if s.Tracks == "supervisor" {
			own = s
		}
	}
	if own == nil || own.Class != event.RecordingCrisis || r.level(own.Path, 0, supervisorTone) < -20 {
		t.Errorf("the supervisor's own recording: %+v", own)
	}
}

// Whatever those of the house do, the caller in danger stays on the line and somebody comes: here there is no supervisor, so
// that the mobile of who is on duty rings, and a voicemail could not take the call.
func TestNobodyInDangerIsLeftAlone(t *testing.T) {
	t.Parallel()
	_, trunk := mobile(t, phone.Answering{Script: script(t, "wait 600ms, press 1, stay")})
	r := newRig(t, options{trunks: []sip.Trunk{trunk}}, counselor("8001", "labour"), counselor("8701", "minors"))
	r.onCall("8701")
	r.seat("8001", phone.Answering{Script: script(t, "wait 500ms, press *60, wait 200ms")})
	caller, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	r.talking("8001")
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
	call := r.talking("8701")
	select {
	case report := <-caller:
		t.Fatalf("the caller was dropped: %+v", report)
	default:
	}
	if err := r.Stop(t.Context(), "8701", call); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("who serves the caller was sent away: %v", err)
	}
	hangUp()
	<-caller
	await[*event.Closed](r, nil)
	if got := r.notes("redial"); len(got) == 0 { // the rig has no way back to a mobile number
		t.Error("nothing noted of calling back")
	}
}

// A transfer is refused while the caller is in danger, and when all have hung up the caller waits for the next.
func TestACallerInDangerIsNotHandedOn(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "labour"), boss("8010"))
	r.staffed("8001", staffTone, phone.Answering{Script: script(t, "wait 500ms, press *60, wait 1s, transfer 8002, wait 500ms")})
	r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "wait 1500ms")}) // hangs up, and is rung again
	caller, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	call := r.talking("8001")
	r.noted("panic.joined")
	if refused := r.noted("transfer refused"); refused != "danger" {
		t.Errorf("refused for %q", refused)
	}
	r.noted("panic.joined") // again, for a caller whom the counselor has left
	r.talking("8010")
	if err := r.StandDown("8010", call); err != nil {
		t.Error(err)
	}
	hangUp()
	<-caller
	await[*event.Closed](r, nil)
}

// recalled is a rig whose callers can be called back, at a telephone beyond the trunk.
func recalled(t *testing.T, far phone.Answering, o options, agents ...acd.Agent) (*rig, ear) {
	t.Helper()
	told := make(chan phone.Report, 4)
	far.Record, far.Told = t.TempDir(), func(report phone.Report) { told <- report }
	p, trunk := mobile(t, far)
	p.Tone = callerTone
	trunk.Prefixes = []string{"0", "1"}
	o.trunks = []sip.Trunk{trunk}
	o.emergency = []sip.Outside{{Trunk: "far", Number: "110"}}
	o.adapt = func(c *switchboard.Config) {
		c.Routes = append(c.Routes, switchboard.Route{Prefix: "1", Trunk: "far"})
		c.Rescue = []string{"110", "120"}
	}
	return newRig(t, o, agents...), ear{p, told}
}

// The line of a caller in danger drops: the caller is called back at once, those in the talk stay, and the recording goes on.
func TestACallerInDangerIsCalledBack(t *testing.T) { //nolint:paralleltest // so that its phones have the processors
	r, far := recalled(t, phone.Answering{After: 300 * time.Millisecond, Script: script(t, "wait 6s")}, options{}, counselor("8001", "labour"), boss("8010"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "wait 500ms, press *60, stay")})
	r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})
	caller, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	call := r.talking("8001")
	r.noted("panic.joined")
	hangUp()
	began := (<-caller).Answered
	if got := r.noted("redial"); !strings.HasPrefix(got, "try 1 reached") {
		t.Fatalf("noted %q", got)
	}
	again := r.during("again")
	if err := r.StandDown("8010", call); err != nil {
		t.Error(err)
	}
	if err := r.TakeOver(t.Context(), "8010", call); err != nil {
		t.Error(err)
	}
	atSeat := <-seat.told
	r.talking("8010")
	atFar := <-far.told
	_, closed := await[*event.Closed](r, nil)
	again.heard(t, "caller", atFar, staffTone, supervisorTone)
	again.heard(t, "counselor", atSeat, callerTone, supervisorTone)
	f, err := wav.Read(filepath.Join(r.dir, "recordings", all[*event.RecordingStarted](r)[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	again.has(t, "caller's channel", f.Channel(0), began, callerTone)
	again.has(t, "counselor's channel", f.Channel(1), began, staffTone)
	if closed.Outcome != event.OutcomeAnswered || tone.In(f, 1, callerTone) > -50 {
		t.Errorf("closed = %+v", closed)
	}
	if n := len(all[*event.Opened](r)); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// keeper promises callbacks, and tells what for.
type keeper chan ivr.Callback

func (k keeper) Promise(_ context.Context, c ivr.Callback) (ivr.Receipt, error) {
	k <- c
	return ivr.Receipt{Reference: "CB-1"}, nil
}

// A caller who is not reached at once is promised to be called back, and the alarm stays.
func TestACallerInDangerWhoIsNotReached(t *testing.T) {
	t.Parallel()
	promises := make(keeper, 1)
	r, _ := recalled(t, phone.Answering{Refuse: 480}, options{desk: func(switchboard.Visit) ivr.Desk { return ivr.Desk{Callbacks: promises} }},
		counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 500ms, press *60, stay")})
	_, hangUp := r.dials("12355", "stay")
	r.talking("8001")
	r.noted("panic")
	hangUp()
	if got := r.noted("redial"); !strings.HasPrefix(got, "try 1 not reached: ") || strings.Contains(got, "138") {
		t.Errorf("noted %q", got)
	}
	if got := r.noted("redial"); got != "promised CB-1" {
		t.Errorf("noted %q", got)
	}
	if p := <-promises; p.Queue != "minors" || !p.Marks.Has(ivr.Danger) || !p.Neutral {
		t.Errorf("promised %+v", p)
	}
	await[*event.Closed](r, nil)
	if got := r.alarmed(); len(got) != 1 {
		t.Errorf("alarms for %v", got)
	}
}

// A child says that it is not safe to call back: nobody does.
func TestItIsNotSafeToCallBack(t *testing.T) {
	t.Parallel()
	promises := make(keeper, 1)
	r, far := recalled(t, phone.Answering{Script: script(t, "stay")}, options{desk: func(switchboard.Visit) ivr.Desk { return ivr.Desk{Callbacks: promises} }},
		counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 500ms, press *60, wait 300ms, press *62, stay")})
	_, hangUp := r.dials("12355", "stay")
	r.talking("8001")
	if got := r.noted("redial.unsafe"); got != "yes by 8001" {
		t.Errorf("noted %q", got)
	}
	hangUp()
	await[*event.Closed](r, nil)
	select {
	case report := <-far.told:
		t.Errorf("called back: %+v", report)
	case p := <-promises:
		t.Errorf("promised %+v", p)
	default:
	}
}

// 110 is called into the talk: by the counselor for all to hear, and by the supervisor apart first.
func TestEmergencyNumbers(t *testing.T) { //nolint:paralleltest // so that its phones have the processors
	r, police := recalled(t, phone.Answering{Script: script(t, "stay")}, options{}, counselor("8001", "labour"), boss("8010"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "stay")})
	head := r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "wait 1s, press *611, wait 2500ms, press *680, stay")})
	police.Tone = expertTone
	caller, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	call := r.talking("8001")
	if _, err := r.Emergency(t.Context(), "8001", call, "110"); !errors.Is(err, switchboard.ErrNoDanger) {
		t.Errorf("a counselor called, and nobody in danger: %v", err)
	}
	if err := r.Panic("8001", call); err != nil {
		t.Fatal(err)
	}
	r.noted("panic.joined")
	for _, number := range []string{"119", "013800138000", ""} {
		if _, err := r.Emergency(t.Context(), "8001", call, number); !errors.Is(err, switchboard.ErrNoGuest) {
			t.Errorf("%q: %v", number, err)
		}
	}
	if got := r.noted("emergency.answered"); got != "110" {
		t.Errorf("noted %q", got)
	}
	apart := r.during("apart")
	r.noted("together")
	all4 := r.during("together")
	if err := r.StandDown("8010", call); err != nil {
		t.Error(err)
	}
	hangUp()
	atCaller, atSeat, atBoss, atPolice := <-caller, <-seat.told, <-head.told, <-police.told
	await[*event.Closed](r, nil)
	apart.heard(t, "caller", atCaller, staffTone)
	apart.heard(t, "counselor", atSeat, callerTone)
	apart.heard(t, "110", atPolice, supervisorTone)
	apart.heard(t, "supervisor", atBoss, supervisorTone) // the police has the same tone
	all4.heard(t, "caller", atCaller, staffTone, supervisorTone)
	all4.heard(t, "110", atPolice, callerTone, staffTone, supervisorTone)
	if got := r.notes("emergency.called"); len(got) != 1 || got[0] != "110 by 8010" {
		t.Errorf("called %v", got)
	}
}

// Nobody is let into a private talk, whoever calls for help.
func TestNoHelpOnAPrivateLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"), boss("8010"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *60, wait 300ms, press *64, wait 500ms")})
	r.call("12340", "stay")
	call := r.talking("8001")
	if err := r.Panic("8001", call); !errors.Is(err, switchboard.ErrPrivate) {
		t.Errorf("got %v", err)
	}
	for _, err := range []error{r.KeepSilent("8001", call, true), r.PauseRecording("8001", call), r.ResumeRecording("8001", call)} {
		if !errors.Is(err, switchboard.ErrPrivate) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := r.Emergency(t.Context(), "8010", call, "110"); !errors.Is(err, switchboard.ErrPrivate) {
		t.Errorf("got %v", err)
	}
	await[*event.Closed](r, nil)
	if n := len(r.notes("panic")) + len(r.notes("panic.rings")) + len(r.notes("recording.paused")); n != 0 {
		t.Errorf("%d things were done", n)
	}
	if err := r.Panic("8001", call); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("after the talk: %v", err)
	}
}

// Whom a counselor has called is held as callers are: the supervisor goes on when the counselor leaves.
func TestSomebodyCalledIsInDanger(t *testing.T) {
	t.Parallel()
	r, far := recalled(t, phone.Answering{Script: script(t, "stay")}, options{}, counselor("8001", "labour"), boss("8010"))
	p := r.seat("8001", phone.Answering{})
	going, leaving := make(chan phone.Step), make(chan phone.Step)
	r.staffed("8010", supervisorTone, phone.Answering{Script: phone.Script{phone.Led(going)}})
	report := make(chan phone.Report, 1)
	go func() {
		got, _ := p.Call(context.Background(), "02083551234", phone.Script{phone.Led(leaving)})
		report <- got
	}()
	call := r.talking("8001")
	if err := r.Panic("8001", call); err != nil {
		t.Fatal(err)
	}
	r.noted("panic.joined")
	close(leaving)
	<-report
	r.talking("8010")
	alone := r.during("alone")
	if err := r.StandDown("8010", call); err != nil {
		t.Error(err)
	}
	if state := r.stateOf("8001"); state == acd.Busy {
		t.Errorf("the counselor is %s", state)
	}
	close(going)
	await[*event.Closed](r, nil)
	alone.heard(t, "whom was called", <-far.told, supervisorTone)
	if n := len(r.notes("redial")); n != 0 {
		t.Errorf("called back %d times", n)
	}
}
