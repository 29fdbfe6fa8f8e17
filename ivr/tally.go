package ivr

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Tally counts where callers drop off: how many calls entered each node of each
// exact flow, left it, hung up there, and how long they stayed. The zero value
// is ready; it may be used by many calls at once.
type Tally struct {
	mu   sync.Mutex
	rows map[Where]*drop
}

// NodeCount is the count of one node.
type NodeCount struct {
	Where
	Entered int
	Left    int // went on
	HungUp  int // the caller ended the call there
	Median  time.Duration
}

// drop is a NodeCount being counted, with the latest times.
type drop struct {
	NodeCount
	times [recentVisits]time.Duration
	seen  int
}

// recentVisits is over how many visits a median is taken.
const recentVisits = 255

// Note counts an event; those that are no visit of a node are not counted.
func (t *Tally) Note(e Event) {
	if e.Kind != Entered && e.Kind != LeftNode {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	row := t.rows[e.Where]
	if row == nil {
		if t.rows == nil {
			t.rows = map[Where]*drop{}
		}
		row = &drop{NodeCount: NodeCount{Where: e.Where}}
		t.rows[e.Where] = row
	}
	switch {
	case e.Kind == Entered:
		row.Entered++
		return
	case e.HungUp:
		row.HungUp++
	default:
		row.Left++
	}
	row.times[row.seen%recentVisits] = e.Took
	row.seen++
}

// Rows lists the counts by flow, hash and node.
func (t *Tally) Rows() []NodeCount {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]NodeCount, 0, len(t.rows))
	for _, row := range t.rows {
		d := row.NodeCount
		d.Median = median(row.times[:min(row.seen, recentVisits)])
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b NodeCount) int {
		return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Node, b.Node))
	})
	return out
}

func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
