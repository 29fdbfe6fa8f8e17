package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"hotline/cmd/phones/load"
)

// compareCommand measures two programs by turns: what the machine does meanwhile happens to both.
type compareCommand struct {
	place     `embed:""`
	Base      string   `arg:"" help:"The program as it was."`
	Now       string   `arg:"" help:"The program as it is." default:"bin/hotline"`
	Workloads []string `help:"w1, w2, w3, w4." default:"w1,w2,w3,w4"`
	Runs      int      `help:"Pairs of runs." default:"5"`
	Extra     []string `help:"Further flags of phones load." sep:"none"`
}

// Run prints a table for each workload.
func (c compareCommand) Run(ctx context.Context, cli *commands, out io.Writer) error {
	return within(func(dir string) error {
		var houses [2]*house
		for i, exe := range []string{c.Base, c.Now} {
			h, err := c.build(ctx, exe, filepath.Join(dir, []string{"base", "now"}[i]))
			if err != nil {
				return err
			}
			houses[i] = h
		}
		for _, name := range c.Workloads {
			w, ok := workloads()[name]
			if !ok {
				return fmt.Errorf("no workload %q: w1, w2, w3, w4", name)
			}
			w.args = append(w.args, c.Extra...)
			pairs, err := c.pairs(ctx, cli, houses, w, out)
			if err != nil {
				return err
			}
			printPairs(out, w, pairs)
		}
		return nil
	})
}

func (c compareCommand) build(ctx context.Context, exe, dir string) (*house, error) {
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // the database runs as a user of its own
		return nil, fmt.Errorf("make folder: %w", err)
	}
	return build(ctx, exe, dir, c.server())
}

// pairs measures both programs as often as asked for, and lets them begin by turns.
func (c compareCommand) pairs(ctx context.Context, cli *commands, houses [2]*house, w workload, out io.Writer) (pairs [][2]load.Report, err error) {
	for n := range c.Runs {
		var pair [2]load.Report
		for turn := range 2 {
			who := (turn + n) % 2
			h := houses[who]
			if err := errors.Join(c.settle(ctx), h.open(ctx)); err != nil {
				return nil, err
			}
			r, err := measure(ctx, cli.Phones, c.phones(), h.server(), w)
			if err := errors.Join(err, h.close()); err != nil {
				return nil, err
			}
			pair[who] = r
			for _, doubt := range r.Warnings {
				fmt.Fprintf(out, "%s, pair %d, %s: %s\n", w.name, n+1, []string{"base", "now"}[who], doubt)
			}
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// printPairs prints medians of both programs, and of the ratios of the pairs their median, least and most.
func printPairs(out io.Writer, w workload, pairs [][2]load.Report) {
	fmt.Fprintf(out, "%s, %d calls, %d pairs of runs\n", w.name, pairs[0][0].Calls, len(pairs))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tbase\tnow\tratio\tleast\tmost\t")
	for _, m := range figures() {
		var base, now, ratios []float64
		for _, p := range pairs {
			a, b := m.of(&p[0]), m.of(&p[1])
			base, now = append(base, a), append(now, b)
			if a > 0 {
				ratios = append(ratios, b/a)
			}
		}
		if slices.Max(base) == 0 && slices.Max(now) == 0 {
			continue
		}
		fmt.Fprintf(table, "%s\t%.3f\t%.3f\t", m.name, median(base), median(now))
		if len(ratios) == 0 {
			fmt.Fprintln(table, "\t\t\t")
			continue
		}
		fmt.Fprintf(table, "%.2f\t%.2f\t%.2f\t\n", median(ratios), slices.Min(ratios), slices.Max(ratios))
	}
	_ = table.Flush() // standard output that is gone ends the program anyway
}
