package ivr

import "context"

// flowNode runs another flow and goes on by its outcome. A flow without
// outcomes ends the call itself.
type flowNode struct {
	Flow flowName    `flow:"flow" doc:"the flow to run"`
	On   outcomeWays `flow:"on,optional" doc:"the node behind each of its outcomes"`
}

func (n *flowNode) step(context.Context, *visit) (Way, error) {
	return Way{kind: wayCall, to: n.Flow.text}, nil
}
