package prove

import "slices"

// The state of a clause along a path: three bits.
const (
	awake   = 1 << iota // its after has happened
	settled             // its until has happened
	seen                // one of its ends has happened
	states  = 1 << iota
)

// roles of a fact in a clause: bits.
const (
	wakes = 1 << iota
	settles
	sleeps
	forbidden
	wanted
	endsIt
)

// judge is a clause over one graph.
type judge struct {
	clause Clause
	graph  *graph
	roles  []uint8 // by fact
}

func newJudge(c Clause, g *graph) *judge {
	j := &judge{clause: c, graph: g, roles: make([]uint8, len(g.facts.names))}
	for id, name := range g.facts.names {
		for role, patterns := range map[uint8][]string{
			wakes: c.After, settles: c.Until, sleeps: c.Reset, forbidden: c.Never, wanted: c.Leads, endsIt: c.Ends,
		} {
			if matches(patterns, name) {
				j.roles[id] |= role
			}
		}
	}
	return j
}

func (j *judge) first() uint8 {
	if len(j.clause.After) == 0 {
		return awake
	}
	return 0
}

// read takes the facts of a step; broken tells that one was forbidden.
func (j *judge) read(state uint8, facts []int32) (next uint8, broken bool) {
	for _, f := range facts {
		role := j.roles[f]
		switch {
		case state&settled != 0:
			return state, false
		case role == 0:
			continue
		case role&settles != 0:
			return state | settled, false
		case role&forbidden != 0 && state&awake != 0:
			return state, true
		}
		if role&endsIt != 0 {
			state |= seen
		}
		if role&(sleeps|wanted) != 0 {
			state &^= awake
		}
		if role&wakes != 0 {
			state |= awake
		}
	}
	return state, false
}

// over tells whether a path may end in a state.
func (j *judge) over(state uint8) bool {
	if state&settled != 0 {
		return true
	}
	if len(j.clause.Leads) > 0 && state&awake != 0 {
		return false
	}
	return len(j.clause.Ends) == 0 || state&seen != 0
}

// place is a vertex with the state of the clause there.
type place struct {
	vertex int32
	state  uint8
}

// origin is how a place was first reached.
type origin struct {
	from place
	edge int32
}

// counter finds a shortest path that breaks the clause, as the edges taken from
// a start, or nil when none does.
func (j *judge) counter() (start int32, path []int32) {
	origins := map[place]origin{}
	var queue []place
	for s := range j.graph.starts {
		state, broken := j.read(j.first(), j.graph.begin[s])
		p := place{int32(s), state}
		if broken {
			return int32(s), []int32{}
		}
		origins[p] = origin{edge: -1}
		queue = append(queue, p)
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for i, e := range j.graph.vertices[at.vertex].edges {
			state, broken := j.read(at.state, j.graph.facts.items[e.facts])
			if broken || e.to == ended && !j.over(state) {
				return back(origins, at, int32(i))
			}
			to := place{e.to, state}
			if _, known := origins[to]; e.to == ended || known {
				continue
			}
			origins[to] = origin{from: at, edge: int32(i)}
			queue = append(queue, to)
		}
	}
	return 0, nil
}

// back follows the origins from a place to a start.
func back(origins map[place]origin, at place, last int32) (start int32, path []int32) {
	path = []int32{last}
	for origins[at].edge >= 0 {
		path = append(path, origins[at].edge)
		at = origins[at].from
	}
	slices.Reverse(path)
	return at.vertex, path
}
