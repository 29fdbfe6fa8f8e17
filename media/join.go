package media

// bring locks the plane with the session on it, having moved it there if need be. It is ErrBridged
// when others hold the session, in a mix; the plane is not locked then.
func (p *plane) bring(s *Session) error {
	for {
		if q := s.plane.Load(); p != q {
			if err := s.engine.move(s, q, p); err != nil {
				return err
			}
			continue
		}
		p.mu.Lock()
		var err error
		switch {
		case s.plane.Load() != p:
			p.mu.Unlock()
			continue
		case s.ended != nil:
			err = s.ended
		case s.in.member != nil:
			err = ErrBridged
		default:
			return nil
		}
		p.mu.Unlock()
		return err
	}
}

// move brings a session from plane q to plane p, if it is still there and free to go.
func (e *Engine) move(s *Session, q, p *plane) error {
	for _, each := range e.planes { // in one order everywhere
		if each == p || each == q {
			each.mu.Lock()
			defer each.mu.Unlock()
		}
	}
	switch {
	case s.plane.Load() != q:
		return nil // look again
	case s.ended != nil:
		return s.ended
	case s.in.member != nil:
		return ErrBridged
	}
	q.unwatch(s)
	q.leave(s)
	if err := p.enter(s); err != nil {
		s.plane.Store(p)
		s.over(ErrFailed)
		return err
	}
	p.poll.ring()
	return nil
}
