package switchboard_test

import (
	"context"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/sip"
	"hotline/store/event"
	storephone "hotline/store/phone"
	"hotline/switchboard"
)

// promised is somebody beyond the trunk who waits for a call.
func promised(class event.Class) switchboard.Promised {
	return switchboard.Promised{
		ID: event.NewID(time.Now()), Number: storephone.Plan{Area: "20"}.Parse("02083551234"), Queue: "labour",
		Since: time.Now().Add(-10 * time.Minute), Lang: "yue", Class: class,
	}
}

// calling keeps promises until the test ends.
func (r *rig) calling(list ...switchboard.Promised) {
	r.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() {
		over <- r.CallBack(ctx, 50*time.Millisecond, func(context.Context) ([]switchboard.Promised, error) { return list, nil })
	}()
	r.t.Cleanup(func() {
		stop()
		<-over
	})
}

// outside is the rig of callbacks: one counselor who may dial out, and a telephone beyond a trunk.
func outside(t *testing.T, caller, counselorScript string) *rig {
	t.Helper()
	far, trunk := mobile(t, phone.Answering{Script: script(t, caller)})
	far.Tone = 440
	trunk.Prefixes = []string{"0"}
	allDay := acd.CallbackRule{Window: acd.Window{To: 24 * time.Hour}}
	r := newRig(t, options{trunks: []sip.Trunk{trunk}, rules: func(q *acd.Queue) { q.Callback = allDay }},
		counselor("8001", "labour", string(switchboard.DialOut)), counselor("8002", "labour"))
	r.seat("8002", phone.Answering{Script: script(t, "wait 200ms, press 1, stay")}) // may not dial out: never asked
	r.seat("8001", phone.Answering{Script: script(t, counselorScript)})
	return r
}

// The counselor is asked first, then the caller; the two talk, on a recording of their own.
func TestAPromisedCallbackIsMade(t *testing.T) {
	t.Parallel()
	r := outside(t, "wait 1100ms, press 1, wait 2s", "wait 300ms, press 1, stay")
	p := promised(event.ClassOrdinary)
	r.calling(p)
	_, opened := await[*event.Opened](r, nil)
	if opened.Channel != event.ChannelCallback || opened.Trunk != "far" || opened.Line != "12348" {
		t.Errorf("opened = %+v", opened)
	}
	_, connected := await[*event.Connected](r, nil)
	if connected.Extension != "8001" || connected.Waited < 10*time.Minute {
		t.Errorf("connected = %+v", connected)
	}
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyCaller {
		t.Errorf("closed = %+v", closed)
	}
	_, tried := await[*event.CallbackTried](r, nil)
	if tried.Callback != p.ID || tried.End != event.CallbackReached || tried.Try != 1 {
		t.Errorf("tried = %+v", tried)
	}
	if n := len(all[*event.Opened](r)); n != 1 {
		t.Errorf("%d contacts, want one", n)
	}
	left, right := r.levels(all[*event.RecordingStarted](r)[0].Path)
	if left[0] < -30 || right[1] < -30 || left[1] > -50 || right[0] > -50 {
		t.Errorf("caller's and counselor's tone: left %.0f, right %.0f dBm0", left, right)
	}
}

// A voicemail presses nothing: it is not the caller, and the promise stands for a later time.
func TestACallbackThatReachesAVoicemailIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := outside(t, "stay", "wait 300ms, press 1, stay")
	r.calling(promised(event.ClassOrdinary))
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeUnreached {
		t.Errorf("closed = %+v", closed)
	}
	_, tried := await[*event.CallbackTried](r, nil)
	if wait := time.Until(tried.Next); tried.End != event.CallbackUnreached || wait < 9*time.Minute || wait > 11*time.Minute {
		t.Errorf("tried = %+v, next in %s", tried, wait)
	}
	if n := len(all[*event.Connected](r)); n != 0 {
		t.Errorf("%d talks with a voicemail", n)
	}
}

// A caller who asks for another time is promised one.
func TestACallbackCanBePutOff(t *testing.T) {
	t.Parallel()
	r := outside(t, "wait 1100ms, press 2, stay", "wait 300ms, press 1, stay")
	r.calling(promised(event.ClassOrdinary))
	_, tried := await[*event.CallbackTried](r, nil)
	if tried.End != event.CallbackPutOff || tried.Next.IsZero() {
		t.Errorf("tried = %+v", tried)
	}
}

// A counselor whom a callback does not suit says so by a key. That is no missed call, and nobody is dialled.
func TestACallbackDeclined(t *testing.T) {
	t.Parallel()
	r := outside(t, "stay", "wait 300ms, press 2, stay")
	r.calling(promised(event.ClassOrdinary))
	r.once("8001", event.StaffReserved)
	r.once("8001", event.StaffReady)
	for _, v := range r.Router.Snapshot().Agents {
		if v.ID == "8001" && v.State != acd.Ready {
			t.Errorf("8001 is %s", v.State)
		}
	}
	families, err := r.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	declined := 0.0
	for _, f := range families {
		if f.GetName() != "hotline_switchboard_offers_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "end" && l.GetValue() == "declined" {
					declined += m.GetCounter().GetValue()
				}
			}
		}
	}
	if declined != 1 {
		t.Errorf("%v declined, want one", declined)
	}
	if n := len(all[*event.Opened](r)); n != 0 {
		t.Errorf("%d contacts", n)
	}
}

// A minor's callback is for those qualified for minors alone, however long that takes.
func TestAMinorsCallbackWaitsForTheQualified(t *testing.T) {
	t.Parallel()
	r := outside(t, "wait 1100ms, press 1, stay", "wait 300ms, press 1, stay")
	r.calling(promised(event.ClassMinor))
	r.call("12348", "wait 300ms, press 1, wait 1s") // a caller of today is served meanwhile
	await[*event.Connected](r, nil)
	await[*event.Closed](r, nil)
	for _, o := range all[*event.Opened](r) {
		if o.Channel == event.ChannelCallback {
			t.Error("a child was called back by somebody not qualified for children")
		}
	}
}
