package ivr

import "maps"

// live is what can still make a difference ahead of a call: the variables some
// node compares, the counters of loops and wrong codes, and whether the language
// can be asked for. States that differ only in the rest behave alike.
type live struct {
	vars     map[string]bool
	loops    map[string]bool
	language bool
	survey   bool // danger, silence and abuse make a difference only to a survey
}

func (l *live) join(other live) {
	if l.vars == nil {
		l.vars, l.loops = map[string]bool{}, map[string]bool{}
	}
	maps.Copy(l.vars, other.vars)
	maps.Copy(l.loops, other.loops)
	l.language = l.language || other.language
	l.survey = l.survey || other.survey
}

// findLive works out what is live at each node.
func (f *Flow) findLive() {
	f.live = map[string]live{}
	for _, node := range f.order {
		var l live
		l.join(live{})
		f.ahead(node, map[string]bool{}, &l)
		f.live[node] = l
	}
}

// ahead gathers what a node and all that can follow it read. A person, message
// or goodbye can follow any node, for our own faults lead there.
func (f *Flow) ahead(node string, seen map[string]bool, l *live) {
	id := f.Name() + "/" + node
	if seen[id] {
		return
	}
	seen[id] = true
	n := f.nodes[node]
	f.reads(n.Node, l)
	if f.loops[node] {
		l.loops[f.Name()] = true
	}
	for _, name := range f.Calls(node) {
		called := f.edition.flows[name]
		called.ahead(called.Start.text, seen, l)
	}
	for _, e := range f.Edges(node) {
		if !e.Out {
			f.ahead(e.To, seen, l)
		}
	}
	for _, to := range f.Common() {
		f.ahead(to, seen, l)
	}
}

// reads gathers what one node reads. What it speaks is filled on every way, so
// only what it compares can make a difference.
func (f *Flow) reads(n Node, l *live) {
	switch n := n.(type) {
	case *lookupNode:
		l.loops[n.Lookup.counter()] = true
	case *languageNode:
		l.language = true
	case *surveyNode:
		l.survey = true
	case *whenNode:
		l.vars[n.When.text] = true
	}
}

// closed tells whether a call never leaves the flow for one around it.
func (f *Flow) closed() bool {
	return len(f.Outcomes) == 0 && f.Person.kind == wayNode && f.Message.kind == wayNode && f.Goodbye.kind == wayNode
}
