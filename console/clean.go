package console

import (
	"strings"
	"unicode"
)

const (
	longestText = 64  // runes of a name or a reason
	longestRead = 256 // runes of it that are looked at
	fewDigits   = 7   // of a telephone number; extensions, lines and times have fewer
)

// clean makes a text that somebody typed fit to be shown to everybody: no controls or marks that turn the direction of
// writing, not too long, and no telephone number.
func clean(text string) string {
	var kept []rune
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co), r == unicode.ReplacementChar:
			continue
		}
		if kept = append(kept, r); len(kept) == longestRead {
			break
		}
	}
	kept = []rune(hide(strings.TrimSpace(string(kept))))
	return string(kept[:min(len(kept), longestText)])
}

// hide replaces what may be a telephone number: digits that only spaces and the usual signs divide.
func hide(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); {
		end, digits := i, 0
		for j := i; j < len(runes) && (unicode.IsDigit(runes[j]) || divider(runes[j])); j++ {
			if unicode.IsDigit(runes[j]) {
				digits++
				end = j + 1
			}
		}
		switch {
		case digits >= fewDigits:
			b.WriteRune('…')
			i = end
		case end > i:
			b.WriteString(string(runes[i:end]))
			i = end
		default:
			b.WriteRune(runes[i])
			i++
		}
	}
	return b.String()
}

func divider(r rune) bool { return strings.ContainsRune(" -.()+/ ", r) || unicode.Is(unicode.Pd, r) }
