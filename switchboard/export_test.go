package switchboard

import (
	"slices"
	"strconv"
)

// Passed counts, for each telephone in a talk that others may be let into, the packets that have come from it and gone to it:
// the fewer of the two.
func (s *Service) Passed() map[string]uint64 {
	s.talks.mu.Lock()
	defer s.talks.mu.Unlock()
	passed := map[string]uint64{}
	for contact, o := range s.talks.by {
		if o == nil {
			continue
		}
		legs := []*Leg{o.near, o.leg}
		for _, h := range o.helpers {
			if h.mode != "" {
				legs = append(legs, h.leg)
			}
		}
		for _, g := range o.guests {
			if g.party != nil {
				legs = append(legs, g.leg)
			}
		}
		for _, l := range slices.DeleteFunc(legs, func(l *Leg) bool { return l == nil }) {
			stats := l.audio.Stats()
			passed[string(contact)+strconv.Itoa(l.number)] = min(stats.Received, stats.Sent)
		}
	}
	return passed
}
