package ivr

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Call is what is known when a flow begins.
type Call struct {
	Line   string // the number dialled
	Caller Caller
	Lang   Lang // the caller's own language, when known
	Slow   bool // longer timers
	Marks  Marks
	Vars   map[string]Value // what the flow is given
	Desk   Desk
	Now    func() time.Time // time.Now when nil
	Zone   *time.Location   // in which times are said; each in its own when nil
}

// Result is how a flow ended.
type Result struct {
	Flow    string
	Hash    string
	Outcome string // "hangup" when it spoke its goodbye, else how a part or leg ended
	Lang    Lang
	Marks   Marks
	Vars    map[string]Value
}

// ErrStuck means that after faults of ours a flow has no person to send the
// caller to: the switchboard must find one itself.
var ErrStuck = errors.New("ivr: the flow cannot go on")

// maxTrouble is how many faults of ours a flow answers with its person before
// it gives up.
const maxTrouble = 3

// Run walks a flow on a phone until it ends or the caller leaves; then the
// error is the cause of the context's end. Any other error means the caller is
// still there and needs a person.
func Run(ctx context.Context, f *Flow, phone Phone, call Call) (Result, error) {
	r := NewRunner(f, phone, call)
	for {
		done, err := r.Step(ctx)
		if done || err != nil {
			return r.Result(), err
		}
	}
}

// Runner runs a flow step by step. Run is what calls need; the steps are for
// proof and rehearsal.
type Runner struct {
	top     *Flow
	phone   Phone
	call    Call
	state   State
	outcome string
	beside  bool // runs beside a wait: its end by ctx is not the caller's leaving
}

// NewRunner puts a call at the start of a flow.
func NewRunner(f *Flow, phone Phone, call Call) *Runner {
	if call.Now == nil {
		call.Now = time.Now
	}
	r := &Runner{top: f, phone: phone, call: call, state: State{
		lang: f.Languages[0], slow: call.Slow, marks: call.Marks, vars: maps.Clone(call.Vars),
	}}
	if slices.Contains(f.Languages, call.Lang) {
		r.state.lang, r.state.chosen = call.Lang, true
	}
	r.push(f)
	return r
}

// State is a copy of where the call stands.
func (r *Runner) State() State { return r.state.Clone() }

// Key is the key of the present state.
func (r *Runner) Key() string { return r.state.Key() }

// Restore goes back, or over, to a state of the same flow.
func (r *Runner) Restore(s State) { r.state = s.Clone() }

// Result is how the call stands, and how it ended when it has.
func (r *Runner) Result() Result {
	return Result{
		Flow: r.top.Name(), Hash: r.top.hash, Outcome: r.outcome,
		Lang: r.state.lang, Marks: r.state.marks, Vars: maps.Clone(r.state.vars),
	}
}

// Step does one turn of the node the call is at. It tells when the flow has
// ended.
func (r *Runner) Step(ctx context.Context) (done bool, err error) {
	if ctx.Err() != nil {
		return true, r.hungUp(ctx)
	}
	r.enter()
	f := r.state.top()
	v := &visit{Runner: r, flow: f.flow}
	way, err := f.flow.nodes[f.node].step(ctx, v)
	if ctx.Err() != nil {
		return true, r.hungUp(ctx)
	}
	if err != nil {
		way, err = r.recover(ctx, err)
		if err != nil {
			return true, err
		}
	}
	return r.follow(way), nil
}

// enter files the beginning of a visit, once.
func (r *Runner) enter() {
	if r.state.turn.entered {
		return
	}
	r.state.turn = turn{entered: true}
	r.state.top().begun = r.call.Now()
	r.note(Event{Kind: Entered})
}

// hungUp files the end of a visit by the caller's leaving.
func (r *Runner) hungUp(ctx context.Context) error {
	if r.state.turn.entered {
		r.note(Event{Kind: LeftNode, Keys: r.state.turn.keys, Took: r.took(), HungUp: !r.beside})
	}
	return context.Cause(ctx)
}

func (r *Runner) took() time.Duration { return r.call.Now().Sub(r.state.top().begun) }

// leave files the end of a visit.
func (r *Runner) leave(way Way) {
	r.note(Event{Kind: LeftNode, Way: way.String(), Keys: r.state.turn.keys, Took: r.took()})
	r.state.turn = turn{}
}

// note files an event of the node the call is at.
func (r *Runner) note(e Event) {
	if len(r.state.stack) > 0 {
		e.Where = r.state.Where()
	}
	e.Lang = r.state.lang
	r.phone.Note(e)
}

// recover answers a fault of ours: the caller hears that the call is not lost
// and goes to a person. After too many faults, or when the flow has sent the
// caller there often enough, the switchboard takes over.
func (r *Runner) recover(ctx context.Context, fault error) (Way, error) {
	r.state.trouble++
	r.note(Event{Kind: FaultEvent, Value: fault.Error()})
	if r.state.trouble > maxTrouble || !r.open(wayPerson) {
		return Way{}, fmt.Errorf("%w at %s: %w", ErrStuck, r.state.Where().Node, fault)
	}
	v := &visit{Runner: r, flow: r.state.top().flow}
	_ = v.play(ctx, r.words(promptSorry), nil)
	if ctx.Err() != nil {
		return Way{}, r.hungUp(ctx)
	}
	return Way{kind: wayPerson}, nil
}

// mark adds marks to the call and files them.
func (r *Runner) mark(m Marks) {
	joined := r.state.marks.Join(m)
	if joined == r.state.marks {
		return
	}
	r.state.marks = joined
	r.note(Event{Kind: Marked, Name: m.String()})
}
