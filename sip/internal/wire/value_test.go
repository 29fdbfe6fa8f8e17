package wire_test

import (
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

// header reads one header of a request through the whole validation.
func header(t *testing.T, line, name string) (string, error) {
	t.Helper()
	m, err := wire.Parse([]byte(options(nil, line)))
	if err != nil {
		return "", err
	}
	return m.Header(name), nil
}

// Blanks mean nothing around separators, and everything inside quotes; a fold is one
// blank (RFC 3261 section 7.3.1).
func TestBlanks(t *testing.T) {
	for in, want := range map[string]string{
		"Contact: <sip:a@h> ; q = 0.5 , <sip:b@h>": "<sip:a@h>;q=0.5,<sip:b@h>",
		"Contact:\t \"A  B\"\t<sip:a@h>":           `"A  B" <sip:a@h>`,
		"Contact: \"A\\\"  ; B\" <sip:a@h>":        `"A\"  ; B" <sip:a@h>`,
		"Contact:\r\n <sip:a@h>\r\n\t;x=y":         "<sip:a@h>;x=y",
		"Contact: A   B   <sip:a@h>":               "A B <sip:a@h>",
		"m  :   sip:a@h":                           "sip:a@h",
		"Contact: <sip:a@h;x = y>":                 "<sip:a@h;x = y>",
		"Contact: \"fold\r\n  ed\" <sip:a@h>":      `"fold ed" <sip:a@h>`,
		"Contact: ":                                "",
		"Contact:":                                 "",
		"Contact: a ; b ; c":                       "a;b;c",
		"Contact: \"open quote ; x":                `"open quote ; x`,
		"Contact: <open angle ; x , y":             "<open angle ; x , y",
		"Contact: 张三 <sip:a@h>":                    "张三 <sip:a@h>",
		"Contact: \"\\\\\" <sip:a@h> ; x":          `"\\" <sip:a@h>;x`,
	} {
		got, err := header(t, in, "Contact")
		if err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"Subject: a  b":              "a  b",
		"Subject:  a\r\n\t  b  ":     "a b",
		"Subject: a ; b , c":         "a ; b , c",
		"Subject: one\r\n two\r\n 3": "one two 3",
		"Subject: quote \\\x07 ok":   "quote \\\x07 ok",
		"Subject: \"":                `"`,
		"s:x":                        "x",
	} {
		got, err := header(t, in, "Subject")
		if err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
	}
}

// Control characters are refused wherever they stand, but for quoted pairs, which
// never hide a line end.
func TestControlCharacters(t *testing.T) {
	for _, c := range []string{"\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x7f"} {
		for _, line := range []string{"Subject: a" + c + "b", "Contact: <sip:a" + c + "@h>", "Contact: \"a" + c + "\" <sip:a@h>", "Subject" + c + ": x", c + "Subject: x", "X: " + c} {
			if _, err := header(t, line, "Subject"); err == nil {
				t.Errorf("%q is taken", line)
			}
		}
		if _, err := header(t, "Contact: \"a\\"+c+"\" <sip:a@h>", "Contact"); err != nil {
			t.Errorf("a quoted pair with %q: %v", c, err)
		}
	}
	for _, line := range []string{"Contact: \"a\\\r\n b\" <sip:a@h>", "Contact: \"a\\\nb\" <sip:a@h>", "Subject: a\\\nb", "Subject: a\\\rb"} {
		if _, err := header(t, line, "Contact"); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}

// The compact and the long name are one header, in any case, blanks before the colon
// or not; counting knows that.
func TestNamesAreOne(t *testing.T) {
	for _, pair := range [][2]string{{"t", "To"}, {"FROM", "f"}, {"Call-id ", "i\t"}, {"l", "content-length"}, {"x", "Session-Expires"}, {"r", "REFER-TO"}, {"c", "Content-Type"}} {
		_, err := wire.Parse([]byte(options(nil, pair[0]+": 1", pair[1]+": 1")))
		if err == nil || !strings.Contains(err.Error(), "Doubled") && !strings.Contains(err.Error(), "Bad") {
			t.Errorf("%v: %v", pair, err)
		}
	}
	m, err := wire.Parse([]byte(options(nil, "k: a", "SUPPORTED : b", "Subject: 1", "s: 2")))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Values("supported"); len(got) != 2 || m.Header("SUBJECT") != "1" {
		t.Errorf("Supported %q", got)
	}
}

// Limits hold at their edges.
func TestLimits(t *testing.T) {
	fields := func(n int) string {
		return options(nil, strings.Split(strings.TrimSuffix(strings.Repeat("Foo: y|", n), "|"), "|")...)
	}
	vias := func(n int) string {
		return options(map[string]string{"Via": strings.TrimSuffix(strings.Repeat("Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n", n), "\r\n")})
	}
	for name, tt := range map[string]struct {
		message string
		ok      bool
	}{
		"190 headers":       {fields(190), true},
		"200 more headers":  {fields(200), false},
		"70 Vias":           {vias(70), true},
		"71 Vias":           {vias(71), false},
		"8000 in a header":  {options(nil, "Foo: "+strings.Repeat("x", 8000)), true},
		"8200 in a header":  {options(nil, "Foo: "+strings.Repeat("x", 8200)), false},
		"8200 over folds":   {options(nil, "Foo: a"+strings.Repeat("\r\n "+strings.Repeat("x", 80), 101)), false},
		"a body of 60,000":  {options(nil, "l: 60000") + strings.Repeat("x", 60000), true},
		"more than a frame": {options(nil) + strings.Repeat("x", wire.MaxMessage), false},
	} {
		_, err := wire.Parse([]byte(tt.message))
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Faults say what is wrong in fixed words and never repeat the message.
func TestFaultsRepeatNothing(t *testing.T) {
	secret := "13800000000"
	for _, message := range []string{
		options(map[string]string{"From": "From: <sip:" + secret + "@>"}), options(map[string]string{"CSeq": "CSeq: " + secret + "x OPTIONS"}),
		options(nil, secret), options(nil, "X"+secret+"\x01: x"), options(nil, "Subject: \x01"+secret), options(map[string]string{"start": "OPTIONS sip:" + secret + "@ SIP/2.0"}),
	} {
		_, err := wire.Parse([]byte(message))
		if err == nil || strings.Contains(err.Error(), secret) || !strings.HasPrefix(err.Error(), "read message: ") {
			t.Errorf("%v", err)
		}
	}
}
