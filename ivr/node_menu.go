package ivr

import "context"

// menuNode asks for one key. Silence and wrong keys are counted apart; neither
// ever ends the call.
type menuNode struct {
	Menu    prompts  `flow:"menu" doc:"what is said before the key; legal text counts keys only after its last word"`
	With    bindings `flow:"with,optional" doc:"which variable fills which value of the prompts"`
	Keys    keyWays  `flow:"keys" doc:"the node behind each key"`
	Silence Way      `flow:"silence" doc:"after as many questions without a key"`
	Wrong   Way      `flow:"wrong" doc:"after as many keys without a meaning"`
	Tries   tries    `flow:"tries,optional" doc:"how often it asks (2)"`
	Wait    span     `flow:"wait,optional" doc:"time for the first key (5s, or 15s with slow timers)"`
}

func (n *menuNode) step(ctx context.Context, v *visit) (Way, error) {
	key, way, err := v.ask(ctx, question{
		prompts: n.Menu, with: n.With, keys: n.Keys.keys(),
		silence: n.Silence, wrong: n.Wrong, tries: n.Tries, wait: n.Wait,
	})
	if err != nil || key == NoKey {
		return way, err
	}
	return n.Keys.way(key), nil
}
