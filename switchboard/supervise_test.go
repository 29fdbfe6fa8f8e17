package switchboard_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/store/event"
	"hotline/switchboard"
)

// The tones of those who talk.
const (
	callerTone     = 440
	staffTone      = 1700
	supervisorTone = 2500
)

// ear is a phone whose ear is recorded, and what became of its call.
type ear struct {
	*phone.Phone
	told chan phone.Report
}

// eared makes a phone's configuration with a recorded ear.
func (r *rig) eared(c phone.Config) ear {
	r.t.Helper()
	told := make(chan phone.Report, 8)
	c.Answering.Record, c.Answering.Told = r.t.TempDir(), func(report phone.Report) { told <- report }
	return ear{r.phone(c), told}
}

// staffed starts an extension with a tone, and waits until it is ready.
func (r *rig) staffed(extension string, hz float64, a phone.Answering) ear {
	r.t.Helper()
	e := r.eared(phone.Config{Extension: extension, Password: password, Tone: hz, Answering: a})
	reg, err := e.Register(r.t.Context(), 5*time.Minute)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(reg.Close)
	await(r, func(s *event.StaffChanged) bool { return s.Extension == extension && s.State == event.StaffReady })
	return e
}

// dials places a call with a recorded ear.
func (r *rig) dials(to, text string) (reports <-chan phone.Report, hangUp func()) {
	r.t.Helper()
	s := script(r.t, text)
	ctx, hangUp := context.WithCancel(context.Background())
	r.t.Cleanup(hangUp)
	e := r.eared(phone.Config{Number: "13800138000", Tone: callerTone})
	go func() {
		report, _ := e.Call(ctx, to, s)
		e.told <- report
	}()
	return e.told, hangUp
}

// talking waits until caller and counselor are joined, and returns the contact.
func (r *rig) talking(extension string) acd.ContactID {
	r.t.Helper()
	e, _ := await(r, func(c *event.Connected) bool { return c.Extension == extension })
	return acd.ContactID(e.Contact.String())
}

// stretch is a time in which somebody is to hear tones.
type stretch struct {
	what     string
	from, to time.Time
}

// during lets a stretch of the talk go by: until as many packets as belong to it have come from every telephone in a talk.
// What phones still have in hand of what was before is left out.
func (r *rig) during(what string) stretch {
	r.t.Helper()
	r.packets(30) // of 20 ms
	s := stretch{what: what, from: time.Now()}
	r.packets(20)
	s.to = time.Now()
	r.packets(5)
	return s
}

// packets waits until so many more packets have come from every telephone that is in a talk and sends any.
func (r *rig) packets(n uint64) {
	r.t.Helper()
	limit := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	start := r.Passed()
	for {
		came, now := true, r.Passed()
		for leg, first := range start {
			if last, on := now[leg]; on && last < first+n {
				came = false
			}
		}
		if came {
			return
		}
		if time.Now().After(limit) {
			r.t.Fatalf("no %d packets from %d telephones", n, len(start))
		}
		<-tick.C
	}
}

// has checks which tones audio that began at a time has in the stretch. A machine that is short of processors makes phones
// stutter: a tone is heard when it is clear for an instant, and not when it is not for most of the time.
func (s stretch) has(t *testing.T, who string, pcm []int16, began time.Time, want ...float64) {
	t.Helper()
	const instant = 400 // samples: 50 ms
	from, to := int(s.from.Sub(began)/(125*time.Microsecond)), int(s.to.Sub(began)/(125*time.Microsecond))
	if from < 0 || from > len(pcm)-4*instant {
		t.Fatalf("%s, %s: samples %d to %d of %d", who, s.what, from, to, len(pcm))
	}
	for _, hz := range []float64{callerTone, staffTone, supervisorTone} {
		clear, faint := 0, 0
		for at := from; at+instant <= min(to, len(pcm)); at += instant {
			switch power := tone.Power(pcm[at:at+instant], hz); {
			case power > -20:
				clear++
			case power < -35:
				faint++
			}
		}
		if expected := slices.Contains(want, hz); expected && clear == 0 || !expected && clear >= faint {
			t.Errorf("%s, %s: %.0f Hz is clear %d times and absent %d times, expected %v", who, s.what, hz, clear, faint, expected)
		}
	}
}

// heard checks which tones a phone heard in a stretch.
func (s stretch) heard(t *testing.T, who string, r phone.Report, want ...float64) {
	t.Helper()
	f, err := wav.Read(r.File)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	s.has(t, who, f.Channel(0), r.Answered, want...)
}

