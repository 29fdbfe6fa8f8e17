package event

import (
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the most bytes kept of one text; more is cut. Texts come from the
// network (SIP reasons, Call-IDs), so none is trusted to be short or clean.
const maxText = 1024

// text is a short text: valid UTF-8 without control characters, which Postgres and
// every log can hold, at most maxText bytes.
func (c *codec) text(name string, v *string) {
	switch c.mode {
	case encoding:
		s := *v
		if !plain(s) {
			s = clean(s)
		}
		c.buf = binary.AppendUvarint(c.buf, uint64(len(s)))
		c.buf = append(c.buf, s...)
	case decoding:
		raw := c.sized(name)
		if !utf8.Valid(raw) {
			c.malformed(name)
		}
		*v = c.keep(raw)
	case showing:
		if *v != "" {
			c.key(name)
			c.buf = AppendString(c.buf, *v)
		}
	}
}

// keep makes a string of bytes, the one made before when there is one.
func (c *codec) keep(raw []byte) string {
	if len(raw) > longText {
		return string(raw)
	}
	text, ok := c.texts[string(raw)]
	if !ok {
		text = string(raw)
		c.texts[text] = text
	}
	return text
}

// path is a file below the data folder: relative, never leaving it.
func (c *codec) path(name string, v *string) {
	if c.mode == encoding && !filepath.IsLocal(*v) {
		c.invalid(name, "not a path inside the data folder")
		return
	}
	c.text(name, v)
}

// plain reports whether s is short printable ASCII without quotes or backslashes, as
// almost every text is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return len(s) <= maxText
}

// clean makes any bytes fit to be stored and shown: no invalid UTF-8, no control or
// direction-changing characters, cut at a whole character.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// AppendString writes s as a JSON string behind b.
func AppendString(b []byte, s string) []byte {
	if plain(s) {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...) // cannot happen: every string has a JSON form
	}
	return append(b, quoted...)
}
