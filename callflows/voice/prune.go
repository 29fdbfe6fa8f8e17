package voice

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Prune takes renderings away that no text asks for any more, and forgets files
// that are gone. Recordings are never taken away: a voice cannot be made again.
// It returns the paths of what it removed.
func (s *Studio) Prune() ([]string, error) {
	if s.dir == "" {
		return nil, ErrReadOnly
	}
	wanted := map[string]bool{}
	for _, l := range s.book.lines {
		wanted[l.rendered()] = true
	}
	var removed []string
	var faults []error
	err := fs.WalkDir(os.DirFS(s.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".tts.wav") || wanted[path] {
			return err
		}
		if err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(path))); err != nil {
			faults = append(faults, fmt.Errorf("prune: %w", err))
			return nil
		}
		removed = append(removed, path)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		faults = append(faults, fmt.Errorf("prune: %w", err))
	}
	return removed, errors.Join(append(faults, s.forget())...)
}

// forget drops the entries of files that are gone from the centre's folder.
func (s *Studio) forget() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := readManifest(os.DirFS(s.dir))
	if err != nil {
		return err
	}
	before := len(m)
	for path := range m {
		if _, err := os.Stat(filepath.Join(s.dir, filepath.FromSlash(path))); errors.Is(err, fs.ErrNotExist) {
			delete(m, path)
			delete(s.shelves[0].known, path)
		}
	}
	if len(m) == before {
		return nil
	}
	return m.save(s.dir)
}
