package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// house is a program with a data folder, a database and counselors of its own.
type house struct {
	exe  string
	dir  string
	seat seat

	cmd   *exec.Cmd
	over  chan error
	sip   netip.AddrPort
	ops   string
	ready time.Duration // from the start
}

// staff is how many counselors a house has: extensions 7000 and up.
const staff = 1000

// lifetimes of a house.
const (
	patience = 2 * time.Minute // until it is ready
	closing  = 30 * time.Second
)

// build makes a house for a program in an empty folder: one start makes the database, which is then furnished.
func build(ctx context.Context, exe, dir string, at seat) (*house, error) {
	exe, err := filepath.Abs(exe)
	if err != nil {
		return nil, fmt.Errorf("build house: %w", err)
	}
	h := &house{exe: exe, dir: dir}
	if err := writeEdition(h.path("edition")); err != nil {
		return nil, err
	}
	if err := h.open(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(h.furnish(ctx), h.close()); err != nil {
		return nil, err
	}
	h.seat = at
	return h, nil
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

// environment is the configuration. Counselors register from 127.0.2.0/24, callers call from 127.0.1.0/24.
func (h *house) environment() []string {
	return append(os.Environ(),
		"HOTLINE_DATA="+h.path("data"), "HOTLINE_FLOWS="+h.path("edition"), "HOTLINE_TRUNKS=127.0.1.0/24",
		"HOTLINE_SIP_LISTEN=127.0.0.1:0", "HOTLINE_OPS_LISTEN=127.0.0.1:0", "HOTLINE_HTTP_LISTEN=127.0.0.1:0",
		"HOTLINE_MEDIA_PORTS=20000-49999", "HOTLINE_CALLS=5000", "HOTLINE_DRAIN=1s", "HOTLINE_DATABASE_URL=")
}

// open starts the program and waits until it is ready.
func (h *house) open(ctx context.Context) error {
	line := h.seat.pinned(h.exe, "serve")
	h.cmd = exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // the program that is measured
	h.cmd.Env = h.environment()
	h.cmd.Cancel = func() error { return h.cmd.Process.Signal(syscall.SIGTERM) }
	h.cmd.WaitDelay = closing
	out, err := h.cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("open house: %w", err)
	}
	log, err := os.OpenFile(h.path("log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open house: %w", err)
	}
	began := time.Now()
	if err := h.cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("open house: %w", err), log.Close())
	}
	told := make(chan readiness, 1)
	h.over = make(chan error, 1)
	go h.follow(out, log, told)
	select {
	case r := <-told:
		h.sip, h.ops, h.ready = r.SIP, r.Ops, time.Since(began)
		return h.seat.hurry(ctx, h.cmd.Process.Pid)
	case err := <-h.over:
		return fmt.Errorf("open house: it ended, see %s: %w", log.Name(), err)
	case <-time.After(patience):
		return errors.Join(fmt.Errorf("open house: not ready after %s, see %s", patience, log.Name()), h.close())
	}
}

// readiness is the log line of a program that is ready.
type readiness struct {
	Message string         `json:"msg"`
	SIP     netip.AddrPort `json:"sip"`
	Ops     string         `json:"ops"`
}

// follow keeps the log, and tells when the program is ready and when it has ended.
func (h *house) follow(out io.Reader, log *os.File, told chan<- readiness) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	file := bufio.NewWriter(log)
	for lines.Scan() {
		_, _ = file.Write(append(lines.Bytes(), '\n'))
		var r readiness
		if len(told) == 0 && json.Unmarshal(lines.Bytes(), &r) == nil && r.Message == "ready" {
			told <- r
		}
	}
	_, _ = io.Copy(io.Discard, out)
	h.over <- errors.Join(file.Flush(), log.Close(), h.cmd.Wait())
}

// server is the open house as phones see it.
func (h *house) server() server {
	return server{filepath.Base(h.dir), h.sip.String(), h.cmd.Process.Pid}
}

// close stops the program in good order.
func (h *house) close() error {
	if h.cmd == nil || h.cmd.Process == nil {
		return nil
	}
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("close house: %w", err)
	}
	select {
	case err := <-h.over:
		if err != nil {
			return fmt.Errorf("close house: %w", err)
		}
		return nil
	case <-time.After(closing):
		_ = h.cmd.Process.Kill()
		return fmt.Errorf("close house: %w after %s", errSlow, closing)
	}
}

var errSlow = errors.New("not over")
