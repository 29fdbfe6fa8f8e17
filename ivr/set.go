package ivr

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Set holds the edition in force. A new one takes its place whole or not at
// all; calls keep the one they began with.
type Set struct {
	current atomic.Pointer[Edition]
}

// NewSet begins with an edition.
func NewSet(e *Edition) *Set {
	s := &Set{}
	s.current.Store(e)
	return s
}

// Edition is the one in force now.
func (s *Set) Edition() *Edition { return s.current.Load() }

// Reload reads a folder and, when it has no fault, puts it in force. Otherwise
// the old edition stays and the error holds every fault.
func (s *Set) Reload(fsys fs.FS, now time.Time) error {
	e, err := Load(fsys, now)
	if err != nil {
		return fmt.Errorf("reload flows: %w", err)
	}
	s.current.Store(e)
	return nil
}

// Serve looks at a folder every so often and reloads it when a file changed,
// until ctx ends. A file that changed since the edition in force was read from the
// folder counts, too. Done is called after each reload with its error, which is nil
// when the new edition is in force.
func (s *Set) Serve(ctx context.Context, fsys fs.FS, every time.Duration, done func(error)) error {
	seen := s.Edition().seen
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if now := lookAt(fsys); now != seen {
			seen = now
			done(s.Reload(fsys, time.Now()))
		}
	}
}

// look is a fingerprint of a folder: names, sizes and times of its files.
type look [sha256.Size]byte

func lookAt(fsys fs.FS) look {
	h := sha256.New()
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			_, _ = fmt.Fprintln(h, name, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return look(h.Sum(nil))
}

// Overlay is a folder whose files stand in front of those of another: a
// centre's own flows over the ones shipped.
func Overlay(front, back fs.FS) fs.FS { return overlay{front, back} }

type overlay struct{ front, back fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(o.front, name); err == nil && !info.IsDir() {
		return o.front.Open(name)
	}
	if f, err := o.back.Open(name); err == nil {
		return f, nil
	}
	return o.front.Open(name)
}

// ReadDir lists both folders, each name once.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	front, errFront := fs.ReadDir(o.front, name)
	back, errBack := fs.ReadDir(o.back, name)
	if errFront != nil && errBack != nil {
		return nil, errBack
	}
	seen := map[string]bool{}
	for _, e := range front {
		seen[e.Name()] = true
	}
	for _, e := range back {
		if !seen[e.Name()] {
			front = append(front, e)
		}
	}
	slices.SortFunc(front, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return front, nil
}