// It runs beside no other test, so that its phones have the processors.
func TestASupervisorListensWhispersJoinsAndTakesOver(t *testing.T) { //nolint:paralleltest // see above
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8010"))
	seat := r.staffed("8001", staffTone, phone.Answering{Script: script(t, "stay")})
	boss := r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})
	caller, hangUp := r.dials("12355", "stay")
	call := r.talking("8001")

	do := func(way func(context.Context, acd.AgentID, acd.ContactID) error, m switchboard.Mode) {
		t.Helper()
		if err := way(t.Context(), "8010", call); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		if l := r.Listening(); len(l) != 1 || l[0].Mode != m || l[0].Supervisor != "8010" || l[0].Contact != call || l[0].Since.IsZero() {
			t.Errorf("listening: %+v", l)
		}
	}
	do(r.Monitor, switchboard.Monitoring)
	do(r.Monitor, switchboard.Monitoring)
	monitor := r.during("monitor")
	do(r.Whisper, switchboard.Whispering)
	whisper := r.during("whisper")
	do(r.Monitor, switchboard.Monitoring)
	hush := r.during("hush")
	do(r.Barge, switchboard.Barging)
	barge := r.during("barge")
	do(r.Monitor, switchboard.Monitoring)
	back := r.during("monitor again")
	if err := r.TakeOver(t.Context(), "8010", call); err != nil {
		t.Errorf("take over: %v", err)
	}
	atSeat := <-seat.told
	_, left := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8001" })
	r.talking("8010")
	alone := r.during("taken over")
	for _, way := range []func(context.Context, acd.AgentID, acd.ContactID) error{r.Monitor, r.TakeOver} {
		if err := way(t.Context(), "8010", call); !errors.Is(err, switchboard.ErrNoPhone) {
			t.Errorf("who serves the caller supervises: %v", err)
		}
	}
	hangUp()
	atBoss := <-boss.told
	_, ended := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8010" })
	_, closed := await[*event.Closed](r, nil)
	if left.By != event.PartyStaff || ended.By != event.PartyCaller {
		t.Errorf("parted by %s and %s", left.By, ended.By)
	}
	atCaller := <-caller

	for _, s := range []stretch{monitor, whisper, hush, back} {
		s.heard(t, "caller", atCaller, staffTone)
		s.heard(t, "supervisor", atBoss, callerTone, staffTone)
	}
	for _, s := range []stretch{monitor, hush, back} {
		s.heard(t, "counselor", atSeat, callerTone)
	}
	whisper.heard(t, "counselor", atSeat, callerTone, supervisorTone)
	barge.heard(t, "counselor", atSeat, callerTone, supervisorTone)
	barge.heard(t, "caller", atCaller, staffTone, supervisorTone)
	barge.heard(t, "supervisor", atBoss, callerTone, staffTone)
	alone.heard(t, "caller", atCaller, supervisorTone)
	alone.heard(t, "supervisor", atBoss, callerTone)
	if closed.Outcome != event.OutcomeAnswered || len(r.Listening()) != 0 {
		t.Errorf("closed = %+v, listening %v", closed, r.Listening())
	}
	r.filed(t, []string{"began", "monitor", "whisper", "monitor", "barge", "monitor", "barge"})
	r.taped(t, atCaller.Answered, map[stretch][]float64{
		monitor: {staffTone}, whisper: {staffTone}, barge: {staffTone}, back: {staffTone}, alone: {supervisorTone},
	})
	apart := all[*event.RecordingStarted](r) // the call's, and the supervisor's own for each time of joining
	if len(apart) != 3 || apart[1].Tracks != "supervisor" || apart[1].Class != event.RecordingMinors {
		t.Fatalf("recordings: %+v", apart)
	}
	if level := r.level(apart[1].Path, 0, supervisorTone); level < -20 {
		t.Errorf("the supervisor's own recording has its tone at %.0f dB", level)
	}
}

