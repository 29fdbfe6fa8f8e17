package prove

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"hotline/ivr"
)

// graph is every call one flow can have.
type graph struct {
	flow     *ivr.Flow
	call     ivr.Call
	starts   []start   // each is the vertex of its number
	begin    [][]int32 // facts that hold from each start
	vertices []vertex
	facts    *facts
}

// vertex is a state; the first ones are where calls begin.
type vertex struct {
	state ivr.State
	edges []edge
}

// edge is one step of a call: what happened in it, and where it leads.
type edge struct {
	to      int32 // ended for the end of the call
	facts   int32 // a list of facts
	choices []uint8
}

const ended = int32(-1)

// maxStates bounds a walk; flows are far below it.
const maxStates = 200_000

// ErrTooLarge means that a flow has more states than a walk takes.
var ErrTooLarge = errors.New("prove: the flow has too many states to walk")

// facts gives numbers to facts and to lists of facts.
type facts struct {
	ids   map[string]int32
	names []string
	lists map[string]int32
	items [][]int32
	key   []byte // of the list being looked up
}

func newFacts() *facts { return &facts{ids: map[string]int32{}, lists: map[string]int32{}} }

func (f *facts) id(name string) int32 {
	id, ok := f.ids[name]
	if !ok {
		id = int32(len(f.names))
		f.ids[name] = id
		f.names = append(f.names, name)
	}
	return id
}

func (f *facts) list(names []string) int32 {
	f.key = f.key[:0]
	for _, n := range names {
		f.key = binary.NativeEndian.AppendUint32(f.key, uint32(f.id(n)))
	}
	id, ok := f.lists[string(f.key)]
	if !ok {
		id = int32(len(f.items))
		f.lists[string(f.key)] = id
		list := make([]int32, len(names))
		for i, n := range names {
			list[i] = f.id(n)
		}
		f.items = append(f.items, list)
	}
	return id
}

// walk explores a flow begun with a call.
func walk(ctx context.Context, e *ivr.Edition, g *graph) error {
	w := &world{edition: e, flow: g.flow}
	g.call.Desk, g.call.Now = w.desk(), w.clock
	known := map[string]int32{}
	for i, s := range g.starts {
		g.call.Vars, w.facts = s.vars, nil
		first := ivr.NewRunner(g.flow, w, g.call)
		g.begin = append(g.begin, g.facts.items[g.facts.list(w.facts)])
		g.vertices = append(g.vertices, vertex{state: first.State()})
		known[first.Key()] = int32(i)
	}
	for at := 0; at < len(g.vertices); at++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(g.vertices) > maxStates {
			return fmt.Errorf("%w: %s", ErrTooLarge, g.flow.Name())
		}
		g.expand(ctx, w, at, known)
	}
	return nil
}

func (w *world) clock() time.Time { return w.now }

// expand makes every step that can follow a state.
func (g *graph) expand(ctx context.Context, w *world, at int, known map[string]int32) {
	seen := map[[2]int32]bool{}
	r := ivr.NewRunner(g.flow, w, g.call)
	for told, more := []uint8(nil), true; more; told, more = w.next() {
		r.Restore(g.vertices[at].state)
		w.begin(g.vertices[at].state, told)
		done, err := r.Step(ctx)
		if err != nil {
			done = true
			w.fact("switchboard")
			w.tell("# the switchboard finds a person itself")
		}
		e := edge{to: ended, facts: g.facts.list(w.facts)}
		if !done {
			e.to = g.vertexOf(r, known)
		}
		if id := [2]int32{e.to, e.facts}; !seen[id] {
			seen[id] = true
			e.choices = append([]uint8(nil), w.taken...)
			g.vertices[at].edges = append(g.vertices[at].edges, e)
		}
	}
}

func (g *graph) vertexOf(r *ivr.Runner, known map[string]int32) int32 {
	key := r.Key()
	id, ok := known[key]
	if !ok {
		id = int32(len(g.vertices))
		known[key] = id
		g.vertices = append(g.vertices, vertex{state: r.State()})
	}
	return id
}

// replay makes the step of an edge once more and tells it.
func (g *graph) replay(ctx context.Context, e *ivr.Edition, from int32, taken edge) []string {
	w := &world{edition: e, flow: g.flow, telling: true}
	call := g.call
	call.Desk, call.Now = w.desk(), w.clock
	r := ivr.NewRunner(g.flow, w, call)
	r.Restore(g.vertices[from].state)
	w.begin(g.vertices[from].state, taken.choices)
	_, _ = r.Step(ctx)
	return w.lines
}
