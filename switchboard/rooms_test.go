package switchboard_test

import (
	"errors"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
	"hotline/switchboard"
)

// Two of three talk in a room of their own: nobody else hears them, no supervisor who listens, no recording. Nobody comes into a
// locked talk, but who is called for help.
func TestAPrivateRoom(t *testing.T) { //nolint:paralleltest // so that its phones have the processors
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "minors"), boss("8010"), boss("8011"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "stay")})
	caller, hangUp := r.dials("12355", "stay")
	call := r.talking("8001")
	expert := r.staffed("8002", expertTone, phone.Answering{Script: script(t, "stay")})
	listener := r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})
	r.staffed("8011", supervisorTone, phone.Answering{Script: script(t, "stay")})
	leg, err := r.Invite(t.Context(), call, switchboard.Invitation{Extension: "8002"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Monitor(t.Context(), "8010", call); err != nil {
		t.Fatal(err)
	}
	for _, legs := range [][]int{{}, {leg}, {leg, leg}, {leg, 99}, {leg, 0}} {
		if err := r.Confer(call, legs...); !errors.Is(err, switchboard.ErrNoTalk) {
			t.Errorf("a room of %v: %v", legs, err)
		}
	}
	if err := r.Confer(call, 1, leg); err != nil {
		t.Fatal(err)
	}
	room := r.during("room")
	if err := r.Together(call); err != nil {
		t.Fatal(err)
	}
	all3 := r.during("together")
	if err := r.Lock("8001", call, true); err != nil {
		t.Fatal(err)
	}
	if err := r.Barge(t.Context(), "8011", call); !errors.Is(err, switchboard.ErrLocked) {
		t.Errorf("joined a locked talk: %v", err)
	}
	if _, err := r.Invite(t.Context(), call, switchboard.Invitation{Extension: "8002"}); !errors.Is(err, switchboard.ErrLocked) {
		t.Errorf("invited to a locked talk: %v", err)
	}
	if err := r.Monitor(t.Context(), "8010", call); err != nil {
		t.Errorf("who is in it was shut out: %v", err)
	}
	if err := r.Confer(call, 1, leg); err != nil {
		t.Fatal(err)
	}
	if err := r.Dismiss(call, leg); err != nil { // leaves one in the room: there is none any more
		t.Fatal(err)
	}
	atExpert := <-expert.told
	back := r.during("back")
	if err := r.Lock("8001", call, false); err != nil {
		t.Fatal(err)
	}
	if err := r.Monitor(t.Context(), "8011", call); err != nil {
		t.Errorf("the talk is open again: %v", err)
	}
	if err := r.Lock("8001", call, true); err != nil {
		t.Fatal(err)
	}
	if err := r.Panic("8001", call); err != nil {
		t.Fatal(err)
	}
	r.noted("panic.joined")
	if err := r.StandDown("8010", call); err != nil {
		t.Error(err)
	}
	hangUp()
	atCaller, atSeat, atListener := <-caller, <-seat.told, <-listener.told
	await[*event.Closed](r, nil)
	room.heard(t, "caller", atCaller, expertTone)
	room.heard(t, "expert", atExpert, callerTone)
	room.heard(t, "counselor", atSeat)
	room.heard(t, "supervisor", atListener, staffTone)
	all3.heard(t, "caller", atCaller, staffTone, expertTone)
	all3.heard(t, "counselor", atSeat, callerTone, expertTone)
	back.heard(t, "caller", atCaller, staffTone)
	back.heard(t, "counselor", atSeat, callerTone)
	consulted := 0
	for _, g := range all[*event.RecordingGap](r) {
		if g.Reason == "consultation" {
			consulted++
		}
	}
	if consulted == 0 {
		t.Error("the room was recorded")
	}
}

// A private talk has no rooms and no lock.
func TestNoRoomsOnAPrivateLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 500ms, press *681, wait 500ms")})
	r.call("12340", "stay")
	call := r.talking("8001")
	for _, err := range []error{r.Lock("8001", call, true), r.Confer(call, 1, 2)} {
		if !errors.Is(err, switchboard.ErrPrivate) {
			t.Errorf("got %v", err)
		}
	}
	await[*event.Closed](r, nil)
	if got := r.notes("conference.locked"); len(got) != 0 {
		t.Errorf("locked: %v", got)
	}
}
