package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"

	"hotline/media/sdp"
)

// news returns the line's changes since the last call.
func news(s *Session) (all []Line) {
	for {
		select {
		case l := <-s.Line():
			all = append(all, l)
		default:
			return all
		}
	}
}

// expect compares the line's changes.
func expect(t *testing.T, s *Session, when string, want ...Line) {
	t.Helper()
	got := news(s)
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", when, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: %v, want %v", when, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	r.step(2 * time.Minute)
	expect(t, s, "before the agreement")
	h.apply(sdp.PCMA)
	h.audio(same(1))
	r.step(29 * time.Second)
	expect(t, s, "after 29 s")
	r.step(3 * time.Second)
	expect(t, s, "after 32 s", Quiet)
	h.report(&rtcp.ReceiverReport{SSRC: 7})
	r.step(ms)
	expect(t, s, "after a report", Live)
	r.step(62 * time.Second)
	expect(t, s, "after 62 s more", Quiet, Lost)
	h.audio(same(1))
	r.step(ms)
	expect(t, s, "after a packet", Live)
}

func TestLineOnHold(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	s.Limits(Limits{Quiet: 5 * time.Second, Lost: 10 * time.Second, Held: time.Minute})
	held := h.agreed(sdp.PCMA)
	held.Direction = sdp.Inactive
	if err := s.Apply(held); err != nil {
		t.Fatal(err)
	}
	r.step(58 * time.Second)
	expect(t, s, "on hold")
	r.step(4 * time.Second)
	expect(t, s, "too long on hold", Lost)
	h.audio(same(1))
	r.step(ms)
	expect(t, s, "back", Live)
	h.apply(sdp.PCMA)
	r.step(4 * time.Second)
	expect(t, s, "resumed")
	r.step(3 * time.Second)
	expect(t, s, "silent", Quiet)
}

// TestLineKeepsTheLatest lets news pile up.
func TestLineKeepsTheLatest(t *testing.T) {
	w := watch{out: make(chan Line, 4)}
	for range 10 {
		w.enter(Quiet)
		w.enter(Live)
	}
	w.enter(Lost)
	var last Line
	for len(w.out) > 0 {
		last = <-w.out
	}
	if last != Lost {
		t.Errorf("latest news is %v", last)
	}
}

func TestLineNames(t *testing.T) {
	if Live.String() != "live" || Quiet.String() != "quiet" || Lost.String() != "lost" {
		t.Error("names of line states")
	}
}
