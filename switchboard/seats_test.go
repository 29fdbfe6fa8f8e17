package switchboard_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/store/event"
	"hotline/switchboard"
)

// Who sits in a talk is known from the first to the last: roles, extensions, guests, who is muted and who is apart.
func TestSeats(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "minors"), counselor("8010"))
	r.staffed("8001", staffTone, phone.Answering{Script: script(t, "stay")})
	_, hangUp := r.dials("12355", "stay")
	call := r.talking("8001")
	r.staffed("8002", expertTone, phone.Answering{Script: script(t, "stay")})
	r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})
	seats := func(want ...switchboard.Seat) {
		t.Helper()
		for i := range want {
			want[i].Contact = call
		}
		if got := r.Seats(); !slices.Equal(got, want) {
			t.Errorf("seats: %+v\nwant: %+v", got, want)
		}
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	caller := switchboard.Seat{Leg: 1, Role: event.RoleCaller}
	staff := switchboard.Seat{Leg: 2, Role: event.RoleStaff, Extension: "8001"}
	seats(caller, staff)
	leg, err := r.Invite(t.Context(), call, switchboard.Invitation{Extension: "8002", Apart: true})
	ok(err)
	guest := switchboard.Seat{Leg: leg, Role: event.RoleStaff, Extension: "8002", Guest: true}
	apart := func(s switchboard.Seat) switchboard.Seat { s.Apart = true; return s }
	seats(caller, apart(staff), apart(guest))
	ok(r.Barge(t.Context(), "8010", call))
	boss := switchboard.Seat{Leg: leg + 1, Role: event.RoleSupervisor, Extension: "8010"}
	seats(caller, apart(staff), apart(guest), boss) // who joined stays with the caller
	ok(r.Together(call))
	ok(r.Mute(call, leg, true))
	guest.Muted = true
	seats(caller, staff, guest, boss)
	ok(r.Mute(call, boss.Leg, true))
	boss.Muted = true
	seats(caller, staff, guest, boss)
	ok(r.Monitor(t.Context(), "8010", call))
	seats(caller, staff, guest) // who only listens has no seat
	if err := r.Mute(call, boss.Leg, true); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("muted who is not heard: %v", err)
	}
	ok(r.Barge(t.Context(), "8010", call))
	boss.Muted = false
	seats(caller, staff, guest, boss)
	ok(r.TakeOver(t.Context(), "8010", call))
	r.talking("8010")
	seats(caller, boss)
	hangUp()
	await[*event.Closed](r, nil)
	seats()
}

// A caller who turns out to be in danger is so at once: in line, in mid-talk and in the contact.
func TestReclassify(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.staffed("8001", staffTone, phone.Answering{After: time.Second, Script: script(t, "stay")})
	_, hangUp := r.dials("12348", "wait 300ms, press 1, stay")
	joined, _ := await[*event.Enqueued](r, nil)
	call := acd.ContactID(joined.Contact.String())
	for _, bad := range []struct {
		contact acd.ContactID
		class   event.Class
		want    error
	}{{"nobody", event.ClassDanger, switchboard.ErrNoTalk}, {call, event.ClassOrdinary, event.ErrInvalid}} {
		if err := r.Reclassify(bad.contact, bad.class, "8010"); !errors.Is(err, bad.want) {
			t.Errorf("%s as %s: %v", bad.contact, bad.class, err)
		}
	}
	if err := r.Reclassify(call, event.ClassDanger, "8010"); err != nil {
		t.Fatal(err)
	}
	if c := r.Router.Callers(1); len(c) != 1 || !c[0].Protected || c[0].Claims != acd.Danger {
		t.Errorf("in line as %+v", c)
	}
	r.talking("8001")
	if err := r.Reclassify(call, event.ClassMinor, "8010"); err != nil { // in mid-talk, with one who may not have minors
		t.Fatal(err)
	}
	if a := r.Router.Snapshot().Alarms; !slices.ContainsFunc(a, func(a acd.Alarm) bool { return a.Kind == acd.AlarmUnfit && a.Subject == "8001" }) {
		t.Errorf("alarms: %+v", a)
	}
	hangUp()
	await[*event.Closed](r, nil)
	var got []event.Class
	for _, c := range all[*event.Classified](r) {
		if got = append(got, c.Class); c.By != "8010" || c.Reason != "staff" {
			t.Errorf("filed %+v", c)
		}
	}
	if !slices.Equal(got, []event.Class{event.ClassDanger, event.ClassMinor}) {
		t.Errorf("classes: %v", got)
	}
	if err := r.Reclassify(call, event.ClassDanger, "8010"); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("a call that is over: %v", err)
	}
}
