package switchboard_test

import (
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/store/event"
)

// A counselor's day by the keys of a telephone: each code does what it says, says so, and ends the call.
func TestCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"), counselor("8002"))
	p := r.seat("8001", phone.Answering{})
	for _, step := range []struct {
		code string
		want acd.State
	}{
		{"*46", acd.Ready},
		{"*441", acd.Break},
		{"*46", acd.Break},
		{"*43", acd.Ready},
		{"*44", acd.Break},
		{"*45", acd.Break},
		{"*42", acd.Offline},
		{"*43", acd.Offline},
		{"*46", acd.Offline},
		{"*41", acd.Ready},
		{"*41", acd.Ready},
	} {
		report, err := p.Call(t.Context(), step.code, script(t, "stay"))
		if err != nil || report.Status != 200 || !strings.Contains(report.Ending, "hung up") || report.Stats.Received == 0 {
			t.Errorf("%s: %+v, %v", step.code, report, err)
		}
		if got := r.stateOf("8001"); got != step.want {
			t.Errorf("after %s the counselor is %s, want %s", step.code, got, step.want)
		}
	}
	var reasons []string
	for _, s := range all[*event.StaffChanged](r) {
		if s.State == event.StaffBreak {
			reasons = append(reasons, s.Reason)
		}
	}
	if strings.Join(reasons, " ") != "meal rest" {
		t.Errorf("breaks for %q", reasons)
	}
	if n := len(all[*event.Opened](r)); n != 0 {
		t.Errorf("%d contacts", n)
	}
	for _, code := range []string{"*449", "*48", "*4"} { // no code, so a number outside, to which there is no way
		if report, err := p.Call(t.Context(), code, script(t, "stay")); err == nil || report.Status != 404 {
			t.Errorf("%s: %+v", code, report)
		}
	}
}

// Notes are ended by a code, and a break asked for in mid-call begins after it.
func TestCodesAroundACall(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"))
	p := r.seat("8001", phone.Answering{Script: script(t, "wait 1500ms")})
	r.call("12348", "wait 600ms, press 1, stay")
	await(r, func(e *event.Connected) bool { return e.Extension == "8001" })
	if _, err := p.Call(t.Context(), "*443", script(t, "stay")); err != nil {
		t.Error(err)
	}
	if got := r.stateOf("8001"); got != acd.Busy {
		t.Errorf("in mid-call the counselor is %s", got)
	}
	r.once("8001", event.StaffWrapUp)
	if _, err := p.Call(t.Context(), "*45", script(t, "stay")); err != nil {
		t.Error(err)
	}
	if got := r.stateOf("8001"); got != acd.Break {
		t.Errorf("after the notes the counselor is %s", got)
	}
}

// Who serves no queue is told so.
func TestCodesOfAClerk(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"))
	p := r.phone(phone.Config{Extension: clerk, Password: password})
	reg, err := p.Register(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reg.Close)
	report, err := p.Call(t.Context(), "*41", script(t, "stay"))
	if err != nil || report.Stats.Received < 4 {
		t.Errorf("%+v, %v", report, err)
	}
	if n := len(r.Router.Snapshot().Agents); n != 0 {
		t.Errorf("%d at work", n)
	}
}

// A trunk's callers cannot dial codes.
func TestCodesAreOfTheHouse(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"))
	r.seat("8001", phone.Answering{})
	if report := <-r.call("*42", "stay"); report.Status != 404 {
		t.Errorf("got %+v", report)
	}
	if got := r.stateOf("8001"); got != acd.Ready {
		t.Errorf("the counselor is %s", got)
	}
}

// A phone sees by its lamps that a colleague's rings, talks, and is free, and what the colleague does; of the caller it
// sees nothing.
func TestLamps(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{rules: wrapping}, counselor("8001", "labour"), counselor("8003"))
	r.seat("8001", phone.Answering{After: 500 * time.Millisecond, Script: script(t, "wait 700ms")})
	w := newWatcher(t, r, "8003")
	w.watch("8001", "dialog")
	w.watch("8001", "presence")
	w.sees("<basic>open</basic>")
	r.call("12348", "wait 600ms, press 1, wait 3s")
	for _, what := range []string{"<state>early</state>", "<state>confirmed</state>", "<note>busy</note>", "<state>terminated</state>", "<note>wrap-up</note>"} {
		w.sees(what)
	}
	if heard := w.all(); strings.Contains(heard, "138001") {
		t.Errorf("the caller's number is shown:\n%s", heard)
	}
}
