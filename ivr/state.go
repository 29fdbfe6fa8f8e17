package ivr

import (
	"maps"
	"slices"
	"strconv"
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
	loops   map[string]int       // visits of the nodes at which loops begin, and wrong codes
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
	take    string // the recording just made
	memo    map[string]Value
}

// Clone is a copy that shares nothing with the original that may change.
func (s State) Clone() State {
	s.stack = slices.Clone(s.stack)
	s.vars = maps.Clone(s.vars)
	s.loops = maps.Clone(s.loops)
	s.turn.memo = maps.Clone(s.turn.memo)
	s.since = maps.Clone(s.since)
	return s
}

// Key tells states apart: two states with one key behave alike from here on,
// but for the time, the language and the values only spoken or passed on: what
// no node ahead compares is left out.
func (s State) Key() string {
	b := make([]byte, 0, 128)
	frames := s.stack[s.outermost():]
	for _, f := range frames {
		b = append(b, f.flow.Name()...)
		b = append(b, '/')
		b = append(b, f.node...)
		b = append(b, '>')
	}
	t, marks := s.turn, s.marks.bits
	if !lives(frames, func(l live) bool { return l.survey }) {
		marks &= Minor | Private
	}
	b = append(b, byte('a'+t.stage), byte('a'+t.silence), byte('a'+t.wrong), byte('a'+t.again), byte('a'+s.trouble), byte(marks))
	b = append(b, s.ahead...)
	if t.entered {
		b = append(b, 'e')
	}
	if s.chosen && lives(frames, func(l live) bool { return l.language }) {
		b = append(b, 'c')
	}
	b = appendMap(b, t.memo, func(string) bool { return true }, Value.count)
	b = appendMap(b, s.vars, func(name string) bool { return lives(frames, func(l live) bool { return l.vars[name] }) }, Value.Text)
	b = appendMap(b, s.loops, func(name string) bool { return lives(frames, func(l live) bool { return l.loops[name] }) }, strconv.Itoa)
	return string(b)
}

// outermost is the outermost flow the call can still come back to: one that
// never returns and answers every common key itself hides those around it.
func (s State) outermost() int {
	for i, f := range slices.Backward(s.stack) {
		if f.flow.closed() {
			return i
		}
	}
	return 0
}

func lives(frames []frame, is func(live) bool) bool {
	for _, f := range frames {
		if is(f.flow.live[f.node]) {
			return true
		}
	}
	return false
}

// appendMap writes the entries of a map in order, those that are live; without
// text only their names.
func appendMap[V any](b []byte, m map[string]V, live func(string) bool, text func(V) string) []byte {
	b = append(b, '|')
	if len(m) == 0 {
		return b
	}
	var names [16]string
	kept := names[:0]
	for name := range m {
		if live(name) {
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	for _, name := range kept {
		b = append(b, name...)
		if text != nil {
			b = append(b, '=')
			b = append(b, text(m[name])...)
		}
		b = append(b, ';')
	}
	return b
}

// Where is the innermost node.
func (s State) Where() Where {
	if len(s.stack) == 0 {
		return Where{}
	}
	f := s.stack[len(s.stack)-1]
	return Where{Flow: f.flow.Name(), Hash: f.flow.hash, Node: f.node, Kind: f.flow.Kind(f.node)}
}

// set fills a variable.
func (s *State) set(name string, value Value) {
	if s.vars == nil {
		s.vars = map[string]Value{}
	}
	s.vars[name] = value
}

// enter remembers when the caller first entered a queue.
func (s *State) enter(queue string, now time.Time) {
	if s.since == nil {
		s.since = map[string]time.Time{}
	}
	if s.since[queue].IsZero() {
		s.since[queue] = now
	}
}

// count adds one to a counter.
func (s *State) count(name string) int {
	if s.loops == nil {
		s.loops = map[string]int{}
	}
	s.loops[name]++
	return s.loops[name]
}

// Trouble is how many faults of ours the call has met.
func (s State) Trouble() int { return s.trouble }

// Lang is the language being spoken.
func (s State) Lang() Lang { return s.lang }

// Marks are the marks of the call.
func (s State) Marks() Marks { return s.marks }

// Var is a variable's value; a variable nobody has filled has no sort.
func (s State) Var(name string) Value { return s.vars[name] }

func (s *State) top() *frame { return &s.stack[len(s.stack)-1] }
