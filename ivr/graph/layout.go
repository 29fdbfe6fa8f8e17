package graph

import (
	"cmp"
	"slices"
)

// layout says where boxes stand: each in a row, each row from left to right.
type layout struct {
	rows [][]int
	row  []int // of each box
	at   []int // of each box: its place in the row
}

// arrange puts boxes into rows below those that lead to them, and into an order
// within the row in which arrows cross little.
func arrange(d *drawing) *layout {
	l := &layout{row: rowsOf(d), at: make([]int, len(d.boxes))}
	for i, r := range l.row {
		for len(l.rows) <= r {
			l.rows = append(l.rows, nil)
		}
		l.rows[r] = append(l.rows[r], i)
	}
	l.number()
	for range 8 {
		l.sweep(d)
	}
	return l
}

// rowsOf gives each box the row after the lowest of those before it. Arrows
// that lead back are left out: those met while still inside a walk.
func rowsOf(d *drawing) []int {
	const inside, done = 1, 2
	next := make([][]int, len(d.boxes))
	for _, a := range d.arrows {
		next[a.from] = append(next[a.from], a.to)
	}
	state, order := make([]int, len(d.boxes)), []int{}
	forward := make([][]int, len(d.boxes))
	var walk func(int)
	walk = func(i int) {
		state[i] = inside
		for _, to := range next[i] {
			if state[to] == inside {
				continue
			}
			forward[i] = append(forward[i], to)
			if state[to] != done {
				walk(to)
			}
		}
		state[i] = done
		order = append(order, i)
	}
	for i, b := range d.boxes {
		if b.start {
			walk(i)
		}
	}
	for i := range d.boxes {
		if state[i] == 0 {
			walk(i)
		}
	}
	rows := make([]int, len(d.boxes))
	for _, i := range slices.Backward(order) {
		for _, to := range forward[i] {
			rows[to] = max(rows[to], rows[i]+1)
		}
	}
	return rows
}

func (l *layout) number() {
	for _, row := range l.rows {
		for i, b := range row {
			l.at[b] = i
		}
	}
}

// sweep orders each row by the middle of the boxes its arrows come from and go
// to.
func (l *layout) sweep(d *drawing) {
	sum, count := make([]float64, len(d.boxes)), make([]float64, len(d.boxes))
	for _, a := range d.arrows {
		sum[a.to] += l.middle(a.from)
		count[a.to]++
		sum[a.from] += l.middle(a.to)
		count[a.from]++
	}
	for _, row := range l.rows {
		slices.SortStableFunc(row, func(a, b int) int {
			return cmp.Compare(sum[a]/max(count[a], 1), sum[b]/max(count[b], 1))
		})
	}
	l.number()
}

// middle is how far from the centre of its row a box stands.
func (l *layout) middle(box int) float64 {
	return float64(l.at[box]) - float64(len(l.rows[l.row[box]])-1)/2
}
