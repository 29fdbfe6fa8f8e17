package ivr

import (
	"context"
	"slices"
)

// setNode gives words to variables, adds marks to the call, or changes its
// language or timers. Marks are never taken off.
type setNode struct {
	Set      setting  `flow:"set" doc:"words for variables; {} for none"`
	Mark     marking  `flow:"mark,optional" doc:"marks added for the rest of the call"`
	Language language `flow:"language,optional" doc:"the language spoken from here on"`
	Timers   timers   `flow:"timers,optional" doc:"slow: more time for every key from here on"`
	Then     Way      `flow:"then" doc:"the next node"`
}

func (n *setNode) gives() []declared {
	var out []declared
	for _, s := range n.Set {
		out = append(out, declared{s.name, WordSort})
	}
	return out
}

func (n *setNode) step(_ context.Context, v *visit) (Way, error) {
	for _, s := range n.Set {
		v.assign(s.name, Word(s.value), false)
	}
	v.mark(n.Mark.marks)
	if slices.Contains(v.flow.Languages, n.Language.lang) {
		v.speakIn(n.Language.lang)
	}
	if n.Timers != "" {
		v.state.slow = n.Timers == "slow"
	}
	return n.Then, nil
}
