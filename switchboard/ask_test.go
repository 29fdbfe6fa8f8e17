package switchboard_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/store/event"
	"hotline/switchboard"
)

// readTone is what is read to people in a talk.
const readTone = supervisorTone

// cabinet holds what is prepared, by flow, and remembers who was asked about.
type cabinet struct {
	papers map[string]switchboard.Paper

	mu    sync.Mutex
	asked []switchboard.Question
}

// Paper implements switchboard.Papers.
func (c *cabinet) Paper(_ context.Context, q switchboard.Question) (switchboard.Paper, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, q)
	p, ok := c.papers[q.Flow]
	if !ok {
		return p, switchboard.ErrNoPaper
	}
	p.About = q.About
	return p, nil
}

// subject is the row of everything prepared in these tests.
var subject = event.NewID(time.Unix(1_800_000_000, 0)) //nolint:gochecknoglobals // a constant

func prepared(flow string, vars map[string]ivr.Value) *cabinet {
	return &cabinet{papers: map[string]switchboard.Paper{flow: {Subject: subject, Vars: vars}}}
}

// reading waits until a flow is being read.
func (r *rig) reading(flow string) {
	r.t.Helper()
	await(r, func(e *event.NodeEntered) bool { return e.Flow == flow })
}

func decided(r *rig) *event.Decided {
	r.t.Helper()
	_, d := await[*event.Decided](r, nil)
	return d
}

// A counselor keys a code: the pledge is read to both, only the caller's key after the last word counts, and the two talk
// on. It runs beside no other test, so that its phones have the processors.
func TestACounselorReadsAPledge(t *testing.T) { //nolint:paralleltest // see above
	papers := prepared("commitment", map[string]ivr.Value{"group": ivr.Phrase("GROUP-A")})
	r := newRig(t, options{papers: papers}, counselor("8001", "minors"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "wait 500ms, press *51, stay")})
	caller, hangUp := r.dials("12355", "wait 2500ms, press 2, wait 4s, press 1, stay")
	r.talking("8001")
	r.reading("commitment")
	read := r.during("read")
	told := decided(r)
	after := r.during("after")
	hangUp()
	atCaller, atSeat := <-caller, <-seat.told
	_, closed := await[*event.Closed](r, nil)

	read.heard(t, "caller", atCaller, readTone)
	read.heard(t, "counselor", atSeat, readTone)
	after.heard(t, "caller", atCaller, staffTone)
	after.heard(t, "counselor", atSeat, callerTone)
	if atCaller.Keys != "" {
		t.Errorf("the caller heard the counselor's keys %q", atCaller.Keys)
	}
	if told.Outcome != "agreed" || told.Answer != "agreed" || told.Subject != subject || told.By != "8001" || told.Leg != 1 {
		t.Errorf("decided %+v", told)
	}
	consents, tapes := all[*event.Consented](r), all[*event.RecordingStarted](r)
	if len(consents) != 1 || len(tapes) != 1 {
		t.Fatalf("%d consents, %d recordings", len(consents), len(tapes))
	}
	if c := consents[0]; c.Purpose != event.ConsentCommitment || c.Answer != event.ConsentYes || c.Key != "1" || len(c.TextHash) != 32 ||
		c.Recording != tapes[0].Recording || c.Offset < 3*time.Second || c.Language != "zh-CN" {
		t.Errorf("consent %+v", c)
	}
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyCaller {
		t.Errorf("closed %+v", closed)
	}
	if q := papers.asked; len(q) != 1 || q[0].Visit.Contact.IsZero() || q[0].Visit.Caller.Withheld() || q[0].Guest {
		t.Errorf("asked for %+v", q)
	}
	if left, right := r.levels(tapes[0].Path); left[0] < -30 || right[1] < -30 {
		t.Errorf("the recording has %v and %v dBm0", left, right)
	}
}

