package switchboard

import (
	"sync"

	"hotline/acd"
	"hotline/sip"
)

// lamps are what colleagues' phones show of each extension: whether its line is in use, from the legs that are up, and
// whether somebody is at work there, from the router. Nothing of a caller is in it.
type lamps struct {
	mu   sync.Mutex
	of   map[string]*lamp
	show func(extension string, s sip.State) // must not block
}

type lamp struct {
	busy, ringing int
	ring, talk    sip.Place // of the call that rings, and of the talk with a caller
	state         acd.State
}

// change changes a lamp and shows it. Shown under the lock, the last change is the last one shown.
func (l *lamps) change(extension string, f func(*lamp)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]*lamp{}
	}
	one := l.of[extension]
	if one == nil {
		one = &lamp{}
		l.of[extension] = one
	}
	f(one)
	if l.show != nil {
		l.show(extension, one.shown())
	}
}

func (l *lamp) shown() sip.State {
	s := sip.State{Open: l.state == acd.Ready, Note: l.state.String()}
	switch {
	case l.busy > 0:
		s.Line, s.Place = sip.LineBusy, l.talk
	case l.ringing > 0:
		s.Line, s.Place = sip.LineRinging, l.ring
	}
	return s
}

// rings lights the lamp of a phone that rings, until the function returned is called.
func (l *lamps) rings(extension string) (off func()) {
	l.change(extension, func(one *lamp) { one.ringing++ })
	return sync.OnceFunc(func() {
		l.change(extension, func(one *lamp) {
			if one.ringing--; one.ringing == 0 {
				one.ring = sip.Place{}
			}
		})
	})
}

// place names the call that rings at an extension, for those who may take it.
func (l *lamps) place(extension string) func(sip.Place) {
	return func(p sip.Place) { l.change(extension, func(one *lamp) { one.ring = p }) }
}

// talks lights the lamp of a phone that is in a call, until the function returned is called.
func (l *lamps) talks(extension string) (off func()) {
	l.change(extension, func(one *lamp) { one.busy++ })
	return sync.OnceFunc(func() { l.change(extension, func(one *lamp) { one.busy-- }) })
}

// serves names the call that an extension is in with a caller, for those who may take it, until the function returned is
// called.
func (l *lamps) serves(extension string, at sip.Place) (off func()) {
	l.change(extension, func(one *lamp) { one.talk = at })
	return func() {
		l.change(extension, func(one *lamp) {
			if one.talk == at {
				one.talk = sip.Place{}
			}
		})
	}
}

// works shows what somebody does.
func (l *lamps) works(e acd.Event) {
	l.change(string(e.Agent), func(one *lamp) { one.state = e.State })
}

// dark puts the lamp of a leg out.
func (l *Leg) dark() {
	if l.lamp != nil {
		l.lamp()
	}
}

// lit lights the lamp of an extension as long as its leg is up.
func (l *Leg) lit(of *lamps, extension string) {
	if extension != "" {
		l.lamp = of.talks(extension)
	}
}
