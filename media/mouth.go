package media

import (
	"time"

	"hotline/media/sdp"
)

// mouth is what a member says. It is the sink of the member's session: packets are passed on to
// the ears that take them as they are, and gathered for those that mix.
type mouth struct {
	member   *member
	at       int  // its place in the tables of the ears
	fallback Gain // how loud those who join later hear it
	gain     Gain // how loud all do
	gone     bool // its member has left; one round remains, to fade in
	spent    bool // that round is over

	law    sdp.Codec
	ssrc   uint32
	ragged bool          // its packets are not of 20 ms
	heard  time.Duration // its latest packet
	recent [frame]byte   // the latest frame of it
	mixed  int           // ears that mix it
	speech *speech       // made when the first does
}

// speech is what a mouth says, a frame for each round.
type speech struct {
	buffer jitter
	code   [frame]byte  // as it came
	pcm    [frame]int16 // the same, linear, once somebody needs it
	took   bool         // the peer is talking, even if what it says is silence
	sounds bool         // there is something to hear in this round
	plain  bool         // it is what code holds
	linear bool         // it is in pcm
	last   bool         // there was something to hear in the last round
}

// take implements sink.
func (mo *mouth) take(p *plane, pkt *packet) {
	payload, s := pkt.payload(), mo.member.session
	if pkt.ssrc != mo.ssrc || s.in.codec != mo.law {
		mo.restart(pkt.ssrc, s.in.codec)
	}
	mo.heard = p.turn.now
	if len(payload) != frame && !mo.ragged {
		mo.ragged = true
		mo.member.mix.settle()
	}
	if mo.mixed > 0 {
		mo.speech.buffer.put(pkt.ts, payload)
	} else if len(payload) == frame {
		copy(mo.recent[:], payload)
	}
	for _, me := range mo.member.mix.members {
		if me.ear.direct == mo {
			me.ear.pass(p, pkt, mo.law)
		}
	}
}

// restart begins another source.
func (mo *mouth) restart(ssrc uint32, law sdp.Codec) {
	mo.ssrc, mo.law = ssrc, law
	if mo.speech != nil {
		mo.speech.buffer.hush = hush(law)
		mo.speech.buffer.clear()
		mo.speech.last = false
	}
	if mo.ragged {
		mo.ragged = false
		mo.member.mix.settle()
	}
}

// skip implements sink.
func (mo *mouth) skip(pkt *packet) {
	for _, me := range mo.member.mix.members {
		if me.ear.direct == mo {
			me.ear.numbers.skip(pkt)
		}
	}
}

// key implements sink: those who hear the member get the key too, when keys are passed on.
func (mo *mouth) key(_ *plane, digit byte) {
	m := mo.member.mix
	if !m.keys {
		return
	}
	for _, me := range m.members {
		o := &me.session.out
		if me.mouth == nil || me.ear.target[mo.at] == Off || !o.open || o.events == sdp.NoEvents {
			continue
		}
		if o.dial == nil {
			o.dial = &dialing{done: make(chan struct{})}
		}
		o.dial.add(digit)
	}
}

// leave begins the mouth's last round: what it said last fades away.
func (mo *mouth) leave(now time.Duration) {
	mo.gone = true
	mo.talk()
	mo.speech.last = mo.speech.sounds || now-mo.heard < 2*frame*sample
}

// talk makes the mouth ready to be mixed.
func (mo *mouth) talk() {
	if mo.speech == nil {
		mo.speech = &speech{buffer: *newJitter(hush(mo.law))}
	}
}

// round gets what there is to hear in the next 20 ms. Where it ends it is made to fade.
func (mo *mouth) round() {
	sp := mo.speech
	sp.took = sp.buffer.take(sp.code[:])
	sp.plain = sp.took && !hushed(&sp.code, mo.law)
	sp.sounds, sp.linear = sp.plain, false
	switch {
	case sp.plain:
		mo.recent = sp.code
	case sp.last:
		fade(&sp.pcm, &mo.recent, mo.law)
		sp.sounds, sp.linear = true, true
	}
	sp.last = sp.plain
}

// idle forgets what was said while nobody mixes it.
func (mo *mouth) idle() {
	if sp := mo.speech; sp != nil {
		sp.buffer.clear()
		sp.took, sp.sounds, sp.plain, sp.last = false, false, false, false
	}
}

// samples returns what the mouth says in this round, linear.
func (mo *mouth) samples() *[frame]int16 {
	sp := mo.speech
	if !sp.linear {
		decode(&sp.pcm, &sp.code, mo.law)
		sp.linear = true
	}
	return &sp.pcm
}

// sounds tells whether there is something to hear of the mouth in this round.
func (mo *mouth) sounds() bool { return mo.speech != nil && mo.speech.sounds }
