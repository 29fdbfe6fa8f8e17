package ivr_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
)

// spokenWords are prompts with values, for the nodes that fill them.
const spokenWords = `
P-OK: {zh-CN: "{when} {place}", yue: "{when} {place}", en: "{when} {place}", vars: {when: datetime, place: phrase}}
P-NUM: {zh-CN: "{num}", yue: "{num}", en: "{num}", vars: {num: digits}}
P-NO: {zh-CN: "{no}", yue: "{no}", en: "{no}", vars: {no: reference}}
P-AP-SLOTS-1: {zh-CN: "{a}", yue: "{a}", en: "{a}", vars: {a: datetime}}
P-AP-SLOTS-2: {zh-CN: "{a} {b}", yue: "{a} {b}", en: "{a} {b}", vars: {a: datetime, b: datetime}}
P-AP-SLOTS: {zh-CN: "{a} {b} {c}", yue: "{a} {b} {c}", en: "{a} {b} {c}", vars: {a: datetime, b: datetime, c: datetime}}
P-WAIT-CLIP: {zh-CN: "{clip}", yue: "{clip}", en: "{clip}", vars: {clip: clip}}
L-ACCEPT: {zh-CN: "{topic}", yue: "{topic}", en: "{topic}", whisper: true, vars: {topic: phrase}}
HERE: {zh-CN: 这里, yue: 呢度, en: here}
CLIP-A: {zh-CN: 甲, yue: 甲, en: A}
`

func bookLine() map[string]string {
	return map[string]string{"words/": spokenWords, "main": line("  a: {book: advice, done: P-OK, booked: bye, none: n, silence: s, wrong: w, unavailable: u}\n" +
		"  n: {say: P-N, then: bye}\n  s: {say: P-S, then: bye}\n  w: {say: P-W, then: bye}\n  u: {say: P-U, then: bye}")}
}

func TestBook(t *testing.T) {
	e := load(t, bookLine())
	one := "given slot S1 \"2026-11-24 09:00\" HERE\n"
	three := one + "given slot S2 \"2026-11-24 10:00\" HERE\ngiven slot S3 \"2026-11-24 11:00\" HERE\n"
	for script, want := range map[string]string{
		"dial main\n":       "hear P-N P-BYE\nexpect no booking advice",
		one + "dial main\n": "hear P-AP-SLOTS-1\npress 1\nhear P-OK P-BYE\nexpect booking advice\nexpect variable no B001",
		three + "dial main\nhear P-AP-SLOTS\npress 3\n":                        "hear P-OK\nexpect variable when 2026-11-24T11:00:00+08:00",
		three + "dial main\nhear P-AP-SLOTS\npress 4\n":                        "hear P-N",
		one + "dial main\nhear P-AP-SLOTS-1\npress 4\nhear P-WRONG\npress 2\n": "hear P-W",
		one + "dial main\nhear P-AP-SLOTS-1\nsilence\nsilence\n":               "hear P-S",
		one + "given taken S1\ndial main\nhear P-AP-SLOTS-1\npress 1\n":        "hear P-AP-TAKEN P-N\nexpect no booking advice",
		"given slots broken\ndial main\n":                                      "hear P-MOMENT P-U",
		one + "given slots slow once\ndial main\n":                             "hear P-MOMENT P-AP-SLOTS-1\npress 1\nhear P-OK",
		one + "dial main\nhear P-AP-SLOTS-1\npress 0\n":                        "expect queue general\nserve",
	} {
		play(t, e, "at 2026-11-23 10:00\n"+script+want+"\n")
	}
}

func callbackLine(fields string) map[string]string {
	return map[string]string{"words/": spokenWords, "main": line("  a: {callback: general, number: P-NUM, key: P-KEY, done: P-DONE, " + fields + "promised: bye, refused: r, unavailable: u}\n" +
		"  r: {say: P-R, then: bye}\n  u: {say: P-U, then: bye}")}
}

