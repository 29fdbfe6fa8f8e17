package console_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"hotline/console"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"lunch until 12:30":            "lunch until 12:30",
		"午餐":                           "午餐",
		"back to 8001":                 "back to 8001",
		"call 138 0013-8000 back":      "call… back",
		"(020) 8888.7777":              "…",
		"１３８００１３８０００":                  "…",
		"a\nb\x00c":                    "a bc",
		"\u202egnp.exe":                "gnp.exe",
		strings.Repeat("x", 100):       strings.Repeat("x", 64),
		"12348 12355":                  "…", // two lines look like a number; better hidden
		"\xff\xfebad":                  "bad",
		"13800138000" + "及13900139000": "…及…",
	} {
		if got := console.Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"lunch", "138 0013 8000", "+86-13800138000", "\u202e1", "一二三4567890"} {
		f.Add(seed)
	}
	number := regexp.MustCompile(`[0-9][ .()+/-]*([0-9][ .()+/-]*){6}`)
	f.Fuzz(func(t *testing.T, text string) {
		got := console.Clean(text)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 64 || number.MatchString(got) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
