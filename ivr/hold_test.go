package ivr_test

import (
	"strings"
	"testing"
	"time"

	"hotline/ivr"
)

func queueLine(fields string) map[string]string {
	return map[string]string{"main": line("  a: {queue: general, " + fields + ", served: bye, closed: c}\n  c: {say: P-CLOSED-NOW, then: bye}")}
}

func TestPositionIsToldWhenItChanges(t *testing.T) {
	e := load(t, queueLine("waiting: {position: true}"))
	report := play(t, e, `given queue general ahead 3 wait 4m ready 1
dial main
hear P-POS
wait 2m
given queue general ahead 2 wait 3m ready 1
hear P-POS
wait 1m
given queue general ahead 1 ready 1
hear P-POS-N
wait 1m
given queue general ahead 1 wait 20m ready 1
hear P-LONG
wait 1m
given queue general ahead 0 wait 1m ready 1
hear P-POS-NEXT
serve
`)
	if got := strings.Count(strings.Join(report.Transcript, "\n"), "hear P-POS P-"); got != 0 {
		t.Errorf("two positions at once")
	}
	if got := strings.Count(strings.Join(report.Transcript, "\n"), "hear P-POS "); got != 2 {
		t.Errorf("the place was told %d times without a change:\n%s", got, strings.Join(report.Transcript, "\n"))
	}
}

func TestEstimatesNeverFallFasterThanTheWait(t *testing.T) {
	e := load(t, queueLine("waiting: {position: true}"))
	report := play(t, e, `given queue general ahead 4 wait 4m10s ready 1
dial main
hear P-POS
wait 50s
given queue general ahead 4 wait 4m ready 1
wait 50s
given queue general ahead 3 wait 3m59s ready 1
hear P-POS
serve
`)
	all := strings.Join(report.Transcript, "\n")
	if !strings.Contains(all, "P-POS 45") || !strings.Contains(all, "P-POS 35") {
		t.Errorf("five minutes were told, and eleven seconds less are still five:\n%s", all)
	}
}

func TestKeysWhileWaiting(t *testing.T) {
	flows := queueLine("waiting: {first: {say: P-FIRST, languages: {2: yue}}, comfort: {say: P-COMFORT, after: 20s, every: 30s}}, keys: {7: c}")
	e := load(t, flows)
	play(t, e, "dial main\nhear P-FIRST\npress 2\nhear P-FIRST\nexpect language yue\nwait 25s\nhear P-COMFORT\nwait 20s\nhear P-COMFORT\nserve\nhear P-BYE\n")
	play(t, e, "dial main\nhear P-FIRST\nwait 10s\npress 7\nhear P-CLOSED-NOW P-BYE\nexpect outcome hangup\n")
	play(t, e, "dial main\nhear P-FIRST\npress 8\nhear P-LANG-OWN\npress 3\nwait 1s\nexpect language en\nserve\n")
	// Keys that mean nothing only stop the words; the caller stays in line.
	play(t, e, "dial main\nhear P-FIRST\npress 4\nwait 1s\npress #\nwait 1s\npress 0\nwait 1s\npress 9\nwait 1s\nserve\nhear P-BYE\n")
}

func TestMessageFromTheLine(t *testing.T) {
	flows := map[string]string{"main": strings.Replace(line("  a: {queue: general, served: bye, closed: bye}\n  note: {say: P-NOTE, then: bye}"), "goodbye: bye", "goodbye: bye\nmessage: note", 1)}
	play(t, load(t, flows), "dial main\nwait 5s\npress 9\nhear P-NOTE P-BYE\n")
}

