package media

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/pion/rtp"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// TestMixWhoHearsWhom has each of some people hear all others and nobody himself, whatever laws
// they speak.
func TestMixWhoHearsWhom(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8} {
		r := newRig(t, 1)
		all := company(t, r, n)
		m := NewMix(all[0].to)
		want := make([][]int, n)
		for i, g := range all {
			joins(t, m, g)
			for k := range n {
				if k != i {
					want[i] = append(want[i], k)
				}
			}
		}
		scene(r, "all", all, want)
	}
}

// TestSupervision follows a talk that a supervisor listens to, whispers in, joins and takes over.
func TestSupervision(t *testing.T) {
	r := newRig(t, 2)
	all := company(t, r, 3)
	caller, counselor, supervisor := all[0], all[1], all[2]
	m := NewMix(caller.to)
	joins(t, m, caller)
	c := joins(t, m, counselor)
	supervisor.voice = encode(supervisor.law, tone.Sine(supervisor.hz, -20, 20*ms))
	two := [][]int{{1}, {0}, {}}
	scene(r, "two", all, two)

	l, err := m.Listen(supervisor.to)
	if err != nil {
		t.Fatal(err)
	}
	monitored := [][]int{{1}, {0}, {0, 1}}
	scene(r, "monitor", all, monitored)
	if caller.to.in.member.ear.direct == nil || counselor.to.in.member.ear.direct == nil {
		t.Error("those who are listened to are mixed")
	}

	sp, err := l.Speak(c)
	if err != nil {
		t.Fatal(err)
	}
	scene(r, "whisper", all, [][]int{{1}, {0, 2}, {0, 1}})
	sp.Hush()
	sp.Hush()
	scene(r, "hush", all, monitored)

	p, err := l.Barge()
	if err != nil {
		t.Fatal(err)
	}
	scene(r, "barge", all, [][]int{{1, 2}, {0, 2}, {0, 1}})
	if _, err := l.Barge(); !errors.Is(err, ErrLeft) {
		t.Errorf("barged twice: %v", err)
	}
	if _, err := l.Speak(c); !errors.Is(err, ErrLeft) {
		t.Errorf("whispered as a party: %v", err)
	}

	c.Leave()
	c.Leave()
	scene(r, "take over", all, [][]int{{2}, {}, {0}})
	p.Leave()
	l.Leave()
	scene(r, "alone", all, [][]int{{}, {}, {}})
	for _, g := range all {
		if seen := g.got[0].SSRC; seen != g.to.out.stream.ssrc {
			t.Error("another source")
		}
	}
}

// TestPrivateRoom has two talk apart: neither the third nor the listener hears them.
func TestPrivateRoom(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 4)
	m := NewMix(all[0].to)
	caller, counselor := joins(t, m, all[0]), joins(t, m, all[1])
	joins(t, m, all[2])
	if _, err := m.Listen(all[3].to); err != nil {
		t.Fatal(err)
	}
	room := m.Room("private")
	for _, p := range []*Party{caller, counselor} {
		if err := p.Enter(room); err != nil {
			t.Fatal(err)
		}
	}
	scene(r, "room", all, [][]int{{1}, {0}, {}, {2}})
	room.Close()
	scene(r, "all again", all, [][]int{{1, 2}, {0, 2}, {0, 1}, {0, 1, 2}})
	if err := caller.Enter(NewMix(all[0].to).Room("")); !errors.Is(err, ErrLeft) {
		t.Errorf("entered a room of another mix: %v", err)
	}
	caller.Leave()
	if err := caller.Enter(room); !errors.Is(err, ErrLeft) {
		t.Errorf("entered a room from outside: %v", err)
	}
}

