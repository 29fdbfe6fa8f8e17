package wire_test

import (
	"slices"
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

func TestSplit(t *testing.T) {
	for in, want := range map[string][]string{
		"":                         {""},
		"a":                        {"a"},
		"a,b , c":                  {"a", "b", "c"},
		`"a,b", c`:                 {`"a,b"`, "c"},
		`"a\",b", c`:               {`"a\",b"`, "c"},
		"<sip:a,b@h>, <sip:c@h>":   {"<sip:a,b@h>", "<sip:c@h>"},
		`"x <y" <sip:a@h>;q=1,b`:   {`"x <y" <sip:a@h>;q=1`, "b"},
		`<sip:a@h;p="x">,b`:        {`<sip:a@h;p="x">`, "b"},
		"a,,b":                     {"a", "", "b"},
		`"never closed, b`:         {`"never closed, b`},
		"<never closed, b":         {"<never closed, b"},
		`a;x="1,2";y=3, b;x="4,5"`: {`a;x="1,2";y=3`, `b;x="4,5"`},
	} {
		if got := wire.Split(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestValue(t *testing.T) {
	value, params := wire.Value(`1800 ;refresher=uas;text="a;b";flag`)
	refresher, _ := params.Get("Refresher")
	text, _ := params.Get("text")
	_, flag := params.Get("FLAG")
	_, none := params.Get("none")
	if value != "1800" || refresher != "uas" || text != "a;b" || !flag || none {
		t.Errorf("%q %v", value, params)
	}
	if value, params := wire.Value(" x "); value != "x" || params != nil {
		t.Errorf("%q %v", value, params)
	}
	if _, ok := wire.ParseParams("a=1;;b"); ok {
		t.Error("an empty parameter is taken")
	}
	if p, ok := wire.ParseParams(""); !ok || p != nil {
		t.Error("no parameters are a fault")
	}
}

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"<sip:a@h>":                          "|a|h|",
		"sip:a@h":                            "|a|h|",
		"sip:a@h;tag=1":                      "|a|h|1",
		`"A \"B\"" <sip:a@h>;tag=1`:          `A "B"|a|h|1`,
		`A B<sip:a@h;x=y>;tag=1;z`:           "A B|a|h|1",
		"<sip:h>":                            "||h|",
		"<sip:a:secret@h:5061>":              "|a|h|",
		"<sips:a@[2001:db8::1]:5061>":        "|a|[2001:db8::1]|",
		"<tel:+8613800000000>;tag=1":         "|||1",
		"":                                   "-",
		"<>":                                 "-",
		"<sip:>":                             "-",
		"<sip:a@>":                           "-",
		"<sip:@h>":                           "-",
		"<sip:a@h":                           "-",
		"<sip:a@h> junk":                     "-",
		"< sip:a@h>":                         "-",
		"<sip:a@h >":                         "-",
		"<sip:a@h:>":                         "-",
		"<sip:a@h:70000>":                    "-",
		"<sip:a@h:5060x>":                    "-",
		"<sip:a@ho st>":                      "-",
		"<sip:a@h@i>":                        "-",
		"<sip:a@[::1>":                       "-",
		"<sip:a@[::1:5060>":                  "-",
		"<sip:a@[not v6]>":                   "-",
		"<1sip:a@h>":                         "-",
		"sip:a@h?x=y":                        "-",
		"*":                                  "-",
		`"unbalanced <sip:a@h>`:              "-",
		"<sip:a@" + strings.Repeat("h", 300): "-",
		"<sip:a@h>;;":                        "-",
		"<mailto:>":                          "-",
	} {
		a, ok := wire.ParseAddress(in)
		got := "-"
		if ok {
			tag, _ := a.Params.Get("tag")
			got = strings.Join([]string{a.Display, a.URI.User, a.URI.Host, tag}, "|")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if ok && !strings.Contains(in, a.URI.String()) {
			t.Errorf("%q: the URI became %q", in, a.URI.String())
		}
	}
}

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"sip:12348@h": "12348", "sip:+86%2013@h": "+86 13", "sip:123;phone-context=x@h": "123", "tel:+86-10;ext=1": "+86-10", "sip:h": "",
		"sip:%zz@h": "%zz", "sip:a%0d%0ab@h": "", "sip:%E5%BC%A0@h": "张", "sip:*8001@h": "*8001",
	} {
		u, ok := wire.ParseURI(in)
		if !ok || u.Number() != want {
			t.Errorf("%s: %q %v, want %q", in, u.Number(), ok, want)
		}
	}
}

func TestURIAddr(t *testing.T) {
	for in, want := range map[string]string{
		"sip:a@192.0.2.1": "192.0.2.1", "sip:a@[2001:db8::1]:5": "2001:db8::1", "sip:a@[::ffff:192.0.2.1]": "192.0.2.1", "sip:a@host": "invalid IP", "sip:a@1.2.3": "invalid IP",
	} {
		u, ok := wire.ParseURI(in)
		if !ok || u.Addr().String() != want {
			t.Errorf("%s: %s, want %s", in, u.Addr(), want)
		}
	}
	u, _ := wire.ParseURI("sip:a@h;LR;x=Y?Route=z")
	if _, ok := u.Param("lr"); !ok || u.Bare() != "sip:a@h;LR;x=Y" || u.String() != "sip:a@h;LR;x=Y?Route=z" {
		t.Errorf("%s, bare %s", u.String(), u.Bare())
	}
}

func TestMessageHeaders(t *testing.T) {
	m, err := wire.Parse([]byte(options(nil, "Allow: INVITE, ACK", "allow: BYE", "Supported:", "Expires: 60", "Min-SE: 90;y", "Retry-After: 5 (soon)", "k: a")))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Values("ALLOW"); !slices.Equal(got, []string{"INVITE", "ACK", "BYE"}) {
		t.Errorf("Allow %q", got)
	}
	if m.Values("Supported")[0] != "a" || m.Values("None") != nil || m.Has("None", "x") || !m.Has("allow", "bye") {
		t.Error("lists read wrongly")
	}
	if n, ok := m.Number("Min-SE"); !ok || n != 90 {
		t.Errorf("Min-SE %d %v", n, ok)
	}
	if _, ok := m.Number("Retry-After"); ok {
		t.Error("a number with a comment is none")
	}
	if _, ok := m.Number("None"); ok {
		t.Error("a number that is not there")
	}
	if len(m.Fields()) < 10 || m.Hops() != 70 {
		t.Error("fields or hops wrong")
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{"v": "via", "VIA": "via", "X": "session-expires", "x-case": "x-case", "Call-ID": "call-id", "I": "call-id"} {
		if got := wire.Canonical(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for s, want := range map[string]bool{"INVITE": true, "a.b-c!%*_+`'~": true, "": false, "a b": false, "a:b": false, "a\r": false, "ä": false} {
		if wire.IsToken(s) != want {
			t.Errorf("IsToken(%q), want %v", s, want)
		}
	}
}

func TestPhrase(t *testing.T) {
	if wire.Phrase(486) != "Busy Here" || wire.Phrase(299) != "Status 299" {
		t.Error("phrases wrong")
	}
}
