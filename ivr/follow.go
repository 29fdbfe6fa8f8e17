package ivr

import "slices"

// maxRounds is how often a call may come, in one flow, to nodes at which loops
// begin. After that it goes where the flow sends tired callers, which is the
// person unless it says otherwise, and then to the goodbye.
const maxRounds = 4

// lastRounds are the visits of the person beyond maxRounds.
const lastRounds = 1

// follow takes a way out of the node the call is at and tells when the call is
// over.
func (r *Runner) follow(way Way) (done bool) {
	for {
		switch way.kind {
		case wayStay:
			return false
		case wayEnd:
			r.leave(way)
			return r.end("hangup")
		case wayNode:
			return r.goTo(way)
		case wayCall:
			r.leave(way)
			r.push(r.top.edition.flows[way.to])
			return false
		case wayReturn:
			r.leave(way)
			caller, ended := r.pop(way.to)
			if ended {
				return true
			}
			way = caller
		case wayPerson, wayMessage, wayGoodbye:
			inherited, ok := r.unwind(way)
			if !ok {
				return r.end(way.String())
			}
			way = inherited
		case wayNone:
			way = Way{kind: wayPerson}
		}
	}
}

// goTo enters a node of the flow the call is in, unless it went round too often.
func (r *Runner) goTo(way Way) (done bool) {
	f := r.state.top()
	if f.flow.loops[way.to] {
		if !r.round(f.flow, way) {
			return r.follow(r.tired(f.flow, way))
		}
		r.state.count(f.flow.Name())
	}
	if r.state.turn.entered {
		r.leave(way)
	}
	f.node = way.to
	return false
}

// round tells whether a call may come to a node at which a loop begins once
// more.
func (r *Runner) round(f *Flow, way Way) bool {
	rounds := r.state.loops[f.Name()]
	return rounds < maxRounds || way.to == f.Person.to && rounds < maxRounds+lastRounds
}

// tired is the way of a call that went round too often.
func (r *Runner) tired(f *Flow, way Way) Way {
	if f.Tired.given() && way.to != f.Tired.to {
		return f.Tired
	}
	if way.to != f.Person.to && r.open(wayPerson) {
		return Way{kind: wayPerson}
	}
	return Way{kind: wayGoodbye}
}

// open tells whether a common key leads anywhere from here, and the call has
// not gone there too often.
func (r *Runner) open(kind wayKind) bool {
	for _, f := range slices.Backward(r.state.stack) {
		if way := f.flow.common(kind); way.given() {
			return way.kind != wayNode || !f.flow.loops[way.to] || r.round(f.flow, way)
		}
	}
	return false
}

// common is the flow's own way for a common key.
func (f *Flow) common(kind wayKind) Way {
	switch kind {
	case wayPerson:
		return f.Person
	case wayMessage:
		return f.Message
	default:
		return f.Goodbye
	}
}

// unwind finds the nearest flow that says where a common key leads, and drops
// the flows inside it.
func (r *Runner) unwind(way Way) (Way, bool) {
	for i, f := range slices.Backward(r.state.stack) {
		target := f.flow.common(way.kind)
		if !target.given() {
			continue
		}
		if i < len(r.state.stack)-1 {
			if r.state.turn.entered {
				r.leave(way)
			}
			r.state.stack = r.state.stack[:i+1]
		}
		return target, true
	}
	return Way{}, false
}

// push begins a flow inside the present one. What the flow says of its calls
// holds from here on for good.
func (r *Runner) push(f *Flow) {
	r.state.stack = append(r.state.stack, frame{flow: f, node: f.Start.text})
	if f.loops[f.Start.text] {
		r.state.count(f.Name())
	}
	if f.Timers == "slow" {
		r.state.slow = true
	}
	if !slices.Contains(f.Languages, r.state.lang) {
		r.state.lang = f.Languages[0]
	}
	var m Marks
	if f.Protected() {
		m = m.With(Minor)
	}
	if f.Private() {
		m = m.With(Private)
	}
	r.mark(m)
}

// pop ends the innermost flow with an outcome and finds the way its caller has
// for it.
func (r *Runner) pop(outcome string) (way Way, ended bool) {
	if len(r.state.stack) == 1 {
		return Way{}, r.end(outcome)
	}
	r.state.stack = r.state.stack[:len(r.state.stack)-1]
	f := r.state.top()
	call, _ := f.flow.nodes[f.node].Node.(*flowNode)
	if call == nil {
		return Way{kind: wayPerson}, false
	}
	way, ok := call.On.find(outcome)
	if !ok {
		way = Way{kind: wayPerson}
	}
	return way, false
}

func (r *Runner) end(outcome string) bool {
	r.outcome = outcome
	r.note(Event{Kind: FlowEnded, Value: outcome})
	return true
}
