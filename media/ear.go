package media

import (
	"time"

	"hotline/media/sdp"
)

// ear is what a member hears. It is the source of the member's session. Where one voice is heard
// as it is, its packets are passed on as they come; else frames are made of what the mouths say in
// a round.
type ear struct {
	member *member
	direct *mouth // whose packets are passed on, nil while mixing
	sole   *mouth // who could be, as soon as nothing of what it said is still to be mixed
	alone  bool   // there is nobody to hear who is not on hold
	deaf   bool   // as of the latest settle: nobody is to be heard

	numbers mapping
	passed  time.Duration // when a packet was passed on last
	wait    handover
	music   player
	seed    uint32 // of its noise

	gains
}

// gains are an ear's entries of the matrix, by place of the mouth.
type gains struct {
	route  [mostMembers]Gain // as set
	target [mostMembers]Gain // with mute, rooms and everything else considered
	level  [mostMembers]Gain // as of the latest frame, from where the next goes to target
}

// handover is the change from passing packets on to mixing. Mixing is later than passing on by the
// time packets wait for the round, so the ear gets nothing for a frame or two and then goes on
// where it was: no sample is lost or heard twice.
type handover struct {
	from  *mouth
	heard int // frames it has in hand that the ear has had
	limit int // rounds to wait at most
}

// pause is the silence of a peer after which its gap is filled. Shorter ones are the network's, or
// the peer's own way to say nothing.
const pause = 200 * time.Millisecond

// pass passes a packet on.
func (e *ear) pass(p *plane, pkt *packet, law sdp.Codec) {
	s := e.member.session
	o := &s.out
	if !o.open || o.busy() {
		return
	}
	if st, ok := e.numbers.pass(pkt, &o.stream, o.audio); ok {
		b := p.turn.out[:headerSize+frame]
		carry(b[headerSize:], pkt.payload(), translation(law, o.codec))
		st.write(b, o.stream.ssrc)
		s.transmit(p, b)
	}
	e.passed = p.turn.now
}

// next implements source.
func (e *ear) next(p *plane, s *Session) []byte {
	law := s.out.codec
	if e.direct == nil {
		e.member.mix.turn(p.turn.tick)
	}
	switch {
	case e.direct == nil && (e.wait.limit > 0 && e.waits(s) || s.out.stream.ahead() > most):
		return nil // packets passed on in a burst have run ahead of the clock: live speech goes first
	case e.direct == nil:
		f := e.mix(law)
		e.arrive(p.turn.now)
		return f
	case p.turn.now-e.passed < pause:
		return nil
	default:
		return e.nothing(law)
	}
}

// nothing returns what is heard when nothing is said.
func (e *ear) nothing(law sdp.Codec) []byte {
	m := e.member.mix
	if e.alone && !e.deaf && len(m.music.Prompts) > 0 {
		if len(e.music.list.Prompts) == 0 {
			e.music = player{list: m.music}
		}
		return e.music.next(law)
	}
	if m.pair {
		return silence(law)
	}
	return comfort(law, &e.seed)
}

// most is the longest time, in samples, by which a handover may hold the clock of what is sent. What
// is missing beyond that is a gap that was there already.
const most = 5 * frame

// waits tells whether the ear still has to wait for the mouth it was passed packets of.
func (e *ear) waits(s *Session) bool {
	w, o := &e.wait, &s.out.stream
	w.limit--
	if late := int32(o.clock - o.edge); late > 0 && late <= most {
		o.clock = o.edge
	}
	switch {
	case w.heard > 0:
		w.heard--
	case w.from.speech.took:
		w.limit = 0
		return false
	}
	return true
}

// part ends the passing on of packets. What is heard from now on is mixed.
func (e *ear) part() {
	mo, o := e.direct, &e.member.session.out
	e.direct, e.level[mo.at] = nil, Unity
	if mo.gone || !o.stream.passing || e.member.mix.plane.clock()-mo.heard >= 2*frame*sample {
		return
	}
	mo.talk()
	e.wait = handover{mo, mo.speech.buffer.pending(), 2 + mo.speech.buffer.pending()}
}

// join passes on packets of the only voice from now on.
func (e *ear) join(mo *mouth, now time.Duration) {
	e.direct, e.wait = mo, handover{}
	e.level[mo.at] = Unity
	e.numbers, e.passed = mapping{}, now
}

// arrive brings all levels to where the frame has brought them, and goes over to passing packets
// on when there is but one voice and nothing of it left to be mixed.
func (e *ear) arrive(now time.Duration) {
	m := e.member.mix
	changed := false
	for _, mo := range m.mouths {
		if e.level[mo.at] != e.target[mo.at] {
			e.level[mo.at] = e.target[mo.at]
			changed = true
		}
	}
	if changed {
		m.settle()
	}
	if mo := e.sole; mo != nil && e.direct == nil && mo.speech.buffer.drained() {
		e.join(mo, now)
		m.count()
	}
}
