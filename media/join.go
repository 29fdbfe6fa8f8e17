package media

import "errors"

// errApart means two sessions cannot be brought to one plane because others hold them where they
// are.
var errApart = errors.New("media: sessions are tied to different planes")

// together locks the plane of two sessions, having moved one of them if need be.
func together(a, b *Session) (*plane, func(), error) {
	for {
		p, q := a.plane.Load(), b.plane.Load()
		if p == q {
			p.mu.Lock()
			if a.plane.Load() == p && b.plane.Load() == p {
				return p, p.mu.Unlock, nil
			}
			p.mu.Unlock()
			continue
		}
		if err := a.engine.join(a, b, p, q); err != nil {
			return nil, nil, err
		}
	}
}

// join moves b from plane q to plane p, if both are still there and b is free to move.
func (e *Engine) join(a, b *Session, p, q *plane) error {
	for _, each := range e.planes { // in one order everywhere
		if each == p || each == q {
			each.mu.Lock()
			defer each.mu.Unlock()
		}
	}
	switch {
	case a.plane.Load() != p || b.plane.Load() != q:
		return nil // look again
	case b.ended != nil:
		return b.ended
	case b.in.bridge != nil:
		return errApart
	}
	q.leave(b)
	if err := p.enter(b); err != nil {
		b.plane.Store(p)
		b.over(ErrFailed)
		return err
	}
	p.poll.ring()
	return nil
}
