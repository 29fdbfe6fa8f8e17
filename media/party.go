package media

import "fmt"

// Party is a session in a mix that hears and is heard.
type Party struct{ *member }

// Leave takes the party out. The others hear it fade, and go on without a gap. It may be called
// twice.
func (p *Party) Leave() { p.do(func() { p.mix.remove(p.member) }) }

// Mute makes the party be heard by nobody, or by all again. What nobody hears is not recorded
// either; the gap's reason is "muted".
func (p *Party) Mute(on bool) { p.do(func() { p.mute(on) }) }

// Deaf makes the party hear nobody, or all again.
func (p *Party) Deaf(on bool) { p.do(func() { p.deaf = on }) }

// Volume sets how loud all hear the party.
func (p *Party) Volume(g Gain) { p.do(func() { p.mouth.gain = g.clamp() }) }

// Route sets how loud one other party hears this one. Nobody ever hears himself.
func (p *Party) Route(to *Party, g Gain) { p.do(func() { p.route(to.member, g) }) }

// Enter brings the party into a room, nil for the common one. It is ErrLeft when the party or the
// room is not of this mix.
func (p *Party) Enter(r *Room) error {
	if r != nil && r.mix != p.mix {
		return fmt.Errorf("enter room: %w", ErrLeft)
	}
	err := ErrLeft
	p.do(func() {
		p.enter(r)
		err = nil
	})
	return err
}

// do changes something about a member who has not left.
func (me *member) do(change func()) {
	p := me.mix.plane
	p.mu.Lock()
	defer p.mu.Unlock()
	if !me.left {
		change()
		me.mix.settle()
	}
}

// route sets how loud another member hears this one.
func (me *member) route(to *member, g Gain) {
	if to.mix == me.mix && !to.left {
		to.ear.route[me.mouth.at] = g.clamp()
	}
}

// mute makes the member be heard by nobody.
func (me *member) mute(on bool) {
	me.muted = on
	reason := ""
	if on {
		reason = muted
	}
	me.session.in.tap.quiet(offMute, reason)
}

// open gives the member a mouth, which those who come later hear with the given gain too.
func (me *member) open(fallback Gain) {
	m := me.mix
	if len(m.mouths) == mostMembers { // of whom some must have left
		m.bury(func(mo *mouth) bool { return mo.gone })
	}
	mo := &mouth{member: me, at: m.free(), fallback: fallback, gain: Unity, law: me.session.in.codec}
	for _, other := range m.members {
		other.ear.route[mo.at], other.ear.level[mo.at] = fallback, Off
	}
	m.mouths = append(m.mouths, mo)
	me.mouth, me.session.in.sink = mo, mo
}

// free returns a place for a mouth in the tables of the ears.
func (m *Mix) free() int {
	taken := uint32(0)
	for _, mo := range m.mouths {
		taken |= 1 << mo.at
	}
	at := 0
	for taken>>at&1 == 1 {
		at++
	}
	return at
}

// close takes the member's mouth away. What it said last is heard to fade in the next round.
func (me *member) close() {
	mo := me.mouth
	if mo == nil {
		return
	}
	mo.leave(me.mix.plane.clock())
	me.mouth, me.session.in.sink = nil, nil
}
