package prove

import "math/big"

// count is the number of paths of a graph, from its starts to the end of the
// call. When a path comes back to a state it has been in, there is no end: loop
// is then such a path.
func (g *graph) count() (paths *big.Int, loop []int32) {
	const inside, done = 1, 2
	state := make([]uint8, len(g.vertices))
	sums := make([]*big.Int, len(g.vertices))
	total := new(big.Int)
	type visit struct{ vertex, edge int32 }
	for s := range g.starts {
		stack := []visit{{int32(s), 0}}
		state[s] = max(state[s], inside)
		for len(stack) > 0 && sums[s] == nil {
			top := &stack[len(stack)-1]
			edges := g.vertices[top.vertex].edges
			if int(top.edge) == len(edges) {
				sums[top.vertex] = g.sum(top.vertex, sums)
				state[top.vertex] = done
				stack = stack[:len(stack)-1]
				continue
			}
			to := edges[top.edge].to
			top.edge++
			if to == ended || state[to] == done {
				continue
			}
			if state[to] == inside {
				for _, v := range stack {
					loop = append(loop, v.edge-1)
				}
				return total, loop
			}
			state[to] = inside
			stack = append(stack, visit{to, 0})
		}
		total.Add(total, sums[s])
	}
	return total, nil
}

func (g *graph) sum(vertex int32, sums []*big.Int) *big.Int {
	n := new(big.Int)
	for _, e := range g.vertices[vertex].edges {
		if e.to == ended {
			n.Add(n, big.NewInt(1))
			continue
		}
		n.Add(n, sums[e.to])
	}
	return n
}
