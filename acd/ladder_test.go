package acd_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// ladder is a queue as the main line's: own skill, then general, then a neighbour's.
func ladder() acd.Queue {
	q := labour
	q.Ladder = []acd.Step{
		{After: 60 * time.Second, Skills: []acd.Qualification{"general"}},
		{After: 120 * time.Second, Skills: []acd.Qualification{"family"}},
		{After: 600 * time.Second, Alarm: true},
	}
	return q
}

func TestLadderOpensOtherSkills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, ladder())
		f.seat("own", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "own"))
		f.seat("gen", "general")
		f.seat("fam", "family")
		first := f.call(acd.Request{Queue: "labour"})
		second := f.call(acd.Request{Queue: "labour"})
		third := f.call(acd.Request{Queue: "labour"})
		after(59 * time.Second)
		f.waits(first)
		after(time.Second)
		f.accept(f.rings(first, "gen"))
		after(59 * time.Second)
		f.waits(second)
		after(time.Second)
		f.accept(f.rings(second, "fam"))
		if got := f.alarms(acd.AlarmLongWait); got != nil {
			t.Fatalf("alarms %v", got)
		}
		after(8 * time.Minute)
		f.waits(third)
		if got := f.alarms(acd.AlarmLongWait); !slices.Equal(got, []string{"labour"}) {
			t.Fatalf("alarms %v", got)
		}
		third.Leave(acd.Ending{Outcome: acd.Message})
		if got := f.alarms(acd.AlarmLongWait); got != nil {
			t.Fatalf("alarms %v of an empty queue", got)
		}
	})
}

func TestStepsWithNobodyAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, ladder())
		f.seat("fam", "family")
		f.rings(f.call(acd.Request{Queue: "labour"}), "fam")
	})
}

func TestOwnSkillBeforeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, ladder())
		f.seat("gen", "general")
		after(time.Hour)
		f.seat("own", "labour")
		ticket := f.join(acd.Request{Queue: "labour", Since: time.Now().Add(-5 * time.Minute)})
		f.present(ticket)
		f.rings(ticket, "own")
	})
}

// The duty mobiles and the supervisor are opened to children, never other skills.
func childLadder() acd.Queue {
	q := minors
	q.Ladder = []acd.Step{
		{After: 120 * time.Second, Sites: []acd.Site{acd.Mobile}},
		{After: 240 * time.Second, Sites: []acd.Site{acd.Supervisor}},
		{After: 300 * time.Second, Message: true, Alarm: true},
	}
	return q
}

func TestLadderOfChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, childLadder())
		f.seat("kim", "minors")
		f.accept(f.rings(f.call(acd.Request{Queue: "minors"}), "kim"))
		mobile, boss, wrong := agent("mob", "minors"), agent("sup", "minors"), agent("lab", "labour")
		mobile.Site, boss.Site = acd.Mobile, acd.Supervisor
		for _, a := range []acd.Agent{mobile, boss, wrong} {
			f.signIn(a)
		}
		first := f.call(acd.Request{Queue: "minors"})
		second := f.call(acd.Request{Queue: "minors"})
		third := f.join(acd.Request{Queue: "minors"})
		news := make(chan error, 1)
		go func() {
			_, err := f.Wait(t.Context(), third)
			news <- err
		}()
		after(120*time.Second - time.Millisecond)
		f.waits(first)
		after(time.Millisecond)
		o := f.rings(first, "mob")
		if o.Site != acd.Mobile {
			t.Fatalf("rings at %s", o.Site)
		}
		f.accept(o)
		after(120 * time.Second)
		f.accept(f.rings(second, "sup"))
		after(59 * time.Second)
		if len(news) > 0 {
			t.Fatalf("third: %v", <-news)
		}
		after(time.Second)
		if err := <-news; !errors.Is(err, acd.ErrAskMessage) {
			t.Fatalf("third: %v", err)
		}
		f.present(third)
		after(24 * time.Hour)
		f.waits(third)
		o.Finish()
		after(time.Minute)
		f.rings(third, "mob")
	})
}

func TestProtectedQueuesOpenNoSkills(t *testing.T) {
	q := minors
	q.Ladder = []acd.Step{{After: time.Minute, Skills: []acd.Qualification{"general"}}}
	if _, err := acd.New(acd.Config{Queues: []acd.Queue{q}}); err == nil {
		t.Fatal("a ladder opened other skills to children")
	}
}

func TestMaxWaitIsForOrdinaryCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		ordinary, danger := f.join(acd.Request{Queue: "labour"}), f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
		start := time.Now()
		if _, err := f.Wait(t.Context(), ordinary); !errors.Is(err, acd.ErrTimeout) || time.Since(start) != 30*time.Minute {
			t.Fatalf("%v after %v", err, time.Since(start))
		}
		after(24 * time.Hour)
		if !errors.Is(danger.Present(), acd.ErrInUse) {
			t.Fatal("a caller in danger was timed out")
		}
	})
}

func TestPreferencesRelax(t *testing.T) {
	far, near := agent("far", "labour"), agent("near", "labour")
	far.Languages, near.Languages = []acd.Language{"zh-CN"}, []acd.Language{"zh-CN", "yue"}
	far.District, near.District = "baiyun", "tianhe"
	near.Skills[0].Level = 4
	tests := []struct {
		name   string
		prefer acd.Prefer
		relax  time.Duration
	}{
		{"language", acd.Prefer{Language: "yue"}, 30 * time.Second},
		{"district", acd.Prefer{District: "tianhe"}, 30 * time.Second},
		{"level", acd.Prefer{Level: 4}, 45 * time.Second},
		{"agent", acd.Prefer{Agent: "near"}, 20 * time.Second},
		{"longest of several", acd.Prefer{Agent: "near", Language: "yue", Level: 3}, 45 * time.Second},
		{"nobody at work meets it", acd.Prefer{Language: "en"}, 0},
		{"unknown agent", acd.Prefer{Agent: "eve"}, 0},
		{"none", acd.Prefer{}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := open(t, labour)
				f.signIn(near)
				f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "near"))
				f.signIn(far)
				ticket := f.call(acd.Request{Queue: "labour", Prefer: test.prefer})
				if test.relax > 0 {
					after(test.relax - time.Millisecond)
					f.waits(ticket)
					after(time.Millisecond)
				}
				f.rings(ticket, "far")
			})
		})
	}
}

// A preference that nobody meets is dropped, and the ladder is not climbed any faster for it; one that somebody meets is
// kept beside it.
func TestUnmetPreferencesAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, ladder())
		f.seat("own", "labour")
		yue := agent("yue", "labour")
		yue.Languages = []acd.Language{"yue"}
		f.signIn(yue)
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "own"))
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "yue"))
		f.seat("gen", "general")
		unmet := f.call(acd.Request{Queue: "labour", Prefer: acd.Prefer{Language: "en", Level: 5}})
		both := f.call(acd.Request{Queue: "labour", Prefer: acd.Prefer{Language: "yue", District: "nowhere"}})
		f.seat("new", "labour")
		f.accept(f.rings(unmet, "new"))
		f.seat("newer", "labour")
		f.waits(both)
		after(30 * time.Second)
		f.accept(f.rings(both, "newer"))
		last := f.call(acd.Request{Queue: "labour", Prefer: acd.Prefer{Language: "en", Level: 5}})
		after(59 * time.Second)
		f.waits(last)
		after(time.Second)
		f.rings(last, "gen")
	})
}

func TestDangerWaitsForNoPreference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		f.seat("bob", "labour")
		calm := f.call(acd.Request{Queue: "labour", Prefer: acd.Prefer{Agent: "ann"}})
		f.waits(calm)
		if err := calm.Reclassify(acd.Lesson{Add: acd.Danger}); err != nil {
			t.Fatal(err)
		}
		f.accept(f.rings(calm, "bob"))
		f.seat("cid", "labour")
		f.rings(f.call(acd.Request{Queue: "labour", Claims: acd.Danger, Prefer: acd.Prefer{Agent: "ann"}}), "cid")
	})
}

func TestPreferredAgentWaitsForNobodyOnBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		if err := f.Break("bob", "lunch"); err != nil {
			t.Fatal(err)
		}
		f.rings(f.call(acd.Request{Queue: "labour", Prefer: acd.Prefer{Agent: "bob"}}), "ann")
	})
}

