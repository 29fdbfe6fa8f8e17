package switchboard_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
	"hotline/switchboard"
)

// otherTone is what the second side of a mediation talks with.
const otherTone = supervisorTone

// registry finds the mediation behind any code.
type registry struct{}

// Case implements ivr.Cases.
func (registry) Case(context.Context, string, string, string) (ivr.CaseAnswer, error) {
	return ivr.CaseAnswer{Finding: ivr.Found, ID: subject.String()}, nil
}

// pressing presses a key once a second, as often as given, and stays.
func pressing(key string, times int) string {
	return strings.Repeat("wait 1s, press "+key+", ", times) + "stay"
}

// mediating starts a mediator's telephone and both sides: the first talks with the mediator, the other waits in the lobby.
type mediating struct {
	*rig
	mediator, first, other ear
	contact                acd.ContactID // of the first
	otherContact           event.ID
	hangUp                 context.CancelFunc // the first
}

func mediation(t *testing.T, notice, firstKeys, otherKeys, mediator string) *mediating {
	t.Helper()
	papers := &cabinet{papers: map[string]switchboard.Paper{
		"mediation-invite": {Subject: subject}, "mediation-term": {Subject: subject, Vars: map[string]ivr.Value{"i": ivr.Number(1)}},
	}}
	m := &mediating{rig: newRig(t, options{
		papers: papers, desk: func(switchboard.Visit) ivr.Desk { return ivr.Desk{Cases: registry{}} },
	}, counselor("8001"))}
	m.mediator = m.staffed("8001", staffTone, phone.Answering{Script: script(t, mediator)})
	dial := func(hz float64, number, text string) (ear, context.CancelFunc) {
		ctx, hangUp := context.WithCancel(context.Background())
		t.Cleanup(hangUp)
		e := m.eared(phone.Config{Number: number, Tone: hz})
		go func() {
			report, _ := e.Call(ctx, "12346", script(t, text))
			e.told <- report
		}()
		return e, hangUp
	}
	m.first, m.hangUp = dial(callerTone, "13800138000", "wait 500ms, press 111111, wait 500ms, press 1, "+firstKeys)
	m.contact = m.talking("8001")
	m.other, _ = dial(otherTone, "13800138001", "wait 500ms, press 222222, wait 500ms, press "+notice+", "+otherKeys)
	waiting, _ := await[*event.Enqueued](m.rig, nil)
	m.otherContact = waiting.Contact
	eventually(t, "the other side is let in", func() bool { // it may not have sat down yet
		if err := m.AdmitSide(m.contact); err != nil && !errors.Is(err, switchboard.ErrAsking) {
			t.Fatal(err)
		}
		return slices.ContainsFunc(all[*event.Noted](m.rig), func(e *event.Noted) bool { return e.Name == "mediation.other_side" })
	})
	return m
}

// The other side waits alone until the mediator lets it in; then all hear each other, each side is read the term and
// answers by its own key, and each answer is filed with its own call. It runs beside no other test, so that its phones
// have the processors.
func TestTwoSidesOfAMediation(t *testing.T) { //nolint:paralleltest // see above
	m := mediation(t, "1", pressing("1", 14), pressing("2", 14), "stay")
	together := m.during("together")
	if err := m.Ask(m.contact, "mediation-term", ""); err != nil {
		t.Fatal(err)
	}
	answers := map[event.ID]string{}
	for range 2 {
		e, d := await[*event.Decided](m.rig, nil)
		answers[e.Contact] = d.Answer
		if d.Subject != subject || d.Flow != "mediation-term" || d.By != "8001" {
			t.Errorf("decided %+v", d)
		}
	}
	m.hangUp()
	atFirst := <-m.first.told
	back, again := await(m.rig, func(e *event.Connected) bool { return e.Extension == "8001" }) // the other side is nobody's loss
	if back.Contact != m.otherContact {
		t.Errorf("served after the first side left: %+v", again)
	}
	together.heard(t, "first side", atFirst, staffTone, otherTone)
	if atFirst.Keys != "" {
		t.Errorf("the first side heard the keys %q", atFirst.Keys)
	}
	if len(answers) != 2 || answers[m.otherContact] != "refused" {
		t.Errorf("answers: %v", answers)
	}
	for _, a := range answers {
		if a != "agreed" && a != "refused" {
			t.Errorf("an answer is %q", a)
		}
	}
	tapes := map[event.ID]bool{}
	for _, c := range all[*event.Consented](m.rig) {
		if c.Purpose == event.ConsentTerm {
			tapes[c.Recording] = true
		}
	}
	if len(tapes) != 2 {
		t.Errorf("terms were answered on %d recordings, want each side's own", len(tapes))
	}
}

