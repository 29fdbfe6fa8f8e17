package main

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"hotline/callflows"
	"hotline/switchboard"
)

// What codes are answered by is on board, in every language.
func TestCodesAreAnsweredAloud(t *testing.T) {
	for _, id := range append(switchboard.CodeWords(), switchboard.AskWords()...) {
		for _, lang := range []string{"zh-CN", "yue", "en"} {
			if _, err := fs.Stat(callflows.Files, path.Join("audio", lang, id+".tts.wav")); err != nil {
				t.Errorf("%s in %s: %v", id, lang, err)
			}
		}
	}
}

func TestCodesOfTheConfiguration(t *testing.T) {
	for text, want := range map[string]string{
		"ready=*90":                     "",
		"ready=*44,break=*43":           "",
		"ready=":                        "",
		"ready":                         "is not a deed and its code",
		"lunch=*90":                     `no deed is called "lunch"`,
		"ready=90":                      "a code is a star and keys",
		"ready=*41":                     "begins like",
		"ready=*90,ready=*91":           "ready is set twice",
		"sign_in=*4,sign_out=*90,x=*91": `no deed is called "x"`,
	} {
		c, err := loadConfig("", func(name string) string {
			if name == "HOTLINE_CODES" {
				return text
			}
			return ""
		})
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", text, err, want)
		case want != "" && c.Codes["ready"] != "*43":
			t.Errorf("%s: changed all the same to %v", text, c.Codes)
		}
	}
	c, err := loadConfig("", func(name string) string { return map[string]string{"HOTLINE_CODES": "ready=*44,break=*43"}[name] })
	if err != nil || c.Codes["ready"] != "*44" || c.Codes["break"] != "*43" || c.Codes["sign_in"] != "*41" {
		t.Errorf("got %v, %v", c.Codes, err)
	}
}
