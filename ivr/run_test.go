package ivr_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
)

// mute is a phone on which nobody ever presses a key. Its fields break it.
type mute struct {
	events  []ivr.Event
	said    []string
	say     func(ivr.Saying) (ivr.Key, error)
	queue   func(ivr.QueueRequest) (ivr.QueueResult, error)
	queues  []ivr.QueueRequest
	records int
}

func (m *mute) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	if ctx.Err() != nil {
		return ivr.NoKey, context.Cause(ctx)
	}
	m.said = append(m.said, strings.Join(s.Prompts, " "))
	if m.say != nil {
		return m.say(s)
	}
	return ivr.NoKey, nil
}

func (m *mute) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	in := ivr.Input{}
	for _, k := range []byte(r.Typed) {
		if in.Take(r, ivr.Key(k)) {
			break
		}
	}
	return in, context.Cause(ctx)
}

func (m *mute) Queue(_ context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	m.queues = append(m.queues, r)
	if m.queue != nil {
		return m.queue(r)
	}
	return ivr.QueueResult{Outcome: ivr.Closed}, nil
}

func (m *mute) Record(context.Context, ivr.RecordRequest) (ivr.RecordResult, error) {
	m.records++
	return ivr.RecordResult{}, nil
}

func (m *mute) Note(e ivr.Event) { m.events = append(m.events, e) }

func (m *mute) find(kind ivr.EventKind) []ivr.Event {
	var out []ivr.Event
	for _, e := range m.events {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

func flow(t *testing.T, e *ivr.Edition, name string) *ivr.Flow {
	t.Helper()
	f, ok := e.Flow(name)
	if !ok {
		t.Fatalf("no flow %s", name)
	}
	return f
}

func TestEachVisitIsAnEvent(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person}")})
	clock := now
	p := &mute{say: func(ivr.Saying) (ivr.Key, error) { clock = clock.Add(2 * time.Second); return '1', nil }}
	f := flow(t, e, "main")
	result, err := ivr.Run(t.Context(), f, p, ivr.Call{Now: func() time.Time { return clock }})
	if err != nil || result.Outcome != "hangup" || result.Flow != "main" || result.Hash != f.Hash() || len(f.Hash()) != 64 {
		t.Fatalf("%+v, %v", result, err)
	}
	entered, left := p.find(ivr.Entered), p.find(ivr.LeftNode)
	if len(entered) != 2 || len(left) != 2 {
		t.Fatalf("%d entered, %d left", len(entered), len(left))
	}
	want := ivr.Event{
		Kind: ivr.LeftNode, Where: ivr.Where{Flow: "main", Hash: f.Hash(), Node: "a", Kind: "menu"},
		Lang: "zh-CN", Way: "bye", Keys: "1", Took: 2 * time.Second,
	}
	if left[0] != want {
		t.Errorf("got  %+v\nwant %+v", left[0], want)
	}
}

func TestHangUpIsFiledWhereItHappened(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person}")})
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &mute{say: func(ivr.Saying) (ivr.Key, error) { cancel(gone); return ivr.NoKey, gone }}
	_, err := ivr.Run(ctx, flow(t, e, "main"), p, ivr.Call{})
	if !errors.Is(err, gone) {
		t.Fatalf("the cause is %v", err)
	}
	left := p.find(ivr.LeftNode)
	if len(left) != 1 || !left[0].HungUp || left[0].Node != "a" {
		t.Errorf("filed: %+v", left)
	}
	if faults := p.find(ivr.FaultEvent); len(faults) > 0 {
		t.Errorf("a hang-up is no fault: %+v", faults)
	}
}

func TestAFaultOfOursLeadsToAPerson(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person}")})
	p := &mute{
		say: func(s ivr.Saying) (ivr.Key, error) {
			if s.Prompts[0] == "P-A" {
				return ivr.NoKey, errors.New("audio missing")
			}
			return ivr.NoKey, nil
		},
		queue: func(ivr.QueueRequest) (ivr.QueueResult, error) { return ivr.QueueResult{Outcome: ivr.Served}, nil },
	}
	result, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{})
	if err != nil || result.Outcome != "hangup" {
		t.Fatalf("%+v, %v", result, err)
	}
	if got := strings.Join(p.said, ", "); got != "P-A, P-SORRY-TECH, P-BYE" {
		t.Errorf("heard: %s", got)
	}
	if f := p.find(ivr.FaultEvent); len(f) != 1 || f[0].Node != "a" || f[0].Value != "audio missing" {
		t.Errorf("filed: %+v", f)
	}
}

func TestTooManyFaultsGiveTheCallerBack(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {say: P-A, then: person}")})
	broken := errors.New("broken")
	p := &mute{
		say:   func(ivr.Saying) (ivr.Key, error) { return ivr.NoKey, broken },
		queue: func(ivr.QueueRequest) (ivr.QueueResult, error) { return ivr.QueueResult{}, broken },
	}
	_, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{})
	if !errors.Is(err, ivr.ErrStuck) || !errors.Is(err, broken) {
		t.Errorf("the switchboard is told %v", err)
	}
}

func TestTheLanguageOfACall(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {language: if-unknown, then: b}\n  b: {say: P-A, then: bye}")})
	for _, row := range []struct {
		lang ivr.Lang
		want ivr.Lang
		said string
	}{
		{"", "zh-CN", "P-LANG-OWN, P-LANG-OWN, P-LANG-OWN, P-A, P-BYE"},
		{"yue", "yue", "P-A, P-BYE"},
		{"fr", "zh-CN", "P-LANG-OWN, P-LANG-OWN, P-LANG-OWN, P-A, P-BYE"},
	} {
		p := &mute{}
		result, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{Lang: row.lang})
		if err != nil || result.Lang != row.want || strings.Join(p.said, ", ") != row.said {
			t.Errorf("%q: %s, %v, heard %v", row.lang, result.Lang, err, p.said)
		}
	}
}

