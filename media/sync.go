package media

import (
	"context"
	"sync"
	"time"
)

// Times of syncs: how often what is being recorded is brought to disk, against loss of power, and how long recordings
// that end wait for others that end, at most.
const (
	syncTime  = time.Second
	groupTime = 100 * time.Millisecond
)

// few is the number of recordings up to which each is synced by itself. Hundreds of files make hundreds of commits of
// the file system; one sync of all of it makes one.
const few = 8

// sealer brings recordings that end to disk, together when they are many.
type sealer struct {
	wake chan struct{}

	mu      sync.Mutex
	waiting []*seal
	over    bool // nobody serves
}

// seal is one recording's last sync.
type seal struct {
	file file
	done chan struct{} // closed when err is there
	err  error
	left bool // nobody waits; the file is to be closed
}

// newSealer returns a sealer that nobody serves yet.
func newSealer() sealer { return sealer{wake: make(chan struct{}, 1), over: true} }

// sync brings to disk what is recorded: once a second while it is, and when it ends. It serves until close, apart from
// run, which must go on writing meanwhile.
func (s *scribe) sync() {
	s.sealer.open()
	defer s.sealer.close()
	tick := time.NewTicker(syncTime)
	defer tick.Stop()
	group := time.NewTimer(0)
	defer group.Stop()
	ended := (<-chan struct{})(nil) // nobody is heard until the group is over
	for {
		select {
		case <-tick.C:
			s.syncAll()
		case <-group.C:
			ended = s.sealer.wake
		case <-ended:
			s.sealer.round()
			ended = nil
			group.Reset(groupTime)
		case <-s.quit:
			return
		}
	}
}

// syncAll syncs every live recording.
func (s *scribe) syncAll() {
	var files []file
	for _, r := range s.recorders() {
		files = append(files, r.file)
	}
	for _, f := range syncSystems(files) {
		if d, ok := f.(*diskFile); ok {
			_ = d.data() // an error shows at the next write and is told there
		}
	}
}

// syncSystems syncs the file systems that many of the files are on, and returns those that are on others.
func syncSystems(files []file) (rest []file) {
	systems := map[uint64][]file{}
	for _, f := range files {
		if d, ok := f.(*diskFile); ok {
			systems[d.device] = append(systems[d.device], f)
		} else {
			rest = append(rest, f)
		}
	}
	for _, on := range systems {
		if len(on) <= few || on[0].(*diskFile).syncSystem() != nil { //nolint:errcheck,forcetypeassert // put there above
			rest = append(rest, on...)
		}
	}
	return rest
}

// settle syncs a recording that is written. When the context ends first, its cause is the error, and the file is left:
// it will be closed once it is synced.
func (s *sealer) settle(ctx context.Context, f file) (left bool, err error) {
	w := &seal{file: f, done: make(chan struct{})}
	if !s.add(w) {
		return false, f.Sync()
	}
	select {
	case <-w.done:
		return false, w.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-w.done:
		return false, w.err
	default:
		w.left = true
		return true, context.Cause(ctx)
	}
}

// add lets a recording wait; not when nobody serves.
func (s *sealer) add(w *seal) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.waiting = append(s.waiting, w)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return true
}

// round syncs all that wait.
func (s *sealer) round() {
	s.mu.Lock()
	waiting := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	files := make([]file, 0, len(waiting))
	for _, w := range waiting {
		files = append(files, w.file)
	}
	failed := map[file]error{}
	for _, f := range syncSystems(files) {
		if err := f.Sync(); err != nil {
			failed[f] = err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range waiting {
		w.err = failed[w.file]
		close(w.done)
		if w.left {
			_ = w.file.Close()
		}
	}
}

// open serves from now on.
func (s *sealer) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = false
}

// close serves those that wait, and nobody after them.
func (s *sealer) close() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	s.round()
}
