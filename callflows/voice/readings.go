package voice

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

//go:embed readings.yaml
var readingsFile []byte // table

// pauseMark in a text is a pause of pauseLength; two of them last twice as long.
const (
	pauseMark   = "…"
	pauseLength = 700 * time.Millisecond
	// partPause is the pause that is a part by itself, between groups of digits.
	partPause = 180 * time.Millisecond
)

// Readings are the words whose pronunciation the engine must be told, by
// language.
type Readings map[string]map[string]string

// ShippedReadings are those written beside the code.
func ShippedReadings() (Readings, error) {
	var r Readings
	if err := yaml.UnmarshalWithOptions(readingsFile, &r, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read readings.yaml: %w", err)
	}
	return r, nil
}

// Apply puts the readings into a text, at each place the longest word that fits.
func (r Readings) Apply(lang, text string) string {
	words := r[lang]
	longest := 0
	for w := range words {
		longest = max(longest, len(w))
	}
	var b strings.Builder
	for len(text) > 0 {
		if n := prefix(words, text[:min(longest, len(text))]); n > 0 {
			b.WriteString(" " + words[text[:n]] + " ")
			text = text[n:]
			continue
		}
		_, n := utf8.DecodeRuneInString(text)
		b.WriteString(text[:n])
		text = text[n:]
	}
	return b.String()
}

// prefix is the length of the longest word that text begins with, or 0.
func prefix(words map[string]string, text string) int {
	for n := len(text); n > 0; n-- {
		if _, ok := words[text[:n]]; ok {
			return n
		}
	}
	return 0
}

// stretch is what the engine says in one breath, and the pause after it.
type stretch struct {
	words string
	pause time.Duration
}

// script is a line as the engine must hear it: numbers spelled, readings put in,
// pauses taken out. Pauses at the ends are nothing to wait for.
func (r Readings) script(l Line) []stretch {
	if l.silent() {
		return []stretch{{pause: partPause}}
	}
	var all []stretch
	for i, words := range strings.Split(l.Text, pauseMark) {
		if i > 0 && len(all) > 0 {
			all[len(all)-1].pause += pauseLength
		}
		if strings.IndexFunc(words, heard) < 0 {
			continue
		}
		all = append(all, stretch{words: strings.TrimSpace(r.Apply(l.Lang, spell(l.Lang, words)))})
	}
	return all
}
