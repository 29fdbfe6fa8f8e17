package sip_test

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// torture is one message of the RFCs and the answer it gets; "-" for none.
type torture struct{ name, udp, tcp, message string }

var escaped = regexp.MustCompile(`\\x[0-9a-f]{2}|\\\\`)

// readTorture reads testdata.
func readTorture(tb testing.TB, file string) []torture {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var out []torture
	for _, section := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n== ")[1:] {
		title, text, _ := strings.Cut(section, "\n")
		f := strings.Fields(title)
		text = escaped.ReplaceAllStringFunc(text, func(s string) string {
			if s == `\\` {
				return `\`
			}
			n, _ := strconv.ParseUint(s[2:], 16, 8)
			return string([]byte{byte(n)})
		})
		out = append(out, torture{f[0], f[2], f[3], strings.ReplaceAll(text, "\n", "\r\n")})
	}
	return out
}

func allTorture(tb testing.TB) []torture {
	return append(readTorture(tb, "testdata/rfc4475.txt"), readTorture(tb, "testdata/rfc5118.txt")...)
}

// busy refuses every call.
var busy = handler(func(_ context.Context, d *sip.Dialog) { _ = d.Reject(&sip.StatusError{Status: 486}) })

// Every message of RFC 4475 and RFC 5118 gets its class of answer over both
// transports, stops nothing and leaves nothing behind.
func TestTorture(t *testing.T) {
	all := allTorture(t)
	if len(all) != 49+11 {
		t.Fatalf("%d messages", len(all))
	}
	for _, transport := range []string{"UDP", "TCP"} {
		t.Run(transport, func(t *testing.T) {
			r := start(t, busy, func(c *sip.Config) { c.Limits.MessageTime = 300 * time.Millisecond })
			for _, m := range all {
				t.Run(m.name, func(t *testing.T) {
					if transport == "UDP" {
						tortured(t, siptest.UDP(t, r.ua.Addr()), m.message, m.udp, r)
					} else {
						tortured(t, siptest.TCP(t, r.ua.Addr()), m.message, m.tcp, r)
					}
				})
			}
			r.clean()
		})
	}
}

// clean checks that nothing is left, nothing broke, and nothing was told.
func (r *rig) clean() {
	r.t.Helper()
	eventually(r.t, "no dialog left", func() bool { return r.count("dialogs") == 0 })
	if r.count("panics_total") != 0 {
		r.t.Error("a message caused a panic")
	}
	log := r.log.String()
	for _, secret := range []string{"13035551111", "16505552222", "+1972555", "v=0", "SIP/2.0", "Call-ID"} {
		if strings.Contains(log, secret) {
			r.t.Errorf("the log holds %q", secret)
		}
	}
}

func tortured(t *testing.T, p *siptest.Peer, message, want string, r *rig) {
	t.Helper()
	p.Raw(message)
	if want == "-" {
		check := siptest.UDP(t, r.ua.Addr())
		check.Call("x").Send("OPTIONS") // processed after it, at least over UDP
		check.Expect("200 OPTIONS")
		for _, m := range p.Within(20 * time.Millisecond) {
			t.Errorf("answered by %s", m.Start)
		}
		return
	}
	for {
		m := p.Next()
		if m.Status() == 100 {
			continue
		}
		if got := strconv.Itoa(m.Status()); got != want {
			t.Errorf("answered by %s, want %s", m.Start, want)
		}
		return
	}
}

// The same messages over and over do not grow memory or goroutines.
func TestTortureLeavesNothing(t *testing.T) {
	r := start(t, busy, func(c *sip.Config) { c.Timers.T1, c.Timers.T4 = time.Millisecond, time.Millisecond })
	p := siptest.UDP(t, r.ua.Addr())
	p.Link(func(out bool, _ *siptest.Message) int {
		if out {
			return 1
		}
		return 0
	})
	all := allTorture(t)
	round := func() uint64 {
		for range 20 {
			for _, m := range all {
				p.Raw(m.message)
			}
			eventually(t, "digested", func() bool {
				return r.count("transactions_pending") == 0 && r.count("transactions_parked") == 0 && r.count("dialogs") == 0
			})
		}
		var mem runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&mem)
		return mem.HeapAlloc
	}
	before, routines := round(), runtime.NumGoroutine()
	after := round()
	if after > before+2<<20 {
		t.Errorf("heap grew from %d to %d", before, after)
	}
	eventually(t, "goroutines back", func() bool { return runtime.NumGoroutine() <= routines+2 })
}
