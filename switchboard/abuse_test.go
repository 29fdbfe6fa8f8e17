package switchboard_test

import (
	"errors"
	"strings"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
	"hotline/switchboard"
)

// An abusive caller hears two warnings and is sent away by the code, with a reason, and is asked nothing more.
func TestAnAbusiveCallerIsWarnedTwiceAndSentAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *671, wait 300ms, press *66, wait 800ms, press *671, wait 300ms, press *66, wait 800ms, press *672, stay")})
	report := r.call("12348", "wait 300ms, press 1, stay")
	r.talking("8001")
	for _, want := range []string{"1 by 8001", "2 by 8001"} {
		if got := r.noted("abuse.warned"); got != want {
			t.Errorf("warned %q, want %q", got, want)
		}
	}
	if got := r.noted("abuse.ended"); got != "harassment by 8001" {
		t.Errorf("ended %q", got)
	}
	if got := <-report; !strings.Contains(got.Ending, "peer hung up") {
		t.Errorf("the caller's phone saw %+v", got)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyStaff {
		t.Errorf("closed = %+v", closed)
	}
	var heard []string
	for _, p := range all[*event.Prompted](r) {
		if strings.HasPrefix(p.Prompt, "A-") && p.Complete {
			heard = append(heard, p.Prompt)
		}
	}
	if got := strings.Join(heard, " "); got != "A-WARN1 A-WARN2 A-END" {
		t.Errorf("the caller heard %s", got)
	}
	if n := len(all[*event.SurveyAsked](r)); n != 0 {
		t.Errorf("%d surveys", n)
	}
}

// A child is not warned and not sent away, whatever is keyed; nor is somebody in danger, even after two warnings.
func TestWhoIsProtectedIsNotSentAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour", "minors"), boss("8010"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *66, wait 300ms, press *66, wait 300ms, press *67#, wait 500ms")})
	r.call("12355", "stay")
	call := r.talking("8001")
	if _, err := r.Warn(t.Context(), "8001", call); !errors.Is(err, switchboard.ErrProtected) {
		t.Errorf("a child is warned: %v", err)
	}
	if err := r.EndAbuse(t.Context(), "8001", call, switchboard.AbusePrank); !errors.Is(err, switchboard.ErrProtected) {
		t.Errorf("a child is sent away: %v", err)
	}
	_, ended := await[*event.TalkEnded](r, nil)
	if ended.By != event.PartyStaff || len(r.notes("abuse.warned"))+len(r.notes("abuse.ended")) != 0 {
		t.Errorf("ended by %s, warned %v", ended.By, r.notes("abuse.warned"))
	}
	await[*event.Closed](r, nil)

	report := r.call("12348", "wait 300ms, press 1, wait 5s")
	call = r.talking("8001")
	for range 2 {
		if _, err := r.Warn(t.Context(), "8001", call); err != nil && !errors.Is(err, switchboard.ErrWarning) {
			t.Error(err)
		}
	}
	if err := r.Panic("8001", call); err != nil {
		t.Fatal(err)
	}
	if err := r.EndAbuse(t.Context(), "8001", call, switchboard.AbuseInsults); !errors.Is(err, switchboard.ErrProtected) {
		t.Errorf("somebody in danger is sent away: %v", err)
	}
	if _, err := r.Warn(t.Context(), "8001", "nobody"); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("nobody is warned: %v", err)
	}
	if got := <-report; got.Ending != "hung up" {
		t.Errorf("the caller's phone saw %+v", got)
	}
	await[*event.Closed](r, nil)
}
