package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// server is one life of the postgres process.
type server struct {
	layout *layout
	cmd    *exec.Cmd
	out    *output
	exited chan struct{} // closed when the process is gone
}

// launch starts the process. It must be called on a thread that lives as long as the
// process may: the kernel sends the parting signal when that thread ends.
func launch(l *layout, bin string, opt Options) (*server, error) {
	data, run, files, err := l.named(l.pgdata)
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	args := []string{"-D", data, "-k", run}
	for _, setting := range settings(opt) {
		args = append(args, "-c", setting)
	}
	s := &server{layout: l, out: &output{log: opt.Log}, exited: make(chan struct{})}
	s.cmd = l.command(context.Background(), files, filepath.Join(bin, "postgres"), args...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.WaitDelay = 2 * time.Second // orphaned backends may hold the pipe
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	return s, nil
}

// wait blocks until the process is gone.
func (s *server) wait() {
	_ = s.cmd.Wait() // how it ended is in its log
	close(s.exited)
}

// errExited says that the server ended while it was waited for.
var errExited = errors.New("postgres ended")

// ready waits until the server answers. It trusts a connection only while the
// process lives and is the one that owns the data.
func (s *server) ready(ctx context.Context) error {
	for {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("%w: %s", errExited, s.out.tail())
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres: %w (last: %w)", context.Cause(ctx), err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (s *server) ping(ctx context.Context) error {
	if pid := s.layout.postmaster(); pid != s.cmd.Process.Pid {
		return fmt.Errorf("postmaster.pid names process %d", pid)
	}
	conn, err := pgx.Connect(ctx, s.layout.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return prepare(ctx, conn)
}

// prepare makes the program's database when it is not there.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	var exists bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", superuser).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+superuser)
	var dup *pgconn.PgError
	if errors.As(err, &dup) && dup.Code == "42P04" {
		return nil
	}
	return err
}

// blocked reports whether the server ended because an earlier one still holds the
// data.
func (s *server) blocked() bool {
	said := s.out.tail()
	return strings.Contains(said, "postmaster.pid") || strings.Contains(said, "pre-existing shared memory block")
}

// stop ends the process in good order, and by force when it does not follow.
func (s *server) stop() error {
	for _, step := range []struct {
		signal syscall.Signal
		limit  time.Duration
	}{
		{syscall.SIGINT, 30 * time.Second}, // fast: clients are cut off, all is written
		{syscall.SIGQUIT, 5 * time.Second}, // immediate: recovery at the next start
		{syscall.SIGKILL, 5 * time.Second},
	} {
		if err := s.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop postgres: %w", err)
		}
		select {
		case <-s.exited:
			return nil
		case <-time.After(step.limit):
		}
	}
	return errors.New("stop postgres: the process does not end")
}

// postmaster reads which process says that it runs the data; 0 when none does.
func (l *layout) postmaster() int {
	text, err := os.ReadFile(filepath.Join(l.pgdata, "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	return pid
}

// orphan gives the process that still runs the data although its program is gone;
// nil when there is none. Only a postgres working in our data folder counts: process
// numbers are used again.
func (l *layout) orphan() *os.Process {
	pid := l.postmaster()
	if pid <= 1 {
		return nil
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	exe, err := os.Readlink(filepath.Join(proc, "exe"))
	if err != nil || strings.TrimSuffix(filepath.Base(exe), " (deleted)") != "postgres" {
		return nil
	}
	work, err := os.Stat(filepath.Join(proc, "cwd"))
	if err != nil {
		return nil
	}
	data, err := os.Stat(l.pgdata)
	if err != nil || !os.SameFile(work, data) {
		return nil
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil
	}
	return process
}
