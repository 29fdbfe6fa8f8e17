package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// runCommand measures one program.
type runCommand struct {
	place     `embed:""`
	Hotline   string   `help:"The program." default:"bin/hotline" placeholder:"FILE"`
	Workloads []string `arg:"" optional:"" help:"w1, w2, w3, w4; all of them when left out."`
	Calls     int      `help:"Calls at once instead of the usual."`
	Extra     []string `help:"Further flags of phones load." sep:"none"`
}

// Run prints the reports for people.
func (c runCommand) Run(ctx context.Context, cli *commands, out io.Writer) error {
	if len(c.Workloads) == 0 {
		c.Workloads = []string{"w1", "w2", "w3", "w4"}
	}
	return within(func(dir string) error {
		h, err := build(ctx, c.Hotline, dir, c.server())
		if err != nil {
			return err
		}
		for _, name := range c.Workloads {
			if err := c.one(ctx, cli, h, name, out); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c runCommand) one(ctx context.Context, cli *commands, h *house, name string, out io.Writer) error {
	w, ok := workloads()[name]
	if !ok {
		return fmt.Errorf("no workload %q: w1, w2, w3, w4", name)
	}
	if c.Calls > 0 {
		w.calls = c.Calls
	}
	w.args = append(w.args, c.Extra...)
	if err := errors.Join(c.settle(ctx), h.open(ctx)); err != nil {
		return err
	}
	fmt.Fprintf(out, "ready after %s\n", h.ready.Round(time.Millisecond))
	r, err := measure(ctx, cli.Phones, c.phones(), h.server(), w)
	if err == nil {
		r.Print(out)
	}
	return errors.Join(err, h.close())
}

// within gives a folder for as long as f works. It is kept, and named, when f fails.
func within(f func(dir string) error) error {
	dir, err := os.MkdirTemp("", "hotline-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the database runs as a user of its own
		return fmt.Errorf("make folder: %w", err)
	}
	if err := f(dir); err != nil {
		return fmt.Errorf("%w (see %s)", err, dir)
	}
	return os.RemoveAll(dir)
}

// houseCommand keeps a house open.
type houseCommand struct {
	place   `embed:""`
	Hotline string `help:"The program." default:"bin/hotline" placeholder:"FILE"`
}

// Run says where everything is, and waits.
func (c houseCommand) Run(ctx context.Context, out io.Writer) error {
	return within(func(dir string) error {
		h, err := build(ctx, c.Hotline, dir, c.server())
		if err != nil {
			return err
		}
		if err := h.open(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		fmt.Fprintf(out, "pid %d, SIP %s, operations http://%s, folder %s; extensions 7000-%d, password %s; callers from 127.0.1.x, counselors from 127.0.2.x\n",
			h.cmd.Process.Pid, h.sip, h.ops, dir, 7000+staff-1, password)
		<-ctx.Done()
		return h.close()
	})
}
