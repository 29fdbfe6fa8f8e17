package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/callflows"
	"hotline/cmd/phones/load"
	"hotline/ivr"
)

// The call flows that are measured load over the shipped ones.
func TestEditionLoads(t *testing.T) {
	dir := t.TempDir()
	if err := writeEdition(dir); err != nil {
		t.Fatal(err)
	}
	over := ivr.Overlay(os.DirFS(dir), callflows.Files)
	if _, err := ivr.Load(over, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, w := range workloads() {
		if _, err := os.Stat(filepath.Join(dir, "flows", w.number+".yaml")); err != nil {
			t.Errorf("%s calls a line without a flow: %v", w.name, err)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, all := range map[float64][]float64{0: nil, 3: {3}, 2: {3, 1, 2}, 2.5: {4, 1, 2, 3}} {
		if got := median(all); got != want {
			t.Errorf("the median of %v is %g", all, got)
		}
	}
}

// Ratios are those of pairs, not of medians.
func TestPairsArePrinted(t *testing.T) {
	report := func(cpu, p99 float64) load.Report {
		r := load.Report{Workload: "w2", Calls: 7, Process: &load.Process{CPU: cpu, CPUCall: 9}}
		r.Audio.Jitter.P99 = p99
		return r
	}
	pairs := [][2]load.Report{{report(1, 4), report(0.5, 4)}, {report(4, 4), report(1, 5)}, {report(2, 4), report(2, 6)}}
	var out strings.Builder
	printPairs(&out, workload{name: "w2"}, pairs)
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"w2, 7 calls, 3 pairs", "CPU s per 1,000 call-s 2.000 1.000 0.50 0.25 1.00", "jitter p99 ms 4.000 5.000 1.25 1.00 1.50"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(text, "a call") {
		t.Errorf("a figure of another workload is printed:\n%s", out.String())
	}
}

// Every figure is read from the report, some of some workloads only.
func TestFiguresAreAllRead(t *testing.T) {
	one := load.Times{P50: 1, P99: 1, P999: 1}
	r := load.Report{
		Process: &load.Process{CPU: 1, CPUCall: 1, ChildrenCall: 1, MemoryCall: 1, Memory: 1},
		SetUp:   load.SetUp{Failed: 1, Answer: one, NextRing: one},
		Audio:   load.Audio{Lost: 1, Jitter: one, Delay: one},
	}
	for _, m := range figures() {
		sum := 0.0
		for _, name := range []string{"w2", "w3"} {
			r.Workload = name
			sum += m.of(&r)
		}
		if sum == 0 {
			t.Errorf("%s is nothing", m.name)
		}
	}
}

func TestServers(t *testing.T) {
	s, err := parseServer("asterisk=127.0.0.1:5070/4711")
	if err != nil || s != (server{"asterisk", "127.0.0.1:5070", 4711}) {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := parseServer("a=b:1"); err != nil || s.pid != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, text := range []string{"", "127.0.0.1:5070", "=127.0.0.1:5070", "a=", "a=b:1/x", "a=b:1/-1"} {
		if s, err := parseServer(text); err == nil {
			t.Errorf("%q is %+v", text, s)
		}
	}
}

// Servers stand beside each other with the medians of their runs, also one whose process was not watched.
func TestServersArePrinted(t *testing.T) {
	watched := load.Report{Workload: "w2", Process: &load.Process{CPU: 2}}
	far := load.Report{Workload: "w2"}
	far.SetUp.Answer.P50 = 7
	var out strings.Builder
	printBeside(&out, workload{name: "w2"}, []server{{name: "here"}, {name: "far"}}, [][]load.Report{{watched}, {far}})
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"medians of 1 runs here far CPU", "CPU s per 1,000 call-s 2.000 0.000", "INVITE to 200 p50 ms 0.000 7.000"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestPressure(t *testing.T) {
	const text = "some avg10=46.92 avg60=60.66 avg300=76.16 total=4251319264\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
	if got := pressure(text); got != 46.92 {
		t.Errorf("%g", got)
	}
	if got := pressure("nothing"); got != 0 {
		t.Errorf("%g", got)
	}
}

// Nobody waits for a quiet machine longer than allowed, nor than the command lives.
func TestSettle(t *testing.T) {
	if err := (place{}).settle(t.Context()); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := (place{Quiet: time.Hour}).settle(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSeats(t *testing.T) {
	plain, urgent := place{ServerCore: "0"}, place{LoadCore: "1", RealTime: true}
	if got := strings.Join(plain.server().pinned(plain.server().hurried("a", "b")...), " "); got != "taskset -c 0 a b" {
		t.Error(got)
	}
	if got := strings.Join(urgent.phones().pinned(urgent.phones().hurried("a")...), " "); got != "taskset -c 1 chrt -r 3 a" {
		t.Error(got)
	}
	if got := strings.Join(urgent.server().pinned("a"), " "); got != "a" {
		t.Error(got)
	}
	if err := plain.server().hurry(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if err := urgent.server().hurry(t.Context(), 1<<30); err == nil {
		t.Error("a process that is not there was hurried")
	}
}

// A chart is XML, with a point for every one given, in their order.
func TestChart(t *testing.T) {
	c := chart{"Cost & calls", "calls", "ms", []series{{"a", []point{{1, 10}, {100, 20}, {2000, 0}}}, {"b", []point{{10, 0.5}}}}}
	var b bytes.Buffer
	if err := c.draw(&b); err != nil {
		t.Fatal(err)
	}
	text, circles := b.String(), 0
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "circle" {
			circles++
		}
	}
	if circles != 4 || !strings.Contains(text, "Cost &amp; calls") || !strings.Contains(text, ">1000<") {
		t.Errorf("%d points in\n%s", circles, text)
	}
}

func TestAxis(t *testing.T) {
	c := chart{series: []series{{"", []point{{3, 0}, {2000, 0}}}}}
	a := c.axis(func(p point) float64 { return p.x })
	if a != (axis{0, 4}) || len(a.ticks()) != 5 || a.at(100, 0, 400) != 200 || a.at(1, 400, 0) != 400 || a.at(0, 7, 9) != 7 {
		t.Errorf("%v, %v", a, a.ticks())
	}
	if c.axis(func(p point) float64 { return p.y }) != (axis{0, 1}) {
		t.Error("an axis of nothing is not one power of ten")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestChartTellsOfErrors(t *testing.T) {
	if err := (&chart{}).draw(broken{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
}

func TestReadBenchmark(t *testing.T) {
	all := readBenchmark("goos: linux\nBenchmarkX/waiting=10-2   20000\t  5000 ns/op\t 969.0 decision-p50-ns\t7 allocs/op\n"+
		"BenchmarkX/waiting=1000-2 20000 6000 ns/op 1.5e3 decision-p50-ns\nBenchmarkX/free=10-2 1 1 ns/op\nPASS\n", "waiting")
	if p := all["decision-p50-ns"]; len(p) != 2 || p[10] != 969 || p[1000] != 1500 || len(all["ns/op"]) != 2 {
		t.Errorf("%v", all)
	}
}

// What was measured is drawn, and drawn again from the file.
func TestPicturesAreDrawn(t *testing.T) {
	g := growth{Listeners: []size{{1, 2, 3, 4, 5, 6}, {100, 1, 2, 3, 4, 5}}, Dispatch: map[string]points{"decision-p50-ns": {10: 900, 100: 1000}}}
	c := plotsCommand{Out: t.TempDir()}
	if err := c.draw(&g); err != nil {
		t.Fatal(err)
	}
	for name := range pictures(&g) {
		b, err := os.ReadFile(filepath.Join(c.Out, name+".svg"))
		if err != nil || !bytes.HasPrefix(b, []byte("<svg")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(c.Out, "growth.json"), []byte(`{"pairs": [{"calls": 77, "cpu_s_per_1000_call_s": 3}, {"calls": 99}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context(), nil, io.Discard); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(c.Out, "cpu.svg")); err != nil || !bytes.Contains(b, []byte("<title>77: 3<")) {
		t.Errorf("the file is not what is drawn: %s, %v", b, err)
	}
}

func TestCommandLine(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for line, want := range map[string]int{"--help-me": 2, "run w9": 1, "run --hotline=/nowhere w1": 1, "compare --workloads=w1 /nowhere /nowhere": 1} {
		var out, errs strings.Builder
		if got := run(t.Context(), strings.Fields(line), &out, &errs); got != want || errs.Len() == 0 {
			t.Errorf("%s: exit %d, %d wanted: %s", line, got, want, errs.String())
		}
	}
}
