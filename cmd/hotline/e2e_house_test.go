package main_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/secret"
)

// password is that of every test extension.
const password = "e2e-password-of-every-extension"

// desk is a line of its own for one test: number, flow, queue, and a counselor who alone serves it.
type desk struct{ line, queue, kind, extension string }

// deskOf is the desk of a number, from 0.
func deskOf(n int) desk {
	letter := string(rune('a' + n))
	return desk{fmt.Sprint(12400 + n), "desk-" + letter, "desk_" + letter, fmt.Sprint(8100 + n)}
}

// house is the program in a process of its own, with a database, desks and short words.
type house struct {
	t    testing.TB
	data string // its data folder
	url  string // its database; empty until an embedded one runs
	env  map[string]string
	exe  string

	desks []desk
	cmd   *exec.Cmd
	log   *logbook      // of the latest run
	over  chan struct{} // closed when the process has ended
	sip   netip.AddrPort
	ops   string
	web   string // address of the console
	began time.Time

	query sync.Mutex // one statement at a time
	rows  rowsOf
}

// plan is what a house is made of.
type plan struct {
	desks    int
	embedded bool              // a Postgres of its own, in the data folder, with the demo centre
	env      map[string]string // over the defaults
}

// openHouse starts the program and stops it, in good order, at the end of the test.
func openHouse(t testing.TB, p plan) *house {
	t.Helper()
	h := newHouse(t, p)
	h.start()
	return h
}

// newHouse prepares a house: its database is furnished, nothing runs yet.
func newHouse(t testing.TB, p plan) *house {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	h := &house{t: t, data: filepath.Join(t.TempDir(), "data"), exe: exe}
	for n := range p.desks {
		h.desks = append(h.desks, deskOf(n))
	}
	flows, prompts := writeEdition(t, h.desks)
	h.env = map[string]string{
		asProgram: "1", "PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "TMPDIR": os.TempDir(),
		"HOTLINE_DATA": h.data, "HOTLINE_SIP_LISTEN": "127.0.0.1:0", "HOTLINE_OPS_LISTEN": "127.0.0.1:0", "HOTLINE_HTTP_LISTEN": "127.0.0.1:0",
		"HOTLINE_FLOWS": flows, "HOTLINE_PROMPTS": prompts, "HOTLINE_DRAIN": "3s",
	}
	if p.embedded {
		delete(h.env, "HOTLINE_FLOWS")
		delete(h.env, "HOTLINE_PROMPTS")
	} else {
		h.url = postgres.URL(t)
		h.env["HOTLINE_DATABASE_URL"] = h.url
		h.furnish()
	}
	for k, v := range p.env {
		h.env[k] = v
	}
	t.Cleanup(h.close)
	return h
}

// furnish makes the desks in the database before the program first opens it, so that it makes no demo centre.
func (h *house) furnish() {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, os.MkdirAll(h.data, 0o700))
	keys, err := secret.Load(filepath.Join(h.data, "keys"), false)
	must(h.t, err)
	db, err := store.Open(ctx, store.Options{URL: h.url, Keys: keys})
	must(h.t, err)
	defer db.Close()
	h.sql(`INSERT INTO queues (code, name, requires, minors, ring_s, wrap_s) VALUES ('minors', 'minors', '{minors}', true, 5, 0)`)
	h.sql(`INSERT INTO lines (number, name, flow, minors) VALUES ('12355', 'minors', '12355', true)`)
	h.hire(ctx, db, "8099", "minors")
	for _, d := range h.desks {
		h.sql(`INSERT INTO qualification_kinds (code, name) VALUES ($1, $1)`, d.kind)
		h.sql(`INSERT INTO queues (code, name, requires, ring_s, wrap_s) VALUES ($1, $1, $2, 30, 0)`, d.queue, []string{d.kind})
		h.sql(`INSERT INTO lines (number, name, flow) VALUES ($1, $1, $1)`, d.line)
		h.hire(ctx, db, d.extension, d.kind)
	}
}

