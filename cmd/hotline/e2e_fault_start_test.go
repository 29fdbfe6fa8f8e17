package main_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// badStart is a start that must fail: how a house is spoilt, and what the program must say of it.
type badStart struct {
	name  string
	spoil func(t *testing.T, h *house)
	says  []string // parts of the one sentence
}

// TestBadStarts has the program meet what an installer gets wrong: one clear sentence each, a non-zero exit, and soon.
func TestBadStarts(t *testing.T) {
	t.Parallel()
	for _, c := range []badStart{
		{"database that is not there", func(_ *testing.T, h *house) {
			h.env["HOTLINE_DATABASE_URL"] = "postgres://hotline@127.0.0.1:1/hotline"
		}, []string{"database", "127.0.0.1:1"}},
		{"busy SIP port", func(t *testing.T, h *house) {
			c, err := net.ListenPacket("udp4", "127.0.0.1:0")
			must(t, err)
			t.Cleanup(func() { _ = c.Close() })
			h.env["HOTLINE_SIP_LISTEN"] = c.LocalAddr().String()
		}, []string{"in use"}},
		{"busy ops port", func(t *testing.T, h *house) {
			h.env["HOTLINE_OPS_LISTEN"] = busyTCP(t)
		}, []string{"ops.listen", "in use"}},
		{"data folder that cannot be made", func(t *testing.T, h *house) {
			file := filepath.Join(t.TempDir(), "file")
			writeText(t, file, "")
			h.env["HOTLINE_DATA"] = filepath.Join(file, "data")
		}, []string{"data folder", "not a directory"}},
		{"data folder that cannot be written", func(_ *testing.T, h *house) {
			h.env["HOTLINE_DATA"] = "/proc/sys"
		}, []string{"data folder /proc/sys"}},
		{"keys of another installation", func(t *testing.T, h *house) {
			must(t, os.RemoveAll(filepath.Join(h.data, "keys")))
		}, []string{"keys", "backup"}},
		{"schema of a newer program", func(_ *testing.T, h *house) {
			h.sql(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
		}, []string{"9999", "newer"}},
		{"configuration", func(_ *testing.T, h *house) {
			h.env["HOTLINE_DRAIN"] = "soon"
		}, []string{"HOTLINE_DRAIN", `"soon" is not a length of time`}},
		{"truncated prompt", func(t *testing.T, h *house) {
			truncate(t, filepath.Join(h.env["HOTLINE_PROMPTS"], "yue", "P-SORRY-TECH.wav"))
		}, []string{"yue/P-SORRY-TECH.wav", "cut off"}},
		{"flow with a fault", func(t *testing.T, h *house) {
			writeText(t, flowOf(h), strings.Replace(readText(t, flowOf(h)), "start: greet", "start: nowhere", 1))
		}, []string{"flows/12400.yaml:", "nowhere"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, plan{desks: 1})
			c.spoil(t, h)
			h.fails(t, c.says, "serve")
		})
	}
}

// TestCheckNamesATruncatedPrompt has the check before a start find a recording that was copied only in part.
func TestCheckNamesATruncatedPrompt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, plan{embedded: true})
	_, h.env["HOTLINE_PROMPTS"] = writeEdition(t, nil)
	file := filepath.Join(h.env["HOTLINE_PROMPTS"], "en", "P-SORRY-TECH.wav")
	truncate(t, file)
	h.fails(t, []string{file, "cut off"}, "check")
}

// command runs another command of the program to its end.
func (h *house) command(t *testing.T, args ...string) (code int, said, told string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.exe, args...)
	for k, v := range h.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	var out, faults strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &faults
	_ = cmd.Run() // the exit code is read from the state
	if ctx.Err() != nil {
		t.Fatalf("hotline %s is still running after %s:\n%s", args[0], patience, faults.String())
	}
	return cmd.ProcessState.ExitCode(), out.String(), faults.String()
}

// fails runs a command of the program that must fail, soon and with one sentence.
func (h *house) fails(t *testing.T, says []string, args ...string) {
	t.Helper()
	code, _, told := h.command(t, args...)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	sentence := strings.TrimSuffix(told, "\n")
	if !strings.HasPrefix(sentence, "hotline: ") || strings.Contains(sentence, "\n") {
		t.Errorf("told is not one sentence:\n%s", sentence)
	}
	for _, part := range says {
		if !strings.Contains(sentence, part) {
			t.Errorf("%q does not say %q", sentence, part)
		}
	}
}

func busyTCP(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// flowOf is the file of the first desk's flow.
func flowOf(h *house) string {
	return filepath.Join(h.env["HOTLINE_FLOWS"], "flows", h.desks[0].line+".yaml")
}

// truncate cuts a file in half.
func truncate(t *testing.T, path string) {
	t.Helper()
	b := readText(t, path)
	writeText(t, path, b[:len(b)/2])
}
