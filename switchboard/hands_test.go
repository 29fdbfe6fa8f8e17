package switchboard_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/wav"
	"hotline/store/event"
	"hotline/switchboard"
)

// notes are the values of what was noted by a name, in order.
func (r *rig) notes(name string) (values []string) {
	for _, n := range all[*event.Noted](r) {
		if n.Name == name {
			values = append(values, n.Value)
		}
	}
	return values
}

// noted waits until something is noted by a name.
func (r *rig) noted(name string) string {
	r.t.Helper()
	_, n := await(r, func(n *event.Noted) bool { return n.Name == name })
	return n.Value
}

// A counselor keys codes in a talk. Each is answered in the counselor's ear; the caller hears nothing of it, and what was said
// meanwhile is not in the recording, whose time goes on.
func TestACounselorPausesTheRecording(t *testing.T) { //nolint:paralleltest // so that its phones have the processors
	r := newRig(t, options{}, counselor("8001", "minors"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "wait 1s, press *64, wait 1900ms, press *65, wait 900ms, press *99, stay")})
	caller, hangUp := r.dials("12355", "stay")
	r.talking("8001")
	r.noted("recording.paused")
	paused := r.during("paused")
	value := r.noted("recording.resumed")
	again := r.during("again")
	hangUp()
	atCaller := <-caller
	<-seat.told
	await[*event.Closed](r, nil)
	for _, part := range []string{"identity by 8001 from ", "ended by 8001"} {
		if !strings.Contains(value, part) {
			t.Errorf("noted %q", value)
		}
	}
	gaps := all[*event.RecordingGap](r)
	if len(gaps) != 1 || gaps[0].Reason != "identity" || gaps[0].To-gaps[0].From < 1500*time.Millisecond {
		t.Errorf("gaps: %+v", gaps)
	}
	f, err := wav.Read(filepath.Join(r.dir, "recordings", all[*event.RecordingStarted](r)[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	began := atCaller.Answered
	paused.heard(t, "caller", atCaller, staffTone)
	paused.has(t, "caller's channel", f.Channel(0), began)
	paused.has(t, "counselor's channel", f.Channel(1), began)
	again.has(t, "caller's channel", f.Channel(0), began, callerTone)
	again.has(t, "counselor's channel", f.Channel(1), began, staffTone)
	if length := all[*event.RecordingClosed](r)[0].Duration; length < time.Since(began)-2*time.Second {
		t.Errorf("the recording is %s long", length)
	}
}

// A pause that is forgotten ends by itself, and one that goes on ends with the recording.
func TestAForgottenPauseEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{adapt: func(c *switchboard.Config) { c.Pause = 400 * time.Millisecond }}, counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "press *64, wait 1500ms, press *6, wait 300ms, press 4*64")})
	r.call("12355", "wait 3s")
	r.talking("8001")
	if value := r.noted("recording.resumed"); !strings.Contains(value, "ended by limit") {
		t.Errorf("noted %q", value)
	}
	if value := r.noted("recording.resumed"); !strings.Contains(value, "ended by end") {
		t.Errorf("noted %q", value)
	}
	await[*event.Closed](r, nil)
	if n := len(r.notes("recording.paused")); n != 2 {
		t.Errorf("paused %d times", n)
	}
}

// A pause goes on while the caller is held, handed on and joined by others; who serves the caller then ends it.
func TestAPauseOutlivesHoldTransferAndConference(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8002", "minors"), boss("8010"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *64, hold, wait 400ms, resume, wait 300ms, transfer 8002, wait 500ms")})
	r.seat("8002", phone.Answering{Script: script(t, "wait 1s, press *65, wait 800ms")})
	r.seat("8010", phone.Answering{Script: script(t, "stay")})
	r.call("12355", "stay")
	call := r.talking("8001")
	r.noted("recording.paused")
	if err := r.Barge(t.Context(), "8010", call); err != nil {
		t.Fatal(err)
	}
	r.talking("8002")
	if value := r.noted("recording.resumed"); !strings.Contains(value, "identity by 8001") || !strings.Contains(value, "ended by 8002") {
		t.Errorf("noted %q", value)
	}
	await[*event.Closed](r, nil)
	call0 := all[*event.RecordingStarted](r)[0].Recording
	paused := 0
	for _, g := range all[*event.RecordingGap](r) {
		if g.Recording == call0 && g.Reason == "identity" {
			paused++
			if g.To-g.From < 1200*time.Millisecond {
				t.Errorf("paused from %s to %s", g.From, g.To)
			}
		}
	}
	if paused != 1 {
		t.Errorf("%d pauses in the recording", paused)
	}
	for _, c := range all[*event.RecordingClosed](r) {
		if c.Partial != "" {
			t.Errorf("closed %+v", c)
		}
	}
}
