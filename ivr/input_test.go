package ivr_test

import (
	"strings"
	"testing"

	"hotline/ivr"
)

func inputLine(fields string) map[string]string {
	return map[string]string{"main": line("  a: {input: P-A, into: x, " + fields + ", then: t, silence: s, wrong: w}\n  t: {say: P-T, then: bye}\n  s: {say: P-S, then: bye}\n  w: {say: P-W, then: bye}")}
}

func TestInput(t *testing.T) {
	for _, row := range []struct{ fields, script, want string }{
		{"as: digits, min: 4, max: 4", "press 1234", "hear P-T\nexpect variable x 1234"},
		{"as: digits, min: 4, max: 4", "press 12#\nhear P-RETRY P-A\npress 0123", "hear P-T\nexpect variable x 0123"},
		{"as: digits, max: 12", "press 12345#", "hear P-T\nexpect variable x 12345"},
		{"as: digits, max: 12", "press #\nhear P-RETRY\npress #", "hear P-W"},
		{"as: digits, max: 12", "silence\nhear P-A\nsilence", "hear P-S"},
		{"as: digits, max: 12", "press 0#\nexpect queue general\nserve", "hear P-BYE"},
		{"as: digits, max: 12", "press 1*\nhear P-A\npress 2#", "hear P-T\nexpect variable x 2"},
		{"as: number, max: 3, range: 1..31", "press 32#\nhear P-RETRY\npress 31#", "hear P-T\nexpect variable x 31"},
		{"as: date, min: 6, max: 6", "press 261123", "hear P-T\nexpect variable x 2026-11-23T00:00:00+08:00"},
		{"as: date, min: 6, max: 6", "press 261122\nhear P-RETRY\npress 261332", "hear P-W"},
		{"as: digits, max: 12, check: luhn", "press 79927398713#", "hear P-T"},
		{"as: digits, max: 12, check: luhn", "press 79927398710#\nhear P-RETRY\npress 79927398719#", "hear P-W"},
		{"as: digits, max: 12, check: mod11-10", "press 07945#", "hear P-T"},
		{"as: digits, max: 12, check: mod11-10", "press 07946#\nhear P-RETRY\npress 07954#", "hear P-W"},
		{"as: digits, max: 4, min: 4, tries: 1", "press 12#", "hear P-W"},
		{"as: digits, max: 6, secret: true", "press 1234#", "hear P-T\nexpect variable x \"\""},
		{"as: phone, max: 16, confirm: P-RIGHT", "press 13800000001#\nhear P-RIGHT\npress 2\nhear P-A\npress 13800000002#\nhear P-RIGHT\npress 1", "hear P-T\nexpect variable x \"\""},
		{"as: digits, max: 16, confirm: P-RIGHT", "press 5#\nhear P-RIGHT\nsilence\nhear P-RIGHT\nsilence", "hear P-S"},
		{"as: digits, max: 16, confirm: P-RIGHT", "press 5#\nhear P-RIGHT\npress 2\npress 5#\nhear P-RIGHT\npress 2", "hear P-W"},
	} {
		t.Run(row.fields+" "+strings.ReplaceAll(row.script, "\n", "; "), func(t *testing.T) {
			flows := inputLine(row.fields)
			flows["words/"] = `P-RIGHT: {zh-CN: "{x}", yue: "{x}", en: "{x}", vars: {x: digits}}`
			play(t, load(t, flows), "at 2026-11-23 10:00\ndial main\nhear P-A\n"+row.script+"\n"+row.want+"\nexpect outcome hangup\n")
		})
	}
}

func TestAPauseIsNoEndOfANumber(t *testing.T) {
	report := play(t, load(t, inputLine("as: digits, max: 12")), "dial main\nhear P-A\npress 123\nsilence\nhear P-RETRY\npress 123\nsilence\nhear P-W P-BYE\n")
	for _, e := range report.Find(ivr.Assigned) {
		t.Errorf("a number cut short was taken: %+v", e)
	}
}

func TestDigitsAreNotFiled(t *testing.T) {
	report := play(t, load(t, inputLine("as: digits, max: 12")), "dial main\nhear P-A\npress 654321#\nhear P-T\n")
	for _, e := range report.Find(ivr.LeftNode) {
		if strings.Contains(e.Keys, "6") {
			t.Errorf("keys filed: %q", e.Keys)
		}
	}
}

func TestDigitsTypedAheadFillTheNumber(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {say: P-A, then: b}\n  b: {input: P-B, into: x, as: digits, max: 8, then: bye, silence: person, wrong: person}")})
	play(t, e, "dial main\nhear P-A\npress 2026#\nhear P-BYE\nexpect variable x 2026\nexpect no heard P-B\n")
}

func TestInputFaults(t *testing.T) {
	for fields, want := range map[string]string{
		"as: digits, min: 5, max: 4":                     `node "a": an input of 5 to 4 digits cannot be keyed`,
		"as: digits, max: 4, range: 1..5":                `node "a": a range is for a number, not for digits`,
		"as: date, max: 8":                               `node "a": a date has 6 digits, YYMMDD`,
		"as: digits, max: 4, secret: true, confirm: P-C": `node "a": a secret is not read back`,
		"as: number, max: 4, range: 9..1":                `"9..1" is not a range such as 1..31`,
		"as: digits, max: many":                          `a whole number from 0 to 1000 is needed, not "many"`,
		"as: digits, max: 4, check: md5":                 `luhn or mod11-10 is needed, not "md5"`,
	} {
		_, err := ivr.Load(files(inputLine(fields)), now)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fields, err, want)
		}
	}
}
