package ivr

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// consentNode reads a legal text to its last word and takes the answer: 1
// agrees, 2 does not. What was read, in which language, which key came when:
// all of it is filed as the proof.
type consentNode struct {
	Consent label    `flow:"consent" doc:"what is consented to"`
	Say     prompts  `flow:"say" doc:"the text; always heard whole"`
	With    bindings `flow:"with,optional" doc:"which variable fills which value of the prompts"`
	Again   yes      `flow:"again,optional" doc:"key 3 hears it again"`
	Agreed  Way      `flow:"agreed" doc:"key 1"`
	Refused Way      `flow:"refused" doc:"key 2"`
	Silence Way      `flow:"silence" doc:"no key, twice; it is no consent"`
	Wrong   Way      `flow:"wrong" doc:"keys without a meaning, twice"`
}

func (n *consentNode) step(ctx context.Context, v *visit) (Way, error) {
	text, err := v.compose(n.Say, n.With)
	if err != nil {
		return Way{}, err
	}
	text.Keys = Drop
	keys := "12"
	if n.Again {
		keys += "3"
	}
	began := v.call.Now()
	key, way, err := v.ask(ctx, question{each: []Saying{text}, keys: keys, silence: n.Silence, wrong: n.Wrong, tries: 2})
	if err != nil || key == NoKey {
		return way, err
	}
	if key == '3' {
		return v.aside(ctx, KeyAgain, n.Wrong, 2, promptWrong)
	}
	answer, way := "agreed", n.Agreed
	if key == '2' {
		answer, way = "refused", n.Refused
	}
	v.note(Event{Kind: Agreed, Name: n.Consent.text, Value: answer, Consent: &Consent{
		Prompts: text.Prompts, Hash: n.hash(v), Key: key, Read: v.call.Now().Sub(began), Times: n.times(v),
	}})
	return way, nil
}

// hash identifies the exact words read.
func (n *consentNode) hash(v *visit) string {
	h := sha256.New()
	for _, p := range n.Say {
		entry, _ := v.flow.edition.prompts.Prompt(p.text)
		h.Write([]byte(entry.Text(v.state.lang)))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// times is how often the text was read in this visit.
func (n *consentNode) times(v *visit) int {
	return 1 + v.state.turn.silence + v.state.turn.wrong + v.state.turn.again
}
