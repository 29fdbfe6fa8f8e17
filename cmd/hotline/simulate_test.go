package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/acd/simulate"
	"hotline/store"
)

// simulated runs hotline simulate.
func simulated(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), World{append([]string{"simulate"}, args...), func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

func TestSimulate(t *testing.T) {
	table, chart := filepath.Join(t.TempDir(), "o.csv"), filepath.Join(t.TempDir(), "o.svg")
	code, out, errs := simulated("--days", "2", "--with", "2 labour,family 18:00-22:00", "--csv", table, "--svg", chart)
	if code != 0 || !strings.Contains(out, "with more") || !strings.Contains(out, "calls of 2 days") {
		t.Fatalf("%d %s\n%s", code, errs, out)
	}
	for path, begin := range map[string]string{table: "plan,queue,from", chart: "<svg "} {
		if b, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(b), begin) {
			t.Errorf("%s: %v %.40s", path, err, b)
		}
	}
}

// The sample is a plan that the command takes.
func TestSimulateSample(t *testing.T) {
	_, sample, _ := simulated("--sample")
	path := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(path, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	_, first, _ := simulated(path, "--days", "1")
	_, again, _ := simulated("--days", "1")
	_, other, _ := simulated("--days", "1", "--seed", "9")
	table := func(s string) string { return s[:strings.LastIndex(s, "calls of")-8] }
	if table(first) != table(again) || table(first) == table(other) {
		t.Errorf("the same plan and seed give\n%s\nand\n%s", first, again)
	}
}

func TestSimulateRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(path, []byte("start: x\nzone: Moon\ndays: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		want []string
	}{
		{[]string{path}, []string{`plan.yaml: zone: "Moon"`, `plan.yaml: start: "x"`}},
		{[]string{"/nowhere/plan.yaml"}, []string{"cannot be read"}},
		{[]string{"--with", "many"}, []string{`--with: "many" is not a number of people`}},
		{[]string{"--csv", "/nowhere/o.csv"}, []string{"cannot be written"}},
	} {
		code, _, errs := simulated(tc.args...)
		for _, want := range tc.want {
			if code != exitFailed || !strings.Contains(errs, want) {
				t.Errorf("%v: %d %s, want %q", tc.args, code, errs, want)
			}
		}
	}
}

func TestCallsOfARealDay(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	calls := callsOf([]store.Visit{
		{Queue: "labour", Entered: at, Answered: true, Waited: time.Minute, Talk: 4 * time.Minute, Wrap: time.Minute},
		{Queue: "labour", Entered: at, Answered: true, Talk: 8 * time.Minute, Wrap: 3 * time.Minute},
		{Queue: "labour", Entered: at, Waited: 40 * time.Second},
		{Queue: "minors", Entered: at, Minor: true, Danger: true},
	}, time.UTC)
	want := []simulate.Call{
		{At: at, Queue: "labour", Talk: 4 * time.Minute, Wrap: time.Minute},
		{At: at, Queue: "labour", Talk: 8 * time.Minute, Wrap: 3 * time.Minute},
		{At: at, Queue: "labour", Talk: 6 * time.Minute, Wrap: 2 * time.Minute, Patience: 40 * time.Second},
		{At: at, Queue: "minors", Patience: time.Millisecond, Claims: acd.Minor | acd.Danger},
	}
	if !slices.Equal(calls, want) {
		t.Errorf("got  %+v\nwant %+v", calls, want)
	}
}