func TestFlowsBesideAWait(t *testing.T) {
	flows := map[string]string{
		"main": line("  a: {queue: general, waiting: {first: {say: P-FIRST, aside: {1: taps}}}, served: bye, closed: bye}"),
		"taps": "flow: taps\nuse: part\nlanguages: [zh-CN, yue, en]\nstart: a\noutcomes: [done]\nnodes:\n" +
			"  a: {menu: P-ASK, keys: {5: danger, 1: return done}, silence: return done, wrong: return done}\n" +
			"  danger: {set: {}, mark: danger, then: return done}\n",
	}
	e := load(t, flows)
	report := play(t, e, "dial main\nhear P-FIRST\npress 1\nhear P-ASK\npress 5\nexpect mark danger\nwait 10s\nserve\nhear P-BYE\nexpect outcome hangup\n")
	if len(report.Queues) != 1 {
		t.Errorf("the caller left the line: %d waits", len(report.Queues))
	}
	if !report.Result.Marks.Has(ivr.Danger) {
		t.Error("the danger told beside the wait is not known after it")
	}
	// The counselor answers in the middle of it.
	report = play(t, e, "dial main\nhear P-FIRST\npress 1\nhear P-ASK\npress 4\nserve\nhear P-BYE\nexpect outcome hangup\n")
	for _, ev := range report.Find(ivr.LeftNode) {
		if ev.HungUp {
			t.Errorf("being answered was filed as hanging up: %+v", ev)
		}
	}
	// Key 0 beside a wait only ends what is beside.
	play(t, e, "dial main\nhear P-FIRST\npress 1\nhear P-ASK\npress 0\npress 0\nwait 3s\nserve\nhear P-BYE\n")
}

func TestQueueOutcomes(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {queue: general, limit: 10m, served: bye, closed: c, full: f, timeout: t}\n" +
		"  c: {say: P-C, then: bye}\n  f: {say: P-F, then: bye}\n  t: {say: P-T, then: bye}")})
	play(t, e, "given queue general closed\ndial main\nhear P-C\n")
	play(t, e, "given queue general full\ndial main\nhear P-F\n")
	play(t, e, "dial main\nwait 11m\nhear P-T\n")
	play(t, e, "dial main\nwait 3m\nserve danger\nexpect mark danger\nhear P-BYE\n")
	report := play(t, e, "dial main\nwait 9m\nhangup\nexpect outcome left\n")
	if left := report.Find(ivr.LeftNode); len(left) != 1 || !left[0].HungUp || left[0].Took < 9*time.Minute {
		t.Errorf("filed: %+v", left)
	}
}

func TestAProtectedCallWaitsWithoutLimit(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {set: {}, mark: minor, then: q}\n  q: {queue: minors, limit: 10m, served: bye, closed: bye, timeout: bye}")})
	report := play(t, e, "given queue minors full\ndial main\nwait 2h\nexpect queue minors protected\nserve\nhear P-BYE\n")
	if q := report.Queues[0]; q.Limit != 0 || !q.Marks.Protected() {
		t.Errorf("%+v", q)
	}
}

func TestThePlaceIsKeptInOneCall(t *testing.T) {
	e := load(t, map[string]string{"main": line("  a: {queue: general, keys: {7: b}, served: bye, closed: bye}\n  b: {menu: P-B, keys: {1: a}, silence: a, wrong: a}")})
	report := play(t, e, "dial main\nwait 5m\npress 7\nhear P-B\npress 1\nwait 1m\nserve\nhear P-BYE\n")
	if len(report.Queues) != 2 || !report.Queues[0].Since.Equal(report.Queues[1].Since) {
		t.Errorf("the place was lost: %v", report.Queues)
	}
}

func TestKeysTypedBeforeTheLineAreForgotten(t *testing.T) {
	e := load(t, queueLine("keys: {7: c}"))
	e2 := load(t, map[string]string{"main": line("  a: {say: P-A, then: q}\n  q: {queue: general, keys: {7: bye}, served: bye, closed: bye}")})
	play(t, e, "dial main\nwait 1s\nserve\n")
	report := play(t, e2, "dial main\nhear P-A\npress 7\nwait 1m\nserve\nhear P-BYE\n")
	if len(report.Queues) != 1 {
		t.Error("the key left the line")
	}
}
