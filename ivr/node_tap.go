package ivr

import "context"

// tapNode asks somebody who cannot speak: 1 is yes, 2 is no, 5 is danger now.
// The call is marked silent, and danger is marked the moment it is keyed.
type tapNode struct {
	Tap     prompts `flow:"tap" doc:"the question"`
	Yes     Way     `flow:"yes" doc:"key 1"`
	No      Way     `flow:"no" doc:"key 2"`
	Danger  Way     `flow:"danger" doc:"key 5"`
	Silence Way     `flow:"silence" doc:"no key, or none that means something, twice"`
}

func (n *tapNode) step(ctx context.Context, v *visit) (Way, error) {
	v.mark(Marks{}.With(Silent))
	key, way, err := v.ask(ctx, question{prompts: n.Tap, keys: "125", silence: n.Silence, wrong: n.Silence, tries: 2})
	if err != nil || key == NoKey {
		return way, err
	}
	answer, way := "yes", n.Yes
	switch key {
	case '2':
		answer, way = "no", n.No
	case '5':
		answer, way = "danger", n.Danger
		v.mark(Marks{}.With(Danger))
	default:
	}
	v.note(Event{Kind: Tapped, Value: answer})
	return way, nil
}
