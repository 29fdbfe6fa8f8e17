package ivr

import (
	"context"
	"fmt"
	"slices"
)

// changeLanguage lets the caller choose a language, each named in itself. A
// person and a message can be asked for here as everywhere; anything else leaves
// the language as it is.
func (v *visit) changeLanguage(ctx context.Context) (Way, error) {
	stay := Way{kind: wayStay}
	sayings, err := v.languageSayings()
	if err != nil {
		return stay, err
	}
	for _, s := range sayings {
		if err := v.send(ctx, s); err != nil {
			return stay, err
		}
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(0), Next: v.next(), Max: 1, Typed: v.pending(1), Expect: v.languageKeys() + v.leaving(), Optional: true, Marks: v.state.marks,
	})
	if err != nil || in.Keys == "" {
		return stay, err
	}
	v.state.turn.keys += in.Keys
	key := Key(in.Keys[0])
	if lang, ok := langKeys()[key]; ok && slices.Contains(v.flow.Languages, lang) {
		v.speakIn(lang)
	}
	if key.in(v.leaving()) {
		return map[Key]Way{KeyPerson: {kind: wayPerson}, KeyMessage: {kind: wayMessage}}[key], nil
	}
	return stay, nil
}

// leaving are the common keys that lead out of a question.
func (v *visit) leaving() string {
	keys := ""
	for _, k := range []Key{KeyPerson, KeyMessage} {
		if v.means(k) {
			keys += k.String()
		}
	}
	return keys
}

// languageSayings say each language's key in that language.
func (v *visit) languageSayings() ([]Saying, error) {
	out := make([]Saying, 0, len(v.flow.Languages))
	for _, lang := range v.flow.Languages {
		s, ok := v.flow.edition.whole[lang][promptLang]
		if !ok {
			return nil, fmt.Errorf("say %s: no words in %s", promptLang, lang)
		}
		s.Marks = v.state.marks
		out = append(out, s)
	}
	return out, nil
}

func (v *visit) languageKeys() string {
	keys := ""
	for _, k := range []Key{'1', '2', '3'} {
		if slices.Contains(v.flow.Languages, langKeys()[k]) {
			keys += k.String()
		}
	}
	return keys
}

// speakIn goes on in a language the caller has chosen.
func (v *visit) speakIn(lang Lang) {
	v.state.lang, v.state.chosen = lang, true
	v.note(Event{Kind: Spoke, Value: string(lang)})
}
