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
	if err := v.play(ctx, n.Hangup, n.With); err != nil {
		return Way{}, err
	}
	typed := v.pending(1)
	if typed == "" {
		return Way{kind: wayEnd}, nil
	}
	key := Key(typed[0])
	v.state.turn.keys += typed
	if key == KeyPerson && v.weary() {
		return Way{kind: wayEnd}, nil
	}
	return v.aside(ctx, key, Way{kind: wayEnd}, 2, promptWrong)
}

// weary tells whether the call has come to its person too often to be sent
// there again.
func (r *Runner) weary() bool {
	return r.tired(Way{kind: wayPerson}).kind == wayGoodbye
}
