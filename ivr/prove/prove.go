package prove

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"sync"

	"hotline/ivr"
)

// Verdict is what became of one rule.
type Verdict struct {
	Rule    string
	Paths   *big.Int // over which it holds, or was looked at until it broke
	Flow    string   // that breaks it
	Counter []string // a shortest call that breaks it, as a script; nil when it holds
}

// Holds tells whether no path breaks the rule.
func (v Verdict) Holds() bool { return v.Counter == nil }

// Proof is what became of all rules.
type Proof struct {
	Verdicts []Verdict
	States   int
}

// Holds tells whether every rule does.
func (p *Proof) Holds() bool {
	return !slices.ContainsFunc(p.Verdicts, func(v Verdict) bool { return !v.Holds() })
}

// Write tells each verdict on a line, and each broken rule with the call that
// breaks it.
func (p *Proof) Write(w io.Writer) error {
	var b strings.Builder
	for _, v := range p.Verdicts {
		if v.Holds() {
			fmt.Fprintf(&b, "holds over %s paths: %s\n", grouped(v.Paths), v.Rule)
			continue
		}
		fmt.Fprintf(&b, "BROKEN by flow %s: %s\n", v.Flow, v.Rule)
		for _, line := range v.Counter {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// grouped writes a number in groups of three digits; a very large one by its
// power of ten.
func grouped(n *big.Int) string {
	digits := n.String()
	if len(digits) > 18 {
		return fmt.Sprintf("%s.%s x 10^%d", digits[:1], digits[1:3], len(digits)-1)
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// endless is the rule that is always there.
const endless = "every call ends"

// Run walks every flow that answers a line or runs on a leg, and judges the
// rules. The error tells that a walk could not be finished; a broken rule is a
// verdict.
func Run(ctx context.Context, e *ivr.Edition, rules []Rule) (*Proof, error) {
	p := &Proof{}
	p.Verdicts = append(p.Verdicts, Verdict{Rule: endless, Paths: new(big.Int)})
	for _, r := range rules {
		p.Verdicts = append(p.Verdicts, Verdict{Rule: r.Name, Paths: new(big.Int)})
	}
	graphs, err := walkAll(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, g := range graphs {
		p.States += len(g.vertices)
		p.judge(ctx, e, g, rules)
	}
	return p, nil
}

// walkAll walks the flows, as many at once as there are processors, and waits
// for all.
func walkAll(ctx context.Context, e *ivr.Edition) ([]*graph, error) {
	graphs := starts(e)
	errs := make([]error, len(graphs))
	turns := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, g := range graphs {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			errs[i] = walk(ctx, e, g)
		})
	}
	wg.Wait()
	return graphs, errors.Join(errs...)
}

func (p *Proof) judge(ctx context.Context, e *ivr.Edition, g *graph, rules []Rule) {
	paths, loop := g.count()
	p.Verdicts[0].take(g, paths, func() []string {
		if loop == nil {
			return nil
		}
		return append(g.tell(ctx, e, 0, loop), "# and so on, without an end")
	})
	for i, r := range rules {
		if !slices.ContainsFunc(r.Clauses, func(c Clause) bool { return c.about(g.flow) }) {
			continue
		}
		p.Verdicts[i+1].take(g, paths, func() []string { return g.broken(ctx, e, r) })
	}
}

// take adds a graph to a verdict; of several counter-examples the shortest
// stays.
func (v *Verdict) take(g *graph, paths *big.Int, counter func() []string) {
	v.Paths.Add(v.Paths, paths)
	lines := counter()
	if lines != nil && (v.Counter == nil || len(lines) < len(v.Counter)) {
		v.Flow, v.Counter = g.flow.Name(), lines
	}
}

// broken is a shortest call that breaks a rule, or nil.
func (g *graph) broken(ctx context.Context, e *ivr.Edition, r Rule) []string {
	var shortest []int32
	var from int32
	for _, c := range r.Clauses {
		if !c.about(g.flow) {
			continue
		}
		start, path := newJudge(c, g).counter()
		if path != nil && (shortest == nil || len(path) < len(shortest)) {
			shortest, from = path, start
		}
	}
	if shortest == nil {
		return nil
	}
	return g.tell(ctx, e, from, shortest)
}

// tell writes a path as a call. What the world must be like comes first.
func (g *graph) tell(ctx context.Context, e *ivr.Edition, start int32, path []int32) []string {
	var given, lines []string
	at := start
	for _, i := range path {
		edge := g.vertices[at].edges[i]
		for _, line := range g.replay(ctx, e, at, edge) {
			for _, l := range strings.Split(line, "\n") {
				switch {
				case !strings.HasPrefix(l, "given "):
					lines = append(lines, l)
				case !slices.Contains(given, l):
					given = append(given, l)
				}
			}
		}
		at = edge.to
	}
	opening := strings.Split(g.starts[start].opening, "\n")
	return slices.Concat(given, opening, lines)
}
