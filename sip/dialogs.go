package sip

import (
	"context"
	"sync"

	"hotline/sip/internal/wire"
)

// dialogID names a dialog (RFC 3261 section 12).
type dialogID struct{ callID, local, remote string }

// dialogs are all dialogs that have not ended, and those whose BYE is on its way.
type dialogs struct {
	mu    sync.Mutex
	byID  map[dialogID]*Dialog
	empty chan struct{} // closed and renewed when the last one leaves
	past  memory
}

func newDialogs() *dialogs {
	return &dialogs{byID: make(map[dialogID]*Dialog), empty: make(chan struct{}), past: memory{is: make(map[dialogID]struct{})}}
}

// memory is the dialogs that ended last, a bounded number: who asks for the place of
// one is told so (RFC 3891 section 3).
type memory struct {
	is   map[dialogID]struct{}
	ring []dialogID
	next int
}

const maxPast = 1024

func (p *memory) add(id dialogID) {
	if len(p.ring) < maxPast {
		p.ring = append(p.ring, id)
	} else {
		delete(p.is, p.ring[p.next])
		p.ring[p.next] = id
		p.next = (p.next + 1) % maxPast
	}
	p.is[id] = struct{}{}
}

// match returns the dialog of that name, or whether there was one. A tag of 0 may
// stand for none (RFC 3891 section 6.1).
func (s *dialogs) match(id dialogID) (d *Dialog, past bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d = s.byID[id]; d == nil && id.remote == "0" {
		id.remote = ""
		d = s.byID[id]
	}
	if d == nil {
		_, past = s.past.is[id]
	}
	return d, past
}

// find returns the dialog a request of the peer belongs to, or nil.
func (s *dialogs) find(m *wire.Message) *Dialog {
	local := m.ToTag()
	if local == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[dialogID{m.CallID, local, m.FromTag()}]
}

func (s *dialogs) add(d *Dialog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[d.peer.id] = d
}

func (s *dialogs) remove(d *Dialog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID[d.peer.id] != d {
		return
	}
	delete(s.byID, d.peer.id)
	s.past.add(d.peer.id)
	if len(s.byID) == 0 {
		close(s.empty)
		s.empty = make(chan struct{})
	}
}

func (s *dialogs) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byID)
}

func (s *dialogs) all() []*Dialog {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*Dialog, 0, len(s.byID))
	for _, d := range s.byID {
		out = append(out, d)
	}
	return out
}

// wait returns when no dialog is left or the context ends.
func (s *dialogs) wait(ctx context.Context) {
	for {
		s.mu.Lock()
		n, empty := len(s.byID), s.empty
		s.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-empty:
		}
	}
}
