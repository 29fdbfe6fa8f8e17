package prove

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hotline/ivr"
)

// bench is a world on a small edition, one of whose prompts lacks a language.
func bench(t *testing.T) *world {
	t.Helper()
	words := "P-ALL: {zh-CN: 全, yue: 全, en: all}\nP-SOME: {en: some}\nP-BYE: {zh-CN: 再见, yue: 再見, en: bye}\n"
	for _, id := range ivr.BuiltIn() {
		words += id + ": {zh-CN: x, yue: x, en: x}\n"
	}
	e, err := ivr.Load(fstest.MapFS{
		"centre.yaml":     {Data: []byte("queues: {general: {}, minors: {minors: true}}\n")},
		"prompts/p.yaml":  {Data: []byte(words)},
		"flows/main.yaml": {Data: []byte("flow: main\nuse: line\nlanguages: [zh-CN, yue, en]\nstart: a\nperson: a\ngoodbye: b\nnodes:\n  a: {queue: general, served: b, closed: b}\n  b: {hangup: P-BYE}\n")},
	}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := e.Flow("main")
	return &world{edition: e, flow: f, telling: true}
}

// every makes each choice of something and gathers what came out.
func every(t *testing.T, w *world, do func() string) []string {
	t.Helper()
	var out []string
	for told, more := []uint8(nil), true; more; told, more = w.next() {
		w.oracle.begin(told)
		w.facts, w.lines, w.away, w.trouble, w.said, w.line = nil, nil, nil, 0, false, nil
		out = append(out, strings.TrimSpace(do()+" "+strings.Join(w.facts, ",")))
	}
	return out
}

func want(t *testing.T, got []string, wanted ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("got\n%q\nwant\n%q", got, wanted)
	}
}

