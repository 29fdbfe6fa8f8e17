package prove

// oracle makes choices: first those it is told to make, then always the first
// one. After a run it knows the next run in order, until all have been made.
type oracle struct {
	told  []uint8 // choices of this run to make
	taken []uint8 // choices made so far
	sizes []uint8 // among how many
}

// choose picks one of n.
func (o *oracle) choose(n int) int {
	pick := uint8(0)
	if i := len(o.taken); i < len(o.told) {
		pick = o.told[i]
	}
	o.taken = append(o.taken, pick)
	o.sizes = append(o.sizes, uint8(n))
	return int(pick)
}

// begin starts a run with the choices given.
func (o *oracle) begin(told []uint8) {
	o.told, o.taken, o.sizes = told, o.taken[:0], o.sizes[:0]
}

// next are the choices of the run after this one, or false after the last.
func (o *oracle) next() ([]uint8, bool) {
	for i := len(o.taken) - 1; i >= 0; i-- {
		if o.taken[i]+1 < o.sizes[i] {
			return append(append([]uint8(nil), o.taken[:i]...), o.taken[i]+1), true
		}
	}
	return nil, false
}