// What is read ends in many ways; the talk ends in none of them, and each is filed.
func TestWhatIsReadEnds(t *testing.T) {
	t.Parallel()
	sum := func() *cabinet { return prepared("outcome", map[string]ivr.Value{"sum": ivr.Cents(1_200_000)}) }
	tests := []struct {
		name, caller, seat string
		papers             *cabinet
		want               event.Decided
		hungUp             bool
	}{
		{"right", "wait 2200ms, press 1, stay", "wait 300ms, press *53, wait 4s", sum(), event.Decided{Outcome: "right"}, false},
		{"wrong", "wait 2200ms, press 2, stay", "wait 300ms, press *53, wait 4s", sum(), event.Decided{Outcome: "wrong"}, false},
		{"the caller wants to talk", "wait 2200ms, press 0, stay", "wait 300ms, press *53, wait 4s", sum(), event.Decided{Outcome: "person"}, false},
		{"the counselor stops it", "stay", "wait 300ms, press *53, wait 1500ms, press 0, wait 2s", sum(), event.Decided{Outcome: "stopped"}, false},
		{"the counselor leaves", "stay", "wait 300ms, press *53, wait 1500ms", sum(), event.Decided{Outcome: "stopped"}, false},
		{"the caller leaves", "wait 2500ms", "wait 300ms, press *53, stay", sum(), event.Decided{Outcome: "hung_up"}, true},
		{
			"an article by number", "stay", "wait 300ms, press *551077#, wait 4s",
			prepared("article", map[string]ivr.Value{"article": ivr.Word("1077")}),
			event.Decided{Outcome: "declined", About: "1077"},
			false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, options{papers: tt.papers}, counselor("8001", "minors"))
			r.seat("8001", phone.Answering{Script: script(t, tt.seat)})
			r.call("12355", tt.caller)
			r.talking("8001")
			d := decided(r)
			_, ended := await[*event.TalkEnded](r, nil)
			await[*event.Closed](r, nil)
			if d.Outcome != tt.want.Outcome || d.About != tt.want.About || d.Subject != subject || d.By != "8001" {
				t.Errorf("decided %+v, want %+v", d, tt.want)
			}
			if by := ended.By; (by == event.PartyCaller) != tt.hungUp {
				t.Errorf("the talk was ended by the %s", by)
			}
			if keyed := all[*event.Keyed](r); len(keyed) > 1 {
				t.Errorf("%d keys filed", len(keyed))
			}
		})
	}
}

// clerkOf takes referrals.
type clerkOf struct {
	mu    sync.Mutex
	filed []ivr.Request
}

// File implements ivr.Requests.
func (c *clerkOf) File(_ context.Context, q ivr.Request) (ivr.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.filed = append(c.filed, q)
	return ivr.Receipt{Reference: "63270004219", Due: time.Unix(1_800_000_000, 0)}, nil
}

// A referral is asked for by the console; the caller agrees, the office gets it, and the caller hears its number.
func TestAReferralIsAskedFor(t *testing.T) {
	t.Parallel()
	desk := &clerkOf{}
	r := newRig(t, options{
		papers: prepared("referral", map[string]ivr.Value{"agency": ivr.Phrase("AGENCY-A")}),
		desk:   func(switchboard.Visit) ivr.Desk { return ivr.Desk{Requests: desk} },
	}, counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "stay")})
	_, hangUp := r.dials("12355", "wait 2500ms, press 1, stay")
	contact := r.talking("8001")
	if err := r.Ask(contact, "referral", ""); err != nil {
		t.Fatal(err)
	}
	if err := r.Ask(contact, "outcome", ""); !errors.Is(err, switchboard.ErrAsking) {
		t.Errorf("asked twice at once: %v", err)
	}
	if err := r.Ask(contact, "12348", ""); !errors.Is(err, switchboard.ErrNoFlow) {
		t.Errorf("asked with a line's flow: %v", err)
	}
	d := decided(r)
	if d.Outcome != "sent" || d.Answer != "agreed" || d.Reference != "63270004219" || d.Due.IsZero() {
		t.Errorf("decided %+v", d)
	}
	if len(desk.filed) != 1 || desk.filed[0].Kind != "referral" || desk.filed[0].Values["agency"].Text() != "AGENCY-A" {
		t.Errorf("filed %+v", desk.filed)
	}
	heard := func() bool {
		return slices.ContainsFunc(all[*event.Prompted](r), func(p *event.Prompted) bool { return p.Prompt == "T-REF-OK" && p.Complete })
	}
	if !heard() {
		t.Error("the caller did not hear the number")
	}
	hangUp()
	await[*event.Closed](r, nil)
	if err := r.Ask(contact, "referral", ""); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("asked after the talk: %v", err)
	}
}

// Without anything prepared nothing is read, and the talk goes on.
func TestNothingPreparedIsToldToTheCounselor(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{papers: &cabinet{}}, counselor("8001", "minors"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 300ms, press *51*53, wait 3s")})
	r.call("12355", "stay")
	r.talking("8001")
	_, ended := await[*event.TalkEnded](r, nil)
	await[*event.Closed](r, nil)
	if n := len(all[*event.Decided](r)); n != 0 || ended.By != event.PartyStaff || ended.Talked < 2*time.Second {
		t.Errorf("%d decisions, talk %+v", n, ended)
	}
}
