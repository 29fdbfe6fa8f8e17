package media

import (
	"math/rand/v2"
	"testing"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// role is what a guest is in the model of a mix.
type role struct {
	party    *Party
	listener *Listener
	speaker  *Speaker
	to       map[int]bool // whom the speaker speaks to
	muted    bool
	deaf     bool
	room     *Room
}

// out tells whether the guest is not in the mix.
func (o *role) out() bool { return o.party == nil && o.listener == nil }

// crowd is a mix and the model of it: who is what, in the plainest words.
type crowd struct {
	t      *testing.T
	r      *rig
	m      *Mix
	random *rand.Rand
	all    []*guest
	roles  []role
	room   *Room
}

// hears tells whether guest i is to hear guest k.
func (c *crowd) hears(i, k int) bool {
	me, other := &c.roles[i], &c.roles[k]
	switch {
	case i == k, me.out(), other.out(), me.deaf, other.muted, me.room != other.room:
		return false
	case other.party != nil:
		return true
	}
	return other.speaker != nil && other.to[i]
}

// TestMixModel lets a crowd do anything, with seeds, and compares what everybody hears with the
// model, by the tones.
func TestMixModel(t *testing.T) {
	for seed := range uint64(12) {
		r := newRig(t, 1+int(seed%2))
		c := &crowd{t: t, r: r, random: rand.New(rand.NewPCG(seed, 5)), all: company(t, r, 6), roles: make([]role, 6)}
		c.m = NewMix(c.all[0].to)
		c.room = c.m.Room("private")
		for range 25 {
			for range 1 + c.random.IntN(3) {
				c.happen(c.random.IntN(len(c.all)))
				chat(r, 20*ms, c.all...)
			}
			c.check(seed)
		}
	}
}

// happen lets something happen to a guest.
func (c *crowd) happen(i int) {
	o, g, err := &c.roles[i], c.all[i], error(nil)
	switch n := c.random.IntN(5); {
	case o.out() && n < 3:
		o.party, err = c.m.Join(g.to, JoinOptions{})
	case o.out():
		o.listener, err = c.m.Listen(g.to)
	case n == 0 && o.party != nil:
		o.party.Leave()
		*o = role{}
	case n == 0:
		o.listener.Leave()
		*o = role{}
	case o.listener != nil:
		err = c.supervise(i, n)
	case n == 1:
		o.muted = !o.muted
		o.party.Mute(o.muted)
	case n == 2:
		o.deaf = !o.deaf
		o.party.Deaf(o.deaf)
	default:
		if o.room = c.room; c.random.IntN(2) == 0 {
			o.room = nil
		}
		err = o.party.Enter(o.room)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	for k := range c.roles {
		if c.roles[i].out() {
			delete(c.roles[k].to, i) // who comes back is not spoken to
		}
	}
}

// supervise lets a listener do something.
func (c *crowd) supervise(i, n int) (err error) {
	o := &c.roles[i]
	switch {
	case n == 1:
		o.party, err = o.listener.Barge()
		*o = role{party: o.party}
	case o.speaker != nil && n == 2:
		o.speaker.Hush()
		o.speaker = nil
	default:
		o.to = map[int]bool{}
		var to []*Party
		for k := range c.roles {
			if p := c.roles[k].party; p != nil && c.random.IntN(2) == 0 {
				o.to[k] = true
				to = append(to, p)
			}
		}
		o.speaker, err = o.listener.Speak(to...)
	}
	return err
}

// check compares what all hear with the model.
func (c *crowd) check(seed uint64) {
	c.t.Helper()
	chat(c.r, 100*ms, c.all...)
	forget(c.all)
	chat(c.r, 200*ms, c.all...)
	for i, g := range c.all {
		heard := pcm(g.heard(), g.law)
		for k, other := range c.all {
			if got, want := tone.Power(heard, other.hz) > -35, c.hears(i, k); got != want {
				c.t.Fatalf("seed %d: guest %d hears %d: %v, want %v", seed, i, k, got, want)
			}
		}
		if g.law != sdp.PCMA && len(g.got) == 0 {
			c.t.Fatal("nothing was sent")
		}
	}
}
