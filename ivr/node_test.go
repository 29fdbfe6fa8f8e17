package ivr_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"hotline/ivr"
)

func TestMenuCountsSilenceAndWrongKeysApart(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {menu: P-A, keys: {1: bye}, silence: s, wrong: w}\n  s: {say: P-S, then: bye}\n  w: {say: P-W, then: bye}")})
	for script, want := range map[string]string{
		"silence\nsilence\n":                         "hear P-S\n",
		"press 5\nhear P-WRONG\nhear P-A\npress 6\n": "hear P-W\n",
		"silence\npress 5\nhear P-WRONG\nsilence\n":  "hear P-S\n",
		"press 5\nsilence\npress 6\n":                "hear P-W\n",
		"silence\npress 5\npress 1\n":                "hear P-BYE\n",
		// Repeats are no mistakes, but there is an end to them.
		"press *\nhear P-A\npress *\nhear P-A\npress 1\n":        "hear P-BYE\n",
		"press *\npress *\npress *\nhear P-WRONG P-A\npress *\n": "hear P-W\n",
	} {
		play(t, e, "dial main\nhear P-A\n"+script+want+"expect outcome hangup\n")
	}
}

func TestLegalTextCountsKeysOnlyAfterItsLastWord(t *testing.T) {
	e := load(t, map[string]string{
		"main":   line("  a: {say: P-A, then: b}\n  b: {menu: P-LAW, keys: {1: y}, silence: bye, wrong: bye, tries: 1}\n  y: {say: P-Y, then: bye}"),
		"words/": "P-LAW: {zh-CN: 法, yue: 法, en: law, legal: true}",
	})
	play(t, e, "dial main\nhear P-LAW\npress 1 early\nsilence\nhear P-BYE\nexpect no heard P-Y\n")
	play(t, e, "dial main\nhear P-A\npress 1\nhear P-LAW\nsilence\nhear P-BYE\nexpect no heard P-Y\n") // typed ahead
	play(t, e, "dial main\nhear P-LAW\npress 1\nhear P-Y P-BYE\n")
}

const office = "calendars/office.yaml"

func TestOpen(t *testing.T) {
	flows := map[string]string{
		"main":                 line("  a: {open: office, yes: y, no: n, holiday: h, unavailable: person}\n  y: {say: P-Y, then: bye}\n  n: {say: P-N, then: bye}\n  h: {say: P-H, then: bye}"),
		office:                 "calendar: office\nzone: Asia/Shanghai\nholidays: china\nhours: {workday: [\"09:00-17:00\"]}\n",
		"calendars/china.yaml": "holidays: china\nyears: {2026: {off: [2026-10-01]}}\n",
		"words/":               `P-N: {zh-CN: "{opens}", yue: "{opens}", en: "{opens}", vars: {opens: datetime}}`,
	}
	e, err := ivr.Load(override(flows), now)
	if err != nil {
		t.Fatal(err)
	}
	play(t, e, "at 2026-11-23 10:00\ndial main\nhear P-Y P-BYE\n")
	play(t, e, "at 2026-11-23 08:00\ndial main\nhear P-N P-BYE\nexpect variable opens 2026-11-23T09:00:00+08:00\n")
	play(t, e, "at 2026-10-01 10:00\ndial main\nhear P-H P-BYE\n")
	play(t, e, "at 2026-11-23 10:00\ngiven calendar slow once\ndial main\nhear P-MOMENT P-Y\n")
	play(t, e, "at 2026-11-23 10:00\ngiven calendar broken\ndial main\nhear P-MOMENT\nexpect queue general\nserve\n")
	// A year nobody has entered is no guess: a person.
	play(t, e, "at 2027-03-01 10:00\ndial main\nhear P-MOMENT\nexpect queue general\nserve\n")
}

const mailbox = "  a: {voicemail: P-VM, keep: P-KEEP, safe: P-SAFE, done: P-DONE, calendar: office, limit: 60s, then: bye, silence: s, unavailable: u}\n" +
	"  s: {say: P-S, then: bye}\n  u: {say: P-U, then: bye}"

