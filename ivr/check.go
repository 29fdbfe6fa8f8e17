package ivr

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hotline/ivr/source"
)

// horizon is how far ahead of now calendars must be entered.
const horizon = 30 * 24 * time.Hour

// checker looks at one flow, or one node of it, for mistakes that reading it
// cannot see.
type checker struct {
	edition *Edition
	faults  *source.Faults
	flow    *Flow
	node    *placed
	vars    map[string]Sort   // what the flow's variables hold
	into    map[string]filled // what is filled on every way to each node
}

// selfChecker is a node with rules of its own.
type selfChecker interface{ check(c *checker) }

// giver is a node that fills variables.
type giver interface{ gives() []declared }

// check looks at the edition as a whole and gathers its faults.
func (e *Edition) check(faults *source.Faults, now time.Time) {
	c := checker{edition: e, faults: faults}
	c.basics(now)
	for _, name := range e.Flows() {
		c.flow = e.flows[name]
		c.targets()
	}
	if faults.Len() > 0 {
		return // the rest walks along the ways
	}
	c.recursion()
	if faults.Len() > 0 {
		return
	}
	for _, name := range e.Flows() {
		c.flow = e.flows[name]
		c.vars = e.variables(c.flow)
		c.into = e.assign(c.flow, begins(c.flow)).into
		c.whole()
		for _, node := range c.flow.order {
			c.node = c.flow.nodes[node]
			c.one()
		}
		c.node = nil
		c.flow.findLoops()
	}
	for _, name := range e.Flows() {
		e.flows[name].findLive()
	}
}

// fault reports a mistake of the node being looked at.
func (c *checker) fault(format string, args ...any) {
	c.faults.Add(c.node.at, "node %q: %s", c.node.name, fmt.Sprintf(format, args...))
}

// basics are the prompts the engine itself says, the sounds of spoken values,
// and the years of the calendars.
func (c *checker) basics(now time.Time) {
	for _, id := range BuiltIn() {
		c.promptExists(source.Position{File: promptsDir}, id, spokenLangs())
	}
	if !now.IsZero() {
		c.years(now)
	}
	c.spokenParts()
	c.recordings()
}

// years asks whether every calendar knows the time ahead.
func (c *checker) years(now time.Time) {
	for _, name := range c.edition.calendars.Names() {
		cal := c.edition.calendars[name]
		for _, year := range cal.Missing(now, now.Add(horizon)) {
			c.faults.Add(cal.At, "calendar %q follows the holidays %q, which have no year %d: enter the State Council's notice",
				name, cal.HolidaysName(), year)
		}
	}
}

// targets follows every way to a node or outcome that must be there.
func (c *checker) targets() {
	f := c.flow
	if f.nodes[f.Start.text] == nil {
		c.faults.AddHint(f.Start.at, source.Suggest(f.Start.text, f.names()), "flow %q starts at node %q, which is not there", f.Name(), f.Start.text)
	}
	for _, w := range waysOf(&f.header) {
		c.target(w.way)
	}
	for _, node := range f.order {
		if n := f.nodes[node]; n.Node != nil {
			for _, w := range waysOf(n.Node) {
				c.target(w.way)
			}
		}
		c.called(node)
	}
}

func (c *checker) target(w Way) {
	f := c.flow
	switch {
	case w.kind == wayNode && f.nodes[w.to] == nil:
		c.faults.AddHint(w.at, source.Suggest(w.to, f.names()), "there is no node %q in flow %q", w.to, f.Name())
	case w.kind == wayReturn && !f.Outcomes.has(w.to):
		c.faults.AddHint(w.at, source.Suggest(w.to, f.Outcomes.texts()), "flow %q does not list the outcome %q", f.Name(), w.to)
	}
}

// called looks at the flows a node runs.
func (c *checker) called(node string) {
	names := c.flow.Calls(node)
	if d, ok := c.flow.nodes[node].Node.(*dutyNode); ok {
		names = append(names, d.Accept.text)
	}
	for _, name := range names {
		if c.edition.flows[name] == nil {
			c.faults.AddHint(c.flow.nodes[node].at, source.Suggest(name, c.edition.Flows()), "node %q runs the flow %q, which is not there", node, name)
		}
	}
}

// recursion refuses flows that come back to themselves.
func (c *checker) recursion() {
	var walk func(f *Flow, path []string) bool
	walk = func(f *Flow, path []string) bool {
		if slices.Contains(path, f.Name()) {
			c.faults.Add(f.Title.at, "flow %q runs itself: %v", f.Name(), append(path, f.Name()))
			return true
		}
		for _, node := range f.order {
			for _, name := range f.Calls(node) {
				if walk(c.edition.flows[name], append(slices.Clone(path), f.Name())) {
					return true
				}
			}
		}
		return false
	}
	for _, name := range c.edition.Flows() {
		if walk(c.edition.flows[name], nil) {
			return
		}
	}
}

// variables are the sorts of everything a flow's prompts may speak: what it is
// given, and what it fills.
func (e *Edition) variables(f *Flow) map[string]Sort {
	vars := e.fills(f)
	for _, d := range f.Given {
		vars[d.name] = d.sort
	}
	return vars
}

// fills are the variables that the nodes of a flow fill, and those of the flows
// it runs.
func (e *Edition) fills(f *Flow) map[string]Sort {
	vars := map[string]Sort{}
	for _, node := range f.order {
		if g, ok := f.nodes[node].Node.(giver); ok {
			for _, d := range g.gives() {
				vars[d.name] = d.sort
			}
		}
		for _, name := range f.Calls(node) {
			maps.Copy(vars, e.fills(e.flows[name]))
		}
	}
	return vars
}

// begins are the variables filled when a flow begins.
func begins(f *Flow) filled {
	out := filled{}
	for _, d := range f.Given {
		out[d.name] = true
	}
	return out
}
