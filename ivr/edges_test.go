package ivr_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"hotline/ivr"
)

func TestWhatAFlowTellsOfItself(t *testing.T) {
	e := load(t, map[string]string{
		"main": strings.Replace(line("  a: {menu: [P-A, P-B], keys: {1: q, 2: w}, silence: person, wrong: bye}\n"+
			"  q: {queue: general, waiting: {first: {say: P-FIRST, aside: {1: taps}}, comfort: {say: P-COMFORT, every: 30s}}, served: bye, closed: p}\n"+
			"  p: {flow: taps, on: {done: bye}}\n  w: {when: caller, is: {minor: bye}, else: l}\n  l: {lookup: caller, found: bye, missing: bye, unavailable: bye}"), "start: a", "start: a\nabout: a test", 1),
		"taps": "flow: taps\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [done]\nnodes:\n  a: {say: P-ASK, then: return done}\n",
	})
	f := flow(t, e, "main")
	if f.Name() != "main" || f.About() != "a test" || f.First() != "a" || f.Edition() != e || len(f.Ends()) != 0 {
		t.Error("the header is not told")
	}
	if got := f.Nodes(); !slices.Equal(got, []string{"a", "q", "p", "w", "l", "person", "bye"}) {
		t.Errorf("nodes: %v", got)
	}
	if got, want := f.Edges("a"), []ivr.Edge{{Label: "1", To: "q"}, {Label: "2", To: "w"}, {Label: "silence", To: "person"}, {Label: "wrong", To: "bye"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("ways of a: %+v", got)
	}
	if got, want := flow(t, e, "taps").Edges("a"), []ivr.Edge{{Label: "then", To: "done", Out: true}}; !reflect.DeepEqual(got, want) {
		t.Errorf("ways out of taps: %+v", got)
	}
	if got := f.Calls("q"); !slices.Equal(got, []string{"taps"}) || !slices.Equal(f.Calls("p"), []string{"taps"}) || f.Calls("a") != nil {
		t.Errorf("flows run: %v", got)
	}
	if got := f.Prompts("q"); !slices.Equal(got, []string{"P-FIRST", "P-COMFORT"}) || !slices.Equal(f.Prompts("a"), []string{"P-A", "P-B"}) {
		t.Errorf("prompts: %v", got)
	}
	for node, want := range map[string]string{"q": "general", "p": "taps", "w": "caller", "l": "caller", "a": "", "bye": "", "none": ""} {
		if got := f.Subject(node); got != want {
			t.Errorf("%s is about %q, want %q", node, got, want)
		}
	}
	if got := f.Compared("caller"); !slices.Equal(got, []string{"minor"}) || f.Compared("mood") != nil {
		t.Errorf("compared: %v", got)
	}
	if got, want := f.Common(), map[string]string{"person": "person", "goodbye": "bye"}; !reflect.DeepEqual(got, want) {
		t.Errorf("common: %v", got)
	}
	if f.Kind("q") != "queue" || f.Kind("none") != "" || f.Edges("none") != nil || f.Prompts("none") != nil {
		t.Error("a node that is not there is told of")
	}
	if got := f.Expects(); len(got) != 0 {
		t.Errorf("expects %v", got)
	}
}

// TestStatesThatBehaveAlike holds what makes two states different.
func TestStatesThatBehaveAlike(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {set: {mood: good}, then: b}\n  b: {when: mood, is: {good: c}, else: c}\n  c: {menu: P-C, keys: {1: d}, silence: person, wrong: person}\n  d: {set: {whim: odd}, then: person}")})
	at := func(call ivr.Call, steps int) string {
		r := ivr.NewRunner(flow(t, e, "main"), &mute{}, call)
		for range steps {
			if _, err := r.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return r.Key()
	}
	same := []ivr.Call{{}, {Lang: "en"}, {Slow: true}, {Vars: map[string]ivr.Value{"whim": ivr.Word("x")}}, {Marks: ivr.Marks{}.With(ivr.Danger)}}
	for _, call := range same {
		if at(call, 0) != at(ivr.Call{}, 0) {
			t.Errorf("%+v makes a difference nobody looks at", call)
		}
	}
	for _, call := range []ivr.Call{{Vars: map[string]ivr.Value{"mood": ivr.Word("bad")}}, {Marks: ivr.Marks{}.With(ivr.Minor)}, {Marks: ivr.Marks{}.With(ivr.Private)}} {
		if at(call, 0) == at(ivr.Call{}, 0) {
			t.Errorf("%+v makes no difference", call)
		}
	}
	// Behind the comparison the mood is past.
	if at(ivr.Call{Vars: map[string]ivr.Value{"mood": ivr.Word("bad")}}, 2) != at(ivr.Call{}, 2) {
		t.Error("a variable nobody compares any more still counts")
	}
	if at(ivr.Call{}, 2) == at(ivr.Call{}, 3) {
		t.Error("a silence leaves no trace")
	}
}
