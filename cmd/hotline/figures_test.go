package main

import (
	"testing"
	"time"

	"hotline/acd"
	"hotline/store"
)

// The check numbers: 1,000 answered of which 860 in time, 60 abandoned of which 20 in time and 10 at once.
func TestFiledFiguresAreRatedAsLiveOnes(t *testing.T) {
	day := store.Figures{Offered: 1060, Answered: 1000, Abandoned: 60, Short: 10}
	day.Level.Answered, day.Level.Abandoned = [3]int{860, 900, 950}, [3]int{20, 30, 40}
	tally := tallyOf(day)
	for formula, want := range map[acd.Formula]string{
		acd.SLOurs: "81.90", acd.SLHandled: "83.02", acd.SLAnswered: "86.00", acd.SLAll: "81.13", acd.SLPatient: "82.69",
	} {
		if got := share(tally.Level(formula, 0)); got != want {
			t.Errorf("%s is %s, want %s", formula, got, want)
		}
	}
	if store.Interval != acd.Interval || len(day.Level.Answered) != len(acd.Thresholds) || acd.Thresholds[0] != 15*time.Second {
		t.Error("the database counts other intervals or thresholds than the router")
	}
}

func TestFiguresOfDays(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC) // the 24th there
	for _, tc := range []struct {
		command  figuresCommand
		from, to string
	}{
		{figuresCommand{}, "2026-11-24", "2026-11-25"},
		{figuresCommand{Day: "2026-11-01"}, "2026-11-01", "2026-11-02"},
		{figuresCommand{Day: "2026-11-01", To: "2026-11-30"}, "2026-11-01", "2026-12-01"},
	} {
		from, to, err := tc.command.days(now, zone)
		if err != nil || from.Format(time.DateOnly) != tc.from || to.Format(time.DateOnly) != tc.to {
			t.Errorf("%+v: %s to %s, %v", tc.command, from, to, err)
		}
	}
	if _, _, err := (figuresCommand{Day: "monday"}).days(now, zone); err == nil {
		t.Error("monday is a day")
	}
	two := []store.Figures{{Queue: "a", From: now, Offered: 1}, {Queue: "a", From: now.Add(store.Interval), Offered: 2}, {Queue: "b", From: now, Offered: 4}}
	if rows := (figuresCommand{}).rows(two, now); len(rows) != 2 || rows[0].Offered != 3 || rows[1].Offered != 4 {
		t.Errorf("sums %+v", rows)
	}
	if rows := (figuresCommand{Intervals: true}).rows(two, now); len(rows) != 3 {
		t.Errorf("intervals %+v", rows)
	}
}
