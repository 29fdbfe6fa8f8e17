package ivr

import (
	"strings"

	"hotline/ivr/source"
)

// Way is where a node leads: to a node of the flow, or out of a sub-flow with
// an outcome ("return booked").
type Way struct {
	kind wayKind
	to   string
	at   source.Position
}

type wayKind int

const (
	wayNone    wayKind = iota // not given in the file
	wayNode                   // to a node of this flow
	wayReturn                 // out of this flow, with an outcome
	wayStay                   // the same node again: it asks once more
	wayPerson                 // the nearest flow's person
	wayMessage                // the nearest flow's message
	wayGoodbye                // the nearest flow's goodbye
	wayCall                   // into a sub-flow
	wayEnd                    // the call is over
)

func (w *Way) read(r *reader, node *source.Node) {
	w.at = node.Position
	text, ok := r.word(node, "the name of a node")
	if !ok {
		return
	}
	w.kind, w.to = wayNode, text
	if outcome, found := strings.CutPrefix(text, "return "); found {
		w.kind, w.to = wayReturn, outcome
	}
	if !nameForm.MatchString(w.to) {
		r.faults.Add(node.Position, "%q is not the name of a node", text)
	}
}

func (w *Way) shape() schema {
	return schema{"type": []string{"string", "integer"}, "pattern": "^(return )?[a-z0-9][a-z0-9-]*$", "minimum": 0}
}

func (w Way) given() bool { return w.kind != wayNone }

// or gives another way when this one is not in the file.
func (w Way) or(other Way) Way {
	if w.given() {
		return w
	}
	return other
}

// String is the way as a flow or an event writes it.
func (w Way) String() string {
	switch w.kind {
	case wayReturn:
		return "return " + w.to
	case wayPerson, wayMessage, wayGoodbye, wayStay, wayEnd:
		return [...]string{wayStay: "again", wayPerson: "person", wayMessage: "message", wayGoodbye: "goodbye", wayEnd: "end"}[w.kind]
	default:
		return w.to
	}
}

// choice is a way under a key, a word or an outcome.
type choice struct {
	name string
	at   source.Position
	way  Way
}

// choices are ways by name, in the order written.
type choices []choice

func (cs choices) find(name string) (Way, bool) {
	for _, c := range cs {
		if c.name == name {
			return c.way, true
		}
	}
	return Way{}, false
}

func (cs *choices) load(r *reader, node *source.Node, what string, valid func(string) bool) {
	if node.Kind != source.Map || len(node.Fields) == 0 {
		r.faults.Add(node.Position, "a map from %s to nodes is needed, here is %v", what, node.Kind)
	}
	for _, f := range node.Fields {
		if !valid(f.Key) {
			r.faults.Add(f.At, "%q is not among %s", f.Key, what)
		}
		c := choice{name: f.Key, at: f.At}
		c.way.read(r, f.Value)
		*cs = append(*cs, c)
	}
}

func choicesShape(pattern string) schema {
	return schema{
		"type": "object", "minProperties": 1, "propertyNames": schema{"pattern": pattern},
		"additionalProperties": (&Way{}).shape(),
	}
}

// keyWays are ways by telephone key.
type keyWays struct {
	choices
	all string // the keys that lead somewhere
}

func (k *keyWays) read(r *reader, node *source.Node) {
	k.load(r, node, "the telephone keys 0-9, * and #", func(s string) bool { return len(s) == 1 && Key(s[0]).Valid() })
	for _, c := range k.choices {
		k.all += c.name
	}
}
func (k *keyWays) shape() schema { return choicesShape("^[0-9*#]$") }

// keys lists the keys that lead somewhere.
func (k *keyWays) keys() string { return k.all }

func (k *keyWays) way(key Key) Way {
	w, _ := k.find(key.String())
	return w
}

// wordWays are ways by a word: the value of a variable.
type wordWays struct{ choices }

func (w *wordWays) read(r *reader, node *source.Node) {
	w.load(r, node, "words", func(s string) bool { return s != "" })
}
func (w *wordWays) shape() schema { return choicesShape("^.+$") }

// outcomeWays are ways by the outcome of a sub-flow.
type outcomeWays struct{ choices }

func (o *outcomeWays) read(r *reader, node *source.Node) {
	o.load(r, node, "names of outcomes", nameForm.MatchString)
}
func (o *outcomeWays) shape() schema { return choicesShape(namePattern) }
