// Command phones is a set of test telephones: callers that follow a script, counselors that answer. They work against
// any SIP server.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"hotline/cmd/phones/phone"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

type commands struct {
	Server string `help:"SIP server: host[:port][;transport=udp|tcp]." default:"127.0.0.1:5060" placeholder:"SERVER"`
	Listen string `help:"Address of the phone's own SIP." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
	JSON   bool   `help:"Print reports as JSON, a line each." name:"json"`
	Log    bool   `help:"Log what happens to standard error."`

	Call   callCommand   `cmd:"" help:"Call a number and follow a script."`
	Answer answerCommand `cmd:"" help:"Register and answer calls until interrupted."`
	Load   loadCommand   `cmd:"" help:"Load a server with many callers and counselors, and measure it."`
}

// run understands the command line and runs one command; it returns the exit code: 0 all well, 1 failed, 2 usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("phones"), kong.Description("Test telephones for any SIP server."), kong.Writers(stdout, stderr))
	if err != nil {
		fmt.Fprintln(stderr, "phones:", err)
		return 2
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "phones:", err)
		return 2
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(&cli, printer{stdout, cli.JSON}, logger(&cli, stderr)); err != nil {
		fmt.Fprintln(stderr, "phones:", err)
		return 1
	}
	return 0
}

func logger(cli *commands, w io.Writer) *slog.Logger {
	if !cli.Log {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// printer shows reports to people or programs.
type printer struct {
	w    io.Writer
	json bool
}

func (p printer) print(r phone.Report) {
	if p.json {
		_ = json.NewEncoder(p.w).Encode(r) // standard output that is gone ends the program anyway
		return
	}
	if r.Answered.IsZero() {
		fmt.Fprintf(p.w, "not answered: %s\n", r.Ending)
		return
	}
	fmt.Fprintf(p.w, "talked %s; %s; received %d packets, lost %d, jitter %s, MOS %.1f\n",
		r.Ended.Sub(r.Answered).Round(10*time.Millisecond), r.Ending, r.Stats.Received, r.Stats.Lost, r.Stats.Jitter.Round(time.Microsecond), r.Stats.MOS)
	if r.Keys != "" {
		fmt.Fprintf(p.w, "keys heard: %s\n", r.Keys)
	}
	if r.File != "" {
		fmt.Fprintf(p.w, "heard: %s\n", r.File)
	}
}

type callCommand struct {
	Number    string        `arg:"" help:"Number to call."`
	From      string        `help:"Number shown as the caller; empty is withheld."`
	Script    string        `help:"Steps: wait 3s, press 1, tones 1, hold, resume, transfer 8002, attend 8002, stay; then it hangs up." default:"stay"`
	Tone      float64       `help:"Frequency in Hz to talk with; 0 is silence." default:"440"`
	Record    string        `help:"Folder for a WAV of what is heard." placeholder:"DIR"`
	Extension string        `help:"Account, when the server asks for one."`
	Password  string        `help:"Its password." env:"PHONES_PASSWORD"`
	Limit     time.Duration `help:"Longest call." default:"10m"`
}

// Run places one call.
func (c callCommand) Run(ctx context.Context, cli *commands, out printer, log *slog.Logger) error {
	script, err := phone.ParseScript(c.Script)
	if err != nil {
		return err
	}
	return using(ctx, phone.Config{
		Listen: cli.Listen, Server: cli.Server, Extension: c.Extension, Password: c.Password,
		Number: c.From, Tone: c.Tone, Answering: phone.Answering{Record: c.Record}, Log: log,
	}, func(ctx context.Context, p *phone.Phone) error {
		ctx, cancel := context.WithTimeout(ctx, c.Limit)
		defer cancel()
		report, err := p.Call(ctx, c.Number, script)
		out.print(report)
		return err
	})
}

type answerCommand struct {
	Extension string        `arg:"" help:"Extension to register."`
	Password  string        `help:"Its password." env:"PHONES_PASSWORD" required:""`
	After     time.Duration `help:"How long it rings." default:"1s"`
	Script    string        `help:"What it does in a call; then it hangs up." default:"stay"`
	Refuse    int           `help:"Status to refuse calls with instead, such as 486."`
	Tone      float64       `help:"Frequency in Hz to talk with; 0 is silence." default:"1700"`
	Record    string        `help:"Folder for WAVs of what is heard." placeholder:"DIR"`
	Calls     int           `help:"End after so many calls; 0 is never."`
	Expires   time.Duration `help:"Registration asked for." default:"10m"`
}

// Run registers and answers.
func (c answerCommand) Run(ctx context.Context, cli *commands, out printer, log *slog.Logger) error {
	script, err := phone.ParseScript(c.Script)
	if err != nil {
		return err
	}
	over := make(chan struct{}, 1024)
	return using(ctx, phone.Config{
		Listen: cli.Listen, Server: cli.Server, Extension: c.Extension, Password: c.Password, Tone: c.Tone, Log: log,
		Answering: phone.Answering{
			After: c.After, Script: script, Refuse: c.Refuse, Record: c.Record,
			Told: func(r phone.Report) { out.print(r); over <- struct{}{} },
		},
	}, func(ctx context.Context, p *phone.Phone) error {
		registration, err := p.Register(ctx, c.Expires)
		if err != nil {
			return err
		}
		defer registration.Close()
		for n := 0; c.Calls == 0 || n < c.Calls; n++ {
			select {
			case <-ctx.Done():
				return nil
			case <-over:
			}
		}
		return nil
	})
}

// using runs a phone while f uses it.
func using(ctx context.Context, c phone.Config, f func(context.Context, *phone.Phone) error) error {
	p, err := phone.New(c)
	if err != nil {
		return err
	}
	if err := p.Listen(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- p.Run(running) }()
	err = f(ctx, p)
	stop()
	return errors.Join(err, <-done)
}
