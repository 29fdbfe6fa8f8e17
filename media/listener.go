package media

import "fmt"

// Listener is a session in a mix that hears and cannot be heard: it has no mouth. To be heard it
// has to become something else, by Speak or Barge. Nobody else's audio is treated any differently
// for its being there.
type Listener struct{ member *member }

// Listen brings a session in to listen. It hears everybody in the common room at Unity. Errors are
// those of Join.
func (m *Mix) Listen(s *Session) (*Listener, error) {
	me, err := m.enter(s)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	defer m.plane.mu.Unlock()
	s.in.tap.quiet(offMute, listening)
	m.settle()
	return &Listener{me}, nil
}

// Leave takes the listener out, also when it speaks. It may be called twice.
func (l *Listener) Leave() { l.member.do(func() { l.member.mix.remove(l.member) }) }

// Hear sets how loud the listener hears a party.
func (l *Listener) Hear(from *Party, g Gain) {
	l.member.do(func() {
		if from.mix == l.member.mix && !from.left {
			from.route(l.member, g)
		}
	})
}

// Speak lets the listener be heard by the given parties and by nobody else, whoever comes later:
// by one, it whispers. It is ErrLeft when the listener has left, or has barged in.
func (l *Listener) Speak(to ...*Party) (*Speaker, error) {
	me := l.member
	err := fmt.Errorf("speak: %w", ErrLeft)
	var sp *Speaker
	me.do(func() {
		if me.mouth != nil && me.mouth.fallback != Off {
			return
		}
		me.close()
		me.open(Off)
		for _, p := range to {
			me.route(p.member, Unity)
		}
		me.session.in.tap.quiet(offMute, "")
		sp, err = &Speaker{me, me.mouth}, nil
	})
	return sp, err
}

// Barge makes the listener a party. It is ErrLeft when the listener has left, or has barged in.
func (l *Listener) Barge() (*Party, error) {
	me := l.member
	err := fmt.Errorf("barge: %w", ErrLeft)
	me.do(func() {
		if me.mouth != nil && me.mouth.fallback != Off {
			return
		}
		me.close()
		me.open(Unity)
		me.session.in.tap.quiet(offMute, "")
		err = nil
	})
	if err != nil {
		return nil, err
	}
	return &Party{me}, nil
}

// Speaker is a listener who is heard by some.
type Speaker struct {
	member *member
	mouth  *mouth
}

// Hush makes the speaker a mere listener again. It may be called twice, and does nothing when the
// listener speaks to others by now.
func (s *Speaker) Hush() {
	me := s.member
	me.do(func() {
		if me.mouth == s.mouth {
			me.close()
			me.session.in.tap.quiet(offMute, listening)
		}
	})
}
