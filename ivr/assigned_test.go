package ivr_test

import (
	"strings"
	"testing"

	"hotline/ivr"
)

// statusWords speak variables that only some ways fill.
const statusWords = `
P-STATUS: {zh-CN: "{status}", yue: "{status}", en: "{status}", vars: {status: phrase}}
P-OPENS: {zh-CN: "{opens}", yue: "{opens}", en: "{opens}", vars: {opens: datetime}}
P-NO: {zh-CN: "{no}", yue: "{no}", en: "{no}", vars: {no: reference}}
P-X: {zh-CN: "{x}", yue: "{x}", en: "{x}", vars: {x: digits}}
`

// TestSpokenVariablesAreFilledOnEveryWay holds which ways fill what.
func TestSpokenVariablesAreFilledOnEveryWay(t *testing.T) {
	lookup := "  r: {input: P-R, into: ref, as: digits, max: 9, then: c, silence: bye, wrong: bye}\n  c: {input: P-C, into: code, as: digits, max: 4, then: a, silence: bye, wrong: bye}\n"
	for _, row := range []struct{ name, nodes, fault string }{
		{"found speaks", lookup + "  a: {lookup: case, by: ref, code: code, found: s, missing: bye, locked: bye, unavailable: bye}\n  s: {say: P-STATUS, then: bye}", ""},
		{"missing does not", lookup + "  a: {lookup: case, by: ref, code: code, found: bye, missing: s, locked: bye, unavailable: bye}\n  s: {say: P-STATUS, then: bye}", "{status}"},
		{"both ways meet", lookup + "  a: {lookup: case, by: ref, code: code, found: s, missing: s, locked: bye, unavailable: bye}\n  s: {say: P-STATUS, then: bye}", "{status}"},
		{"closed speaks the opening", "  r: {open: office, yes: bye, no: s, unavailable: bye}\n  s: {say: P-OPENS, then: bye}", ""},
		{"a holiday too", "  r: {open: office, yes: bye, no: bye, holiday: s, unavailable: bye}\n  s: {say: P-OPENS, then: bye}", ""},
		{"open does not", "  r: {open: office, yes: s, no: bye, unavailable: bye}\n  s: {say: P-OPENS, then: bye}", "{opens}"},
		{"unavailable does not", "  r: {open: office, yes: bye, no: bye, unavailable: s}\n  s: {say: P-OPENS, then: bye}", "{opens}"},
		{"a request's reference", "  r: {request: papers, then: s, refused: bye, unavailable: bye}\n  s: {say: P-NO, then: bye}", ""},
		{"a refused request has none", "  r: {request: papers, then: bye, refused: s, unavailable: bye}\n  s: {say: P-NO, then: bye}", "{no}"},
		{"a number keyed", "  r: {input: P-R, into: x, as: digits, max: 4, then: s, silence: bye, wrong: bye}\n  s: {say: P-X, then: bye}", ""},
		{"a number not keyed", "  r: {input: P-R, into: x, as: digits, max: 4, then: bye, silence: s, wrong: bye}\n  s: {say: P-X, then: bye}", "{x}"},
		{"filled before a loop", "  r: {input: P-R, into: x, as: digits, max: 4, then: m, silence: bye, wrong: bye}\n  m: {menu: P-M, keys: {1: s}, silence: bye, wrong: bye}\n  s: {say: P-X, then: m}", ""},
		{"not on the way round", "  r: {menu: P-M, keys: {1: i, 2: s}, silence: bye, wrong: bye}\n  i: {input: P-R, into: x, as: digits, max: 4, then: r, silence: bye, wrong: bye}\n  s: {say: P-X, then: r}", "{x}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			flows := map[string]string{"words/": statusWords, "main": strings.Replace(line(row.nodes), "start: a", "start: r", 1)}
			_, err := ivr.Load(files(flows), now)
			want := "speaks " + row.fault + ", which is not filled on every way to node \"s\""
			if row.fault == "" && err != nil || row.fault != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("got %v, want %q", err, row.fault)
			}
		})
	}
}

// TestCommonKeysLeadAnywhere: what is spoken behind key 0 must be filled from
// the start, for the key can be pressed before anything is.
func TestCommonKeysLeadAnywhere(t *testing.T) {
	nodes := "  r: {input: P-R, into: x, as: digits, max: 4, then: p, silence: bye, wrong: bye}\n  p: {say: P-X, then: bye}"
	flow := strings.Replace(strings.Replace(line(nodes), "start: a", "start: r", 1), "person: person", "person: p", 1)
	flow = strings.Replace(flow, "\n  person: {queue: general, served: bye, closed: bye}", "", 1)
	_, err := ivr.Load(files(map[string]string{"words/": statusWords, "main": flow}), now)
	if err == nil || !strings.Contains(err.Error(), `prompt P-X speaks {x}, which is not filled on every way to node "p"`) {
		t.Errorf("got %v", err)
	}
}

// TestSubFlowsFillForTheirCaller: what a part has filled when it returns is
// known to whoever called it, outcome by outcome.
func TestSubFlowsFillForTheirCaller(t *testing.T) {
	part := "flow: part\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: i\noutcomes: [keyed, none]\nnodes:\n" +
		"  i: {input: P-R, into: x, as: digits, max: 4, then: return keyed, silence: return none, wrong: return none}\n"
	for on, ok := range map[string]bool{"{keyed: s, none: bye}": true, "{keyed: bye, none: s}": false, "{keyed: s, none: s}": false} {
		flows := map[string]string{"words/": statusWords, "part": part, "main": line("  a: {flow: part, on: " + on + "}\n  s: {say: P-X, then: bye}")}
		_, err := ivr.Load(files(flows), now)
		if (err == nil) != ok {
			t.Errorf("%s: %v", on, err)
		}
	}
}

func TestGivenVariablesAreFilled(t *testing.T) {
	leg := "flow: leg\nuse: leg\nlanguages: [zh-CN, yue, en]\nstart: a\nperson: return done\noutcomes: [done]\ngiven: {x: text}\nnodes:\n  a: {say: P-X, then: return done}\n"
	flows := map[string]string{"words/": statusWords, "main": line("  a: {say: P-A, then: bye}"), "leg": leg}
	e := load(t, flows)
	play(t, e, "start leg x=42\nhear P-X\nexpect outcome done\n")
	// Nobody gave it: our fault, and the leg ends with its person.
	p := &mute{}
	result, err := ivr.Run(t.Context(), flow(t, e, "leg"), p, ivr.Call{})
	if err != nil || result.Outcome != "done" || len(p.find(ivr.FaultEvent)) != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	if f := p.find(ivr.FaultEvent)[0]; !strings.Contains(f.Value, "say P-X: value {x}") {
		t.Errorf("the fault is %q", f.Value)
	}
}
