// Package prove walks every call a flow can have and shows that its rules hold.
//
// The flow that is walked is the flow that callers get: the real runner, step by
// step, on a telephone and an office that make every choice in turn. A key of
// every meaning, a wrong one, silence; a queue that serves, is closed, full or
// lasts too long; every answer of every source, and none; a fault of ours. States
// that behave alike are walked once, so loops, which all have an end, cost
// little. What comes out is a graph whose edges carry facts ("queue minors",
// "key 0", "message"); a rule is a small automaton over facts, read from a YAML
// file with a name, and either holds over all paths or is broken by a shortest
// one, which is told as a written call.
package prove
