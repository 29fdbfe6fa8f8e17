package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/ivr/graph"
	"hotline/ivr/ivrtest"
	"hotline/ivr/prove"
	"hotline/ivr/rehearse"
)

// flowCommand is what the owners of the words do with call flows before a caller hears them.
type flowCommand struct {
	Folder string `help:"Folder of flows to use; its files stand in front of the shipped ones." short:"f" placeholder:"DIR"`

	Check    flowCheck    `cmd:"" help:"Check flows, prompts, calendars: every fault with file, line and column."`
	Test     flowTest     `cmd:"" help:"Play the written calls (scripts/*.call) on fake time."`
	Prove    flowProve    `cmd:"" help:"Walk every call and show that the safety rules hold."`
	Graph    flowGraph    `cmd:"" help:"Draw a flow."`
	Rehearse flowRehearse `cmd:"" help:"Walk a flow in the terminal."`
	Reload   flowReload   `cmd:"" help:"Have the running service read flows and recordings anew: all or nothing."`
	Dropoff  flowDropoff  `cmd:"" help:"Tell where callers leave, by flow, version and node."`
}

// files is the folder the command is about.
func (f flowCommand) files(w World, cli *commands) (fs.FS, error) {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return nil, err
	}
	if f.Folder != "" {
		c.Flows = f.Folder
	}
	return c.shipped(), nil
}

func (f flowCommand) edition(w World, cli *commands) (*ivr.Edition, fs.FS, error) {
	files, err := f.files(w, cli)
	if err != nil {
		return nil, nil, err
	}
	e, err := ivr.Load(files, time.Now())
	return e, files, err
}

type flowCheck struct{}

// Run checks all flows.
func (flowCheck) Run(w World, cli *commands) error {
	e, _, err := cli.Flow.edition(w, cli)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Stdout, "%d flows: ok (edition %.12s)\n", len(e.Flows()), e.Hash())
	return nil
}

type flowTest struct{}

// Run plays all written calls.
func (flowTest) Run(w World, cli *commands) error {
	e, files, err := cli.Flow.edition(w, cli)
	if err != nil {
		return err
	}
	suite, err := ivrtest.RunAll(e, files, "scripts")
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Stdout, "%d written calls, %d stories, %d failures\n", suite.Calls, len(suite.Stories), len(suite.Failures))
	return suite.Err()
}

type flowProve struct{}

var errRuleBroken = errors.New("a rule does not hold")

// Run proves all rules over all flows.
func (flowProve) Run(ctx context.Context, w World, cli *commands) error {
	e, files, err := cli.Flow.edition(w, cli)
	if err != nil {
		return err
	}
	rules, err := prove.LoadRules(files, "rules.yaml")
	if err != nil {
		return err
	}
	proof, err := prove.Run(ctx, e, rules)
	if err != nil {
		return err
	}
	if err := proof.Write(w.Stdout); err != nil {
		return err
	}
	if !proof.Holds() {
		return errRuleBroken
	}
	return nil
}

type flowGraph struct {
	Flow    string `arg:"" help:"Flow to draw."`
	Output  string `help:"File to write: .svg, or .mmd for Mermaid; standard output is SVG." short:"o" placeholder:"FILE"`
	Lang    string `help:"Language of the words." default:"zh-CN" enum:"zh-CN,yue,en"`
	Mermaid bool   `help:"Write Mermaid instead of SVG."`
}

// Run draws one flow.
func (g flowGraph) Run(w World, cli *commands) error {
	flow, err := cli.Flow.flow(w, cli, g.Flow)
	if err != nil {
		return err
	}
	draw := graph.SVG
	if g.Mermaid || filepath.Ext(g.Output) == ".mmd" {
		draw = graph.Mermaid
	}
	out := w.Stdout
	if g.Output != "" {
		file, err := os.Create(g.Output)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		out = file
	}
	return draw(out, flow, ivr.Lang(g.Lang))
}

// flow loads one flow by its name.
func (f flowCommand) flow(w World, cli *commands, name string) (*ivr.Flow, error) {
	e, _, err := f.edition(w, cli)
	if err != nil {
		return nil, err
	}
	flow, ok := e.Flow(name)
	if !ok {
		return nil, fmt.Errorf("no flow %s; there are: %s", name, strings.Join(e.Flows(), " "))
	}
	return flow, nil
}

type flowRehearse struct {
	Flow   string `arg:"" help:"Flow to walk, such as 12348."`
	Lang   string `help:"Language the caller is greeted in." default:"zh-CN" enum:"zh-CN,yue,en"`
	Real   bool   `help:"Let words and waits take their time."`
	Number string `help:"Number that calls; empty is withheld."`
}

// Run lets a person walk a flow.
func (r flowRehearse) Run(ctx context.Context, w World, cli *commands) error {
	flow, err := cli.Flow.flow(w, cli, r.Flow)
	if err != nil {
		return err
	}
	err = rehearse.Run(ctx, rehearse.Rehearsal{
		Flow: flow, In: w.Stdin, Out: w.Stdout, Real: r.Real,
		Call: ivr.Call{Line: r.Flow, Lang: ivr.Lang(r.Lang), Caller: ivr.Caller{Number: r.Number, Anonymous: r.Number == ""}},
	})
	if errors.Is(err, rehearse.ErrHungUp) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
