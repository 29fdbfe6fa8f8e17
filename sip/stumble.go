package sip

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"hotline/sip/internal/wire"
)

// Some phones give up when a challenge by an algorithm they do not know stands
// before one they do, against RFC 8760. To such a phone MD5 alone is offered. That
// weakens nothing: whoever is offered both may choose MD5 as well.

// stumbling are the beginnings of User-Agents known for that.
var stumbling = []string{"baresip v0.", "baresip v1."} // table

// stumbles notices phones that come again without credentials after a challenge.
type stumbles struct {
	mu   sync.Mutex
	seen map[phoneID]challenged
}

type phoneID struct {
	addr netip.Addr
	user string
}

type challenged struct {
	callID string
	seq    uint32
	at     time.Time
}

const (
	maxStumbles = 8192
	stumbleTime = 10 * time.Minute
)

func newStumbles() *stumbles { return &stumbles{seen: make(map[phoneID]challenged)} }

// again notes a request without credentials, about to be challenged. It reports
// whether the phone is known to stumble, or left its last challenge unanswered. A
// repetition of the same request tells nothing.
func (s *stumbles) again(addr netip.Addr, m *wire.Message) bool {
	agent := m.Header("User-Agent")
	for _, name := range stumbling {
		if strings.HasPrefix(agent, name) {
			return true
		}
	}
	id, now := phoneID{addr, clip(m.From.URI.User, 64)}, time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.seen[id]
	if !ok && len(s.seen) >= maxStumbles {
		clear(s.seen)
	}
	if ok && last.callID == m.CallID && last.seq == m.Seq {
		return false
	}
	s.seen[id] = challenged{m.CallID, m.Seq, now}
	return ok && now.Sub(last.at) < stumbleTime
}

// answered notes that a phone answers challenges.
func (s *stumbles) answered(addr netip.Addr, m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, phoneID{addr, clip(m.From.URI.User, 64)})
}