func mail(t *testing.T) *ivr.Edition {
	return load(t, map[string]string{"main": line(mailbox), "words/": `P-DONE: {zh-CN: "{time}", yue: "{time}", en: "{time}", vars: {time: datetime}}`})
}

func TestVoicemail(t *testing.T) {
	e := mail(t)
	for script, want := range map[string]string{
		"speak 9s\npress #\nhear P-KEEP\npress 1\nhear P-SAFE\npress 1\nhear P-DONE\n":                           `expect message by "2026-11-24 12:00"`,
		"speak 9s\npress #\nhear P-KEEP\npress 1\nhear P-SAFE\npress 2\nhear P-DONE\n":                           `expect message neutral by "2026-11-24 12:00"`,
		"speak 9s\nsilence\nhear P-KEEP\nsilence\nhear P-KEEP\nsilence\nhear P-SAFE\nsilence\nsilence\n":         "expect message neutral",
		"speak 9s\nsilence\nhear P-KEEP\npress 7\nhear P-WRONG\npress 7\nhear P-SAFE\npress 7\npress 7\n":        "expect message neutral",
		"speak 9s\nsilence\nhear P-KEEP\npress 2\nhear P-VM\nspeak 5s\nsilence\nhear P-KEEP\npress 1\npress 1\n": "expect message",
		"silence\nhear P-VM\nsilence\nhear P-S\n":                                                                "expect no message",
		"silence\nhear P-VM\nspeak 3s\nsilence\nhear P-KEEP\npress 1\npress 1\n":                                 "expect message",
		"speak 9s\nhangup\n":                                             "expect message neutral",
		"speak 9s\nsilence\nhear P-KEEP\nhangup\n":                       "expect message neutral",
		"speak 9s\nsilence\nhear P-KEEP\npress 1\nhear P-SAFE\nhangup\n": "expect message neutral",
		"hangup\n": "expect no message",
		// A person after the words: they are kept, too.
		"speak 9s\nsilence\nhear P-KEEP\npress 0\nserve\n":                       "expect message",
		"speak 9s\nsilence\nhear P-KEEP\npress 1\nhear P-SAFE\npress 0\nserve\n": "expect message neutral",
		"press 0\nserve\n": "expect no message",
	} {
		play(t, e, "at 2026-11-23 10:00\ndial main\nhear P-VM\n"+script+want+"\n")
	}
}

func TestVoicemailWithoutItsServices(t *testing.T) {
	e := mail(t)
	play(t, e, "given recorder broken\ndial main\nhear P-VM P-U P-BYE\nexpect no message\n")
	play(t, e, "given calendar broken\ndial main\nhear P-VM\nspeak 5s\nsilence\npress 1\npress 1\nhear P-MOMENT P-VM-SOON P-BYE\nexpect message\n")
	// The calendar is not waited for when the caller has gone.
	play(t, e, "given calendar broken\ndial main\nhear P-VM\nspeak 5s\nhangup\nexpect message neutral\nexpect no heard P-MOMENT\n")
}

func TestAPrivateCallIsNeverRecorded(t *testing.T) {
	e := mail(t)
	play(t, load(t, map[string]string{
		"main":   strings.Replace(line("  z: {set: {}, mark: private, then: a}\n"+mailbox), "start: a", "start: z", 1),
		"words/": `P-DONE: {zh-CN: "{time}", yue: "{time}", en: "{time}", vars: {time: datetime}}`,
	}), "dial main\nhear P-VM P-U P-BYE\nexpect no recording\nexpect no message\n")
	p := &mute{}
	if _, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{Marks: ivr.Marks{}.With(ivr.Private)}); err != nil || p.records > 0 {
		t.Errorf("%d recordings, %v", p.records, err)
	}
}

