// Command hotline is the telephone service of a legal-aid centre: it answers the calls, asks little, finds the right
// counselor, records, and files every call under a case.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"hotline/media"
)

func main() {
	// An audio plane keeps one processor's place while it sleeps, so the rest of the program gets as many as there are.
	runtime.GOMAXPROCS(runtime.NumCPU() + media.DefaultPlanes())
	os.Exit(run(context.Background(), World{os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr}))
}

// World is what the program may touch besides files and sockets, so that tests can start the same program.
type World struct {
	Args   []string
	Getenv func(string) string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// commands is the whole command line; each field is a subcommand with its flags.
type commands struct {
	Config string `help:"Configuration file (YAML)." short:"c" placeholder:"FILE" env:"HOTLINE_CONFIG"`

	Serve    serveCommand    `cmd:"" help:"Run the service."`
	Demo     demoCommand     `cmd:"" help:"Run on an embedded database, place real calls and tell their story."`
	Check    checkCommand    `cmd:"" help:"Check configuration, flows, prompts and database: every fault at once."`
	Flow     flowCommand     `cmd:"" help:"Call flows: check, test, prove, draw, rehearse."`
	Prompts  promptsCommand  `cmd:"" help:"Recordings that callers hear."`
	Desk     deskCommand     `cmd:"" help:"What callers can ask for: codes, facilities, places, appointments, people on call."`
	Staff    staffCommand    `cmd:"" help:"Counselors, supervisors and managers."`
	Figures  figuresCommand  `cmd:"" help:"Figures of past days, counted from what was filed."`
	Simulate simulateCommand `cmd:"" help:"Days of calls through the same router on fake time: how many counselors?"`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// Exit codes: 0 all well, 1 the command failed, 2 the command line is wrong.
const (
	exitFailed = 1
	exitUsage  = 2
)

// run understands the command line and runs one command; it returns the exit code.
func run(ctx context.Context, w World) int {
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("hotline"),
		kong.Description("The telephone service of a legal-aid centre."),
		kong.UsageOnError(), kong.Writers(w.Stdout, w.Stderr),
		kong.Exit(func(int) { panic(errHelped) }))
	if err != nil {
		fmt.Fprintln(w.Stderr, "hotline:", err)
		return exitUsage
	}
	chosen, err := parse(parser, w.Args)
	switch {
	case errors.Is(err, errHelped):
		return 0
	case err != nil:
		fmt.Fprintln(w.Stderr, "hotline:", err)
		return exitUsage
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(w, &cli); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintln(w.Stderr, "hotline:", line)
		}
		return exitFailed
	}
	return 0
}

// errHelped ends parsing after --help has printed.
var errHelped = errors.New("helped")

func parse(parser *kong.Kong, args []string) (chosen *kong.Context, err error) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case errHelped:
			err = errHelped
		default:
			panic(r)
		}
	}()
	return parser.Parse(args)
}

// untilSignal returns a context that ends at the first SIGINT or SIGTERM, and a channel that closes at the second.
func untilSignal(ctx context.Context) (stopping context.Context, now <-chan struct{}, release func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	stopping, cancel := context.WithCancelCause(ctx)
	second := make(chan struct{})
	done := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for n := 0; ; n++ {
			select {
			case s := <-signals:
				if n == 0 {
					cancel(fmt.Errorf("%s", s))
				} else {
					close(second)
					return
				}
			case <-done:
				return
			}
		}
	}()
	return stopping, second, func() {
		signal.Stop(signals)
		close(done)
		<-finished
		cancel(context.Canceled)
	}
}

type versionCommand struct{}

// Run prints the version the build was made from.
func (versionCommand) Run(w World) error {
	_, err := fmt.Fprintln(w.Stdout, "hotline", version())
	return err
}

// version is the module version, or the commit for a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return v + " " + info.GoVersion
}
