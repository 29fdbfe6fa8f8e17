package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hotline/cmd/phones/load"
)

// plotsCommand measures how cost grows and draws it.
type plotsCommand struct {
	place   `embed:""`
	Hotline string   `help:"The program." default:"bin/hotline" placeholder:"FILE"`
	Out     string   `help:"Folder of the pictures, and of the figures they are drawn from." default:"deploy/bench/plots" placeholder:"DIR"`
	Calls   []int    `help:"Sizes." default:"1,100,500,1000,2000"`
	Pairs   []int    `help:"Sizes of pairs of caller and counselor, recorded." default:"1,50,100,200,500"`
	Parts   []string `help:"What is measured anew: loads, benchmarks; the rest stays as it was. Nothing is only drawn again." enum:"loads,benchmarks,nothing" default:"loads,benchmarks"`
	Extra   []string `help:"Further flags of phones load." sep:"none"`
}

// growth is what was measured, kept beside the pictures.
type growth struct {
	Listeners []size            `json:"listeners"`
	Pairs     []size            `json:"pairs"`
	Dispatch  map[string]points `json:"dispatch"`  // ns by callers waiting
	Projector map[string]points `json:"projector"` // by events a second
}

// size is one size of a load.
type size struct {
	Calls     int     `json:"calls"`
	CPU       float64 `json:"cpu_s_per_1000_call_s"`
	Memory    float64 `json:"memory_kb_per_call"`
	JitterP99 float64 `json:"jitter_p99_ms"`
	AnswerP50 float64 `json:"answer_p50_ms"`
	AnswerP99 float64 `json:"answer_p99_ms"`
}

type points map[int]float64

// Run measures, keeps the figures and draws them.
func (c plotsCommand) Run(ctx context.Context, cli *commands, out io.Writer) error {
	var g growth
	file := filepath.Join(c.Out, "growth.json")
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read figures: %w", err)
	}
	if slices.Contains(c.Parts, "loads") {
		g.Listeners, g.Pairs = nil, nil
		if err := c.loads(ctx, cli, &g, out); err != nil {
			return err
		}
	}
	if slices.Contains(c.Parts, "benchmarks") {
		if err := benchmarks(ctx, &g); err != nil {
			return err
		}
	}
	b, err = json.MarshalIndent(&g, "", "  ")
	if err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	if err := write(file, append(b, '\n')); err != nil {
		return err
	}
	return c.draw(&g)
}

// loads measures every size in a fresh run of the program.
func (c plotsCommand) loads(ctx context.Context, cli *commands, g *growth, out io.Writer) error {
	return within(func(dir string) error {
		h, err := build(ctx, c.Hotline, dir, c.server())
		if err != nil {
			return err
		}
		for _, kind := range []struct {
			name  string
			sizes []int
			into  *[]size
		}{{"w1", c.Calls, &g.Listeners}, {"w2", c.Pairs, &g.Pairs}} {
			for _, n := range kind.sizes {
				w := workloads()[kind.name]
				w.calls, w.args = n, append(w.args, c.Extra...)
				r, err := c.one(ctx, cli, h, w)
				if err != nil {
					return err
				}
				r.Print(out)
				*kind.into = append(*kind.into, size{n, r.Process.CPU, r.Process.MemoryCall, r.Audio.Jitter.P99, r.SetUp.Answer.P50, r.SetUp.Answer.P99})
			}
		}
		return nil
	})
}

func (c plotsCommand) one(ctx context.Context, cli *commands, h *house, w workload) (load.Report, error) {
	if err := errors.Join(c.settle(ctx), h.open(ctx)); err != nil {
		return load.Report{}, err
	}
	r, err := measure(ctx, cli.Phones, c.phones(), h.server(), w)
	return r, errors.Join(err, h.close())
}

// benchmarks runs those of routing and of the projector.
func benchmarks(ctx context.Context, g *growth) error {
	routing, err1 := benchmark(ctx, "./acd", "BenchmarkCallerInACrowd", "20000x")
	projector, err2 := benchmark(ctx, "./store", "BenchmarkPaced", "3s")
	g.Dispatch, g.Projector = readBenchmark(routing, "waiting"), readBenchmark(projector, "events")
	return errors.Join(err1, err2)
}

func benchmark(ctx context.Context, folder, name, length string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "test", folder, "-run", "^$", "-bench", "^"+name+"$", "-benchtime", length).CombinedOutput() //nolint:gosec // ours
	if err != nil {
		return "", fmt.Errorf("benchmark %s: %w: %s", name, err, out)
	}
	return string(out), nil
}

// readBenchmark takes from the lines of sub-benchmarks named KEY=N their metrics by unit.
func readBenchmark(text, key string) map[string]points {
	line := regexp.MustCompile(`^Benchmark\w+/` + key + `=(\d+)\S*\s+\d+\s+(.*)$`)
	all := map[string]points{}
	for row := range strings.Lines(text) {
		m := line.FindStringSubmatch(strings.TrimSpace(row))
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		words := strings.Fields(m[2])
		for i := 0; i+1 < len(words); i += 2 {
			v, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				continue
			}
			if all[words[i+1]] == nil {
				all[words[i+1]] = points{}
			}
			all[words[i+1]][n] = v
		}
	}
	return all
}
