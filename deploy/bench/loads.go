package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"

	"hotline/cmd/phones/load"
)

// workload is one thing that is measured.
type workload struct {
	name   string // of the phones
	number string // called
	calls  int
	args   []string
}

// The lines that are measured: words without end, and a queue.
const (
	wordsLine = "12401"
	queueLine = "12402"
)

// workloads are the four of the comparison with other programs, at their usual sizes.
func workloads() map[string]workload {
	return map[string]workload{
		"w1": {"w1", wordsLine, 500, []string{"--warm=5s"}},
		"w2": {"w2", queueLine, 200, []string{"--warm=5s"}},
		"w3": {"w3", wordsLine, 1000, []string{"--arrive=steady 200", "--warm=3s"}},
		"w4": {"w4", queueLine, 1010, []string{"--arrive=steady 200", "--settle=10s", "--answer=10m"}},
	}
}

// server is what phones call.
type server struct {
	name    string
	address string
	pid     int // 0 when it is not to be watched
}

// measure lets phones call a server.
func measure(ctx context.Context, phones string, at seat, s server, w workload) (load.Report, error) {
	line := []string{
		phones, "--server", s.address, "--json", "load", w.name, w.number, "--calls", strconv.Itoa(w.calls),
		"--pid", strconv.Itoa(s.pid), "--callers-at", "127.0.1.1-127.0.1.8", "--staff-at", "127.0.2.1-127.0.2.16",
	}
	if w.name == "w2" || w.name == "w4" {
		line = append(line, "--staff-extensions", fmt.Sprintf("7000-%d", 7000+staff-1), "--staff-password", password)
	}
	line = append(line, w.args...)
	line = at.pinned(at.hurried(line...)...)
	out, err := exec.CommandContext(ctx, line[0], line[1:]...).Output() //nolint:gosec // our own program
	if err != nil {
		return load.Report{}, fmt.Errorf("measure %s: %w%s", w.name, err, words(err))
	}
	var r load.Report
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("measure %s: %w", w.name, err)
	}
	return r, nil
}

// words are what a program said before it failed.
func words(err error) string {
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // as Output returns it
		return ": " + string(exit.Stderr)
	}
	return ""
}
