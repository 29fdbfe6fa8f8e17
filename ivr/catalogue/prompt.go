package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"hotline/ivr/source"
	"hotline/ivr/spoken"
)

// Kind is how a value inside a prompt is spoken.
type Kind string

// The kinds of spoken values.
const (
	Cardinal  Kind = "cardinal"  // a quantity: 两位
	Index     Kind = "index"     // a number as a label: term two
	Ordinal   Kind = "ordinal"   // a place in line: 第二
	Digits    Kind = "digits"    // one by one, as in a telephone number
	Reference Kind = "reference" // letters and digits of a case number
	Date      Kind = "date"      // month and day
	Weekday   Kind = "weekday"
	Clock     Kind = "clock"    // time of day
	DateTime  Kind = "datetime" // date, weekday and time of day
	Duration  Kind = "duration"
	Money     Kind = "money"  // an amount with its unit
	Amount    Kind = "amount" // an amount whose unit is in the text
	Phrase    Kind = "phrase" // words with a sound of their own: prompts of the catalogue
	Clip      Kind = "clip"   // a recording by its id
)

// Kinds lists every kind a prompt may name.
func Kinds() []string {
	all := []Kind{Cardinal, Index, Ordinal, Digits, Reference, Date, Weekday, Clock, DateTime, Duration, Money, Amount, Phrase, Clip}
	names := make([]string, len(all))
	for i, k := range all {
		names[i] = string(k)
	}
	return names
}

// Prompt is something the hotline says.
type Prompt struct {
	ID       string
	At       source.Position
	Legal    bool   // cannot be barged into; a key counts only after the last word
	Whisper  bool   // heard by the counselor, never by the caller
	SpokenBy string // "counselor" when a person reads it: no recording is needed
	Vars     map[string]Kind

	texts    map[spoken.Lang]string
	segments map[spoken.Lang][]Segment
}

// Segment is a stretch of fixed words with its audio id, or a value to speak.
type Segment struct {
	Audio string // of fixed words
	Text  string // the fixed words
	Var   string // the name of a value; then Audio and Text are empty
}

// Text is what is written for a language, with values as {name}.
func (p *Prompt) Text(lang spoken.Lang) string { return p.texts[lang] }

// Has tells whether the prompt has words in a language.
func (p *Prompt) Has(lang spoken.Lang) bool { return p.texts[lang] != "" }

// Hash identifies the exact words of a language: the SHA-256 of the text, in
// hexadecimal. A stored consent names it.
func (p *Prompt) Hash(lang spoken.Lang) string {
	sum := sha256.Sum256([]byte(p.texts[lang]))
	return hex.EncodeToString(sum[:])
}

// Segments is the text of a language taken apart. Stretches in which nothing is
// said, such as a full stop after a value, are left out. The slice is shared and
// must not be changed.
func (p *Prompt) Segments(lang spoken.Lang) []Segment { return p.segments[lang] }

func (p *Prompt) split(lang spoken.Lang) []Segment {
	var out []Segment
	rest, count := p.texts[lang], 0
	for rest != "" {
		words, name, found := cutVar(rest)
		rest = rest[len(words):]
		if spokenWords(words) {
			count++
			out = append(out, Segment{Audio: fmt.Sprintf("%s.%d", p.ID, count), Text: words})
		}
		if found {
			rest = rest[len(name)+2:]
			out = append(out, Segment{Var: name})
		}
	}
	if len(out) == 1 && out[0].Var == "" {
		out[0].Audio = p.ID
	}
	return out
}

// cutVar finds the words before the first {name}. Other braces are words, of
// which the reader complains.
func cutVar(text string) (words, name string, found bool) {
	for from := 0; ; {
		open := strings.IndexByte(text[from:], '{')
		if open < 0 {
			return text, "", false
		}
		open += from
		length := strings.IndexByte(text[open:], '}')
		if length > 1 && strings.Trim(text[open+1:open+length], "abcdefghijklmnopqrstuvwxyz_") == "" {
			return text[:open], text[open+1 : open+length], true
		}
		from = open + 1
	}
}

func spokenWords(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
