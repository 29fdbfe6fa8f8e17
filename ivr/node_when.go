package ivr

import "context"

// whenNode compares a variable with words.
type whenNode struct {
	When variable `flow:"when" doc:"the variable"`
	Is   wordWays `flow:"is" doc:"the node behind each value"`
	Else Way      `flow:"else" doc:"any other value, or none"`
}

func (n *whenNode) step(_ context.Context, v *visit) (Way, error) {
	if way, ok := n.Is.find(v.state.vars[n.When.text].Text()); ok {
		return way, nil
	}
	return n.Else, nil
}
