package media

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// guest is a handset that says a tone of its own, whose frames join without an edge.
type guest struct {
	*handset
	hz    float64
	voice []byte
	law   sdp.Codec
}

// company opens n sessions with a guest each, of either law in turn. Their tones are 200 Hz apart.
func company(t testing.TB, r *rig, n int) []*guest {
	t.Helper()
	all := make([]*guest, n)
	for i := range all {
		law := []sdp.Codec{sdp.PCMA, sdp.PCMU}[i%2]
		g := &guest{handset: newHandset(t, r.open(nil), uint32(7+i)).apply(law), hz: 400 + 200*float64(i), law: law}
		g.voice = encode(law, tone.Sine(g.hz, -20, 20*ms))
		all[i] = g
	}
	return all
}

// chat lets the given guests say their tones for a time.
func chat(r *rig, d time.Duration, talking ...*guest) {
	r.t.Helper()
	for ; d > 0; d -= 20 * ms {
		for _, g := range talking {
			g.audio(g.voice)
		}
		r.step(20 * ms)
	}
}

// pcm returns what packets sound like.
func pcm(packets []rtp.Packet, law sdp.Codec) (out []int16) {
	for _, p := range packets {
		if p.PayloadType == 101 {
			continue
		}
		for _, b := range p.Payload {
			out = append(out, linear(law)[b])
		}
	}
	return out
}

// hears checks that all a guest heard since the last look, but for the first 100 ms, are the tones
// of the given ones, at the level they were said with.
func (g *guest) hears(what string, all []*guest, want ...*guest) {
	g.t.Helper()
	heard := pcm(g.heard(), g.law)
	if len(heard) < 2000 {
		g.t.Fatalf("%s: %.0f Hz got %d samples", what, g.hz, len(heard))
	}
	heard = heard[800:]
	for _, other := range all {
		expected := false
		for _, w := range want {
			expected = expected || w == other
		}
		power := tone.Power(heard, other.hz)
		if expected && (power < -21 || power > -19) || !expected && power > -50 {
			g.t.Errorf("%s: %.0f Hz hears %.0f Hz at %.1f dBm0, expected %v", what, g.hz, other.hz, power, expected)
		}
	}
}

// forget throws away what was heard so far, but checks that it was one source.
func forget(all []*guest) {
	for _, g := range all {
		g.heard()
		single(g.t, g.got)
	}
}

// scene lets all talk and checks who hears whom; want[i] are those guest i hears, by number.
func scene(r *rig, what string, all []*guest, want [][]int) {
	r.t.Helper()
	chat(r, 100*ms, all...) // what was changed is fading
	forget(all)
	chat(r, 500*ms, all...)
	for i, g := range all {
		var from []*guest
		for _, n := range want[i] {
			from = append(from, all[n])
		}
		g.hears(fmt.Sprintf("%s: guest %d", what, i), all, from...)
		single(r.t, g.got)
	}
}

// joins brings a guest in as a party.
func joins(t testing.TB, m *Mix, g *guest) *Party {
	t.Helper()
	p, err := m.Join(g.to, JoinOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
