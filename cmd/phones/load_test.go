package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// understood is the load command of a command line.
func understood(t *testing.T, line ...string) (loadCommand, error) {
	t.Helper()
	var cli commands
	parser, err := kong.New(&cli)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(append([]string{"load"}, line...))
	return cli.Load, err
}

// A workload sets what the flags leave open, and nothing else.
func TestWorkloads(t *testing.T) {
	for _, c := range []struct {
		line    string
		calls   int
		arrive  string
		staff   int
		hold    time.Duration
		talk    time.Duration
		repeats bool
	}{
		{"w1 12348", 500, "steady 100", 0, 0, 0, false},
		{"w1 12348 --calls 7 --arrive 'ramp 1-5 2s'", 7, "ramp 1-5 2s", 0, 0, 0, false},
		{"w2 12348 --calls 20 --staff-extensions 7000-7099", 20, "steady 50", 20, 0, 0, false},
		{"w3 12348", 1000, "steady 200", 0, 100 * time.Millisecond, 0, false},
		{"w4 12348 --staff-extensions 7000-7099", 1000, "steady 100", 10, 0, 2 * time.Second, true},
		{"free 12348 --staff-extensions 7000-7003", 1, "steady 10", 4, 0, 0, false},
	} {
		l, err := understood(t, split(c.line)...)
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.plan("127.0.0.1")
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		if p.Calls != c.calls || p.Arrivals.String() != c.arrive || len(p.Staff.Accounts) != c.staff ||
			p.Times.Hold != c.hold || p.Staff.Talk != c.talk || p.Again != c.repeats || p.Server.String() != "127.0.0.1:5060" {
			t.Errorf("%s: %+v", c.line, p)
		}
	}
}

// split cuts a line into words; quotes keep some together.
func split(line string) (words []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

func TestUnusableLoads(t *testing.T) {
	for line, word := range map[string]string{
		"w1 12348 --arrive fast":                                "arrivals",
		"w1 12348 --script dance":                               "no step",
		"w2 12348":                                              "200 counselors are needed",
		"w2 12348 --calls 2 --staff-extensions 7000":            "extensions",
		"w2 12348 --calls 2 --staff-file nowhere.csv":           "nowhere.csv",
		"w1 12348 --callers-at 127.0.0.9-127.0.0.1":             "addresses",
		"w1 12348 --callers-codec opus":                         "codec",
		"w4 12348 --staff-count 3 --staff-extensions 7000-7001": "3 counselors are needed",
	} {
		l, err := understood(t, split(line)...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.plan("127.0.0.1:5070"); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", line, err)
		}
	}
	if _, err := resolve("127.0.0.1:5060;transport=tcp"); err == nil {
		t.Error("load would speak UDP to a server meant to be called by TCP")
	}
}

func TestStaffFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "staff.csv")
	for text, want := range map[string]int{
		"extension,name,sip_password\n7000,A,x\n7001,B,y\n": 2,
		"password,extension\nx,7000\n":                      1,
		"extension\n7000\n":                                 0,
		"":                                                  0,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := readStaff(path)
		if len(all) != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v", text, all, err)
		}
		if want > 0 && (all[0].User != "7000" || all[0].Password != "x") {
			t.Errorf("%q: %v", text, all[0])
		}
	}
}

// The whole command runs against a server that is not there, and says so.
func TestLoadWithoutServer(t *testing.T) {
	var out, errs strings.Builder
	code := run(t.Context(), []string{"--server", "127.0.0.1:1", "load", "free", "12348", "--measure", "200ms", "--warm", "1ms", "--settle", "1ms", "--answer", "100ms"}, &out, &errs)
	if code != 0 || !strings.Contains(out.String(), "failed 1") {
		t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
	}
}