func TestMuteDeafRoute(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	a, b, c := joins(t, m, all[0]), joins(t, m, all[1]), joins(t, m, all[2])
	a.Mute(true)
	scene(r, "a muted", all, [][]int{{1, 2}, {2}, {1}})
	a.Mute(false)
	b.Deaf(true)
	scene(r, "b deaf", all, [][]int{{1, 2}, {}, {0, 1}})
	b.Deaf(false)
	a.Route(c, Off)
	scene(r, "a not to c", all, [][]int{{1, 2}, {0, 2}, {1}})
	a.Route(c, Unity)
	b.Volume(Off)
	scene(r, "b down", all, [][]int{{2}, {0, 2}, {0}})
	b.Volume(Unity)
	scene(r, "all", all, [][]int{{1, 2}, {0, 2}, {0, 1}})
}

// TestGainOfARoute measures what a gain does, and that a single voice that is not at Unity is not
// passed on unchanged.
func TestGainOfARoute(t *testing.T) {
	for _, dB := range []float64{-12, -6, 0, 6} {
		r := newRig(t, 1)
		all := company(t, r, 2)
		m := NewMix(all[0].to)
		a, b := joins(t, m, all[0]), joins(t, m, all[1])
		a.Route(b, Decibels(dB))
		chat(r, 100*ms, all...)
		forget(all)
		chat(r, 500*ms, all...)
		if got := tone.Power(pcm(all[1].heard(), sdp.PCMU)[800:], all[0].hz); math.Abs(got-(-20+dB)) > 0.5 {
			t.Errorf("%v dB: heard at %.1f dBm0", dB, got)
		}
	}
}

// TestMixComfortNoise listens when nobody says anything, or sends digital silence.
func TestMixComfortNoise(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	for _, g := range all {
		joins(t, m, g)
		g.voice = silence(g.law)
	}
	chat(r, 200*ms, all...)
	forget(all)
	chat(r, time.Second, all...)
	r.step(time.Second)
	for i, g := range all {
		heard := g.heard()
		if n := len(heard); n < 99 || n > 101 {
			t.Errorf("guest %d: %d packets in two seconds", i, n)
		}
		if level := tone.Level(pcm(heard, g.law)); level < -66 || level > -56 {
			t.Errorf("guest %d: noise of %.1f dBm0", i, level)
		}
		if bytes.Equal(heard[0].Payload, heard[1].Payload) && bytes.Equal(heard[1].Payload, heard[2].Payload) {
			t.Error("the noise repeats")
		}
	}
}

// TestMixOverABadNetwork loses, repeats, delays and swaps packets of one of three.
func TestMixOverABadNetwork(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	a, b := all[0], all[1]
	m := NewMix(a.to)
	for _, g := range all {
		joins(t, m, g)
	}
	seq, ts := b.seq, b.ts
	packet := func(i int) {
		b.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 0, SequenceNumber: seq + uint16(i), Timestamp: ts + uint32(i)*frame, SSRC: b.ssrc}, Payload: b.voice})
	}
	chat(r, 20*ms, a)
	for i := 0; i < 400; i++ {
		switch i % 50 {
		case 20: // lost
		case 30: // swapped with the next
			packet(i + 1)
			packet(i)
		case 31:
		case 40: // held up, then both at once
		case 41:
			packet(i - 1)
			packet(i)
			packet(i)
		default:
			packet(i)
		}
		r.step(20 * ms)
		a.heard()
	}
	heard := a.got
	single(t, a.got)
	if n := len(heard); n < 395 || n > 405 {
		t.Errorf("%d packets in eight seconds", n)
	}
	if got := tone.Power(pcm(heard, a.law)[8000:], b.hz); got < -21.5 {
		t.Errorf("heard at %.1f dBm0", got)
	}
	for _, p := range heard {
		if len(p.Payload) != frame {
			t.Fatalf("a packet of %d", len(p.Payload))
		}
	}
}

