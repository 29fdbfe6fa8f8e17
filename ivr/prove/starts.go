package prove

import (
	"slices"
	"strings"

	"hotline/ivr"
)

// start is one way a flow can begin: with words it compares.
type start struct {
	opening string // the line of the call
	vars    map[string]ivr.Value
}

// starts lists what to walk: every flow that is begun from outside, with a
// number and, where a callback could be asked for, without one.
func starts(e *ivr.Edition) []*graph {
	var out []*graph
	for _, name := range e.Flows() {
		f, _ := e.Flow(name)
		if f.Used() == "part" {
			continue
		}
		callers := []ivr.Caller{{Number: "+8613800000000"}}
		if f.Line() && calls(e, f, "callback") {
			callers = append(callers, ivr.Caller{Anonymous: true})
		}
		for _, caller := range callers {
			g := &graph{flow: f, facts: newFacts(), call: ivr.Call{Line: name, Caller: caller}}
			g.starts = begins(e, f, caller)
			out = append(out, g)
		}
	}
	return out
}

// calls tells whether a flow, or one it runs, holds a kind of node.
func calls(e *ivr.Edition, f *ivr.Flow, kind string) bool {
	return slices.ContainsFunc(f.Nodes(), func(node string) bool {
		if f.Kind(node) == kind {
			return true
		}
		return slices.ContainsFunc(f.Calls(node), func(name string) bool {
			called, _ := e.Flow(name)
			return calls(e, called, kind)
		})
	})
}

// begins gives a flow the variables it expects: of words every one it compares,
// and one it does not; of anything else an example.
func begins(e *ivr.Edition, f *ivr.Flow, caller ivr.Caller) []start {
	opening := "dial " + f.Name()
	if caller.Anonymous {
		opening += " anonymous"
	}
	if !f.Line() {
		opening = "start " + f.Name()
	}
	out := []start{{opening: opening, vars: map[string]ivr.Value{}}}
	expects := f.Expects()
	for _, name := range sortedKeys(expects) {
		var more []start
		for _, s := range out {
			for _, value := range examples(e, f, name, expects[name]) {
				more = append(more, s.with(name, value, f.Line()))
			}
		}
		out = more
	}
	return out
}

// other is a word no flow compares.
const other = "other"

func (s start) with(name string, value ivr.Value, line bool) start {
	next := start{opening: s.opening + " " + name + "=" + strings.ReplaceAll(value.Text(), " ", ",")}
	if line {
		next.opening = s.opening
		if value.Text() != other {
			next.opening = "given variable " + name + " " + value.Text() + "\n" + s.opening
		}
	}
	next.vars = map[string]ivr.Value{name: value}
	for k, v := range s.vars {
		next.vars[k] = v
	}
	return next
}

func examples(e *ivr.Edition, f *ivr.Flow, name string, sort ivr.Sort) []ivr.Value {
	switch sort {
	case ivr.WordSort:
		out := []ivr.Value{ivr.Word(other)}
		for _, word := range f.Compared(name) {
			out = append(out, ivr.Word(word))
		}
		return out
	case ivr.TimeSort:
		return []ivr.Value{ivr.Instant(monday())}
	case ivr.PhraseSort:
		w := world{edition: e, flow: f}
		return []ivr.Value{ivr.Phrase(w.phrase())}
	default:
		text := map[ivr.Sort]string{ivr.NumberSort: "1", ivr.CentsSort: "100", ivr.SpanSort: "1m0s", ivr.TextSort: "1", ivr.ClipSort: "clip"}[sort]
		v, _ := ivr.ParseValue(sort, text)
		return []ivr.Value{v}
	}
}

func sortedKeys(m map[string]ivr.Sort) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
