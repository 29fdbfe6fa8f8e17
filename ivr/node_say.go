package ivr

import "context"

// sayNode says prompts and goes on. A key pressed meanwhile stops the words
// and belongs to the next question.
type sayNode struct {
	Say  prompts  `flow:"say" doc:"what is said, in order"`
	With bindings `flow:"with,optional" doc:"which variable fills which value of the prompts"`
	Then Way      `flow:"then" doc:"the next node"`
}

func (n *sayNode) step(ctx context.Context, v *visit) (Way, error) {
	return n.Then, v.play(ctx, n.Say, n.With)
}
