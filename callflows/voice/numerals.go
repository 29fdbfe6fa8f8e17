package voice

import (
	"regexp"
	"strings"
)

// Numbers within texts are written in digits for the eye and must be spelled out
// for the engine, which reads 12348 as a quantity and gets it wrong.

var (
	digitRun = regexp.MustCompile(`[0-9]+`)
	// hotline is a number people call: 110, 120, 12348.
	hotline = regexp.MustCompile(`^(110|119|120|122|12[0-9]{3})$`)
)

// spell writes the numbers of a text as words of its language.
func spell(lang, text string) string {
	if lang == "en" {
		return digitRun.ReplaceAllStringFunc(text, func(s string) string {
			if hotline.MatchString(s) {
				return strings.Join(strings.Split(s, ""), " ")
			}
			return s
		})
	}
	return digitRun.ReplaceAllStringFunc(text, func(s string) string {
		if hotline.MatchString(s) || len(s) > 4 {
			return oneByOne(lang, s)
		}
		return cardinal(s)
	})
}

const hanDigits = "零一二三四五六七八九"

func han(d byte) string { return string([]rune(hanDigits)[d-'0']) }

// oneByOne reads a telephone number; Mandarin says 幺 for 1.
func oneByOne(lang, s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '1' && lang != "yue" {
			b.WriteString("幺")
			continue
		}
		b.WriteString(han(s[i]))
	}
	return b.String()
}

// cardinal reads up to four digits as a quantity: 24 is 二十四.
func cardinal(s string) string {
	s = strings.TrimLeft(s, "0")
	if s == "" {
		return han('0')
	}
	units := []string{"", "十", "百", "千"}
	var b strings.Builder
	gap := false
	for i := range len(s) {
		if s[i] == '0' {
			gap = true
			continue
		}
		if gap {
			b.WriteString(han('0'))
			gap = false
		}
		b.WriteString(han(s[i]) + units[len(s)-1-i])
	}
	if spoken, ok := strings.CutPrefix(b.String(), "一十"); ok {
		return "十" + spoken
	}
	return b.String()
}
