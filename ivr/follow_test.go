package ivr_test

import (
	"strings"
	"testing"

	"hotline/ivr"
)

// nested is a line that runs a part that runs a part.
func nested(outer, inner string) map[string]string {
	return map[string]string{
		"main": strings.Replace(line("  a: {flow: outer, on: {out: bye}}\n  note: {say: P-NOTE, then: bye}"), "goodbye: bye", "goodbye: bye\nmessage: note", 1),
		"outer": "flow: outer\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [out]\n" + outer +
			"nodes:\n  a: {flow: inner, on: {in: return out}}\n  clerk: {say: P-CLERK, then: return out}\n",
		"inner": "flow: inner\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [in]\n" + inner +
			"nodes:\n  a: {menu: P-A, keys: {1: return in}, silence: return in, wrong: return in}\n  own: {say: P-OWN, then: return in}\n",
	}
}

func TestCommonKeysFindTheNearestFlow(t *testing.T) {
	outer, inner := "person: clerk\n", "person: own\n"
	keepOuter := func(f map[string]string) map[string]string { return f }
	for _, row := range []struct {
		name         string
		outer, inner string
		key, want    string
	}{
		{"its own person", outer, inner, "0", "hear P-OWN P-BYE"},
		{"the person around it", outer, "", "0", "hear P-CLERK P-BYE"},
		{"the line's person", "", "", "0", "expect queue general\nserve\nhear P-BYE"},
		{"the line's message", outer, inner, "9", "hear P-NOTE P-BYE"},
	} {
		t.Run(row.name, func(t *testing.T) {
			flows := keepOuter(nested(row.outer, row.inner))
			if row.outer == "" {
				flows["outer"] = strings.Replace(flows["outer"], "  clerk: {say: P-CLERK, then: return out}\n", "", 1)
			}
			if row.inner == "" {
				flows["inner"] = strings.Replace(flows["inner"], "  own: {say: P-OWN, then: return in}\n", "", 1)
			}
			play(t, load(t, flows), "dial main\nhear P-A\npress "+row.key+"\n"+row.want+"\nexpect outcome hangup\n")
		})
	}
}

func TestAKeyThatLeadsNowhereIsWrong(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: bye, wrong: w}\n  w: {say: P-W, then: bye}")})
	play(t, e, "dial main\nhear P-A\npress 9\nhear P-WRONG P-A\npress 9\nhear P-W\n") // no message here
	single := load(t, map[string]string{"main": strings.Replace(line("  a: {menu: P-A, keys: {1: bye}, silence: bye, wrong: w}\n  w: {say: P-W, then: bye}"), "[zh-CN, yue, en]", "[en]", 1)})
	play(t, single, "dial main\nhear P-A\npress 8\nhear P-WRONG P-A\npress 1\nhear P-BYE\n") // one language only
}

func TestANodesOwnKeysComeFirst(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {0: zero, 8: eight, \"*\": star, \"#\": hash}, silence: bye, wrong: bye}\n" +
		"  zero: {say: P-ZERO, then: bye}\n  eight: {say: P-EIGHT, then: bye}\n  star: {say: P-STAR, then: bye}\n  hash: {say: P-HASH, then: bye}")})
	for key, prompt := range map[string]string{"0": "P-ZERO", "8": "P-EIGHT", "*": "P-STAR", "#": "P-HASH"} {
		play(t, e, "dial main\nhear P-A\npress "+key+"\nhear "+prompt+" P-BYE\n")
	}
}

func TestAPersonWhileChoosingALanguage(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: bye, wrong: bye}")})
	play(t, e, "dial main\nhear P-A\npress 8\nhear P-LANG-OWN\npress 0\nexpect queue general\nserve\nhear P-BYE\n")
	play(t, e, "dial main\nhear P-A\npress 8\nhear P-LANG-OWN\npress 7\nhear P-A\npress 1\nhear P-BYE\nexpect language zh-CN\n")
	play(t, e, "dial main\nhear P-A\npress 8\nhear P-LANG-OWN\nsilence\nhear P-A\npress 1\nhear P-BYE\n")
}

func TestMinorsFlowsProtectForGood(t *testing.T) {
	e := load(t, map[string]string{
		"main": line("  a: {flow: kids, on: {done: person}}"),
		"kids": "flow: kids\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\nminors: true\nrecording: none\ntimers: slow\noutcomes: [done]\nnodes:\n  a: {say: P-A, then: return done}\n",
	})
	report := play(t, e, "dial main\nhear P-A\nwait 1s\nexpect mark minor\nexpect mark private\nserve\nhear P-BYE\n")
	q := report.Queues[0]
	if !q.Marks.Protected() || !q.Marks.Has(ivr.Private) {
		t.Errorf("the marks were lost on the way out: %v", q.Marks)
	}
	f := flow(t, e, "kids")
	if !f.Protected() || !f.Private() || f.Line() || f.Used() != "part" {
		t.Error("the flow does not say what it is")
	}
}

func TestLanguagesOfASubFlow(t *testing.T) {
	e := load(t, map[string]string{
		"main": strings.Replace(line("  a: {flow: more, on: {done: bye}}"), "[zh-CN, yue, en]", "[yue, en]", 1),
		"more": "flow: more\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [done]\nnodes:\n  a: {say: P-A, then: return done}\n",
	})
	play(t, e, "dial main\nhear P-A P-BYE\nexpect language yue\n")
}

func TestTiredCallersGoWhereTheFlowSays(t *testing.T) {
	flows := map[string]string{"main": strings.Replace(line("  a: {menu: P-A, keys: {1: a}, silence: person, wrong: person}\n  rest: {say: P-REST, then: bye}"), "goodbye: bye", "goodbye: bye\ntired: rest", 1)}
	play(t, load(t, flows), "dial main\nhear P-A\npress 1\nhear P-A\npress 1\nhear P-A\npress 1\nhear P-A\npress 1\nhear P-REST P-BYE\nexpect outcome hangup\nexpect no queue general\n")
}

func TestKeysTypedAheadHaveALimit(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {say: P-A, then: b}\n  b: {input: P-B, into: x, as: digits, max: 16, then: bye, silence: person, wrong: person}")})
	play(t, e, "dial main\nhear P-A\npress "+strings.Repeat("1", 60)+"\nhear P-BYE\nexpect variable x 1111111111111111\n")
}
