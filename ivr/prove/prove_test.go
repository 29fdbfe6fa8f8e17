package prove_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/ivrtest"
	"hotline/ivr/prove"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// edition loads flows with the shipped prompts, calendars and queues.
func edition(t testing.TB, flows map[string]string) *ivr.Edition {
	t.Helper()
	front := fstest.MapFS{}
	for name, text := range flows {
		front["flows/"+name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	e, err := ivr.Load(shipped{front}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func rules(t testing.TB) []prove.Rule {
	t.Helper()
	rules, err := prove.LoadRules(callflows.Files, "rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func flow(name, header, nodes string) string {
	return "flow: " + name + "\nuse: line\nlanguages: [zh-CN, yue, en]\nstart: a\nperson: person\ngoodbye: bye\n" + header + "nodes:\n" + nodes +
		"  person: {queue: general, served: bye, closed: message}\n" +
		"  message: {voicemail: P-VM, keep: P-VM-KEEP, done: P-VM-DONE, calendar: office, limit: 1m, then: bye, silence: bye, unavailable: bye}\n" +
		"  bye: {hangup: P-BYE}\n"
}

// TestEachRuleCanBreak breaks each of the seven rules and reads the call that
// shows it.
func TestEachRuleCanBreak(t *testing.T) {
	for _, row := range []struct {
		name  string
		rule  int
		flows map[string]string
		want  string
	}{
		{
			"a marked minor reaches the general queue", 1,
			map[string]string{"12348": flow("12348", "", "  a: {menu: P-MENU, keys: {3: minor}, silence: person, wrong: person}\n  minor: {set: {}, mark: minor, then: person}\n")},
			"dial 12348\nhear P-MENU\npress 3\n# in the queue general\nserve",
		},
		{
			"silence ends in a goodbye", 3,
			map[string]string{"12348": flow("12348", "", "  a: {menu: P-MENU, keys: {1: person}, silence: bye, wrong: person}\n")},
			"dial 12348\nhear P-MENU\nsilence\nhear P-MENU\nsilence\nhear P-BYE",
		},
		{
			"a menu before a human on 12355", 4,
			map[string]string{"12355": flow("12355", "", "  a: {menu: P-MENU, keys: {1: person}, silence: person, wrong: person}\n")},
			"dial 12355\nhear P-MENU\nsilence",
		},
		{
			"a recorded duty line", 5,
			map[string]string{"12340": flow("12340", "", "  a: {say: P-GREET, then: person}\n")},
			"dial 12340\nhear P-GREET\n# in the queue general\nserve",
		},
		{
			"a survey of a child who was not asked", 7,
			map[string]string{"12348": flow("12348", "", "  a: {queue: minors, served: b, closed: message}\n  b: {survey: x, agree: P12355-ASK, score: P-SV-1, then: c}\n  c: {set: {}, mark: minor, then: d}\n  d: {survey: y, agree: P12355-ASK, solved: P-SV-2, then: e}\n  e: {survey: z, score: P-SV-1, then: bye}\n")},
			"",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			proof, err := prove.Run(t.Context(), edition(t, row.flows), rules(t))
			if err != nil {
				t.Fatal(err)
			}
			v := proof.Verdicts[row.rule]
			got := strings.Join(v.Counter, "\n")
			if row.want == "" {
				if !v.Holds() {
					t.Errorf("%s: broken by\n%s", v.Rule, got)
				}
				return
			}
			if v.Holds() || proof.Holds() || got != row.want {
				t.Errorf("%s: got\n%s\nwant\n%s", v.Rule, got, row.want)
			}
		})
	}
}

// TestCounterExamplesAreScripts plays what proof tells.
func TestCounterExamplesAreScripts(t *testing.T) {
	e := edition(t, map[string]string{"12348": flow("12348", "", "  a: {lookup: caller, found: w, missing: bye, unavailable: person}\n  w: {when: caller, is: {blocked: m}, else: bye}\n  m: {menu: P-BLOCK, keys: {0: minor}, silence: person, wrong: person}\n  minor: {set: {}, mark: minor, then: person}\n")})
	proof, err := prove.Run(t.Context(), e, rules(t))
	if err != nil {
		t.Fatal(err)
	}
	lines := proof.Verdicts[1].Counter
	if len(lines) == 0 || lines[0] != "given caller minor" {
		t.Fatalf("the world comes first: %q", lines)
	}
	script, err := ivrtest.Parse("counter.call", []byte(strings.Join(append(lines, "hear P-BYE", "expect queue general"), "\n")))
	if err != nil {
		t.Fatal(err)
	}
	report, err := ivrtest.Run(e, script)
	if err != nil || !report.Queues[0].Marks.Protected() {
		t.Errorf("the call does not happen as told: %v", err)
	}
}

func TestOwnRules(t *testing.T) {
	e := edition(t, map[string]string{"12348": flow("12348", "", "  a: {menu: P-MENU, keys: {1: person}, silence: person, wrong: person}\n")})
	for text, want := range map[string]string{
		"{ends: message}":                                      "dial 12348\nhear P-MENU\npress 1\n# in the queue general\nserve\nhear P-BYE",
		"{ends: [message, goodbye, switchboard]}":              "",
		"{never: key 9}":                                       "",
		"{never: key other}":                                   "dial 12348\nhear P-MENU\npress 1",
		"{after: queue served, never: goodbye}":                "dial 12348\nhear P-MENU\npress 1\n# in the queue general\nserve\nhear P-BYE",
		"{after: queue closed, leads: [goodbye, switchboard]}": "",
		"{after: queue *, until: person, never: record}":       "dial 12348\nhear P-MENU\npress 1\n# in the queue general\nclosed\nhear P-VM\nspeak 10s",
		"{flows: 12355, never: node menu}":                     "",
		"{use: leg, never: node menu}":                         "",
		"{after: node menu, leads: person, reset: key *}":      "dial 12348\nhear P-MENU\n",
		"{after: person, leads: booking}":                      "dial 12348\nhear P-MENU\npress 1\n# in the queue general\nserve\nhear P-BYE",
	} {
		own, err := prove.ParseRules("own.yaml", []byte("rules:\n  - name: own\n    all: ["+text+"]\n"))
		if err != nil {
			t.Fatal(err)
		}
		proof, err := prove.Run(t.Context(), e, own)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(proof.Verdicts[1].Counter, "\n")
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got\n%s\nwant\n%s", text, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	e := edition(t, map[string]string{"12348": flow("12348", "", "  a: {say: P-GREET, then: person}\n")})
	own, err := prove.ParseRules("own.yaml", []byte("rules:\n  - {name: quiet, all: [{never: say P-GREET}]}\n  - {name: loud, all: [{never: duty}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	proof, err := prove.Run(t.Context(), e, own)
	if err != nil || proof.States == 0 {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := proof.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if !strings.HasPrefix(lines[0], "holds over ") || !strings.HasSuffix(lines[0], " paths: every call ends") ||
		lines[1] != "BROKEN by flow 12348: quiet" || lines[2] != "    dial 12348" || !strings.HasSuffix(lines[len(lines)-2], "loud") {
		t.Errorf("written:\n%s", b.String())
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := edition(t, map[string]string{"12348": flow("12348", "", "  a: {say: P-GREET, then: person}\n")})
	if _, err := prove.Run(ctx, e, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestRuleFaults(t *testing.T) {
	for text, want := range map[string]string{
		"rule: []":                                       `r.yaml:1:1: a file of rules needs "rules", a list`,
		"rules: [{name: x}]":                             `r.yaml:1:10: a rule needs a "name" and "all", a list of clauses`,
		"rules: [{name: x, al: []}]":                     `unknown field "al" in a rule; did you mean "all"?`,
		"rules: [{name: x, all: [{nevr: record}]}]":      `unknown field "nevr" in a clause; did you mean "never"?`,
		"rules: [{name: x, all: [{use: line}]}]":         `a clause needs "never", "leads" or "ends"`,
		"rules: [{name: x, all: [{never: recrd}]}]":      `no fact is called "recrd"; did you mean "record"?`,
		"rules: [{name: x, all: [{never: mark mnor}]}]":  `no fact is called "mark mnor"; did you mean "minor"?`,
		"rules: [{name: x, all: [{never: node menue}]}]": `no fact is called "node menue"; did you mean "menu"?`,
		"rules: [": "r.yaml:1:8: sequence end token ']' not found",
	} {
		if _, err := prove.ParseRules("r.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if _, err := prove.LoadRules(fstest.MapFS{}, "rules.yaml"); err == nil {
		t.Error("a file that is not there was read")
	}
}

// BenchmarkProve walks every shipped flow.
func BenchmarkProve(b *testing.B) {
	e, err := ivr.Load(callflows.Files, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		b.Fatal(err)
	}
	own := rules(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prove.Run(b.Context(), e, own); err != nil {
			b.Fatal(err)
		}
	}
}

// shipped is everything that comes with the product, with other flows.
type shipped struct{ flows fstest.MapFS }

func (s shipped) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "flows") {
		return s.flows.Open(name)
	}
	return callflows.Files.Open(name)
}
