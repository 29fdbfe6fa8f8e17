package media

import "hotline/media/sdp"

// desk is where a mix is mixed: what all ears of a round have in common is worked out once. Who
// says nothing hears what everybody else hears who says nothing, so that a further listener costs
// no more than its packet.
type desk struct {
	all   uint32 // mouths there is something to hear of, by place
	total sum    // of them
	added bool   // total is worked out for this round
	coded [2][frame]byte
	ready [2]bool // coded is, for A-law and µ-law
	own   sum
	out   [frame]byte
}

// turn begins a round with the first ear that is served in it: every mouth that is mixed for
// anybody says its next 20 ms.
func (m *Mix) turn(tick int64) {
	if m.round == tick {
		return
	}
	m.round = tick
	m.bury(func(mo *mouth) bool { return mo.spent })
	d := m.desk
	d.all, d.added, d.ready = 0, false, [2]bool{}
	for _, mo := range m.mouths {
		if mo.mixed == 0 {
			continue
		}
		mo.round()
		mo.spent = mo.gone
		if mo.speech.sounds {
			d.all |= 1 << mo.at
		}
	}
}

// bury forgets mouths that are heard no more.
func (m *Mix) bury(over func(*mouth) bool) {
	kept := m.mouths[:0]
	for _, mo := range m.mouths {
		if !over(mo) {
			kept = append(kept, mo)
			continue
		}
		for _, me := range m.members {
			me.ear.level[mo.at], me.ear.target[mo.at] = Off, Off
		}
	}
	clear(m.mouths[len(kept):])
	m.mouths = kept
}

// mix returns what the ear hears in this round. A voice that is alone, at Unity, goes through
// unchanged.
func (e *ear) mix(law sdp.Codec) []byte {
	m := e.member.mix
	var heard uint32
	var only *mouth
	steady, n := true, 0
	for _, mo := range m.mouths {
		if !mo.sounds() || !e.hears(mo) {
			continue
		}
		only = mo
		heard |= 1 << mo.at
		n++
		steady = steady && e.level[mo.at] == Unity && e.target[mo.at] == Unity
	}
	d := m.desk
	switch {
	case n == 0:
		return e.nothing(law)
	case steady && n == 1 && only.speech.plain:
		carry(d.out[:], only.speech.code[:], translation(only.law, law))
		return d.out[:]
	case steady && heard == d.all:
		return m.common(law)
	case steady && n > 2:
		m.sum()
		d.own = d.total
		for _, mo := range m.mouths {
			if bit := uint32(1) << mo.at; d.all&bit != 0 && heard&bit == 0 {
				d.own.less(mo.samples())
			}
		}
	default:
		d.own = sum{}
		for _, mo := range m.mouths {
			if heard&(1<<mo.at) != 0 {
				d.own.add(mo.samples(), e.level[mo.at], e.target[mo.at])
			}
		}
	}
	d.own.encode(d.out[:], law)
	return d.out[:]
}

// sum adds up all that is said in this round, once.
func (m *Mix) sum() {
	d := m.desk
	if d.added {
		return
	}
	d.added, d.total = true, sum{}
	for _, mo := range m.mouths {
		if d.all&(1<<mo.at) != 0 {
			d.total.add(mo.samples(), Unity, Unity)
		}
	}
}

// common returns all that is said in this round, in a law.
func (m *Mix) common(law sdp.Codec) []byte {
	d, i := m.desk, 0
	if law == sdp.PCMU {
		i = 1
	}
	if !d.ready[i] {
		m.sum()
		d.total.encode(d.coded[i][:], law)
		d.ready[i] = true
	}
	return d.coded[i][:]
}

// agreed follows what was agreed anew with a member.
func (m *Mix) agreed(me *member) {
	m.music.prepare(me.session.out.codec)
	m.settle()
}
