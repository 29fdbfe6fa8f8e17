package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"hotline/cmd/phones/load"
)

// besideCommand measures servers that are there already, whatever they are, by turns.
type besideCommand struct {
	Workload string   `arg:"" enum:"w1,w2,w3,w4" help:"w1, w2, w3, w4."`
	Servers  []string `arg:"" help:"NAME=HOST:PORT[/PID], such as asterisk=127.0.0.1:5070/4711."`
	Number   string   `help:"Number to call; the one of our own lines when left out."`
	Runs     int      `help:"Runs of each." default:"5"`
	LoadCore string   `help:"Processors of the phones." default:"1"`
	Extra    []string `help:"Further flags of phones load." sep:"none"`
}

// Run prints a table with a column for each server.
func (c besideCommand) Run(ctx context.Context, cli *commands, out io.Writer) error {
	w := workloads()[c.Workload]
	if c.Number != "" {
		w.number = c.Number
	}
	w.args = append(w.args, c.Extra...)
	var servers []server
	for _, text := range c.Servers {
		s, err := parseServer(text)
		if err != nil {
			return err
		}
		servers = append(servers, s)
	}
	reports := make([][]load.Report, len(servers))
	for run := range c.Runs {
		for turn := range servers {
			i := (turn + run) % len(servers)
			r, err := measure(ctx, cli.Phones, seat{core: c.LoadCore}, servers[i], w)
			if err != nil {
				return fmt.Errorf("%s: %w", servers[i].name, err)
			}
			for _, doubt := range r.Warnings {
				fmt.Fprintf(out, "%s, run %d, %s: %s\n", w.name, run+1, servers[i].name, doubt)
			}
			reports[i] = append(reports[i], r)
		}
	}
	printBeside(out, w, servers, reports)
	return nil
}

// parseServer reads NAME=HOST:PORT or NAME=HOST:PORT/PID.
func parseServer(text string) (server, error) {
	name, rest, ok := strings.Cut(text, "=")
	address, number, watched := strings.Cut(rest, "/")
	s := server{name: name, address: address}
	var err error
	if watched {
		s.pid, err = strconv.Atoi(number)
	}
	if !ok || err != nil || name == "" || address == "" || s.pid < 0 {
		return s, fmt.Errorf("server %q: such as asterisk=127.0.0.1:5070/4711", text)
	}
	return s, nil
}

// printBeside prints the medians of every server.
func printBeside(out io.Writer, w workload, servers []server, reports [][]load.Report) {
	fmt.Fprintf(out, "%s, %d calls, medians of %d runs\n", w.name, reports[0][0].Calls, len(reports[0]))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, s := range servers {
		fmt.Fprintf(table, "\t%s", s.name)
	}
	fmt.Fprintln(table, "\t")
	for _, m := range figures() {
		fmt.Fprint(table, m.name)
		for _, all := range reports {
			var values []float64
			for i := range all {
				values = append(values, m.of(&all[i]))
			}
			fmt.Fprintf(table, "\t%.3f", median(values))
		}
		fmt.Fprintln(table, "\t")
	}
	_ = table.Flush() // standard output that is gone ends the program anyway
}
