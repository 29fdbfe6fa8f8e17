package ivr

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// State is everything a call's flow remembers between two steps: plain values,
// so that proof can copy it, compare it and go on from it.
type State struct {
	stack   []frame // innermost flow last
	lang    Lang
	chosen  bool // the language is the caller's own
	slow    bool
	marks   Marks
	vars    map[string]Value
	ahead   string // keys typed before anybody asked
	turn    turn
	loops   map[string]int       // visits of the nodes at which loops begin
	since   map[string]time.Time // first entry into each queue
	trouble int                  // faults of ours met so far
}

// frame is a flow being run and the node it is at.
type frame struct {
	flow  *Flow
	node  string
	begun time.Time // the visit of the node
}

// turn is how far the visit of a node has come: most nodes ask more than once.
type turn struct {
	entered bool
	stage   int // of nodes with several questions
	silence int // questions without a key
	wrong   int // keys or numbers that mean nothing here
	again   int // repeats the caller asked for
	keys    string
	take    string        // the recording just made
	spoken  time.Duration // of it
}

// Clone is a copy that shares nothing with the original that may change.
func (s State) Clone() State {
	s.stack = slices.Clone(s.stack)
	s.vars = maps.Clone(s.vars)
	s.loops = maps.Clone(s.loops)
	s.since = maps.Clone(s.since)
	return s
}

// Key tells states apart: two states with one key behave alike from here on,
// but for the time.
func (s State) Key() string {
	var b strings.Builder
	for _, f := range s.stack {
		fmt.Fprintf(&b, "%s/%s>", f.flow.Name(), f.node)
	}
	t := s.turn
	t.keys, t.take, t.spoken = "", "", 0
	fmt.Fprintf(&b, "|%s %t %t|%v|%s|%v|%d", s.lang, s.chosen, s.slow, s.marks, s.ahead, t, s.trouble)
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		fmt.Fprintf(&b, "|%s=%v", name, s.vars[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.loops)) {
		fmt.Fprintf(&b, "|%s*%d", name, s.loops[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.since)) {
		fmt.Fprintf(&b, "|%s@", name)
	}
	return b.String()
}

// Where is the innermost node.
func (s State) Where() Where {
	if len(s.stack) == 0 {
		return Where{}
	}
	f := s.stack[len(s.stack)-1]
	return Where{Flow: f.flow.Name(), Hash: f.flow.hash, Node: f.node, Kind: f.flow.Kind(f.node)}
}

// Lang is the language being spoken.
func (s State) Lang() Lang { return s.lang }

// Marks are the marks of the call.
func (s State) Marks() Marks { return s.marks }

// Var is a variable's value; a variable nobody has filled has no sort.
func (s State) Var(name string) Value { return s.vars[name] }

func (s *State) top() *frame { return &s.stack[len(s.stack)-1] }
