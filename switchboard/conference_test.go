package switchboard_test

import (
	"errors"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
	"hotline/switchboard"
)

// expertTone is what the invited expert talks with.
const expertTone = supervisorTone

// A counselor asks an expert, first without the caller, then with; the expert leaves, and comes again. It runs beside no other test, so that its phones have the processors.
func TestAConference(t *testing.T) { //nolint:paralleltest // see above
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "minors"), counselor("8003"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "stay")})
	caller, hangUp := r.dials("12355", "stay")
	call := r.talking("8001")
	expert := r.staffed("8002", expertTone, phone.Answering{Script: script(t, "stay")})

	invite := func(who switchboard.Invitation) int {
		t.Helper()
		leg, err := r.Invite(t.Context(), call, who)
		if err != nil {
			t.Fatal(err)
		}
		return leg
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	leg := invite(switchboard.Invitation{Extension: "8002", Apart: true})
	apart := r.during("apart")
	must(r.Together(call))
	together := r.during("together")
	must(r.Mute(call, leg, true))
	muted := r.during("muted")
	must(r.Mute(call, leg, false))
	must(r.Mute(call, 1, true))
	callerMuted := r.during("caller muted")
	must(r.Mute(call, 1, false))
	for _, who := range []switchboard.Invitation{{Extension: "8003"}, {Extension: "8099"}, {Extension: "8002"}, {Number: "013800138000"}, {Number: "x"}} {
		if _, err := r.Invite(t.Context(), call, who); !errors.Is(err, switchboard.ErrNoGuest) {
			t.Errorf("invited %+v: %v", who, err)
		}
	}
	must(r.Dismiss(call, leg))
	first := <-expert.told
	two := r.during("two")
	if err := r.Dismiss(call, leg); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("dismissed twice: %v", err)
	}
	if err := r.Mute(call, leg, true); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("muted who has left: %v", err)
	}
	must(r.Router.EndWrap("8002"))
	leg = invite(switchboard.Invitation{Extension: "8002", Apart: true})
	must(r.Dismiss(call, leg)) // who leaves while the caller waits apart leaves the counselor with the caller
	<-expert.told
	back := r.during("back")
	hangUp()
	atCaller, atSeat := <-caller, <-seat.told
	_, closed := await[*event.Closed](r, nil)

	apart.heard(t, "caller", atCaller)
	apart.heard(t, "counselor", atSeat, expertTone)
	apart.heard(t, "expert", first, staffTone)
	together.heard(t, "caller", atCaller, staffTone, expertTone)
	together.heard(t, "counselor", atSeat, callerTone, expertTone)
	together.heard(t, "expert", first, callerTone, staffTone)
	muted.heard(t, "caller", atCaller, staffTone)
	muted.heard(t, "counselor", atSeat, callerTone)
	muted.heard(t, "expert", first, callerTone, staffTone)
	callerMuted.heard(t, "counselor", atSeat, expertTone)
	callerMuted.heard(t, "expert", first, staffTone)
	for _, s := range []stretch{two, back} {
		s.heard(t, "caller", atCaller, staffTone)
		s.heard(t, "counselor", atSeat, callerTone)
	}
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyCaller {
		t.Errorf("closed = %+v", closed)
	}
	reasons := map[string]int{}
	for _, g := range all[*event.RecordingGap](r) {
		reasons[g.Reason]++
	}
	if reasons["consultation"] == 0 || reasons["muted"] != 1 {
		t.Errorf("gaps: %v", reasons)
	}
}

// An invited colleague goes on with the caller when the counselor leaves, even if the two were apart.
func TestAnInvitedColleagueGoesOn(t *testing.T) {
	t.Parallel()
	for _, apart := range []bool{false, true} {
		r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "minors"))
		leaving := make(chan phone.Step)
		r.staffed("8001", staffTone, phone.Answering{Script: phone.Script{phone.Led(leaving)}})
		caller, hangUp := r.dials("12355", "stay")
		call := r.talking("8001")
		expert := r.staffed("8002", expertTone, phone.Answering{Script: script(t, "stay")})
		if _, err := r.Invite(t.Context(), call, switchboard.Invitation{Extension: "8002", Apart: apart}); err != nil {
			t.Fatal(err)
		}
		close(leaving)
		_, parted := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
		r.talking("8002")
		alone := r.during("alone")
		hangUp()
		alone.heard(t, "caller", <-caller, expertTone)
		alone.heard(t, "expert", <-expert.told, callerTone)
		_, ended := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
		_, closed := await[*event.Closed](r, nil)
		if parted.By != event.PartyStaff || ended.By != event.PartyCaller || closed.Outcome != event.OutcomeAnswered {
			t.Errorf("parted by %s, ended by %s, closed = %+v", parted.By, ended.By, closed)
		}
	}
}

func TestNobodyIsInvitedToAPrivateLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"), counselor("8002"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 1s")})
	r.call("12340", "stay")
	call := r.talking("8001")
	if _, err := r.Invite(t.Context(), call, switchboard.Invitation{Extension: "8002"}); !errors.Is(err, switchboard.ErrPrivate) {
		t.Errorf("invited: %v", err)
	}
	for _, err := range []error{r.Together(call), r.Mute(call, 1, true), r.Dismiss(call, 3)} {
		if !errors.Is(err, switchboard.ErrPrivate) {
			t.Errorf("changed who hears whom: %v", err)
		}
	}
	await[*event.Closed](r, nil)
	if err := r.Together(call); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("the talk is over: %v", err)
	}
}
