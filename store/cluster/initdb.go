package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// command prepares a server program: its user, its surroundings, its descriptors.
func (l *layout) command(ctx context.Context, files []*os.File, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = "/" // ours may be closed to the server's user
	cmd.ExtraFiles = files
	cmd.Env = []string{"LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/", "PATH=/usr/local/bin:/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if l.owner.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: l.owner.uid, Gid: l.owner.gid}
	}
	return cmd
}

// makeData makes the data folder. It appears under its name only when it is whole.
func (l *layout) makeData(ctx context.Context, bin string, opt Options) error {
	fresh := l.pgdata + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := l.owner.give(fresh); err != nil {
		return err
	}
	data, _, files, err := l.named(fresh)
	if err != nil {
		return err
	}
	defer closeAll(files)
	args := []string{
		"-D", data, "-U", superuser, "-E", "UTF8", "--locale=C.UTF-8",
		// Safe because nothing but a socket in a folder of our own leads to it.
		"--auth-local=trust", "--auth-host=reject",
	}
	if opt.Unsafe {
		args = append(args, "--no-sync")
	}
	out, err := l.command(ctx, files, filepath.Join(bin, "initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make the database: initdb: %w: %s", err, lastLines(string(out), 3))
	}
	if err := os.Rename(fresh, l.pgdata); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(l.pgdata))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // opened only to be inherited
	}
}

// lastLines gives the last lines of a program's output, in one line.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "; ")
}
