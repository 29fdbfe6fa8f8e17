package ivr

import "maps"

// A prompt that speaks a variable nobody has filled is a fault in the middle of
// a call. So every variable that is spoken or looked up must be filled on every
// way that leads there: a forward walk keeps, for each node, the variables
// filled on all ways into it. The common keys can be pressed anywhere, so the
// nodes behind them start from what the flow was given.

// set of variable names.
type filled map[string]bool

// fillsOn lists the variables a node has filled when it leaves by a way.
func fillsOn(n Node, label string) []declared {
	g, ok := n.(giver)
	if !ok {
		return nil
	}
	on := "then"
	switch n.(type) {
	case *lookupNode:
		on = "found"
	case *bookNode:
		on = "booked"
	case *callbackNode:
		on = "promised"
	case *openNode:
		if label == "holiday" {
			on = label
		} else {
			on = "no"
		}
	}
	if label != on {
		return nil
	}
	return g.gives()
}

// assignments is the walk over one flow.
type assignments struct {
	flow  *Flow
	into  map[string]filled // by node; absent is not reached yet
	exits map[string]filled // by outcome
}

// assign walks a flow from the variables filled when it begins.
func (e *Edition) assign(f *Flow, begin filled) *assignments {
	a := &assignments{flow: f, into: map[string]filled{}, exits: map[string]filled{}}
	a.reach(f.Start.text, begin)
	for _, to := range f.Common() {
		a.reach(to, begin)
	}
	for changed := true; changed; {
		changed = false
		for _, node := range f.order {
			if in, ok := a.into[node]; ok {
				changed = a.step(e, node, in) || changed
			}
		}
	}
	return a
}

// step carries what is filled at a node along each of its ways.
func (a *assignments) step(e *Edition, node string, in filled) (changed bool) {
	n := a.flow.nodes[node].Node
	var called *assignments
	if call, ok := n.(*flowNode); ok {
		called = e.assign(e.flows[call.Flow.text], in)
	}
	for _, w := range waysOf(n) {
		out := maps.Clone(in)
		for _, d := range fillsOn(n, w.label) {
			out[d.name] = true
		}
		if called != nil {
			maps.Copy(out, called.exits[w.label])
		}
		switch w.way.kind {
		case wayReturn:
			changed = meet(a.exits, w.way.to, out) || changed
		case wayNode:
			changed = a.reach(w.way.to, out) || changed
		default:
		}
	}
	return changed
}

func (a *assignments) reach(node string, with filled) bool { return meet(a.into, node, with) }

// meet keeps of what is known at a place only what holds on the new way too.
func meet(at map[string]filled, place string, with filled) (changed bool) {
	known, ok := at[place]
	if !ok {
		at[place] = maps.Clone(with)
		return true
	}
	for name := range known {
		if !with[name] {
			delete(known, name)
			changed = true
		}
	}
	return changed
}
