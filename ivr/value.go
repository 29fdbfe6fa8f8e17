package ivr

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hotline/ivr/catalogue"
)

// Sort is what a variable holds; it decides how a prompt can speak it.
type Sort string

// The sorts of variables.
const (
	WordSort   Sort = "word"   // a plain word, only compared
	TextSort   Sort = "text"   // digits, a reference
	NumberSort Sort = "number" // a count
	TimeSort   Sort = "time"
	SpanSort   Sort = "span"   // a stretch of time
	CentsSort  Sort = "cents"  // money
	PhraseSort Sort = "phrase" // prompts of the catalogue, as words within another
	ClipSort   Sort = "clip"   // a recording
)

// Sorts lists every sort of variable.
func Sorts() []string {
	return []string{"word", "text", "number", "time", "span", "cents", "phrase", "clip"}
}

// Value is what a variable holds. Values are comparable. The zero value is no
// value.
type Value struct {
	sort Sort
	text string
	n    int64
}

// Word is a plain word, for comparing.
func Word(s string) Value { return Value{sort: WordSort, text: s} }

// Text is a string of digits or a reference.
func Text(s string) Value { return Value{sort: TextSort, text: s} }

// Number is a count.
func Number(n int64) Value { return Value{sort: NumberSort, n: n} }

// Instant is a time, kept to the second in its own zone.
func Instant(t time.Time) Value { return Value{sort: TimeSort, text: t.Format(time.RFC3339)} }

// Span is a stretch of time.
func Span(d time.Duration) Value { return Value{sort: SpanSort, n: int64(d)} }

// Cents is money in hundredths of a yuan.
func Cents(n int64) Value { return Value{sort: CentsSort, n: n} }

// Phrase is one or more prompts of the catalogue, said as words within another.
func Phrase(ids ...string) Value { return Value{sort: PhraseSort, text: strings.Join(ids, " ")} }

// ClipOf is a recording by its id.
func ClipOf(id string) Value { return Value{sort: ClipSort, text: id} }

// Sort tells what the value is; no value has none.
func (v Value) Sort() Sort { return v.sort }

// Text is the value of a word, text, phrase or clip as written, and of a
// number, span or sum in digits: what a when node compares.
func (v Value) Text() string {
	switch v.sort {
	case NumberSort, CentsSort:
		return strconv.FormatInt(v.n, 10)
	case SpanSort:
		return time.Duration(v.n).String()
	default:
		return v.text
	}
}

// Time is the value of a time; zero for every other sort.
func (v Value) Time() time.Time {
	t, _ := time.Parse(time.RFC3339, v.text)
	if v.sort != TimeSort {
		return time.Time{}
	}
	return t
}

// sortOf is the sort a prompt's kind of value can speak.
func sortOf(k catalogue.Kind) Sort {
	switch k {
	case catalogue.Cardinal, catalogue.Index, catalogue.Ordinal:
		return NumberSort
	case catalogue.Date, catalogue.Weekday, catalogue.Clock, catalogue.DateTime:
		return TimeSort
	case catalogue.Duration:
		return SpanSort
	case catalogue.Money, catalogue.Amount:
		return CentsSort
	case catalogue.Phrase:
		return PhraseSort
	case catalogue.Clip:
		return ClipSort
	default:
		return TextSort
	}
}

// ParseValue reads a value of a sort from text: a word, digits, a number, a
// time as RFC 3339, a span such as 5m, cents, phrases separated by commas, or
// a clip.
func ParseValue(sort Sort, text string) (Value, error) {
	switch sort {
	case NumberSort, CentsSort:
		n, err := strconv.ParseInt(text, 10, 64)
		return Value{sort: sort, n: n}, err
	case TimeSort:
		t, err := time.Parse(time.RFC3339, text)
		return Instant(t), err
	case SpanSort:
		d, err := time.ParseDuration(text)
		return Span(d), err
	case PhraseSort:
		return Phrase(strings.Split(text, ",")...), nil
	case WordSort, TextSort, ClipSort:
		return Value{sort: sort, text: text}, nil
	default:
		return Value{}, fmt.Errorf("a value of no known sort")
	}
}

// count is the value of a number, and nothing of any other sort: what a node
// may decide by among the things it remembers.
func (v Value) count() string {
	if v.sort != NumberSort {
		return ""
	}
	return v.Text()
}

func (s Sort) or(other Sort) Sort { return cmp.Or(s, other) }
