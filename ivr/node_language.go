package ivr

import (
	"context"
	"slices"

	"hotline/ivr/source"
)

// languageNode lets the caller choose a language, each named in itself. Without
// a key the present language stays.
type languageNode struct {
	Language asking `flow:"language" doc:"if-unknown: not when the caller's language is known; always: every time"`
	Wait     span   `flow:"wait,optional" doc:"time for the key (5s, or 15s with slow timers)"`
	Then     Way    `flow:"then" doc:"the next node"`
}

// asking says when a question is put.
type asking string

func (o *asking) read(r *reader, n *source.Node) {
	*o = asking(choose(r, n, "if-unknown", "always"))
}
func (o *asking) shape() schema { return oneOfWords("if-unknown", "always") }

func (n *languageNode) step(ctx context.Context, v *visit) (Way, error) {
	if v.state.chosen && n.Language == "if-unknown" || len(v.flow.Languages) < 2 {
		return n.Then, nil
	}
	sayings, err := v.languageSayings()
	if err != nil {
		return Way{}, err
	}
	key, way, err := v.ask(ctx, question{
		each: sayings, keys: v.languageKeys(), silence: n.Then, wrong: n.Then, tries: 1, wait: n.Wait, optional: true,
	})
	if err != nil || key == NoKey {
		return way, err
	}
	if lang := langKeys()[key]; slices.Contains(v.flow.Languages, lang) {
		v.speakIn(lang)
	}
	return n.Then, nil
}
