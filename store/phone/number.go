package phone

import (
	"strings"
	"unicode/utf8"
)

// Kind is what sort of number it is.
type Kind string

// The kinds of numbers.
const (
	Mobile   Kind = "mobile"   // of the home country
	Fixed    Kind = "fixed"    // of the home country
	Short    Kind = "short"    // a service number such as 12348: many people behind it
	Foreign  Kind = "foreign"  // of another country
	Other    Kind = "other"    // fits no rule; kept as it came
	Withheld Kind = "withheld" // the caller did not show it
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{Mobile, Fixed, Short, Foreign, Other, Withheld} }

// Number is a telephone number in the one form used to find it again. Its text
// forms are blind, so that it cannot reach a log by accident; Dial gives it away.
type Number struct {
	Kind  Kind
	value string
}

// Dial gives the number in clear: E.164 with its plus sign, or "short:12348", or
// "raw:..." for what fits no rule; empty when withheld. Only for sealing, matching and dialling.
func (n Number) Dial() string { return n.value }

// Dialled gives the number as a telephone takes it, international first and then as at
// home; nothing for one that cannot be dialled. Like Dial it gives the number away.
func (n Number) Dialled() []string {
	home, own := strings.CutPrefix(n.value, "+"+country)
	switch {
	case n.Kind == Mobile && own:
		return []string{n.value, home}
	case n.Kind == Fixed && own:
		return []string{n.value, "0" + home}
	case n.Kind == Foreign:
		return []string{n.value, "00" + strings.TrimPrefix(n.value, "+")}
	case n.Kind == Short:
		return []string{strings.TrimPrefix(n.value, "short:")}
	}
	return nil
}

// Shared reports whether many unrelated people call with this number, so that it
// says nothing about who is calling.
func (n Number) Shared() bool { return n.Kind == Short || n.Kind == Withheld }

// Known reports whether there is a number at all.
func (n Number) Known() bool { return n.Kind != Withheld && n.value != "" }

// String names the kind of number, never the number.
func (n Number) String() string { return "number(" + string(n.Kind) + ")" }

// GoString hides the number from %#v as well.
func (n Number) GoString() string { return n.String() }

// MarshalText writes what String writes, for JSON and logs.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Mask shows a number the way a counselor may see it: the first three and the last
// four digits of a long number, nothing of any other.
func (n Number) Mask() string {
	digits := strings.TrimPrefix(n.value, "+86")
	digits = strings.TrimPrefix(digits, "+")
	if (n.Kind != Mobile && n.Kind != Foreign && n.Kind != Fixed) || len(digits) < 9 {
		return "****"
	}
	return digits[:3] + "****" + digits[len(digits)-4:]
}

// maxRaw is the most bytes kept of what fits no rule.
const maxRaw = 64

// cut shortens s to at most maxRaw bytes at a whole character.
func cut(s string) string {
	if len(s) <= maxRaw {
		return s
	}
	end := maxRaw
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
