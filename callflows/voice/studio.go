package voice

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
)

// Studio knows the texts and the sounds of a centre. Its methods may be called
// from several goroutines.
type Studio struct {
	book     *Book
	readings Readings
	shelves  []shelf
	dir      string

	mu    sync.Mutex // guards every shelf's entries and the following
	fresh manifest   // kept since the manifest was saved
}

// Config says where a studio's texts and sounds are.
type Config struct {
	// Prompts holds the prompt files at its root.
	Prompts fs.FS
	// Shipped holds the sounds that came with the program, as <lang>/<name>.wav
	// at its root; nil when there are none.
	Shipped fs.FS
	// Dir is the folder of the centre's own sounds, looked at first and written
	// to; it need not exist yet. Empty means that nothing can be written.
	Dir string
}

// shelf is one folder of sounds.
type shelf struct {
	files fs.FS
	known manifest
}

// ErrReadOnly says that no folder for sounds is configured.
var ErrReadOnly = errors.New("no folder for prompt sounds is configured")

// Open reads the texts and what is known of the sounds.
func Open(c Config) (*Studio, error) {
	book, err := Read(c.Prompts)
	if err != nil {
		return nil, err
	}
	readings, err := ShippedReadings()
	if err != nil {
		return nil, err
	}
	s := &Studio{book: book, readings: readings, dir: c.Dir, fresh: manifest{}}
	var folders []fs.FS
	if c.Dir != "" {
		folders = append(folders, os.DirFS(c.Dir))
	}
	if c.Shipped != nil {
		folders = append(folders, c.Shipped)
	}
	for _, files := range folders {
		known, err := readManifest(files)
		if err != nil {
			return nil, err
		}
		s.shelves = append(s.shelves, shelf{files, known})
	}
	return s, nil
}

// Book is the texts.
func (s *Studio) Book() *Book { return s.book }

// Sound is the file a caller hears for a line: the centre's own recording, the
// shipped recording, the centre's rendering, the shipped rendering, whichever is
// there first. The error is fs.ErrNotExist when there is none.
func (s *Studio) Sound(lang, name string) ([]byte, error) {
	l := Line{Lang: lang, Name: name}
	for _, path := range []string{l.recorded(), l.rendered()} {
		if sh, ok := s.find(path); ok {
			return fs.ReadFile(sh.files, path)
		}
	}
	return nil, fmt.Errorf("sound %s: %w", l.Key(), fs.ErrNotExist)
}

// find is the first shelf that holds a file.
func (s *Studio) find(path string) (shelf, bool) {
	for _, sh := range s.shelves {
		if info, err := fs.Stat(sh.files, path); err == nil && info.Mode().IsRegular() {
			return sh, true
		}
	}
	return shelf{}, false
}

// keep writes a sound into the centre's folder and its entry into the manifest in
// memory; saving the manifest is left to the end of the work.
func (s *Studio) keep(path string, raw []byte, e Entry) error {
	if s.dir == "" {
		return ErrReadOnly
	}
	if err := writeFile(filepath.Join(s.dir, filepath.FromSlash(path)), raw); err != nil {
		return err
	}
	e.File = hash(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelves[0].known[path], s.fresh[path] = e, e
	return nil
}

// save adds what was kept to the manifest of the centre's folder as it is now:
// another program may have written it since.
func (s *Studio) save() error {
	if s.dir == "" {
		return ErrReadOnly
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := readManifest(os.DirFS(s.dir))
	if err != nil {
		return err
	}
	maps.Copy(m, s.fresh)
	if err := m.save(s.dir); err != nil {
		return err
	}
	clear(s.fresh)
	return nil
}

// entry is what is known of a file of a shelf.
func (s *Studio) entry(sh shelf, path string) (Entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := sh.known[path]
	return e, ok
}
