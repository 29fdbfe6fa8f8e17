package main_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/sip/siptest"
)

// torture is one message of RFC 4475 or RFC 5118 and the status it is answered with, by transport; "-" for none.
type torture struct{ name, udp, tcp, message string }

// readTorture reads the messages where package sip keeps them for its own tests.
func readTorture(t *testing.T, file string) (all []torture) {
	t.Helper()
	text := readText(t, filepath.Join("..", "..", "sip", "testdata", file))
	escaped := regexp.MustCompile(`\\x[0-9a-f]{2}|\\\\`)
	for _, section := range strings.Split(strings.TrimSuffix(text, "\n"), "\n== ")[1:] {
		title, message, _ := strings.Cut(section, "\n")
		f := strings.Fields(title)
		message = escaped.ReplaceAllStringFunc(message, func(s string) string {
			if s == `\\` {
				return `\`
			}
			n, _ := strconv.ParseUint(s[2:], 16, 8) // the pattern is right
			return string([]byte{byte(n)})
		})
		all = append(all, torture{f[0], f[2], f[3], strings.ReplaceAll(message, "\n", "\r\n")})
	}
	return all
}

// TestTortureDuringACall sends every message of the two RFCs to the whole program while two people talk. Each gets its
// answer; the talk goes on and is recorded; nothing is filed, told as a fault, or left behind. Each transport has a house
// of its own: the same request by the other would be a repetition.
func TestTortureDuringACall(t *testing.T) {
	t.Parallel()
	all := append(readTorture(t, "rfc4475.txt"), readTorture(t, "rfc5118.txt")...)
	if len(all) != 49+11 {
		t.Fatalf("%d messages", len(all))
	}
	for _, transport := range []string{"UDP", "TCP"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			tortured(t, transport, all)
		})
	}
}

func tortured(t *testing.T, transport string, all []torture) {
	h := openHouse(t, plan{desks: 1})
	d := h.desks[0]
	talking := h.served(t, d)
	before := h.burden()
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			if transport == "UDP" {
				h.answers(t, siptest.UDP(t, h.sip), m.message, m.udp)
			} else {
				h.answers(t, siptest.TCP(t, h.sip), m.message, m.tcp)
			}
		})
	}
	h.talked(t, d.line, time.Second)
	awaitWithin(t, 3*patience, "nothing is left but the call", func() bool {
		now := h.metrics()
		return now["hotline_sip_dialogs"] == 2 && now["hotline_sip_transactions_pending"] == 0 && now["hotline_sip_transactions_parked"] == 0 &&
			now["hotline_sip_connections"] == 0 && now["go_goroutines"] <= before.goroutines+4
	})
	if after := h.burden(); after.heap > before.heap+4<<20 {
		t.Errorf("memory in use grew from %.0f to %.0f bytes", before.heap, after.heap)
	}
	talking.hangUp()
	got := h.filed(d.line, 1)[0]
	if got.outcome != "answered" || got.by != "caller" {
		t.Errorf("filed as %+v", got)
	}
	h.sealed(got.tapes[0])
	if left, right := h.channels(got.tapes[0]); left.caller < -20 || right.staff < -20 {
		t.Errorf("tones in the recording: left %+v, right %+v dBm0", left, right)
	}
	if n := h.count(`SELECT count(*) FROM contacts`); n != 1 {
		t.Errorf("%d contacts, want 1", n)
	}
	h.givenBack(t)
	h.flawless(t)
}

// answers sends one message and checks what it is answered with.
func (h *house) answers(t *testing.T, p *siptest.Peer, message, want string) {
	t.Helper()
	p.Raw(message)
	if want == "-" {
		siptest.UDP(t, h.sip).Call("x").Send("OPTIONS") // another's messages are served
		return
	}
	if want == "486" {
		want = "404" // a call that is well formed, to a number that is nobody's here
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

// burden is what the program carries.
type burden struct{ goroutines, heap float64 }

// burden weighs the program after its garbage is gone.
func (h *house) burden() burden {
	h.t.Helper()
	h.get("/debug/pprof/heap?gc=1")
	now := h.metrics()
	return burden{now["go_goroutines"], now["go_memstats_heap_alloc_bytes"]}
}
