package ivr

import (
	"fmt"
	"strings"
	"time"

	"hotline/ivr/catalogue"
	"hotline/ivr/spoken"
)

// sentence composes a saying from prompts and values in one language.
type sentence struct {
	edition *Edition
	lang    Lang
	zone    *time.Location // nil: each time in its own
	value   func(name string) Value
	saying  Saying
	text    strings.Builder
}

// Saying composes prompts outside of a flow, such as what is whispered to a
// counselor, or what a counselor plays.
func (e *Edition) Saying(lang Lang, vars map[string]Value, ids ...string) (Saying, error) {
	s := sentence{edition: e, lang: lang, value: func(name string) Value { return vars[name] }}
	for _, id := range ids {
		if err := s.add(id); err != nil {
			return Saying{}, err
		}
	}
	s.saying.Text = s.text.String()
	return s.saying, nil
}

// composeWhole composes the prompts without values once and for all.
func (e *Edition) composeWhole() {
	e.whole = map[Lang]map[string]Saying{}
	for _, lang := range spoken.Langs() {
		e.whole[lang] = map[string]Saying{}
		for _, id := range e.prompts.IDs() {
			p, _ := e.prompts.Prompt(id)
			if !p.Has(lang) || len(p.Vars) > 0 {
				continue
			}
			e.whole[lang][id], _ = e.Saying(lang, nil, id) // words and no values: nothing can be missing
		}
	}
}

// add says a prompt. A prompt that cannot be said whole is an error: half a
// sentence is worse than none.
func (s *sentence) add(id string) error {
	p, ok := s.edition.prompts.Prompt(id)
	if !ok || !p.Has(s.lang) {
		return fmt.Errorf("say %s: no words in %s", id, s.lang)
	}
	if p.Legal {
		s.saying.Keys = Drop
	}
	s.saying.Prompts = append(s.saying.Prompts, id)
	for _, segment := range p.Segments(s.lang) {
		if segment.Var == "" {
			s.part(segment.Audio, segment.Text)
			continue
		}
		if err := s.speak(p.Vars[segment.Var], s.value(segment.Var)); err != nil {
			return fmt.Errorf("say %s: value {%s}: %w", id, segment.Var, err)
		}
	}
	s.text.WriteString(" ")
	return nil
}

func (s *sentence) part(id, text string) {
	s.saying.Parts = append(s.saying.Parts, Part{Lang: s.lang, ID: id})
	s.text.WriteString(text)
}

func (s *sentence) speak(kind catalogue.Kind, v Value) error {
	if v.sort != sortOf(kind) {
		return fmt.Errorf("a %s cannot be said as %s", v.sort, kind)
	}
	switch kind {
	case catalogue.Phrase:
		return s.phrases(v)
	case catalogue.Clip:
		s.clip(v.text)
		return nil
	default:
		if t := v.Time(); s.zone != nil && !t.IsZero() {
			v = Instant(t.In(s.zone))
		}
		s.text.WriteString(written(kind, v))
		for _, id := range s.grammar(kind, v) {
			s.saying.Parts = append(s.saying.Parts, Part{Lang: s.lang, ID: "parts/" + id})
		}
		return nil
	}
}

// phrases says prompts as words within another.
func (s *sentence) phrases(v Value) error {
	for i, id := range strings.Fields(v.text) {
		p, ok := s.edition.prompts.Prompt(id)
		if !ok || !p.Has(s.lang) || len(p.Vars) > 0 {
			return fmt.Errorf("%s is no phrase in %s", id, s.lang)
		}
		if i > 0 {
			s.text.WriteString(", ")
		}
		s.part(id, strings.TrimRight(p.Text(s.lang), ".。"))
	}
	return nil
}

// clip says a recording: one of the catalogue, or one added later to the
// library, of which there are no words.
func (s *sentence) clip(id string) {
	if p, ok := s.edition.prompts.Prompt(id); ok && p.Has(s.lang) {
		s.part(id, p.Text(s.lang))
		return
	}
	s.part("clips/"+id, "["+id+"]")
}

// grammar turns a value into the ids of spoken parts.
func (s *sentence) grammar(kind catalogue.Kind, v Value) []string {
	switch kind {
	case catalogue.Cardinal:
		return spoken.Number(s.lang, v.n)
	case catalogue.Index:
		return spoken.Index(s.lang, v.n)
	case catalogue.Ordinal:
		return spoken.Ordinal(s.lang, int(v.n))
	case catalogue.Reference:
		return spoken.Reference(s.lang, v.text)
	case catalogue.Date:
		return spoken.Date(s.lang, v.Time())
	case catalogue.Weekday:
		return spoken.Weekday(s.lang, v.Time())
	case catalogue.Clock:
		return spoken.Clock(s.lang, v.Time())
	case catalogue.DateTime:
		return spoken.DateTime(s.lang, v.Time())
	case catalogue.Duration:
		return spoken.Duration(s.lang, time.Duration(v.n))
	case catalogue.Money:
		return spoken.Money(s.lang, v.n)
	case catalogue.Amount:
		return spoken.Amount(s.lang, v.n)
	default:
		return spoken.Digits(s.lang, v.text)
	}
}

// written is the value as a screen shows it.
func written(kind catalogue.Kind, v Value) string {
	switch kind {
	case catalogue.Date:
		return v.Time().Format("2 January")
	case catalogue.Weekday:
		return v.Time().Format("Monday")
	case catalogue.Clock:
		return v.Time().Format("15:04")
	case catalogue.DateTime:
		return v.Time().Format("Monday 2 January 15:04")
	case catalogue.Money, catalogue.Amount:
		return fmt.Sprintf("%d.%02d", v.n/100, v.n%100)
	default:
		return v.Text()
	}
}
