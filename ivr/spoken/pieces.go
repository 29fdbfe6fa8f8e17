package spoken

import (
	"strconv"
	"strings"
	"unicode"
)

// Piece is one stretch of a prompt: a recorded sound, or the variable spoken
// between two of them. Exactly one field is set.
type Piece struct {
	Audio string // the sound's name, without folder and ending
	Var   string // the name inside the braces
}

// Pieces cuts a prompt's text at its {variables}. A text without variables is
// one sound named id; otherwise the stretches of words are id.1, id.2 and so
// on. A stretch without a letter or digit has no sound and takes no number. A
// brace without its partner belongs to the words.
func Pieces(id, text string) []Piece {
	var pieces []Piece
	words := 0
	say := func(s string) {
		if strings.IndexFunc(s, heard) >= 0 {
			words++
			pieces = append(pieces, Piece{Audio: id + "." + strconv.Itoa(words)})
		}
	}
	rest := text
	for {
		before, name, after, ok := cutVar(rest)
		if !ok {
			break
		}
		say(before)
		pieces = append(pieces, Piece{Var: name})
		rest = after
	}
	if len(pieces) == 0 {
		return []Piece{{Audio: id}}
	}
	say(rest)
	return pieces
}

func cutVar(s string) (before, name, after string, ok bool) {
	before, tail, ok := strings.Cut(s, "{")
	if !ok {
		return "", "", "", false
	}
	name, after, ok = strings.Cut(tail, "}")
	return before, name, after, ok
}

func heard(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
