// Command bench measures the whole service under load: it makes a house of its own in a temporary folder, runs the
// program there on one processor, and lets phones call from another.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// commands are what the program can do.
type commands struct {
	Phones string `help:"The program that makes the load." default:"bin/phones" placeholder:"FILE"`

	Run     runCommand     `cmd:"" help:"Measure one program with some of the workloads."`
	Compare compareCommand `cmd:"" help:"Measure two programs by turns, and print ratios."`
	Beside  besideCommand  `cmd:"" help:"Measure any SIP servers by turns, and print them beside each other."`
	Plots   plotsCommand   `cmd:"" help:"Measure how cost grows, and draw it."`
	House   houseCommand   `cmd:"" help:"Run a house until interrupted, for measurements and profiles by hand."`
}

// run understands the command line and runs one command; it returns the exit code: 0 all well, 1 failed, 2 usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("bench"), kong.Description("Measures the service under load."), kong.Writers(stdout, stderr))
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	chosen.BindTo(stdout, (*io.Writer)(nil))
	if err := chosen.Run(&cli); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}