// TestMixTakesAnyPacketSize mixes who sends 30 ms packets.
func TestMixTakesAnyPacketSize(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	for _, g := range all {
		joins(t, m, g)
	}
	voice := encode(sdp.PCMU, tone.Sine(all[1].hz, -20, 60*ms))
	for i := range 60 {
		all[1].audio(voice[i%2*240 : i%2*240+240])
		r.step(30 * ms)
	}
	all[0].hears("30 ms", all, all[1])
}

func TestMixKeys(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 4)
	m := NewMix(all[0].to)
	for _, g := range all[:3] {
		joins(t, m, g)
	}
	if _, err := m.Listen(all[3].to); err != nil {
		t.Fatal(err)
	}
	for _, pass := range []bool{false, true} {
		m.PassKeys(pass)
		begin := all[0].ts
		for i := range uint16(5) {
			all[0].event(begin, 7, i > 2, 160*(i+1))
			r.step(20 * ms)
		}
		all[0].ts += 800
		chat(r, 500*ms, all[0])
		for i, g := range all {
			events := 0
			for _, p := range g.heard() {
				if p.PayloadType == 101 {
					events++
				}
			}
			if want := pass && (i == 1 || i == 2); want != (events > 0) {
				t.Errorf("pass %v: guest %d has %d events", pass, i, events)
			}
			single(t, g.got)
		}
	}
}

// TestMixHold has one of three put the others on hold: its music stays out, and who is left alone
// with it hears ours.
func TestMixHold(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	m.Music(Playlist{Prompts: []*Prompt{Tone(3000, -20, 20*ms)}})
	for _, g := range all {
		joins(t, m, g)
	}
	held := all[2].agreed(all[2].law)
	held.Direction = sdp.RecvOnly
	if err := all[2].to.Apply(held); err != nil {
		t.Fatal(err)
	}
	chat(r, 100*ms, all...)
	forget(all)
	chat(r, 500*ms, all...)
	all[0].hears("held", all, all[1])
	if n := len(all[2].heard()); n != 0 {
		t.Errorf("%d packets to who is on hold", n)
	}
	all[1].to.in.member.party().Leave()
	r.step(300 * ms)
	all[0].heard()
	r.step(500 * ms)
	if got := tone.Power(pcm(all[0].heard(), all[0].law), 3000); got < -21 {
		t.Errorf("music at %.1f dBm0", got)
	}
}

func TestMixRefuses(t *testing.T) {
	r, q := newRig(t, 1), newRig(t, 1)
	s, o, foreign := r.open(nil), r.open(nil), q.open(nil)
	m := NewMix(s)
	if _, err := m.Join(foreign, JoinOptions{}); err == nil {
		t.Error("another engine's session joined")
	}
	p, err := m.Join(s, JoinOptions{Muted: true, Deaf: true})
	if err != nil || !p.muted || !p.deaf {
		t.Fatalf("join: %v", err)
	}
	if _, err := m.Join(s, JoinOptions{}); !errors.Is(err, ErrBridged) {
		t.Errorf("joined twice: %v", err)
	}
	if _, err := m.Listen(s); !errors.Is(err, ErrBridged) {
		t.Errorf("listens to itself: %v", err)
	}
	if _, err := Connect(s, o); !errors.Is(err, ErrBridged) {
		t.Errorf("bridged from a mix: %v", err)
	}
	if _, err := m.Join(o, JoinOptions{Room: NewMix(o).Room("")}); !errors.Is(err, ErrLeft) {
		t.Errorf("joined in a room of another mix: %v", err)
	}
	for range mostMembers - 1 {
		if _, err := m.Join(r.open(nil), JoinOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Join(o, JoinOptions{}); !errors.Is(err, ErrFull) {
		t.Errorf("the 33rd: %v", err)
	}
	_ = s.Close()
	if len(m.members) != mostMembers-1 {
		t.Error("a closed session stays")
	}
	if _, err := m.Join(s, JoinOptions{}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	m.Close()
	m.Close()
	if len(m.members) != 0 {
		t.Error("members after Close")
	}
}
