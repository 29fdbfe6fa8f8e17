package media

import (
	"bytes"
	"math"
	"testing"
	"time"

	"hotline/media/tone"
)

// TestThirdPartyComesAndGoes makes a bridge a mix and a bridge again: every frame one says comes to
// the other once and in order, the numbers never break.
func TestThirdPartyComesAndGoes(t *testing.T) {
	for _, late := range []time.Duration{0, 3 * ms, 11 * ms, 19 * ms} { // of the packets within the round
		r := newRig(t, 1)
		all := company(t, r, 3)
		a, b := all[0], all[1]
		m := NewMix(a.to)
		joins(t, m, a)
		joins(t, m, b)
		var third *Party
		r.step(late)
		const n = 90
		for i := range n {
			switch i {
			case 30:
				third = joins(t, m, all[2])
			case 60:
				third.Leave()
			}
			b.audio(same(byte(i + 1)))
			r.step(20 * ms)
			a.heard()
			if direct := a.to.in.member.ear.direct != nil; direct != (i < 30 || i > 62) && (i < 60 || i > 62) {
				t.Fatalf("late %v, frame %d: passed on %v", late, i, direct)
			}
		}
		r.step(40 * ms)
		a.heard()
		single(t, a.got)
		want := make([]byte, n)
		for i := range want {
			want[i] = muToA[i+1]
		}
		got := codes(a.got)
		if at := bytes.IndexByte(got, want[0]); at < 0 || !bytes.HasPrefix(got[at:], want) {
			t.Errorf("late %v: heard % x\nwant % x", late, got, want)
		}
		for i := 1; i < len(a.got); i++ { // without a gap: no marker but where the source changes hands
			if step := a.got[i].Timestamp - a.got[i-1].Timestamp; step != frame && i > 5 {
				t.Errorf("late %v, packet %d: a gap of %d samples", late, i, step-frame)
			}
		}
	}
}

// TestNoClicks listens for edges while others join, are muted, whisper and leave: the steepest edge
// heard is not steeper than what is said can be.
func TestNoClicks(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	for i, g := range all {
		g.hz = 50 + 50*float64(i)
		g.voice = encode(g.law, tone.Sine(g.hz, -16, 40*ms)[16:16+frame]) // frames begin near the crest
	}
	ear := all[0]
	m := NewMix(ear.to)
	joins(t, m, ear)
	b := joins(t, m, all[1])
	chat(r, 200*ms, all...)
	forget(all)
	chat(r, 100*ms, all...)
	var c *Party
	for _, change := range []func(){
		func() { c = joins(t, m, all[2]) },
		func() { b.Mute(true) }, func() { b.Mute(false) },
		func() { c.Volume(Decibels(6)) }, func() { c.Volume(Off) }, func() { c.Volume(Unity) },
		func() { b.Route(ear.to.in.member.party(), Off) }, func() { b.Route(ear.to.in.member.party(), Unity) },
		func() {
			chat(r, 200*ms, all[:2]...) // c falls silent in mid-word, as when the network breaks
			c.Leave()
		},
		func() { b.Mute(true) },
	} {
		change()
		chat(r, 200*ms, all...)
	}
	single(t, ear.got)
	heard, steepest, at := pcm(ear.heard(), ear.law), 0, 0
	for i := 1; i < len(heard); i++ {
		if step := int(heard[i]) - int(heard[i-1]); max(step, -step) > steepest {
			steepest, at = max(step, -step), i
		}
	}
	// The slope of b's sine and of c's at twice its level, and the coarse steps of G.711 there.
	most := tone.Amplitude(-16)*2*math.Pi*(all[1].hz+2*all[2].hz)/8000 + 300
	if float64(steepest) > most {
		t.Errorf("an edge of %d at %d ms, most is %.0f", steepest, at/8, most)
	}
}

// party returns a member as a party.
func (me *member) party() *Party { return &Party{me} }

// TestBurstBeforeMixing passes on a burst whose timestamps run ahead of our clock, and begins to mix: the
// clock is kept, so that the one who hears it is not made to wait for good.
func TestBurstBeforeMixing(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	joins(t, m, all[0])
	joins(t, m, all[1])
	chat(r, 200*ms, all[:2]...)
	for range 20 { // 400 ms of audio in 20 ms
		all[1].audio(all[1].voice)
		r.step(ms)
	}
	joins(t, m, all[2])
	chat(r, time.Second, all...)
	all[0].heard()
	single(t, all[0].got)
	first, last := all[0].got[0], all[0].got[len(all[0].got)-1]
	if lasted := time.Duration(last.Timestamp-first.Timestamp) * sample; lasted > 1220*ms+most*sample {
		t.Errorf("the clock of what is sent stands at %v after 1.22 s", lasted)
	}
	all[0].heard()
	chat(r, 500*ms, all...)
	all[0].hears("after the burst", all, all[1], all[2])
}