func TestCallback(t *testing.T) {
	e, safe, auto := load(t, callbackLine("")), load(t, callbackLine("safe: P-SAFE, ")), load(t, callbackLine("auto: true, "))
	play(t, e, "dial main\nhear P-NUM\npress 1\nhear P-DONE P-BYE\nexpect callback\n")
	play(t, e, "dial main\nhear P-NUM\nsilence\nhear P-NUM\nsilence\nhear P-R\nexpect no callback\n")
	play(t, e, "dial main\nhear P-NUM\npress 2\nhear P-KEY\npress 02012345678#\nhear P-NUM\npress 1\nhear P-DONE\nexpect callback number 02012345678\n")
	play(t, e, "dial main anonymous\nhear P-KEY\nsilence\nhear P-KEY\nsilence\nhear P-R\n")
	play(t, e, "dial main anonymous\nhear P-KEY\npress 123#\nhear P-RETRY P-KEY\npress 1234567\nsilence\nhear P-R\n")
	play(t, e, "dial main anonymous\nhear P-KEY\npress 0#\nexpect queue general\nserve\nhear P-BYE\n")
	play(t, e, "dial main anonymous\nhear P-KEY\npress 1*\nhear P-KEY\npress 1380000#\nhear P-NUM\npress 1\nhear P-DONE\n")
	play(t, e, "given callbacks broken\ndial main\nhear P-NUM\npress 1\nhear P-MOMENT P-U\n")
	play(t, safe, "dial main\nhear P-NUM\npress 1\nhear P-SAFE\npress 2\nhear P-DONE\nexpect callback neutral\n")
	play(t, safe, "dial main\nhear P-NUM\npress 1\nhear P-SAFE\npress 1\nhear P-DONE\nexpect callback\n")
	play(t, safe, "dial main\nhear P-NUM\npress 1\nhear P-SAFE\nsilence\nsilence\nhear P-DONE\nexpect callback neutral\n")
	play(t, auto, "dial main\nhear P-DONE P-BYE\nexpect callback\n")
	play(t, auto, "dial main anonymous\nhear P-KEY\npress 1380000#\nhear P-NUM\npress 1\nhear P-DONE\n")
}

func TestACallbackKeepsThePlace(t *testing.T) {
	flows := map[string]string{"words/": spokenWords, "main": line("  a: {queue: general, waiting: {offer: 3m}, callback: b, served: bye, closed: bye}\n" +
		"  b: {callback: general, number: P-NUM, key: P-KEY, done: P-DONE, promised: bye, refused: a, unavailable: a}")}
	report := play(t, load(t, flows), "given queue general ahead 2 wait 8m ready 1\ndial main\nhear P-CB-OFFER\npress 1\nhear P-NUM\npress 1\nhear P-DONE\n")
	promised := report.Find(ivr.Promised)
	if len(promised) != 1 || promised[0].Value != "K001" {
		t.Fatalf("%+v", promised)
	}
	if report.Callbacks[0].Since != report.Queues[0].Since || report.Callbacks[0].Queue != "general" {
		t.Errorf("the place is lost: %v, entered %v", report.Callbacks[0].Since, report.Queues[0].Since)
	}
	// Who is not offered one, or wants none, waits on.
	play(t, load(t, flows), "given queue general ahead 2 wait 2m ready 2\ndial main\nwait 10m\nserve\nhear P-BYE\nexpect no heard P-CB-OFFER\n")
	report = play(t, load(t, flows), "given queue general ahead 2 wait 8m ready 1\ndial main\nhear P-CB-OFFER\npress 2\nwait 1m\nhear P-CB-OFFER\nsilence\nwait 10m\nserve\nhear P-BYE\n")
	if n := strings.Count(strings.Join(report.Transcript, "\n"), "P-CB-OFFER  "); n != 2 {
		t.Errorf("offered %d times", n)
	}
}