func (h *house) hire(ctx context.Context, db *store.DB, extension, kind string) {
	h.t.Helper()
	_, err := db.AddStaff(ctx, "test", store.Staff{
		Extension: extension, Name: extension, Login: "c" + extension, Roles: []store.Role{store.RoleCounselor},
		Languages: []string{"zh-CN", "yue", "en"}, Qualifications: []store.Qualification{{Kind: kind, Level: 3}},
	})
	must(h.t, err)
	must(h.t, db.SetSIPPassword(ctx, "test", extension, "hotline", password))
}

// start starts the program and waits until it is ready.
func (h *house) start() {
	h.t.Helper()
	h.launch()
	ready := h.log.await(h.t, "ready", h.over, message("ready"))
	h.sip = netip.MustParseAddrPort(ready.text("sip"))
	h.ops, h.web = ready.text("ops"), ready.text("http")
}

// launch starts the process and waits for nothing.
func (h *house) launch() {
	h.t.Helper()
	h.log, h.over, h.began = newLogbook(), make(chan struct{}), time.Now()
	h.cmd = exec.Command(h.exe, "serve")
	for k, v := range h.env {
		h.cmd.Env = append(h.cmd.Env, k+"="+v)
	}
	slices.Sort(h.cmd.Env)
	h.cmd.Stderr = h.log
	must(h.t, h.cmd.Start())
	over, cmd := h.over, h.cmd
	go func() {
		_ = cmd.Wait() // the exit code is read from the state
		close(over)
	}()
}

// running reports whether the process lives.
func (h *house) running() bool {
	if h.cmd == nil {
		return false
	}
	select {
	case <-h.over:
		return false
	default:
		return true
	}
}

// signal sends a signal to the process.
func (h *house) signal(s syscall.Signal) {
	h.t.Helper()
	if err := h.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		h.t.Fatal(err)
	}
}

// wait waits for the end of the process and returns its exit code.
func (h *house) wait() int {
	h.t.Helper()
	select {
	case <-h.over:
	case <-time.After(patience + 15*time.Second):
		h.t.Fatalf("the program does not end:\n%s", h.log)
	}
	return h.cmd.ProcessState.ExitCode()
}

// close stops the program and looks at how it ended: a data race, a panic or a failed part shows in its exit code.
func (h *house) close() {
	if h.running() {
		h.signal(syscall.SIGTERM)
		if code := h.wait(); code != 0 {
			h.t.Errorf("the program ended with %d:\n%s", code, h.log)
		}
	}
	if h.log != nil && h.t.Failed() {
		h.t.Logf("log of the program:\n%s", h.log)
		h.tellFacts()
	}
	if h.log != nil && strings.Contains(h.log.String(), "DATA RACE") {
		h.t.Errorf("a data race in the program:\n%s", h.log)
	}
	h.rows.close()
}

// tellFacts shows what was filed of the latest calls, for whoever looks into a failure.
func (h *house) tellFacts() {
	if h.url == "" {
		return
	}
	rows, err := h.trySQL(`SELECT contact_id::text, at, kind, data::text FROM call_events ORDER BY contact_id DESC, seq LIMIT 200`)
	for _, r := range rows {
		h.t.Logf("%.8s %s %s %s", r[0], r[1].(time.Time).Format("15:04:05.000"), r[2], r[3])
	}
	if err != nil {
		h.t.Logf("facts: %v", err)
	}
}

// await waits until something is so. It asks again and again: what is asked for is in another process.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	awaitWithin(t, patience, what, ok)
}

func awaitWithin(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	began := time.Now()
	for !ok() {
		waited := time.Since(began)
		if waited > limit {
			t.Fatalf("not within %s: %s", limit, what)
		}
		<-time.After(min(max(waited/10, 20*time.Millisecond), time.Second)) // what takes long is asked for less often
	}
}