// Who does not agree to be recorded is mediated without a recording, and so is the other side.
func TestASideThatRefusesTheRecording(t *testing.T) {
	t.Parallel()
	m := mediation(t, "2", "stay", "stay", "wait 6s")
	if err := m.Mute(m.contact, 1, true); !errors.Is(err, switchboard.ErrPrivate) {
		t.Errorf("somebody may take part from outside: %v", err)
	}
	await[*event.Closed](m.rig, nil)
	await[*event.Closed](m.rig, nil) // the mediator left: both sides are said goodbye
	private := 0
	for _, g := range all[*event.RecordingGap](m.rig) {
		if g.Reason == "private" {
			private++
		}
	}
	if private != 2 {
		t.Errorf("%d recordings were stopped, want both", private)
	}
	for _, e := range all[*event.TalkEnded](m.rig) {
		if e.By != event.PartyStaff {
			t.Errorf("a talk was ended by the %s", e.By)
		}
	}
}

// Nobody waits: the mediator is told, and talks on.
func TestNobodyInTheLobby(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{papers: prepared("mediation-invite", nil)}, counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *580, wait 2s")})
	r.call("12355", "stay")
	r.talking("8001")
	_, ended := await[*event.TalkEnded](r, nil)
	await[*event.Closed](r, nil)
	if ended.By != event.PartyStaff || ended.Talked < 2*time.Second {
		t.Errorf("the talk ended as %+v", ended)
	}
	if err := r.AdmitSide("nobody"); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("let in to no talk: %v", err)
	}
}

// A counselor calls a client of the past and keys the revisit: the client answers by keys; other keys of the counselor's
// reach the other side, codes do not.
func TestARevisitOnACallOut(t *testing.T) {
	t.Parallel()
	told := make(chan phone.Report, 1)
	_, trunk := mobile(t, phone.Answering{Script: script(t, pressing("1", 12)), Told: func(r phone.Report) { told <- r }})
	trunk.Prefixes = []string{"0"}
	papers := prepared("revisit", nil)
	r := newRig(t, options{trunks: []sip.Trunk{trunk}, papers: papers}, counselor("8001"))
	seat := r.seat("8001", phone.Answering{})
	report, err := seat.Call(t.Context(), "013800138000", script(t, "wait 500ms, press 5*57, wait 7s, press *4, wait 4s"))
	if err != nil || report.Status != 200 {
		t.Fatalf("%+v, %v", report, err)
	}
	d := decided(r)
	_, closed := await[*event.Closed](r, nil)
	if d.Outcome != "asked" || d.Subject != subject || closed.Outcome != event.OutcomeAnswered {
		t.Errorf("decided %+v, closed %+v", d, closed)
	}
	answers := all[*event.SurveyAnswered](r)
	if len(answers) != 2 || answers[0].Answer != 1 || answers[1].Question != event.QuestionSolved {
		t.Errorf("answers %+v", answers)
	}
	if keys := (<-told).Keys; keys != "5*4" {
		t.Errorf("the other side heard the keys %q, want 5*4", keys)
	}
	if q := papers.asked; len(q) != 1 || q[0].Visit.Caller.Withheld() {
		t.Errorf("asked for %+v", q)
	}
}
