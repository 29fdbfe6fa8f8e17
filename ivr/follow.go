package ivr

import "slices"

// maxVisits is how often a call may come to the node at which a loop begins.
// After that it goes to a person, and when it comes from there, it ends with a
// goodbye.
const maxVisits = 5

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
	if r.count(f.flow, way.to) > maxVisits {
		return r.follow(r.tired(way))
	}
	if r.state.turn.entered {
		r.leave(way)
	}
	f.node = way.to
	return false
}

// count counts a visit of a node at which a loop begins, or the person of its
// flow; other nodes are always at none.
func (r *Runner) count(f *Flow, node string) int {
	if !f.loops[node] {
		return 0
	}
	id := f.Name() + "/" + node
	r.state.loops[id]++
	return r.state.loops[id]
}

// tired is the way of a call that went round too often: a person, and if that
// is where it came from, a goodbye.
func (r *Runner) tired(way Way) Way {
	for _, f := range slices.Backward(r.state.stack) {
		if f.flow.Person.given() {
			person := f.flow.Name() + "/" + f.flow.Person.to
			if f.flow.Person == way || r.state.loops[person] >= maxVisits {
				return Way{kind: wayGoodbye}
			}
			return Way{kind: wayPerson}
		}
	}
	return Way{kind: wayGoodbye}
}

// unwind finds the nearest flow that says where a common key leads, and drops
// the flows inside it.
func (r *Runner) unwind(way Way) (Way, bool) {
	for i, f := range slices.Backward(r.state.stack) {
		target := map[wayKind]Way{wayPerson: f.flow.Person, wayMessage: f.flow.Message, wayGoodbye: f.flow.Goodbye}[way.kind]
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

// has tells whether a common key leads anywhere from here.
func (r *Runner) has(kind wayKind) bool {
	return slices.ContainsFunc(r.state.stack, func(f frame) bool {
		return map[wayKind]Way{wayPerson: f.flow.Person, wayMessage: f.flow.Message, wayGoodbye: f.flow.Goodbye}[kind].given()
	})
}

// push begins a flow inside the present one. What the flow says of its calls
// holds from here on for good.
func (r *Runner) push(f *Flow) {
	r.state.stack = append(r.state.stack, frame{flow: f, node: f.Start.text})
	r.count(f, f.Start.text)
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