func TestSubFlowsReturnTheirOutcome(t *testing.T) {
	e := load(t, map[string]string{
		"main": line("  a: {flow: part, on: {yes: bye, no: person}}"),
		"part": "flow: part\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [yes, no]\nnodes:\n" +
			"  a: {menu: P-A, keys: {1: return yes}, silence: return no, wrong: return no, tries: 1}\n",
	})
	play(t, e, "dial main\nhear P-A\npress 1\nhear P-BYE\nexpect no queue\nexpect outcome hangup\n")
	play(t, e, "dial main\nhear P-A\nsilence\nexpect queue general\nserve\nhear P-BYE\n")
	// Key 0 in a part without a person of its own leads to the caller's person.
	play(t, e, "dial main\nhear P-A\npress 0\nexpect queue general\nserve\nhear P-BYE\nexpect outcome hangup\n")
}

func TestAPartRunOnItsOwnEndsWithItsOutcome(t *testing.T) {
	e := load(t, map[string]string{
		"main": line("  a: {say: P-A, then: bye}"),
		"leg": "flow: leg\nuse: leg\nlanguages: [en]\nstart: a\nperson: return person\noutcomes: [yes, no, person]\ngiven: {sum: cents}\nnodes:\n" +
			"  a: {menu: P-SUM, keys: {1: return yes}, silence: return no, wrong: return no}\n",
		"words/": `P-SUM: {zh-CN: "{sum}", yue: "{sum}", en: "{sum} yuan", vars: {sum: amount}}`,
	})
	for script, want := range map[string]string{
		"hear P-SUM\npress 1\n": "yes", "hear P-SUM\npress 0\n": "person", "silence\nsilence\n": "no", "press 3\npress 4\n": "no",
	} {
		report := play(t, e, "start leg sum=1234500\n"+script)
		if report.Result.Outcome != want {
			t.Errorf("%q ends with %q, want %q", script, report.Result.Outcome, want)
		}
	}
}

func TestGoingRoundEndsWithAPersonThenAGoodbye(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: b}, silence: person, wrong: person}\n  b: {say: P-B, then: a}")})
	round := strings.Repeat("hear P-A\npress 1\nhear P-B\n", 4)
	play(t, e, "dial main\n"+round+"expect queue general\nserve\nhear P-BYE\nexpect outcome hangup\n")
	// Nobody is there, and the goodbye is as far as it goes.
	play(t, e, "given queue general closed\ndial main\n"+round+"hear P-BYE\nexpect outcome hangup\n")
}

func TestAPersonDuringTheGoodbye(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {say: P-A, then: bye}")})
	play(t, e, "dial main\nhear P-BYE\npress 0\nexpect queue general\nserve\nhear P-BYE\nexpect outcome hangup\n")
	play(t, e, "dial main\nhear P-BYE\npress 8\nhear P-LANG-OWN\npress 3\nhear P-BYE\nexpect language en\n")
	play(t, e, "dial main\nhear P-BYE\npress 5\nhear P-BYE\npress 5\nexpect outcome hangup\n")
	// Key 0 again and again finds the goodbye in the end.
	report := play(t, e, "given queue general closed\ndial main\n"+strings.Repeat("hear P-BYE\npress 0\n", 5)+"expect outcome hangup\n")
	if len(report.Queues) > 6 {
		t.Errorf("%d times to the queue", len(report.Queues))
	}
}

func TestVariablesAndMarks(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {set: {mood: good}, mark: [danger], language: en, timers: slow, then: b}\n" +
		"  b: {when: mood, is: {bad: person, good: c}, else: person}\n  c: {menu: P-A, keys: {1: bye}, silence: d, wrong: person}\n  d: {set: {}, then: bye}")})
	report := play(t, e, "dial main\nhear P-A\nsilence\nhear P-A\nsilence\nexpect language en\nexpect mark danger\nexpect variable mood good\nhear P-BYE\n")
	if !report.Result.Marks.Has(ivr.Danger) || report.Result.Lang != "en" {
		t.Errorf("%+v", report.Result)
	}
	var menu ivr.Event
	for _, ev := range report.Find(ivr.LeftNode) {
		if ev.Node == "c" {
			menu = ev
		}
	}
	if menu.Took < 30*time.Second {
		t.Errorf("slow timers waited only %v for two keys", menu.Took)
	}
}

func TestRunnerStatesCanBeCopied(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: b}, silence: person, wrong: person}\n  b: {set: {mood: good}, then: bye}")})
	r := ivr.NewRunner(flow(t, e, "main"), &mute{}, ivr.Call{})
	first := r.State()
	if _, err := r.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if first.Key() == r.State().Key() {
		t.Error("a silence leaves no trace in the state")
	}
	r.Restore(first)
	if first.Key() != r.State().Key() || first.Where().Node != "a" || first.Lang() != "zh-CN" || first.Marks() != (ivr.Marks{}) {
		t.Errorf("the state did not come back: %+v", first.Where())
	}
	for range 2 {
		if _, err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.State().Where().Node; got != "person" || first.Var("mood") != (ivr.Value{}) {
		t.Errorf("after two silences the call is at %q", got)
	}
}
