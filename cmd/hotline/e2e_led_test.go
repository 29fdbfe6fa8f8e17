package main_test

import (
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/sip/siptest"
)

// led is a call whose caller does what the test says when it says it: no clock decides how far the call has come.
type led struct {
	t      *testing.T
	acts   chan phone.Step
	report <-chan phone.Report
}

// lead places a call to a line. An empty number is withheld.
func (h *house) lead(t *testing.T, c phone.Config, line string) *led {
	t.Helper()
	l := &led{t: t, acts: make(chan phone.Step, 8)}
	l.report = h.dial(h.phone(t, c), line, phone.Script{phone.Led(l.acts)})
	return l
}

func (l *led) press(key string) { l.acts <- phone.Press(key) }

// hangUp ends the call.
func (l *led) hangUp() {
	l.t.Helper()
	close(l.acts)
	l.ended()
}

// ended waits for the call's end.
func (l *led) ended() phone.Report {
	l.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case r := <-l.report:
		return r
	case <-limit.C:
		l.t.Fatal("the call does not end")
		return phone.Report{}
	}
}

// reached waits until calls of a line have entered a node so many times.
func (h *house) reached(t *testing.T, line, node string, times int) {
	t.Helper()
	await(t, "node "+node+" of line "+line, func() bool {
		return h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id
			WHERE c.dialled = $1 AND e.kind = 'node_entered' AND e.data->>'node' = $2`, line, node) >= times
	})
}

// taking waits until the recording of a message on a line goes on, for the n-th time.
func (h *house) taking(t *testing.T, line string, n int) {
	t.Helper()
	await(t, "a message is recorded", func() bool {
		return h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id
			WHERE c.dialled = $1 AND e.kind = 'recording_started' AND e.data->>'class' = 'voicemail'`, line) >= n
	})
}

// scripted places a call by a telephone that is nothing but messages: it has no audio at all.
func (h *house) scripted(t *testing.T, line, attribute string) *siptest.Call {
	t.Helper()
	call := siptest.UDP(t, h.sip).Call(line)
	call.Invite(siptest.Offer + attribute)
	call.Ack(call.Peer.Expect("200 INVITE"))
	return call
}

// bye hangs a scripted call up.
func bye(call *siptest.Call) {
	call.Send("BYE")
	call.Peer.Expect("200 BYE")
}

// forsaken waits, longer than anything else here takes, until the other side hangs a scripted call up.
func forsaken(t *testing.T, call *siptest.Call) {
	t.Helper()
	for range 120 {
		for _, m := range call.Peer.Within(time.Second) {
			if strings.HasPrefix(m.Start, "BYE ") {
				call.Peer.Reply(m, "200 OK", "", "")
				return
			}
		}
	}
	t.Error("a silent call is never ended")
}
