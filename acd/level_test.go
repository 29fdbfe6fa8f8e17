package acd_test

import (
	"math"
	"testing"
	"time"

	"hotline/acd"
)

// The check numbers: 1,000 answered of which 860 in time, 60 abandoned of which 20 in time and 10 at once.
func TestServiceLevelCheckNumbers(t *testing.T) {
	tally := acd.Tally{Offered: 1060, Answered: 1000, Abandoned: 60, Details: acd.Details{Short: 10}}
	tally.Levels.Answered[0] = 860
	tally.Levels.Abandoned[0] = 20
	tests := []struct {
		formula acd.Formula
		name    string
		percent float64
	}{
		{acd.SLOurs, "SL", 81.90},
		{acd.SLHandled, "SL-F1", 83.02},
		{acd.SLAnswered, "SL-F2", 86.00},
		{acd.SLAll, "SL-F3", 81.13},
		{acd.SLPatient, "SL-F4", 82.69},
	}
	for _, test := range tests {
		level, ok := tally.Level(test.formula, 0)
		if got := math.Round(level*1e4) / 100; !ok || got != test.percent || test.formula.String() != test.name {
			t.Errorf("%s is %.2f, want %s %.2f", test.formula, got, test.name, test.percent)
		}
	}
	if rate, _ := tally.Reached(); math.Round(rate*1e4) != 9524 {
		t.Errorf("reached %.4f, want 0.9524", rate)
	}
	if rate, _ := tally.Abandonment(); math.Round(rate*1e4) != 476 {
		t.Errorf("abandonment %.4f, want 0.0476", rate)
	}
}

func TestCallbackTakersAreNotInTime(t *testing.T) {
	tally := acd.Tally{Offered: 10, Answered: 8, CalledBack: 2}
	tally.Levels.Answered[1] = 8
	if level, _ := tally.Level(acd.SLOurs, 1); level != 0.8 {
		t.Fatalf("level %v, want 0.8", level)
	}
}

func TestNoLevelWithoutCallers(t *testing.T) {
	var tally acd.Tally
	for f := acd.SLOurs; f <= acd.SLPatient; f++ {
		if _, ok := tally.Level(f, 0); ok {
			t.Errorf("%s of nobody", f)
		}
	}
}

func TestSumsOfTalliesAreTallies(t *testing.T) {
	a := acd.Tally{Offered: 3, Answered: 1, Abandoned: 1, Details: acd.Details{Short: 1}, Times: acd.Sums{Waited: time.Minute, Longest: time.Minute}}
	b := acd.Tally{Offered: 4, Messages: 2, Diverted: 1, Keys: acd.Keys{9: 1}, Times: acd.Sums{Waited: time.Second, Longest: time.Second}}
	a.Add(b)
	want := acd.Tally{
		Offered: 7, Answered: 1, Abandoned: 1, Details: acd.Details{Short: 1}, Messages: 2, Diverted: 1, Keys: acd.Keys{9: 1},
		Times: acd.Sums{Waited: 61 * time.Second, Longest: time.Minute},
	}
	if a != want {
		t.Fatalf("got %+v, want %+v", a, want)
	}
	if a.Waiting() != 2 {
		t.Fatalf("%d waiting, want 2", a.Waiting())
	}
}
