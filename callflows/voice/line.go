package voice

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hotline/callflows/voice/sound"
)

// Kind is how a sound is used; it decides how tightly it is cut.
type Kind int

// The kinds of sounds.
const (
	Whole Kind = iota // a prompt played by itself
	Piece             // words beside a value, or a phrase that is one
	Part              // a word of a number, a date or a time
	Clip              // a longer text of the library
)

// Line is one sound that must exist: words in one language under one name.
type Line struct {
	Lang string // "zh-CN", "yue" or "en"
	Name string // below the language: "P-GREET", "P-POS.1", "parts/n5"
	Text string
	Kind Kind
}

// Key names the line in commands and messages: "yue/P-POS.1".
func (l Line) Key() string { return l.Lang + "/" + l.Name }

// Hash is the SHA-256 of the text, in hexadecimal.
func (l Line) Hash() string { return hash([]byte(l.Text)) }

func (l Line) recorded() string { return l.Key() + ".wav" }
func (l Line) rendered() string { return l.Key() + ".tts.wav" }

// Loudness is what every spoken sound is levelled to, in LUFS.
const Loudness = -19

// finish is how the line is cut and levelled. Parts are cut tightest, so that
// numbers flow.
func (l Line) finish() sound.Finish {
	f := sound.Finish{Loudness: Loudness, Lead: 40 * time.Millisecond, Tail: 120 * time.Millisecond}
	switch l.Kind {
	case Piece:
		f.Lead, f.Tail = 20*time.Millisecond, 60*time.Millisecond
	case Part:
		f.Lead, f.Tail = 10*time.Millisecond, 30*time.Millisecond
	case Whole, Clip:
	}
	return f
}

// want is what the finished sound must be. A word may be nothing but "ee" or "s",
// which lie at the edges of the telephone's band; a sentence lies within.
func (l Line) want() sound.Want {
	w := sound.Want{
		Loudness:  Loudness,
		Tolerance: 1,
		Silence:   300 * time.Millisecond,
		Longest:   time.Minute,
		InBand:    0.9,
	}
	switch l.Kind {
	case Part:
		w.Silence, w.Tolerance, w.InBand = 100*time.Millisecond, 2, 0.7
	case Piece:
		w.InBand = 0.7
	case Whole, Clip:
	}
	return w
}

// silent tells whether the line is a pause and nothing else.
func (l Line) silent() bool { return strings.Trim(l.Text, pauseMark) == "" }

// lines cuts a text at its {values} into the sounds it needs. A text without
// values is one sound; otherwise the stretches with a word in them are numbered
// from 1.
func lines(lang, id, text string, kind Kind) []Line {
	stretches := cut(text)
	if len(stretches) == 1 {
		return []Line{{Lang: lang, Name: id, Text: text, Kind: kind}}
	}
	var all []Line
	for _, words := range stretches {
		if strings.IndexFunc(words, heard) < 0 {
			continue
		}
		name := id + "." + strconv.Itoa(len(all)+1)
		all = append(all, Line{Lang: lang, Name: name, Text: words, Kind: Piece})
	}
	return all
}

// cut splits a text at its {values}.
func cut(text string) []string {
	var stretches []string
	for {
		words, rest, ok := strings.Cut(text, "{")
		if !ok {
			return append(stretches, text)
		}
		stretches = append(stretches, words)
		if _, text, ok = strings.Cut(rest, "}"); !ok {
			return stretches
		}
	}
}

func heard(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
