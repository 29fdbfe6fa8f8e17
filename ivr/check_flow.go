package ivr

import (
	"slices"
	"strings"

	"hotline/ivr/source"
)

// whole looks at a flow's header and at its shape.
func (c *checker) whole() {
	f := c.flow
	switch f.Use {
	case useLine:
		if !f.Person.given() || !f.Goodbye.given() || len(f.Outcomes) > 0 {
			c.faults.Add(f.Title.at, `flow %q answers a line: it needs "person" and "goodbye", and has no outcomes`, f.Name())
		}
	case useLeg:
		if !f.Person.given() || len(f.Outcomes) == 0 {
			c.faults.Add(f.Title.at, `flow %q runs on a leg: it needs "person" and "outcomes"`, f.Name())
		}
	case usePart:
		if len(f.Outcomes) == 0 && !f.Person.given() {
			c.faults.Add(f.Title.at, `flow %q is a part: it needs "outcomes", or a "person" of its own when it never comes back`, f.Name())
		}
	}
	c.goodbye()
	c.reachable()
	c.circles()
	c.outcomes()
}

func (c *checker) goodbye() {
	if to := c.flow.Goodbye; to.kind == wayNode && c.flow.Kind(to.to) != "hangup" {
		c.faults.Add(to.at, "goodbye leads to node %q, which is no hangup", to.to)
	}
}

// reachable reports nodes no way leads to.
func (c *checker) reachable() {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(node string) {
		if seen[node] {
			return
		}
		seen[node] = true
		for _, to := range c.flow.next(node) {
			walk(to)
		}
	}
	walk(c.flow.Start.text)
	for _, to := range c.flow.Common() {
		walk(to)
	}
	for _, node := range c.flow.order {
		if !seen[node] {
			c.faults.Add(c.flow.nodes[node].at, "no way leads to node %q", node)
		}
	}
}

// circles reports loops in which nobody is asked anything.
func (c *checker) circles() {
	const inside, done = 1, 2
	state := map[string]int{}
	var walk func(node string, path []string)
	walk = func(node string, path []string) {
		n := c.flow.nodes[node]
		if state[node] == done || waits(n.Node) {
			return
		}
		if state[node] == inside {
			loop := append(path[slices.Index(path, node):], node)
			c.faults.Add(n.at, "nodes go round without asking the caller anything: %s", strings.Join(loop, " -> "))
			return
		}
		state[node] = inside
		for _, e := range c.flow.Edges(node) {
			if !e.Out {
				walk(e.To, append(slices.Clone(path), node))
			}
		}
		state[node] = done
	}
	for _, node := range c.flow.order {
		walk(node, nil)
	}
}

// outcomes compares what a flow lists with what it returns.
func (c *checker) outcomes() {
	returned := map[string]bool{}
	for _, w := range waysOf(&c.flow.header) {
		returned[w.way.to] = returned[w.way.to] || w.way.kind == wayReturn
	}
	for _, node := range c.flow.order {
		for _, e := range c.flow.Edges(node) {
			returned[e.To] = returned[e.To] || e.Out
		}
	}
	for _, o := range c.flow.Outcomes {
		if !returned[o.text] {
			c.faults.Add(o.at, "flow %q never returns the outcome %q", c.flow.Name(), o.text)
		}
	}
}

// called flows: their outcomes, languages and variables.
func (n *flowNode) check(c *checker) {
	f := c.edition.flows[n.Flow.text]
	if f.Use == useLeg {
		c.fault("flow %q runs on a leg that is up and cannot be part of another", f.Name())
	}
	for _, o := range f.Outcomes {
		if _, ok := n.On.find(o.text); !ok {
			c.fault("flow %q can end with %q, and no way is given for it", f.Name(), o.text)
		}
	}
	for _, choice := range n.On.choices {
		if !f.Outcomes.has(choice.name) {
			c.faults.AddHint(choice.at, source.Suggest(choice.name, f.Outcomes.texts()), "flow %q never ends with %q", f.Name(), choice.name)
		}
	}
	c.enters(f)
}

// enters looks at a flow entered from the node: it must speak the languages of
// this one, and find the variables it expects.
func (c *checker) enters(f *Flow) {
	for _, lang := range c.flow.Languages {
		if !slices.Contains(f.Languages, lang) {
			c.fault("flow %q does not speak %s", f.Name(), lang)
		}
	}
	for _, d := range f.Given {
		if c.vars[d.name] != d.sort {
			c.fault("flow %q expects the %s %q, which nothing here fills", f.Name(), d.sort, d.name)
		}
	}
}

// besides looks at flows run beside a wait: they may only talk.
func (c *checker) besides() {
	for _, name := range c.flow.Calls(c.node.name) {
		f := c.edition.flows[name]
		c.enters(f)
		for _, node := range f.order {
			kind := f.Kind(node)
			if !contains(besideKinds(), kind) {
				c.fault("flow %q runs beside a wait and cannot hold %s node (%s)", name, article(kind), node)
			}
		}
		if f.Person.given() || f.Message.given() || f.Goodbye.given() {
			c.fault("flow %q runs beside a wait and must not have a person, message or goodbye of its own", name)
		}
	}
}

func besideKinds() []string { return []string{"say", "set", "when", "menu", "tap", "clip"} }
