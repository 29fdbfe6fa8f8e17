package main_test

import (
	"strconv"
	"syscall"
	"testing"

	"hotline/sip/siptest"
)

// TestDrain has the program told to end while two talk: new calls are sent elsewhere, a child's is still taken, and the
// talk goes on until its own end.
func TestDrain(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 2, env: map[string]string{"HOTLINE_DRAIN": "1m"}})
	line, other := h.desks[0].line, h.desks[1].line
	c := h.talking(t, h.desks[0], "13900000301")
	h.signal(syscall.SIGTERM)
	if note := h.logged(t, "draining"); note["calls"] != 1.0 {
		t.Errorf("draining begins with %v calls", note["calls"])
	}

	carrier := siptest.UDP(t, h.sip)
	refused := carrier.Call(other)
	refused.Invite(siptest.Offer)
	answer := carrier.Expect("503 INVITE")
	refused.AckRefusal(answer)
	if s, err := strconv.Atoi(answer.Get("Retry-After")); err != nil || s < 1 {
		t.Errorf("Retry-After of a refused call is %q", answer.Get("Retry-After"))
	}
	carrier.Call(other).Send("OPTIONS")
	carrier.Expect("503 OPTIONS")
	child := carrier.Call("12355")
	child.Invite(siptest.Offer)
	child.Ack(carrier.Expect("200 INVITE"))
	child.Send("BYE")
	carrier.Expect("200 BYE")

	if status, body, err := h.ask("/readyz"); err != nil || status != 503 {
		t.Errorf("/readyz: %d %q %v", status, body, err)
	}
	if status, body, err := h.ask("/healthz"); err != nil || status != 200 {
		t.Errorf("/healthz: %d %q %v", status, body, err)
	}
	if !h.running() {
		t.Fatal("the program did not wait for the talk")
	}
	if report := c.hangUp(); report.Ending != "context canceled" {
		t.Errorf("the caller did not end the call: %+v", report)
	}
	if code := h.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	h.ended(t, line, "caller")
	if n := h.count(`SELECT count(*) FROM contacts WHERE dialled = $1`, other); n != 0 {
		t.Errorf("%d contacts of the refused call", n)
	}
	h.cased(t)
}

// TestDrainEnds has calls that outlast what the program waits for: the limit, or a second signal. They are ended, and
// filed before the program is gone.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, limit string
		again       bool // a second signal
	}{
		{"limit", "200ms", false},
		{"second signal", "1h", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := openHouse(t, plan{desks: 1, env: map[string]string{"HOTLINE_DRAIN": c.limit}})
			line := h.desks[0].line
			call := h.talking(t, h.desks[0], "13900000302")
			h.signal(syscall.SIGTERM)
			h.logged(t, "draining")
			if c.again {
				h.signal(syscall.SIGTERM)
			}
			if report := <-call.report; report.Ending == "" || report.Status != 200 {
				t.Errorf("the caller was told %+v", report)
			}
			if code := h.wait(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			h.logged(t, "stopping with calls going on")
			h.ended(t, line, "system")
			h.cased(t)
		})
	}
}

// ended checks that a line's one talk is filed as ended by a party, with its recording.
func (h *house) ended(t *testing.T, line, by string) {
	t.Helper()
	got := h.filed(line, 1)[0]
	if got.outcome != "answered" || got.by != by || len(got.tapes) != 1 {
		t.Errorf("filed as %+v, want answered and ended by the %s", got, by)
	}
	for _, r := range got.tapes {
		h.sealed(r)
		if r.partial != "" || r.repaired {
			t.Errorf("the recording is filed as %+v", r)
		}
	}
}
