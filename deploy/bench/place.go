package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// place says what runs where, and before what.
type place struct {
	ServerCore string        `help:"Processors of the server, as taskset names them; empty for all." default:"0"`
	LoadCore   string        `help:"Processors of the phones." default:"1"`
	Quiet      time.Duration `help:"Wait so long before each run, at most, until nothing else runs on the machine." default:"1m"`
	RealTime   bool          `help:"Run server and phones before all else on a machine that has other things to do (needs root)."`
}

// seat is where one program runs.
type seat struct {
	core string // as taskset names it; empty for all
	rank int    // real-time priority, 0 for none
}

// Real-time priorities: the phones measure, so they come first.
const serverRank, phonesRank = 2, 3

func (p place) server() seat {
	if p.RealTime {
		return seat{p.ServerCore, serverRank}
	}
	return seat{core: p.ServerCore}
}

func (p place) phones() seat {
	if p.RealTime {
		return seat{p.LoadCore, phonesRank}
	}
	return seat{core: p.LoadCore}
}

// pinned is a command line that runs on the seat's processors.
func (s seat) pinned(line ...string) []string {
	if s.core == "" {
		return line
	}
	return append([]string{"taskset", "-c", s.core}, line...)
}

// hurried is a command line that runs with the seat's priority from the beginning.
func (s seat) hurried(line ...string) []string {
	if s.rank == 0 {
		return line
	}
	return append([]string{"chrt", "-r", strconv.Itoa(s.rank)}, line...)
}

// hurry gives a program that runs the seat's priority, and leaves its children, such as a database, as they are.
func (s seat) hurry(ctx context.Context, pid int) error {
	if s.rank == 0 {
		return nil
	}
	out, err := exec.CommandContext(ctx, "chrt", "-a", "-r", "-p", strconv.Itoa(s.rank), strconv.Itoa(pid)).CombinedOutput() //nolint:gosec // numbers
	if err != nil {
		return fmt.Errorf("give real-time priority: %w: %s", err, out)
	}
	return nil
}