func TestMustNeverRelaxes(t *testing.T) {
	wei, lan := agent("wei", "labour"), agent("lan", "labour")
	lan.Woman, lan.Languages = true, []acd.Language{"yue"}
	tests := []struct {
		name string
		must acd.Must
	}{
		{"woman", acd.Woman()},
		{"only language", acd.Speaking("yue")},
		{"conflict", acd.Except("wei")},
		{"all of them", acd.Woman().And(acd.Except("wei")).And(acd.Speaking("yue"))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := ladder()
				q.Times.MaxWait = -1
				f := open(t, q)
				f.signIn(wei)
				if _, err := f.Join(acd.Request{Queue: "labour", Must: test.must}); !errors.Is(err, acd.ErrNobody) {
					t.Fatalf("nobody has it: %v", err)
				}
				f.signIn(lan)
				f.rings(f.call(acd.Request{Queue: "labour", Must: test.must}), "lan")
				ticket := f.call(acd.Request{Queue: "labour", Must: test.must})
				after(24 * time.Hour)
				f.waits(ticket)
				if f.agentIs("wei", acd.Ready, ""); f.view("lan").State == acd.Offline {
					t.Fatal("lan is gone")
				}
			})
		})
	}
}

func TestRulesAreFrozenAtJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := openWith(t, acd.Config{Version: "one", Queues: []acd.Queue{ladder()}})
		f.seat("own", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "own"))
		f.seat("gen", "general")
		before := f.call(acd.Request{Queue: "labour"})
		if err := f.SetQueues("two", []acd.Queue{labour}); err != nil {
			t.Fatal(err)
		}
		behind := f.call(acd.Request{Queue: "labour"})
		after(time.Minute)
		f.rings(before, "gen")
		f.waits(behind)
		if before.Version() != "one" || behind.Version() != "two" {
			t.Fatalf("versions %s and %s", before.Version(), behind.Version())
		}
		if err := f.SetQueues("three", []acd.Queue{general}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Join(acd.Request{Queue: "labour"}); !errors.Is(err, acd.ErrUnknownQueue) {
			t.Fatalf("a queue taken out of the rules: %v", err)
		}
		f.seat("new", "labour")
		f.rings(behind, "new")
	})
}

func TestBadRulesAreRefusedWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		bad := []acd.Queue{{Name: "new"}, {Name: "new"}, {
			Name: "worse", Strategy: 9, Several: -1, Ladder: []acd.Step{{After: 2}, {After: 1, Sites: []acd.Site{7}}},
			Limits: acd.Limits{Waiting: -1, CallbackShare: 101}, Callback: acd.CallbackRule{Window: acd.Window{From: -1, To: 1}},
		}}
		err := f.SetQueues("bad", bad)
		if !errors.Is(err, acd.ErrDoubleQueue) {
			t.Fatalf("%v", err)
		}
		joined, ok := errors.Unwrap(err).(interface{ Unwrap() []error })
		if !ok || len(joined.Unwrap()) != 2 {
			t.Fatalf("faults %v", err)
		}
		f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		if err := f.SetQueues("none", nil); !errors.Is(err, acd.ErrNoQueues) {
			t.Fatalf("%v", err)
		}
	})
}

func TestTooManyTraits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, general)
		var a acd.Agent
		a.ID = "all"
		for i := range 70 {
			a.Languages = append(a.Languages, acd.Language(rune('a'+i)))
		}
		if err := f.SignIn(a); !errors.Is(err, acd.ErrTraits) {
			t.Fatalf("%v", err)
		}
		f.seat("ann")
		if _, err := f.Join(acd.Request{Queue: "general", Must: acd.Speaking("zz")}); !errors.Is(err, acd.ErrTraits) {
			t.Fatalf("%v", err)
		}
		f.rings(f.call(acd.Request{Queue: "general"}), "ann")
	})
}

// A Wait that ends by its context leaves the caller in line: a key pressed while waiting is not a hang-up.
func TestPlaceSurvivesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		o := f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		f.accept(o)
		first := f.join(acd.Request{Queue: "labour"})
		second := f.call(acd.Request{Queue: "labour"})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := f.Wait(ctx, first); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%v", err)
		}
		if p := first.Place(); p.Position != 1 {
			t.Fatalf("place %+v", p)
		}
		f.present(first)
		o.Finish()
		after(time.Minute)
		f.rings(first, "ann")
		f.waits(second)
	})
}
