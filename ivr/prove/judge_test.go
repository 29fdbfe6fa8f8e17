package prove

import (
	"math/big"
	"slices"
	"testing"
)

func TestOracleMakesEveryChoice(t *testing.T) {
	var o oracle
	var runs [][]uint8
	for told, more := []uint8(nil), true; more; told, more = o.next() {
		o.begin(told)
		// The second choice is there only after the first came out 1.
		if o.choose(2) == 1 {
			o.choose(3)
		}
		runs = append(runs, slices.Clone(o.taken))
	}
	want := [][]uint8{{0}, {1, 0}, {1, 1}, {1, 2}}
	if !slices.EqualFunc(runs, want, slices.Equal[[]uint8]) {
		t.Errorf("runs %v, want %v", runs, want)
	}
}

// hand makes a graph by hand: for each vertex the vertices its edges lead to.
func hand(edges ...[]int32) *graph {
	g := &graph{facts: newFacts(), starts: []start{{}}}
	none := g.facts.list(nil)
	g.begin = [][]int32{nil}
	for _, to := range edges {
		var v vertex
		for _, t := range to {
			v.edges = append(v.edges, edge{to: t, facts: none})
		}
		g.vertices = append(g.vertices, v)
	}
	return g
}

func TestCount(t *testing.T) {
	// Two ways to the middle, three from there, one past it.
	paths, loop := hand([]int32{1, 1, ended}, []int32{ended, ended, 2}, []int32{ended}).count()
	if loop != nil || paths.Int64() != 7 {
		t.Errorf("%v paths, loop %v", paths, loop)
	}
	// The middle leads back to the start.
	if _, loop := hand([]int32{ended, 1}, []int32{ended, 2}, []int32{0}).count(); !slices.Equal(loop, []int32{1, 1, 0}) {
		t.Errorf("the way round is %v", loop)
	}
}

func TestGrouped(t *testing.T) {
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for want, n := range map[string]*big.Int{"0": big.NewInt(0), "999": big.NewInt(999), "1,000": big.NewInt(1000), "12,345,678": big.NewInt(12345678), "1.23 x 10^29": big1} {
		if got := grouped(n); got != want {
			t.Errorf("%v is written %s, want %s", n, got, want)
		}
	}
}
