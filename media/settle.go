package media

import "slices"

// settle works out anew who hears whom how, after anything about it has changed. The caller holds
// the plane's lock.
func (m *Mix) settle() {
	for _, me := range m.members {
		me.ear.aim()
	}
	m.count()
}

// count works out whose voices are mixed for anybody.
func (m *Mix) count() {
	for _, mo := range m.mouths {
		mixed := 0
		for _, me := range m.members {
			if e := &me.ear; e.direct == nil && e.hears(mo) {
				mixed++
			}
		}
		switch {
		case mixed > 0 && mo.mixed == 0:
			mo.talk()
		case mixed == 0 && mo.mixed > 0:
			mo.idle()
		}
		mo.mixed = mixed
	}
	m.mouths = slices.DeleteFunc(m.mouths, func(mo *mouth) bool { return mo.gone && mo.mixed == 0 })
	if m.desk == nil && m.mixing() {
		m.desk = &desk{}
	}
}

// mixing tells whether anybody hears other than by passing on.
func (m *Mix) mixing() bool {
	for _, me := range m.members {
		if me.ear.direct == nil {
			return true
		}
	}
	return false
}

// hears tells whether anything of a mouth comes to the ear.
func (e *ear) hears(mo *mouth) bool { return e.target[mo.at] != Off || e.level[mo.at] != Off }

// aim works out how loud the ear is to hear each mouth, and whether packets can be passed on.
func (e *ear) aim() {
	me, m := e.member, e.member.mix
	near, company := 0, 0
	for _, mo := range m.mouths {
		if e.reaches(mo) {
			near++
			if !mo.member.session.watch.held {
				company++
			}
		}
	}
	e.alone, e.deaf = company == 0, me.deaf
	var sole *mouth
	heard := 0
	for _, mo := range m.mouths {
		g := Off
		if e.reaches(mo) && !mo.member.muted && (near == 1 || !mo.member.session.watch.held) {
			g = e.route[mo.at].times(mo.gain)
		}
		e.target[mo.at] = g
		if e.hears(mo) {
			sole = mo
			heard++
		}
	}
	if heard != 1 || sole.ragged || e.target[sole.at] != Unity {
		sole = nil
	}
	e.choose(sole)
}

// choose makes the ear pass on packets of a mouth, now or as soon as it can, or mix when there is
// none.
func (e *ear) choose(sole *mouth) {
	e.sole = sole
	switch {
	case e.direct == sole:
		return
	case e.direct != nil:
		e.part()
	}
	if sole != nil && (e.level[sole.at] == Off || e.level[sole.at] == Unity && sole.mixed == 0) {
		e.join(sole, e.member.mix.plane.clock())
	}
}

// reaches tells whether a mouth may be heard at all: not one's own, by nobody deaf, nowhere but in
// the same room.
func (e *ear) reaches(mo *mouth) bool {
	me := e.member
	return !mo.gone && mo.member != me && !me.deaf && mo.member.room == me.room && e.route[mo.at] != Off && mo.gain != Off
}
