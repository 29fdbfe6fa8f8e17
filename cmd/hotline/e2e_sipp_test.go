package main_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"text/template"
	"time"
)

// sippCall is how SIPp is run: a scenario of testdata, how many calls to whom, and values for the scenario's keys.
type sippCall struct {
	scenario string
	to       string // the number dialled
	caller   string // the number shown
	calls    int    // 1 when 0
	atOnce   int    // as many as calls when 0
	tcp      bool
	lenient  bool // SIPp takes a 2xx that comes again over TCP, as it must when the ACK was late, for a fault of ours
	keys     map[string]string
}

// sipp runs a scenario to its end, with a call's Call-ID beginning with the scenario's name. Every call must go as
// written.
func (h *house) sipp(t *testing.T, c sippCall) {
	t.Helper()
	must(t, h.sippRun(t, c)())
}

// sippRun prepares a scenario and returns what runs it to its end, on whatever goroutine.
func (h *house) sippRun(t *testing.T, c sippCall) func() error {
	t.Helper()
	path := requirePeer(t, "sipp")
	c.calls = max(c.calls, 1)
	if c.atOnce == 0 {
		c.atOnce = c.calls
	}
	dir, ports := t.TempDir(), freePorts(t, 2)
	args := []string{
		h.sip.String(), "-sf", writeScenario(t, dir, c.scenario, c.keys), "-s", c.to, "-i", "127.0.0.1", "-p", ports[0], "-mi", "127.0.0.1", "-mp", ports[1],
		"-m", fmt.Sprint(c.calls), "-l", fmt.Sprint(c.atOnce), "-r", fmt.Sprint(max(10, c.atOnce/2)), "-nostdin", "-timeout", "60s", "-timeout_error",
		"-cid_str", c.scenario + "-%u-%p@%s", "-trace_err", "-key", "caller", c.caller,
	}
	if c.tcp {
		args = append(args, "-t", "t1")
	}
	if c.lenient {
		args = append(args, "-default_behaviors", "all,-abortunexp")
	}
	return func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("sipp %s: %w\n%s\n%s", c.scenario, err, tail(string(out), 50), faultsOf(dir))
		}
		return nil
	}
}

// sippUntil runs a scenario whose calls stay until something has happened.
func (h *house) sippUntil(t *testing.T, c sippCall, happened func()) {
	t.Helper()
	gate := filepath.Join(t.TempDir(), "gate")
	writeText(t, gate, "closed")
	c.keys = maps.Clone(c.keys)
	if c.keys == nil {
		c.keys = map[string]string{}
	}
	c.keys["gate"] = gate
	run, over := h.sippRun(t, c), make(chan error, 1)
	go func() { over <- run() }()
	defer func() {
		select {
		case err := <-over: // before its time
			t.Errorf("sipp ended: %v", err)
		default:
		}
	}()
	happened()
	writeText(t, gate, "open")
	must(t, <-over)
}

// faultsOf is what SIPp found wrong.
func faultsOf(dir string) string {
	var all strings.Builder
	logs, _ := filepath.Glob(filepath.Join(dir, "*_errors.log")) // the pattern is right
	for _, name := range logs {
		b, _ := os.ReadFile(name) // for people only
		all.WriteString(tail(string(b), 40))
	}
	return all.String()
}

func tail(s string, n int) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// offerOf is what an offer of a scenario says.
type offerOf struct {
	Version            int
	Way, Address, Port string
	Events             bool // telephone events are offered
}

// writeScenario makes a scenario from its template and the parts all share.
func writeScenario(t testing.TB, dir, name string, keys map[string]string) string {
	t.Helper()
	folder := filepath.Join("testdata", "e2e", "sipp")
	funcs := template.FuncMap{
		"offer": func(version int, way string) offerOf {
			return offerOf{version, way, "[media_ip]", "[media_port]", true}
		},
		"at":    func(address string, o offerOf) offerOf { o.Address = address; return o },
		"port":  func(port string, o offerOf) offerOf { o.Port = port; return o },
		"split": func(list string) []string { return strings.Split(list, "|") },
		"bare":  func(o offerOf) offerOf { o.Events = false; return o },
	}
	all, err := template.New("").Funcs(funcs).ParseFiles(filepath.Join(folder, "parts.tmpl"), filepath.Join(folder, name+".xml"))
	must(t, err)
	var text bytes.Buffer
	must(t, all.ExecuteTemplate(&text, name+".xml", keys))
	path := filepath.Join(dir, name+".xml")
	writeText(t, path, text.String())
	return path
}

// peerPorts are for the peers of the tests: neither the kernel nor the program under test hands them out, so that what was
// found free stays free until the peer has it.
var peerPorts atomic.Uint32

const firstPeerPort, peerPortsInAll = 12_000, 8_000

// freePorts finds UDP ports nobody holds, for programs that cannot say which they took. The ones above each are free too.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	var all []string
	for range peerPortsInAll {
		port := firstPeerPort + int(peerPorts.Add(4)%peerPortsInAll)
		if !free(port) || !free(port+1) || !free(port+2) {
			continue
		}
		if all = append(all, fmt.Sprint(port)); len(all) == n {
			return all
		}
	}
	t.Fatal("no free ports")
	return nil
}

// free tells whether nobody holds a port, neither by UDP nor by TCP.
func free(port int) bool {
	at := fmt.Sprintf("127.0.0.1:%d", port)
	c, err := net.ListenPacket("udp4", at)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	l, err := net.Listen("tcp4", at)
	if err != nil {
		return false
	}
	return l.Close() == nil
}
