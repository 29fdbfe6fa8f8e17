package switchboard_test

import (
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/store/event"
	"hotline/switchboard"
)

// A counselor sees who listens, as the setting says; and every second of it is filed, from before anything was heard.
func TestACounselorSeesWhoListens(t *testing.T) {
	t.Parallel()
	for notice, shown := range map[switchboard.Notice]int{switchboard.NoticeNone: 0, "": 1, switchboard.NoticeTold: 1} {
		r := newRig(t, options{adapt: func(c *switchboard.Config) { c.Notice = notice }}, counselor("8001", "minors"), boss("8010"))
		r.seat("8001", phone.Answering{Script: script(t, "stay")})
		r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})
		_, hangUp := r.dials("12355", "stay")
		call := r.talking("8001")
		if got := r.Overheard(call); len(got) != 0 {
			t.Errorf("%q: overheard before: %+v", notice, got)
		}
		began := time.Now()
		if err := r.Monitor(t.Context(), "8010", call); err != nil {
			t.Fatal(err)
		}
		if got := r.Overheard(call); len(got) != shown || shown > 0 && got[0].Supervisor != "8010" {
			t.Errorf("%q: overheard: %+v", notice, got)
		}
		if err := r.Whisper(t.Context(), "8010", call); err != nil {
			t.Fatal(err)
		}
		if err := r.Stop(t.Context(), "8010", call); err != nil {
			t.Fatal(err)
		}
		span := time.Since(began)
		if got := r.Overheard(call); len(got) != 0 {
			t.Errorf("%q: overheard after: %+v", notice, got)
		}
		hangUp()
		await[*event.Closed](r, nil)
		var filed time.Duration
		for _, mode := range []string{"monitor", "whisper"} {
			for _, value := range r.notes("supervision." + mode) {
				d, err := time.ParseDuration(value[len("8010 "):])
				if err != nil {
					t.Error(err)
				}
				filed += d
			}
		}
		if len(r.notes("supervision.began")) != 1 || filed > span || filed < span-2*time.Second {
			t.Errorf("%q: filed %s of %s", notice, filed, span)
		}
	}
}

// A counselor who is signed out by a supervisor in mid-talk ends the talk in peace, and is rung no more.
func TestForcedSignOut(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "labour"))
	leaving := make(chan phone.Step)
	r.seat("8001", phone.Answering{Script: phone.Script{phone.Led(leaving)}})
	first := r.call("12348", "wait 300ms, press 1, stay")
	r.talking("8001")
	if err := r.Router.SignOut("8001"); err != nil {
		t.Fatal(err)
	}
	if got := r.stateOf("8001"); got != acd.Busy {
		t.Errorf("in the talk the counselor is %s", got)
	}
	select {
	case report := <-first:
		t.Errorf("the talk was ended: %+v", report)
	default:
	}
	close(leaving)
	r.once("8001", event.StaffOffline)
	<-first
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	r.call("12348", "wait 300ms, press 1, stay")
	r.talking("8002")
	await(r, func(e *event.TalkEnded) bool { return e.Extension == "8002" })
}