func TestClips(t *testing.T) {
	e := load(t, map[string]string{"words/": spokenWords, "main": line("  a: {clip: P-A, topics: {1: loans, 2: rent}, then: c, silence: s, wrong: w, unavailable: u}\n" +
		"  c: {say: P-C, then: bye}\n  s: {say: P-S, then: bye}\n  w: {say: P-W, then: bye}\n  u: {say: P-U, then: bye}")})
	for script, want := range map[string]string{
		"given clip loans CLIP-A\ndial main\nhear P-A\npress 1\nhear CLIP-A P-C\n":   "expect clip CLIP-A",
		"given clip rent own-1\ndial main\nhear P-A\npress 2\nhear own-1\npress #\n": "hear P-C",
		"dial main\nhear P-A\npress 1\n":                                             "hear P-U",
		"given clips broken\ndial main\nhear P-A\npress 1\n":                         "hear P-MOMENT P-U",
		"dial main\nhear P-A\nsilence\nsilence\n":                                    "hear P-S",
		"dial main\nhear P-A\npress 5\nhear P-WRONG\npress 5\n":                      "hear P-W",
	} {
		report := play(t, e, script+want+"\n")
		for _, played := range report.Find(ivr.Played) {
			if cut := strings.Contains(script, "#"); (played.Value == "cut") != cut {
				t.Errorf("%q: heard %s", script, played.Value)
			}
		}
	}
	// On hold the library is asked once when it has nothing.
	hold := load(t, map[string]string{"words/": spokenWords, "main": line("  a: {queue: general, waiting: {clips: 60s}, served: bye, closed: bye}")})
	play(t, hold, "given clip \"\" CLIP-A\ndial main\nhear P-WAIT-CLIP\nwait 2m\nhear P-WAIT-CLIP\nserve\nhear P-BYE\n")
	play(t, hold, "dial main\nwait 10m\nserve\nhear P-BYE\nexpect no heard P-WAIT-CLIP\n")
}

func TestRequest(t *testing.T) {
	flows := map[string]string{"words/": spokenWords, "main": strings.Replace(line("  z: {set: {mood: good}, then: a}\n  a: {request: papers, values: [mood], then: d, refused: r, unavailable: u}\n"+
		"  d: {say: P-NO, then: bye}\n  r: {say: P-R, then: bye}\n  u: {say: P-U, then: bye}"), "start: a", "start: z", 1)}
	e := load(t, flows)
	report := play(t, e, "dial main\nhear P-NO P-BYE\nexpect request papers\nexpect variable no R001\n")
	if got := report.Requests[0]; got.Kind != "papers" || got.Values["mood"].Text() != "good" || len(got.Values) != 1 {
		t.Errorf("filed: %+v", got)
	}
	play(t, e, "given refused papers\ndial main\nhear P-R\n")
	play(t, e, "given requests slow\ndial main\nhear P-MOMENT P-U\n")
}

func TestConsent(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {consent: pledge, say: [P-ONE, P-TWO], again: true, agreed: y, refused: n, silence: s, wrong: w}\n" +
		"  y: {say: P-Y, then: bye}\n  n: {say: P-N, then: bye}\n  s: {say: P-S, then: bye}\n  w: {say: P-W, then: bye}")})
	report := play(t, e, "dial main\nhear P-ONE P-TWO\npress 1 early\npress 3\nhear P-ONE P-TWO\npress 1\nhear P-Y\nexpect consent pledge agreed\n")
	proof := report.Find(ivr.Agreed)[0]
	if c := proof.Consent; c.Key != '1' || c.Times != 2 || len(c.Hash) != 64 || c.Read < time.Second || strings.Join(c.Prompts, " ") != "P-ONE P-TWO" || proof.Lang != "zh-CN" {
		t.Errorf("the proof is %+v", c)
	}
	play(t, e, "dial main\nhear P-TWO\npress 2\nhear P-N\nexpect consent pledge refused\n")
	play(t, e, "dial main\nhear P-TWO\nsilence\nhear P-TWO\nsilence\nhear P-S\nexpect no consent pledge agreed\n")
	play(t, e, "dial main\nhear P-TWO\npress 5\nhear P-WRONG P-TWO\npress 5\nhear P-W\n")
	play(t, e, "dial main\nhear P-TWO\npress 0\nexpect queue general\nserve\nhear P-BYE\n")
	english := play(t, e, "dial main\nhear P-TWO\npress 8\nhear P-LANG-OWN\npress 3\nhear P-TWO\npress 1\nhear P-Y\n")
	if other := english.Find(ivr.Agreed)[0]; other.Lang != "en" || other.Consent.Hash != proof.Consent.Hash {
		t.Error("the prompts of the test say the same in every language, and so must the hash")
	}
}

