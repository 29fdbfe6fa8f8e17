package switchboard

import (
	"slices"
	"sync"

	"hotline/acd"
)

// watchers are told what happens on the floor, besides the journal and the metrics.
type watchers struct {
	mu  sync.Mutex
	all []func(acd.Event)
}

// Watch has f told every change on the floor from now on, one at a time and in order. It runs on the goroutines of calls
// and must not block; it may ask the Router.
func (s *Service) Watch(f func(acd.Event)) {
	s.watchers.mu.Lock()
	defer s.watchers.mu.Unlock()
	s.watchers.all = append(slices.Clip(s.watchers.all), f)
}

func (w *watchers) tell(e acd.Event) {
	w.mu.Lock()
	all := w.all
	w.mu.Unlock()
	for _, f := range all {
		f(e)
	}
}
