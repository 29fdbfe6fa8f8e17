package ivr

import "slices"

// Edge is a way out of a node, for checks and drawings.
type Edge struct {
	Label string // the field, key, word or outcome it stands under
	To    string // the node or outcome; for a flow's own ways see Flow.Common
	Out   bool   // To is an outcome of the flow
}

type labelled struct {
	label string
	way   Way
}

// waysOf lists the ways out of a node, or of any struct with tagged fields, in
// the order of its fields.
func waysOf(ptr any) []labelled {
	var out []labelled
	for _, f := range fieldsOf(ptr) {
		switch v := f.value.(type) {
		case *Way:
			if v.given() {
				out = append(out, labelled{f.name, *v})
			}
		case *keyWays:
			out = append(out, v.labelled()...)
		case *wordWays:
			out = append(out, v.labelled()...)
		case *outcomeWays:
			out = append(out, v.labelled()...)
		}
	}
	return out
}

func (cs choices) labelled() []labelled {
	var out []labelled
	for _, c := range cs {
		out = append(out, labelled{c.name, c.way})
	}
	return out
}

// Edges lists the ways out of a node in the order written.
func (f *Flow) Edges(node string) []Edge {
	n := f.nodes[node]
	if n == nil || n.Node == nil {
		return nil
	}
	var out []Edge
	for _, w := range waysOf(n.Node) {
		out = append(out, Edge{Label: w.label, To: w.way.to, Out: w.way.kind == wayReturn})
	}
	return out
}

// Calls lists the flows a node runs: a flow node's own, and those beside a wait.
func (f *Flow) Calls(node string) []string {
	switch n := f.nodes[node].Node.(type) {
	case *flowNode:
		return []string{n.Flow.text}
	case *queueNode:
		return n.Waiting.calls()
	case *dutyNode:
		return n.Waiting.calls()
	default:
		return nil
	}
}

// calls lists the flows run beside a wait.
func (w *waiting) calls() []string {
	var out []string
	for _, t := range []talk{w.First, w.Comfort} {
		for _, a := range t.Aside {
			out = append(out, a.flow.text)
		}
	}
	return out
}

// Common lists where the keys with one meaning everywhere lead in this flow:
// the nodes of person, message, goodbye and tired that are given.
func (f *Flow) Common() map[string]string {
	out := map[string]string{}
	for label, w := range map[string]Way{"person": f.Person, "message": f.Message, "goodbye": f.Goodbye, "tired": f.Tired} {
		if w.kind == wayNode {
			out[label] = w.to
		}
	}
	return out
}

// waits tells whether a node asks the caller for something or waits for
// somebody: a loop needs one that does.
func waits(n Node) bool {
	switch n.(type) {
	case *sayNode, *setNode, *whenNode, *openNode, *lookupNode, *flowNode, *surveyNode, *languageNode, *requestNode:
		return false
	default:
		return true
	}
}

// next lists the nodes a node can lead to, the common keys included when the
// node takes keys.
func (f *Flow) next(node string) []string {
	var out []string
	for _, e := range f.Edges(node) {
		if !e.Out {
			out = append(out, e.To)
		}
	}
	if n := f.nodes[node]; n != nil && n.Node != nil {
		for _, label := range []string{"goodbye", "message", "person", "tired"} {
			if to, ok := f.Common()[label]; ok && (waits(n.Node) || label == "person") {
				out = append(out, to)
			}
		}
	}
	return slices.Compact(out)
}

// findLoops marks the nodes at which loops begin: those a walk meets again
// while still inside them. Every loop has one. The nodes behind the common keys
// count as such, but for the goodbye, which ends every loop.
func (f *Flow) findLoops() {
	const inside, done = 1, 2
	f.loops = map[string]bool{}
	state := map[string]int{}
	var walk func(string)
	walk = func(node string) {
		state[node] = inside
		for _, to := range f.next(node) {
			switch state[to] {
			case inside:
				f.loops[to] = true
			case done:
			default:
				walk(to)
			}
		}
		state[node] = done
	}
	walk(f.Start.text)
	for _, node := range f.order {
		if state[node] == 0 {
			walk(node)
		}
	}
	for label, to := range f.Common() {
		f.loops[to] = f.loops[to] || label == "person" || label == "message"
	}
	delete(f.loops, f.Common()["goodbye"])
}

// Compared lists the words a variable is compared with in the flow.
func (f *Flow) Compared(variable string) []string {
	var words []string
	for _, node := range f.order {
		if n, ok := f.nodes[node].Node.(*whenNode); ok && n.When.text == variable {
			for _, c := range n.Is.choices {
				words = append(words, c.name)
			}
		}
	}
	return words
}

// Prompts lists the ids of the prompts a node names, in the order of its
// fields.
func (f *Flow) Prompts(node string) []string {
	n := f.nodes[node]
	if n == nil || n.Node == nil {
		return nil
	}
	return promptsOf(n.Node)
}

func promptsOf(ptr any) []string {
	var out []string
	for _, field := range fieldsOf(ptr) {
		switch v := field.value.(type) {
		case *prompt:
			if v.text != "" {
				out = append(out, v.text)
			}
		case *prompts:
			for _, p := range *v {
				out = append(out, p.text)
			}
		case *waiting:
			out = append(out, promptsOf(v)...)
		case *talk:
			out = append(out, promptsOf(v)...)
		}
	}
	return out
}

// Subject is what a node is about, as its first field says: a queue, a roster,
// a calendar, a variable, a flow, a purpose; nothing when that is a prompt.
func (f *Flow) Subject(node string) string {
	n := f.nodes[node]
	if n == nil || n.Node == nil {
		return ""
	}
	switch v := fieldsOf(n.Node)[0].value.(type) {
	case interface{ subject() string }:
		return v.subject()
	case *subject:
		return string(*v)
	default:
		return ""
	}
}
