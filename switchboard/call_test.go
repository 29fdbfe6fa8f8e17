package switchboard_test

import (
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
)

func TestACallEndToEnd(t *testing.T) {
	r := newRig(t, options{}, counselor("8001", "labour"))
	r.seat("8001", phone.Answering{After: 100 * time.Millisecond, Talk: 2 * time.Second})
	report := r.call("12348", "wait 300ms, press 1, wait 6s, press 1, press 1, hold")

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
