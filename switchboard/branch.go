package switchboard

import (
	"context"
	"slices"

	"hotline/media"
)

// branch records a leg on a tape of its own beside a call's, of the same class. It is nil when nothing is recorded.
func (s *Service) branch(t *tape, l *Leg, track string) *tape {
	if !t.running() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	own := s.record(t.file, t.class, 1, track, t.log)
	if !own.running() {
		return nil
	}
	switch {
	case t.hushed:
		own.recorder.Pause("private")
	case t.pausal != nil:
		own.recorder.Pause(pausedFor)
	}
	own.attach(l, 0)
	t.others = append(t.others, own)
	return own
}

// unbranch closes tapes beside a call's; nil ones and those that are closed are none.
func (t *tape) unbranch(own ...*tape) {
	for _, one := range own {
		if one != nil && t.forget(one) {
			one.close(context.Background())
		}
	}
}

// forget takes a tape out of those that pause with this one. It is false when it is none of them.
func (t *tape) forget(own *tape) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := len(t.others)
	t.others = slices.DeleteFunc(t.others, func(other *tape) bool { return other == own })
	return len(t.others) < was
}

func (t *tape) branches() []*tape {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.others)
}

// each does something to all recorders of the call. The caller holds the lock.
func (t *tape) each(do func(*media.Recorder)) {
	do(t.recorder)
	for _, own := range t.others {
		do(own.recorder)
	}
}
