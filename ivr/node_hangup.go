package ivr

import "context"

// hangupNode says goodbye and ends the call. A caller who asks for a person
// during the last words still gets one.
type hangupNode struct {
	Hangup prompts  `flow:"hangup" doc:"the goodbye"`
	With   bindings `flow:"with,optional" doc:"which variable fills which value of the prompts"`
}

func (n *hangupNode) step(ctx context.Context, v *visit) (Way, error) {
	v.state.ahead = ""
	s, err := v.compose(n.Hangup, n.With)
	if err != nil {
		return Way{}, err
	}
	s.Expect = v.common("")
	if err := v.send(ctx, s); err != nil {
		return Way{}, err
	}
	typed := v.pending(1)
	if typed == "" {
		return Way{kind: wayEnd}, nil
	}
	key := Key(typed[0])
	v.state.turn.keys += typed
	return v.aside(ctx, key, Way{kind: wayEnd}, 2, promptWrong)
}