func TestEveryKeyOfAQuestion(t *testing.T) {
	w := bench(t)
	ask := func(r ivr.InputRequest) func() string {
		return func() string {
			in, err := w.Input(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			return in.Keys
		}
	}
	want(t, every(t, w, ask(ivr.InputRequest{Max: 1, Expect: "120*89"})),
		"silence", "1 key other", "2 key other", "0 key 0", "8 key 8", "9 key 9", "3 key wrong")
	want(t, every(t, w, ask(ivr.InputRequest{Max: 1, Expect: "12*", Optional: true})),
		"", "1 key other", "2 key other", "* key *", "0 key other")
	want(t, every(t, w, ask(ivr.InputRequest{Max: 6, Stop: "#*", Example: "261124"})),
		"261124 key other", "silence", "9 key wrong", "0 key 0", "key *")
	want(t, every(t, w, ask(ivr.InputRequest{Max: 1, Typed: "7", Expect: "1"})), "7")
}

func TestAWrongKeyIsNotOneThatMeansSomething(t *testing.T) {
	w := bench(t)
	for _, outcome := range every(t, w, func() string { return w.press("0").String() }) {
		if outcome == "0 key wrong" {
			t.Error("key 0 was pressed as a wrong one")
		}
	}
	for _, outcome := range every(t, w, func() string { return w.press(ivr.AllKeys).String() }) {
		if strings.Contains(outcome, "wrong") {
			t.Errorf("every key means something, and %q was wrong", outcome)
		}
	}
}

func TestEveryWayToSay(t *testing.T) {
	w := bench(t)
	say := func(s ivr.Saying) func() string {
		return func() string {
			key, err := w.Say(t.Context(), s)
			if err != nil {
				return "fault"
			}
			return key.String()
		}
	}
	want(t, every(t, w, say(ivr.Saying{Prompts: []string{"P-ALL"}})), "say P-ALL", "fault say P-ALL")
	want(t, every(t, w, say(ivr.Saying{Prompts: []string{"P-SOME"}})), "say P-SOME,say missing", "fault say P-SOME,say missing")
	want(t, every(t, w, say(ivr.Saying{Prompts: []string{"P-NONE"}})), "say P-NONE,say missing", "fault say P-NONE,say missing")
	want(t, every(t, w, say(ivr.Saying{Prompts: []string{"P-BYE"}, Expect: "0"})),
		"say P-BYE", "0 say P-BYE,key 0", "1 say P-BYE,key other", "fault say P-BYE")
}

func TestEveryOutcomeOfAQueue(t *testing.T) {
	w := bench(t)
	queue := func(r ivr.QueueRequest) func() string {
		r.Hold = func(ctx context.Context, _ ivr.Waiting) bool {
			for ctx.Err() == nil {
				key, _ := w.Say(ctx, ivr.Saying{Music: "hold", For: time.Minute, Expect: "9"})
				if key == '9' {
					return true
				}
			}
			return false
		}
		return func() string {
			result, err := w.Queue(t.Context(), r)
			if err != nil {
				return "fault"
			}
			return result.Outcome.String() + " " + result.Marks.String()
		}
	}
	got := every(t, w, queue(ivr.QueueRequest{Queue: "general", Limit: time.Hour}))
	for _, wanted := range []string{
		"served  queue general,queue,queue unqualified,queue recorded,queue served,person",
		"served danger queue general,queue,queue unqualified,queue recorded,queue served,person",
		"closed  queue general,queue,queue unqualified,queue recorded,queue closed",
		"full  queue general,queue,queue unqualified,queue recorded,queue full",
		"timeout  queue general,queue,queue unqualified,queue recorded,queue timeout",
		"left  queue general,queue,queue unqualified,queue recorded,key 9,queue left",
		"fault queue general,queue,queue unqualified,queue recorded",
	} {
		if !slices.Contains(got, wanted) {
			t.Errorf("%q never happens among %q", wanted, got)
		}
	}
	protected := every(t, w, queue(ivr.QueueRequest{Queue: "minors", Marks: ivr.Marks{}.With(ivr.Minor).With(ivr.Private)}))
	for _, s := range protected {
		if strings.HasPrefix(s, "full") || strings.HasPrefix(s, "timeout") || strings.Contains(s, "unqualified") || strings.Contains(s, "recorded") {
			t.Errorf("a protected, private call: %q", s)
		}
	}
}

func TestEveryAnswerOfTheOffice(t *testing.T) {
	w := bench(t)
	away := func(err error, answer string) string {
		if errors.Is(err, errAway) {
			return "away"
		}
		return answer
	}
	d := w.desk()
	ctx := t.Context()
	want(t, every(t, w, func() string {
		f, err := d.Files.File(ctx, ivr.Caller{}, "")
		return away(err, map[bool]string{true: "known", false: "not"}[f.Known])
	}), "not caller unknown", "known caller known", "known caller minor", "known caller blocked", "known caller facility", "known caller slow", "away")
	want(t, every(t, w, func() string {
		m, err := d.Hours.Moment(ctx, "", time.Time{})
		return away(err, map[bool]string{true: "open", false: "shut"}[m.Open])
	}), "open hours open", "shut hours closed,hours shut", "shut hours holiday,hours shut", "away")
	want(t, every(t, w, func() string {
		s, err := d.Slots.Free(ctx, "", "", time.Time{}, 3)
		return away(err, strings.Repeat("s", len(s)))
	}), "", "s", "ss", "sss", "away")
	for _, ask := range []func() (bool, error){
		func() (bool, error) { r, err := d.Requests.File(ctx, ivr.Request{}); return r.Refused, err },
		func() (bool, error) { r, err := d.Callbacks.Promise(ctx, ivr.Callback{}); return r.Refused, err },
		func() (bool, error) { r, err := d.Slots.Take(ctx, "", ivr.Caller{}, ""); return r.Taken, err },
		func() (bool, error) { r, err := d.Clips.Clip(ctx, "", "en"); return r.ID == "", err },
		func() (bool, error) { r, err := d.Stations.Station(ctx, ""); return r.Found, err },
	} {
		want(t, every(t, w, func() string {
			yes, err := ask()
			return away(err, map[bool]string{true: "yes", false: "no"}[yes])
		}), "yes", "no", "away")
	}
	for _, ask := range []func() (ivr.Finding, error){
		func() (ivr.Finding, error) { a, err := d.Cases.Case(ctx, "", "", ""); return a.Finding, err },
		func() (ivr.Finding, error) { a, err := d.Facilities.Facility(ctx, "", ""); return a.Finding, err },
	} {
		want(t, every(t, w, func() string {
			f, err := ask()
			return away(err, []string{"missing", "found", "locked"}[f])
		}), "missing", "found", "locked", "away")
	}
}

func TestASourceThatIsAwayStaysAwayInAStep(t *testing.T) {
	w := bench(t)
	w.oracle.begin([]uint8{6})
	for range 2 {
		if _, err := w.File(t.Context(), ivr.Caller{}, ""); !errors.Is(err, errAway) {
			t.Errorf("the second try gives %v", err)
		}
	}
	if len(w.taken) != 1 || len(w.lines) != 1 || w.lines[0] != "given files broken" {
		t.Errorf("%d choices, told %q", len(w.taken), w.lines)
	}
}

func TestAWalkThatIsTooLargeIsRefused(t *testing.T) {
	w := bench(t)
	g := &graph{flow: w.flow, facts: newFacts(), starts: []start{{}}, vertices: make([]vertex, maxStates)}
	if err := walk(t.Context(), w.edition, g); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}
