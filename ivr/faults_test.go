package ivr_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/ivr/source"
)

// TestFaults holds the exact words of every mistake a flow file can have.
func TestFaults(t *testing.T) {
	for _, row := range []struct{ name, flow, want string }{
		{
			"unknown kind", line("  a: {sey: P-A, then: bye}"),
			`flows/main.yaml:8:7: node "a" begins with "sey", which is no kind of node; did you mean "say"?`,
		},
		{
			"unknown field", line("  a: {say: P-A, tehn: bye}"),
			"flows/main.yaml:8:7: a say node needs \"then\"\n" +
				`flows/main.yaml:8:17: unknown field "tehn" in a say node; did you mean "then"?`,
		},
		{
			"unknown key", line("  a: {menu: P-A, keys: {12: bye}, silence: person, wrong: person}"),
			`flows/main.yaml:8:25: "12" is not among the telephone keys 0-9, * and #`,
		},
		{
			"missing way", line("  a: {menu: P-A, keys: {1: bye}, silence: person}"),
			`flows/main.yaml:8:7: a menu node needs "wrong"`,
		},
		{
			"way to nowhere", line("  a: {say: P-A, then: byee}"),
			`flows/main.yaml:8:23: there is no node "byee" in flow "main"; did you mean "bye"?`,
		},
		{
			"unreachable node", line("  a: {say: P-A, then: bye}\n  lost: {say: P-A, then: bye}"),
			`flows/main.yaml:9:3: no way leads to node "lost"`,
		},
		{
			"loop without input", line("  a: {say: P-A, then: b}\n  b: {say: P-B, then: a}"),
			"flows/main.yaml:8:3: nodes go round without asking the caller anything: a -> b -> a",
		},
		{
			"queue unknown", line("  a: {queue: generl, served: bye, closed: bye}"),
			`flows/main.yaml:8:14: there is no queue "generl"; did you mean "general"?`,
		},
		{
			"calendar unknown", line("  a: {open: ofice, yes: bye, no: bye, unavailable: person}"),
			`flows/main.yaml:8:13: there is no calendar "ofice"; did you mean "office"?`,
		},
		{
			"variable nobody fills", line("  a: {when: mood, is: {good: bye}, else: bye}"),
			`flows/main.yaml:8:13: nothing in flow "main" fills the variable "mood"`,
		},
		{
			"flow unknown", line("  a: {flow: minor}"),
			`flows/main.yaml:8:3: node "a" runs the flow "minor", which is not there; known: main`,
		},
		{
			"start unknown", strings.Replace(line("  a: {say: P-A, then: bye}"), "start: a", "start: b", 1),
			`flows/main.yaml:4:8: flow "main" starts at node "b", which is not there; known: a, bye, person`,
		},
		{
			"empty value", line("  a: {say: P-A, then: }"),
			`flows/main.yaml:8:17: "then" is left empty in a say node`,
		},
		{
			"no map", line("  a: P-A"),
			`flows/main.yaml:8:6: node "a" is a map that begins with its kind, here is a single value`,
		},
		{
			"a list for a word", line("  a: {say: P-A, then: [bye]}"),
			"flows/main.yaml:8:23: the name of a node is a single value, here is a list",
		},
		{
			"no prompt id", line("  a: {say: hello, then: bye}"),
			`flows/main.yaml:8:12: "hello" is not the id of a prompt`,
		},
		{
			"time", line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person, wait: 4}"),
			`flows/main.yaml:8:72: "4" is not a time such as 5s or 30m`,
		},
		{
			"tries", line("  a: {menu: P-A, keys: {1: bye}, silence: person, wrong: person, tries: 9}"),
			`flows/main.yaml:8:73: a number of tries from 1 to 5 is needed, not "9"`,
		},
		{
			"mark", line("  a: {set: {}, mark: [dangr], then: bye}"),
			`flows/main.yaml:8:23: "dangr" is no mark of a call; did you mean "danger"?`,
		},
		{
			"language", strings.Replace(line("  a: {say: P-A, then: bye}"), "[zh-CN, yue, en]", "[zh-CN, yeu]", 1),
			`flows/main.yaml:3:20: zh-CN, yue or en is needed, not "yeu"; did you mean "yue"?`,
		},
		{
			"header field", strings.Replace(line("  a: {say: P-A, then: bye}"), "person: person", "persons: person", 1),
			`flows/main.yaml:5:1: unknown field "persons" in a flow; did you mean "person"?`,
		},
		{
			"line without a person", strings.Replace(line("  a: {say: P-A, then: person}"), "person: person\n", "", 1),
			`flows/main.yaml:1:7: flow "main" answers a line: it needs "person" and "goodbye", and has no outcomes`,
		},
		{
			"goodbye that is none", strings.Replace(line("  a: {say: P-A, then: bye}"), "goodbye: bye", "goodbye: a", 1),
			`flows/main.yaml:6:10: goodbye leads to node "a", which is no hangup`,
		},
		{
			"outcome not listed", line("  a: {say: P-A, then: return done}"),
			`flows/main.yaml:8:23: flow "main" does not list the outcome "done"`,
		},
		{
			"limit without timeout", line("  a: {queue: general, limit: 30m, served: bye, closed: bye}"),
			`flows/main.yaml:8:3: node "a": a limit and a timeout go together`,
		},
		{
			"offer without callback", line("  a: {queue: general, waiting: {offer: 3m}, served: bye, closed: bye}"),
			`flows/main.yaml:8:3: node "a": an offer and a callback go together`,
		},
		{
			"comfort without a rhythm", line("  a: {queue: general, waiting: {comfort: {say: P-A}}, served: bye, closed: bye}"),
			`flows/main.yaml:8:3: node "a": comfort needs "every"`,
		},
		{
			"a minors' line to an open queue", strings.Replace(line("  a: {say: P-A, then: person}"), "start: a", "start: a\nminors: true", 1),
			`flows/main.yaml:10:19: queue "general" is open to counselors without the minors qualification; flow "main" is for minors`,
		},
		{
			"a message on a private line", strings.Replace(line("  a: {voicemail: P-A, keep: P-B, done: P-C, calendar: office, limit: 1m, then: bye, silence: bye, unavailable: bye}"), "start: a", "start: a\nrecording: none", 1),
			`flows/main.yaml:9:3: node "a": a voicemail records audio, and this flow's recording is none`,
		},
		{
			"lookup without a code", line("  a: {lookup: case, by: ref, found: bye, missing: bye, unavailable: bye}\n  "),
			"flows/main.yaml:8:3: node \"a\": lookup case needs \"code\" and \"locked\": a number alone opens nothing\n" +
				`flows/main.yaml:8:25: nothing in flow "main" fills the variable "ref"; known: case_id, date, status`,
		},
		{
			"a survey that asks nothing", line("  a: {survey: main, then: bye}"),
			`flows/main.yaml:8:3: node "a": a survey needs "score" or "solved"`,
		},
		{
			"a flow that runs itself", line("  a: {flow: main}"),
			`flows/main.yaml:1:7: flow "main" runs itself: [main main]`,
		},
		{
			"no nodes", "flow: main\nuse: line\nlanguages: [en]\nstart: a\n",
			`flows/main.yaml:1:1: a flow needs "nodes", a map from names to nodes`,
		},
		{"no map at all", "- a\n", "flows/main.yaml:1:1: a flow is a map, here is a list"},
		{"ten megabytes", strings.Repeat("#", 10<<20), "flows/main.yaml: the file is larger than 256 KiB"},
		{"deep nesting", strings.Repeat("{a: ", 1000), "flows/main.yaml:1:1: more than 64 brackets or dashes are open here"},
		{"alias bomb", "flow: &a [x,x]\nnodes: [*a,*a]\n", "flows/main.yaml:1:7: anchors, aliases and merges (&, *, <<) are not taken here; quote the text if it is one"},
		{"invalid UTF-8", "flow: \xff\n", "flows/main.yaml:1:7: the file is not UTF-8 text"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ivr.Load(files(map[string]string{"main": row.flow}), now)
			if err == nil || err.Error() != row.want {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
}

// TestFaultsAroundFlows holds the words of mistakes that are not in one flow.
func TestFaultsAroundFlows(t *testing.T) {
	good := line("  a: {say: P-A, then: bye}")
	for _, row := range []struct {
		name  string
		flows map[string]string
		want  string
	}{
		{
			"prompt unknown",
			map[string]string{"main": good, "prompts/p.yaml": "P-A: {en: A}\n"},
			`prompts: there is no prompt P-LANG-OWN; known: P-A`,
		},
		{
			"prompt without a language",
			map[string]string{"main": good, "words/": "P-A: {zh-CN: 甲, en: A}"},
			"flows/main.yaml:8:12: prompt P-A has no words in yue",
		},
		{
			"prompt without audio",
			map[string]string{"main": good, "words/": "P-A: {zh-CN: 甲, yue: 甲, en: A}", "audio/en/P-B.wav": ""},
			"prompts/p.yaml:1:1: prompt P-A has no audio in zh-CN: audio/zh-CN/P-A.wav or .tts.wav is missing",
		},
		{
			"a value nobody fills",
			map[string]string{"main": good, "words/": `P-A: {zh-CN: "{n}", yue: "{n}", en: "{n}", vars: {n: cardinal}}`},
			`flows/main.yaml:8:12: prompt P-A speaks {n}, which nothing in flow "main" fills`,
		},
		{
			"a value of another sort",
			map[string]string{
				"main":   line("  a: {open: office, yes: b, no: b, unavailable: b}\n  b: {say: P-A, then: bye}"),
				"words/": `P-A: {zh-CN: "{opens}", yue: "{opens}", en: "{opens}", vars: {opens: money}}`,
			},
			"flows/main.yaml:9:12: prompt P-A speaks {opens} as money, but it holds a time",
		},
		{
			"a whisper",
			map[string]string{"main": good, "words/": "P-A: {zh-CN: 甲, yue: 甲, en: A, whisper: true}"},
			"flows/main.yaml:8:12: prompt P-A is whispered to counselors and cannot be said to a caller",
		},
		{
			"read by a person",
			map[string]string{"main": good, "words/": "P-A: {zh-CN: 甲, yue: 甲, en: A, spoken-by: counselor}"},
			"flows/main.yaml:8:12: prompt P-A is read by a counselor and cannot be played",
		},
		{
			"calendar without the year",
			map[string]string{
				"main": good, "calendars/office.yaml": "calendar: office\nholidays: china\nhours: {workday: closed}\n",
				"calendars/china.yaml": "holidays: china\nyears: {2025: {off: [2025-01-01]}}\n",
			},
			`calendars/office.yaml:1:1: calendar "office" follows the holidays "china", which have no year 2026: enter the State Council's notice`,
		},
		{
			"two flows of a name",
			map[string]string{"main": good, "other": good},
			`flows/other.yaml:1:7: flow "main" stands here a second time; the first is at flows/main.yaml:1:7`,
		},
		{
			"outcome without a way",
			map[string]string{"main": line("  a: {flow: part}"), "part": part("done")},
			`flows/main.yaml:8:3: node "a": flow "part" can end with "done", and no way is given for it`,
		},
		{
			"way without an outcome",
			map[string]string{"main": line("  a: {flow: part, on: {done: bye, doen: bye}}"), "part": part("done")},
			`flows/main.yaml:8:35: flow "part" never ends with "doen"; did you mean "done"?`,
		},
		{
			"an outcome never returned",
			map[string]string{"main": line("  a: {flow: part, on: {done: bye, lost: bye}}"), "part": strings.Replace(part("done"), "[done]", "[done, lost]", 1)},
			`flows/part.yaml:5:18: flow "part" never returns the outcome "lost"`,
		},
		{
			"a variable the caller does not fill",
			map[string]string{"main": line("  a: {flow: part, on: {done: bye}}"), "part": "given: {ref: text}\n" + part("done")},
			`flows/main.yaml:8:3: node "a": flow "part" expects the text "ref", which nothing here fills`,
		},
		{
			"a language the part lacks",
			map[string]string{"main": line("  a: {flow: part, on: {done: bye}}"), "part": strings.Replace(part("done"), "[zh-CN, yue, en]", "[zh-CN]", 1)},
			"flows/main.yaml:8:3: node \"a\": flow \"part\" does not speak en\nflows/main.yaml:8:3: node \"a\": flow \"part\" does not speak yue",
		},
		{
			"a queue beside a wait",
			map[string]string{
				"main": line("  a: {queue: general, waiting: {first: {say: P-A, aside: {1: part}}}, served: bye, closed: bye}"),
				"part": strings.Replace(part("done"), "say: P-B, then: return done", "queue: general, served: return done, closed: return done", 1),
			},
			`flows/main.yaml:8:3: node "a": flow "part" runs beside a wait and cannot hold a queue node (a)`,
		},
		{
			"no centre",
			map[string]string{"main": good, "centre.yaml": "quues: {}\n"},
			`centre.yaml:1:1: unknown field "quues" of the centre; did you mean "queues"?`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ivr.Load(override(row.flows), now)
			if err == nil || !strings.Contains(err.Error()+"\n", row.want+"\n") {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
}

// A service that must answer can load flows in a year whose holidays nobody has entered.
func TestAMissingYearCanBeBorne(t *testing.T) {
	fsys := override(map[string]string{
		"main":                  line("  a: {open: office, yes: bye, no: bye, unavailable: person}"),
		"calendars/office.yaml": "calendar: office\nholidays: china\nhours: {workday: closed}\n",
		"calendars/china.yaml":  "holidays: china\nyears: {2025: {off: [2025-01-01]}}\n",
	})
	if _, err := ivr.Load(fsys, now); err == nil || !strings.Contains(err.Error(), "which have no year 2026") {
		t.Errorf("the missing year is told as %v", err)
	}
	if _, err := ivr.Load(fsys, time.Time{}); err != nil {
		t.Errorf("without a time: %v", err)
	}
}

// part is a flow with one outcome.
func part(outcome string) string {
	return "flow: part\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [" + outcome + "]\nnodes:\n  a: {say: P-B, then: return " + outcome + "}\n"
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	_, err := ivr.Load(files(map[string]string{
		"main": line("  a: {sey: P-A, then: bye}\n  b: {say: lower, then: bye}"),
		"part": "flow: part\n",
	}), now)
	if all := source.All(err); len(all) < 6 {
		t.Errorf("only %d faults: %v", len(all), err)
	}
	var f *source.Fault
	if !errors.As(err, &f) || f.Line == 0 {
		t.Errorf("a fault without a place: %v", err)
	}
}

// TestHostileFilesCostLittle reads the worst files within bounded memory.
func TestHostileFilesCostLittle(t *testing.T) {
	for name, text := range map[string]string{
		"size": strings.Repeat("a: b\n", 4<<20), "nodes": "nodes:\n" + strings.Repeat("  a: {say: P-A}\n", 10000),
		"keys": line("  a: {menu: P-A, keys: {" + strings.Repeat("1: a,", 10000) + "}, silence: a, wrong: a}"),
	} {
		var before, after runtime.MemStats
		fsys := files(map[string]string{"main": text})
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := ivr.Load(fsys, now)
		runtime.ReadMemStats(&after)
		if err == nil || after.TotalAlloc-before.TotalAlloc > 512<<20 {
			t.Errorf("%s: %v after %v and %d MiB", name, err, time.Since(began), (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

func FuzzFlow(f *testing.F) {
	f.Add(line("  a: {menu: P-A, keys: {1: bye, \"#\": a}, silence: person, wrong: person}"))
	f.Add(line("  a: {queue: general, waiting: {first: {say: P-A, languages: {2: yue}}, position: true}, served: bye, closed: bye}"))
	f.Add(line("  a: {voicemail: P-A, keep: P-B, done: P-C, calendar: office, limit: 1m, then: bye, silence: bye, unavailable: bye}"))
	f.Add(part("done"))
	f.Add("flow: main\nnodes: {a: {when: x, is: {1: b}, else: return y}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ivr.Load(files(map[string]string{"main": text}), now)
		if err != nil {
			for _, fault := range source.All(err) {
				if fault.File == "" || fault.Text == "" {
					t.Fatalf("a fault without place or words: %+v", fault)
				}
			}
			return
		}
		for _, name := range e.Flows() {
			f, _ := e.Flow(name)
			for _, node := range f.Nodes() {
				if f.Kind(node) == "" {
					t.Fatalf("node %q has no kind", node)
				}
			}
		}
	})
}