func TestSurvey(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {queue: general, served: b, closed: b}\n  b: {survey: main, score: P-1, solved: P-2, comment: P-3, then: bye}")})
	for script, want := range map[string]string{
		"serve\nhear P-1\npress 1\nhear P-2\npress 1\nhear P-BYE\n":                              "expect survey score 1\nexpect survey solved 1\nexpect no heard P-3",
		"serve\nhear P-1\npress 5\nhear P-2\npress 1\nhear P-3\nspeak 4s\npress #\nhear P-BYE\n": "expect survey score 5",
		"serve\nhear P-1\npress 2\nhear P-2\npress 3\nhear P-3\nsilence\nhear P-BYE\n":           "expect heard P-BYE",
		"serve\nhear P-1\npress 0\nhear P-BYE\n":                                                 "expect no survey",
		"serve\nhear P-1\npress 9\nhear P-WRONG P-1\nsilence\nsilence\nhear P-BYE\n":             "expect no survey",
		"serve danger\nhear P-BYE\n":                                                             "expect no heard P-1",
		"serve silent\nhear P-BYE\n":                                                             "expect no heard P-1",
		"serve abusive\nhear P-BYE\n":                                                            "expect no heard P-1",
		"serve minor\nhear P-BYE\n":                                                              "expect no heard P-1",
	} {
		play(t, e, "dial main\n"+script+want+"\n")
	}
}

func TestSurveyOfAMinorNeedsAYes(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {set: {}, mark: minor, then: b}\n  b: {survey: kids, agree: P-ASK, solved: P-2, then: bye}")})
	play(t, e, "dial main\nhear P-ASK\npress 1\nhear P-2\npress 1\nexpect survey solved 1\n")
	play(t, e, "dial main\nhear P-ASK\npress 2\nhear P-BYE\nexpect no survey\nexpect no heard P-2\n")
	play(t, e, "dial main\nhear P-ASK\nsilence\nsilence\nhear P-BYE\nexpect no heard P-2\n")
}

func TestLookupOfTheCaller(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {lookup: caller, found: w, missing: m, unavailable: u}\n  w: {when: caller, is: {known: k, blocked: b, minor: n, facility: f}, else: bye}\n" +
		"  m: {say: P-M, then: bye}\n  u: {say: P-U, then: bye}\n  k: {say: P-K, then: bye}\n  b: {say: P-B, then: bye}\n  n: {say: P-N, then: bye}\n  f: {say: P-F, then: bye}")})
	for given, want := range map[string]string{
		"given caller known language yue\ndial main":           "hear P-K\nexpect language yue",
		"given caller blocked\ndial main":                      "hear P-B",
		"given caller blocked minor\ndial main":                "hear P-N\nexpect mark minor",
		"given caller facility GZ1\ndial main":                 "hear P-F\nexpect variable facility GZ1",
		"given caller known\ndial main anonymous":              "hear P-M",
		"given files broken\ndial main":                        "hear P-MOMENT P-U",
		"given files slow once\ngiven caller known\ndial main": "hear P-MOMENT P-K",
	} {
		play(t, e, given+"\n"+want+"\n")
	}
}

func TestADeskWithoutServicesIsUnavailable(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {lookup: caller, found: bye, missing: bye, unavailable: u}\n  u: {say: P-U, then: bye}")})
	p := &mute{}
	if _, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.said, ", "); got != "P-MOMENT, P-U, P-BYE" {
		t.Errorf("heard: %s", got)
	}
	if n := len(p.find(ivr.Unserved)); n != 2 {
		t.Errorf("%d failures filed, want both attempts", n)
	}
}

// gone is a desk during which the caller hangs up.
type gone struct{ cancel context.CancelCauseFunc }

var errGone = errors.New("gone")

func (g gone) File(ctx context.Context, _ ivr.Caller, _ string) (ivr.File, error) {
	g.cancel(errGone)
	<-ctx.Done()
	return ivr.File{}, ctx.Err()
}

func TestHangUpWhileASourceIsAsked(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {lookup: caller, found: bye, missing: bye, unavailable: bye}")})
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &mute{}
	_, err := ivr.Run(ctx, flow(t, e, "main"), p, ivr.Call{Desk: ivr.Desk{Files: gone{cancel}}})
	if !errors.Is(err, errGone) || len(p.said) > 0 || len(p.find(ivr.Unserved)) > 0 {
		t.Errorf("%v, heard %v", err, p.said)
	}
}