// filed checks the supervision that was filed.
func (r *rig) filed(t *testing.T, want []string) {
	t.Helper()
	var got []string
	for _, n := range all[*event.Noted](r) {
		mode, ok := strings.CutPrefix(n.Name, "supervision.")
		if !ok {
			continue
		}
		got = append(got, mode)
		who, lasted, _ := strings.Cut(n.Value, " ")
		if d, err := time.ParseDuration(lasted); who != "8010" || mode != "began" && (err != nil || d < time.Second && len(got) < len(want)) {
			t.Errorf("filed %s as %q", n.Name, n.Value)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("filed %v, want %v", got, want)
	}
	role := event.Role("")
	for _, l := range all[*event.LegAdded](r) {
		if l.Extension == "8010" {
			role = l.Role
		}
	}
	if role != event.RoleSupervisor {
		t.Errorf("the supervisor's leg is a %q's", role)
	}
}

// taped checks the call's recording: the caller alone on the left, and those given on the right.
func (r *rig) taped(t *testing.T, began time.Time, right map[stretch][]float64) {
	t.Helper()
	path := all[*event.RecordingStarted](r)[0].Path
	f, err := wav.Read(filepath.Join(r.dir, "recordings", path))
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range right {
		s.has(t, "left", f.Channel(0), began, callerTone)
		s.has(t, "right", f.Channel(1), began, want...)
	}
	if gaps := all[*event.RecordingGap](r); len(gaps) != 0 {
		t.Errorf("gaps: %+v", gaps[0])
	}
}

// A line on which nothing is recorded is one on which nobody listens, and the phone does not even ring.
func TestNobodyListensOnAPrivateLine(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001"), counselor("8010"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 1500ms")})
	r.call("12340", "stay")
	call := r.talking("8001")
	for _, way := range []func(context.Context, acd.AgentID, acd.ContactID) error{r.Monitor, r.Whisper, r.Barge, r.TakeOver} {
		if err := way(t.Context(), "8010", call); !errors.Is(err, switchboard.ErrPrivate) {
			t.Errorf("a supervisor came in: %v", err)
		}
	}
	if err := r.Stop(t.Context(), "8010", call); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("stopped: %v", err)
	}
	await[*event.Closed](r, nil)
	for _, l := range all[*event.LegAdded](r) {
		if l.Role == event.RoleSupervisor {
			t.Error("the supervisor's phone was rung")
		}
	}
	if err := r.Monitor(t.Context(), "8010", call); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("listened to a talk that is over: %v", err)
	}
}

func TestASupervisorWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8010"), counselor("8011"))
	r.seat("8001", phone.Answering{Script: script(t, "stay")})
	r.staffed("8010", supervisorTone, phone.Answering{Refuse: 486})
	slow := r.staffed("8011", supervisorTone, phone.Answering{After: time.Hour})
	caller := r.call("12348", "wait 300ms, press 1, wait 4s")
	call := r.talking("8001")
	for _, id := range []acd.AgentID{"8010", "8001", "8099"} { // busy, the counselor, unknown
		if err := r.Monitor(t.Context(), id, call); !errors.Is(err, switchboard.ErrNoPhone) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := r.Monitor(t.Context(), "8010", "no such contact"); !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("no such call: %v", err)
	}
	rung := make(chan error, 1)
	go func() { rung <- r.Monitor(context.Background(), "8011", call) }()
	await(r, func(e *event.LegRinging) bool { return e.Leg > 2 })
	if err := r.Monitor(t.Context(), "8011", call); !errors.Is(err, switchboard.ErrNoPhone) {
		t.Errorf("rung twice: %v", err)
	}
	if len(r.Listening()) != 0 {
		t.Error("who is being rung listens")
	}
	<-caller // hangs up while the supervisor's phone rings
	if err := <-rung; !errors.Is(err, switchboard.ErrNoTalk) {
		t.Errorf("the talk ended while ringing: %v", err)
	}
	<-slow.told
	await[*event.Closed](r, nil)
	for _, a := range r.Router.Snapshot().Agents {
		if a.State != acd.Ready {
			t.Errorf("%s is %s", a.ID, a.State)
		}
	}
}

// Whoever leaves first: the supervisor's phone is free again, and who has joined goes on with the caller.
func TestTheEndOfASupervisedTalk(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "minors"), counselor("8010"))
	r.seat("8001", phone.Answering{Script: script(t, "wait 1500ms")})
	boss := r.staffed("8010", supervisorTone, phone.Answering{Script: script(t, "stay")})

	r.call("12355", "stay") // the counselor hangs up, the supervisor listens
	if err := r.Monitor(t.Context(), "8010", r.talking("8001")); err != nil {
		t.Fatal(err)
	}
	<-boss.told
	await[*event.Closed](r, nil)

	report := r.call("12355", "wait 3s") // the counselor hangs up, the supervisor has joined
	if err := r.Barge(t.Context(), "8010", r.talking("8001")); err != nil {
		t.Fatal(err)
	}
	r.talking("8010")
	_, ended := await(r, func(e *event.TalkEnded) bool { return e.Extension == "8010" })
	if ended.By != event.PartyCaller {
		t.Errorf("ended by %s", ended.By)
	}
	<-report
	<-boss.told
	_, closed := await[*event.Closed](r, nil)
	if closed.Outcome != event.OutcomeAnswered || closed.By != event.PartyCaller {
		t.Errorf("closed = %+v", closed)
	}
	for _, a := range r.Router.Snapshot().Agents {
		if want := map[acd.AgentID]acd.State{"8001": acd.Ready, "8010": acd.WrapUp}[a.ID]; a.State != want {
			t.Errorf("%s is %s, want %s", a.ID, a.State, want)
		}
	}
}