func TestTap(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {tap: P-A, yes: y, no: n, danger: d, silence: s}\n" +
		"  y: {say: P-Y, then: bye}\n  n: {say: P-N, then: bye}\n  d: {say: P-D, then: bye}\n  s: {say: P-S, then: bye}")})
	for script, want := range map[string]string{
		"press 1\n":                        "hear P-Y\nexpect tap yes\nexpect no mark danger",
		"press 2\n":                        "hear P-N\nexpect tap no",
		"press 5\n":                        "hear P-D\nexpect tap danger\nexpect mark danger",
		"press 4\nhear P-WRONG\npress 4\n": "hear P-S",
		"silence\nsilence\n":               "hear P-S",
	} {
		play(t, e, "dial main\nhear P-A\n"+script+want+"\nexpect mark silent\n")
	}
}

func dutyLine() map[string]string {
	return map[string]string{
		"words/": spokenWords,
		"main": line("  a: {duty: night, topic: HERE, accept: accept, waiting: {first: {say: P-A}}, served: y, nobody: n, unavailable: u}\n" +
			"  y: {say: P-Y, then: bye}\n  n: {say: P-N, then: bye}\n  u: {say: P-U, then: bye}"),
		"accept": "flow: accept\nuse: leg\nlistener: staff\nlanguages: [zh-CN, yue, en]\ngiven: {topic: phrase}\nstart: a\nperson: return no\noutcomes: [accepted, no]\nnodes:\n" +
			"  a: {menu: L-ACCEPT, tries: 1, wait: 8s, keys: {1: return accepted}, silence: return no, wrong: return no}\n",
	}
}

func TestDuty(t *testing.T) {
	e := load(t, dutyLine())
	report := play(t, e, "dial main\nhear P-A\nwait 10s\nexpect duty night\naccept for 5m\nhear P-Y\n")
	d := report.Duties[0]
	if d.Ring != 20*time.Second || d.Within != 8*time.Second || d.Most != 3 || d.Accept.Name() != "accept" || d.Vars["topic"] != ivr.Phrase("HERE") {
		t.Errorf("%+v", d)
	}
	play(t, e, "dial main\nhear P-A\nnobody\nhear P-N\n")
	play(t, e, "given duty broken\ndial main\nhear P-U\n")
	play(t, e, "dial main\nhear P-A\nwait 3s\nhangup\nexpect outcome left\n")
	p := &mute{}
	if _, err := ivr.Run(t.Context(), flow(t, e, "main"), p, ivr.Call{}); err != nil || p.said[0] != "P-U" {
		t.Errorf("without a roster: %v, %v", p.said, err)
	}
	for key, want := range map[string]string{"press 1": "accepted", "silence": "no", "press 2": "no", "press 0": "no"} {
		if got := play(t, e, "start accept topic=HERE\nhear L-ACCEPT\n"+key+"\n").Result.Outcome; got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}

// lateDuty rings while the caller hangs up.
type lateDuty struct{ cancel context.CancelCauseFunc }

func (d lateDuty) Ring(ctx context.Context, _ ivr.DutyRequest) (ivr.DutyResult, error) {
	d.cancel(errGone)
	return ivr.DutyResult{}, context.Cause(ctx)
}

func TestHangUpWhileDutyRings(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &mute{}
	_, err := ivr.Run(ctx, flow(t, load(t, dutyLine()), "main"), p, ivr.Call{Desk: ivr.Desk{Duty: lateDuty{cancel}}})
	if !errors.Is(err, errGone) || len(p.find(ivr.Unserved)) > 0 {
		t.Errorf("%v", err)
	}
}

func TestServiceFaults(t *testing.T) {
	for _, row := range []struct{ from, to, want string }{
		{"accept: accept", "accept: acept", `node "a" runs the flow "acept", which is not there; did you mean "accept"?`},
		{"duty: night", "duty: nite", `there is no duty roster "nite"; known: night`},
		{"{first: {say: P-A}}", "{position: true}", `node "a": there is no place in line and no callback while people on call are rung`},
		{"accept: accept", "accept: main", `node "a": flow "main" is heard by the lawyer: it needs "use: leg", "listener: staff" and the outcome "accepted"`},
	} {
		flows := dutyLine()
		flows["main"] = strings.Replace(flows["main"], row.from, row.to, 1)
		if _, err := ivr.Load(files(flows), now); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
	flows := dutyLine()
	flows["accept"] = strings.Replace(flows["accept"], "listener: staff\n", "", 1)
	if _, err := ivr.Load(files(flows), now); err == nil || !strings.Contains(err.Error(), "prompt L-ACCEPT is whispered to counselors and cannot be said to a caller") {
		t.Errorf("got %v", err)
	}
}
