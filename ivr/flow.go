package ivr

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"hotline/ivr/source"
)

// Flow is a call flow. It does not change once loaded; a call keeps the flow
// it began with.
type Flow struct {
	header
	hash    string
	nodes   map[string]*placed
	order   []string // of the nodes, as written
	loops   map[string]bool
	live    map[string]live
	edition *Edition
}

// placed is a node with its name and place.
type placed struct {
	Node
	name string
	at   source.Position
}

// header are the fields of a flow besides its nodes.
type header struct {
	Title     flowName  `flow:"flow" doc:"the name of the flow"`
	About     about     `flow:"about,optional" doc:"what the flow is for, in a line"`
	Use       use       `flow:"use" doc:"line: answers a number; part: called by other flows; leg: started by a person or the system on a leg that is up"`
	Languages languages `flow:"languages" doc:"the languages of every prompt; the first is spoken when none is known"`
	Start     nodeName  `flow:"start" doc:"the node a call begins with"`
	Person    Way       `flow:"person,optional" doc:"where key 0 and every trouble lead"`
	Message   Way       `flow:"message,optional" doc:"where key 9 leads"`
	Goodbye   Way       `flow:"goodbye,optional" doc:"the last words of a call that went round too often"`
	Tired     Way       `flow:"tired,optional" doc:"where a call goes that went round too often (person)"`
	Listener  listener  `flow:"listener,optional" doc:"staff: heard by a counselor or lawyer, not by a caller"`
	Minors    yes       `flow:"minors,optional" doc:"every call in this flow is protected, for its whole life"`
	Recording recording `flow:"recording,optional" doc:"none: no audio is kept, for the whole life of the call"`
	Timers    timers    `flow:"timers,optional" doc:"slow: more time for every key"`
	Outcomes  words     `flow:"outcomes,optional" doc:"how a part or a leg can end"`
	Given     given     `flow:"given,optional" doc:"the variables it expects from whoever starts it"`
}

// Node is one step of a flow: a kind of the closed set in kinds.go.
type Node interface {
	// step does the node's work, or one turn of it, and tells where to go.
	step(ctx context.Context, v *visit) (Way, error)
}

// use says who starts a flow.
type use string

const (
	useLine use = "line"
	usePart use = "part"
	useLeg  use = "leg"
)

func (u *use) read(r *reader, n *source.Node) { *u = use(choose(r, n, "line", "part", "leg")) }
func (u *use) shape() schema                  { return oneOfWords("line", "part", "leg") }

type recording string

func (c *recording) read(r *reader, n *source.Node) {
	*c = recording(choose(r, n, "announced", "none"))
}
func (c *recording) shape() schema { return oneOfWords("announced", "none") }

type listener string

func (l *listener) read(r *reader, n *source.Node) {
	*l = listener(choose(r, n, "caller", "staff"))
}
func (l *listener) shape() schema { return oneOfWords("caller", "staff") }

type timers string

func (t *timers) read(r *reader, n *source.Node) { *t = timers(choose(r, n, "normal", "slow")) }
func (t *timers) shape() schema                  { return oneOfWords("normal", "slow") }

// Name is the flow's name, as other flows call it.
func (f *Flow) Name() string { return f.Title.text }

// Hash is the SHA-256 of the flow's file in hexadecimal: which exact words and
// ways a call had.
func (f *Flow) Hash() string { return f.hash }

// About is what the flow is for, in a line.
func (f *Flow) About() string { return string(f.header.About) }

// Private tells whether calls in this flow are never recorded.
func (f *Flow) Private() bool { return f.Recording == "none" }

// Protected tells whether calls in this flow are minors' calls.
func (f *Flow) Protected() bool { return bool(f.Minors) }

// Line tells whether the flow answers a number.
func (f *Flow) Line() bool { return f.Use == useLine }

// First is the node a call begins with.
func (f *Flow) First() string { return f.Start.text }

// Ends lists the outcomes of a part or a leg.
func (f *Flow) Ends() []string { return f.Outcomes.texts() }

// Used says who starts the flow: line, part or leg.
func (f *Flow) Used() string { return string(f.Use) }

// Nodes lists the names of the nodes in the order written.
func (f *Flow) Nodes() []string { return slices.Clone(f.order) }

// Kind is the kind of a node, or nothing when the flow has no such node.
func (f *Flow) Kind(node string) string {
	if n := f.nodes[node]; n != nil {
		return kindOf(n.Node)
	}
	return ""
}

// Edition is what the flow was loaded with.
func (f *Flow) Edition() *Edition { return f.edition }

// parseFlow reads one flow file. The flow is usable only when the reader has no
// faults and the edition's checks pass.
func parseFlow(file string, content []byte, r *reader) *Flow {
	root, err := source.Parse(file, content)
	if err != nil {
		r.faults.Take(file, err)
		return nil
	}
	sum := sha256.Sum256(content)
	f := &Flow{hash: hex.EncodeToString(sum[:]), nodes: map[string]*placed{}}
	if root.Kind != source.Map {
		r.faults.Add(root.Position, "a flow is a map, here is %v", root.Kind)
		return nil
	}
	nodes := root.Field("nodes")
	top := *root
	top.Fields = slices.DeleteFunc(slices.Clone(root.Fields), func(f source.Field) bool { return f.Key == "nodes" })
	r.fill(&f.header, &top, "a flow")
	if nodes == nil || nodes.Value.Kind != source.Map {
		r.faults.Add(root.Position, `a flow needs "nodes", a map from names to nodes`)
		return f
	}
	for _, n := range nodes.Value.Fields {
		f.readNode(n, r)
	}
	return f
}

func (f *Flow) readNode(n source.Field, r *reader) {
	if !nameForm.MatchString(n.Key) {
		r.faults.Add(n.At, "%q is not the name of a node: small letters, digits and hyphens", n.Key)
	}
	f.order = append(f.order, n.Key)
	f.nodes[n.Key] = &placed{name: n.Key, at: n.At}
	if n.Value.Kind != source.Map || len(n.Value.Fields) == 0 {
		r.faults.Add(n.Value.Position, "node %q is a map that begins with its kind, here is %v", n.Key, n.Value.Kind)
		return
	}
	kind := n.Value.Fields[0]
	make, ok := kinds[kind.Key]
	if !ok {
		r.faults.AddHint(kind.At, source.Suggest(kind.Key, Kinds()), "node %q begins with %q, which is no kind of node", n.Key, kind.Key)
		return
	}
	node := make()
	r.fill(node, n.Value, article(kind.Key)+" node")
	f.nodes[n.Key].Node = node
}

// article puts a or an before a kind.
func article(kind string) string {
	if contains([]string{"a", "e", "i", "o", "u"}, kind[:1]) {
		return "an " + kind
	}
	return "a " + kind
}

// names lists the nodes, for suggestions.
func (f *Flow) names() []string { return slices.Sorted(maps.Keys(f.nodes)) }

// Expects lists the variables the flow is given by whoever starts it.
func (f *Flow) Expects() map[string]Sort {
	out := map[string]Sort{}
	for _, d := range f.Given {
		out[d.name] = d.sort
	}
	return out
}
