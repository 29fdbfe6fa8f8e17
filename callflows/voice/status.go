package voice

import (
	"fmt"
	"io/fs"
)

// State is how well a line can be heard.
type State int

// The states of a line, from worst to best.
const (
	Missing  State = iota // no sound at all
	Stale                 // the sound speaks another text
	Rendered              // the engine speaks it
	Recorded              // a person speaks it
)

// String is the word a list shows.
func (s State) String() string {
	switch s {
	case Missing:
		return "missing"
	case Stale:
		return "stale"
	case Rendered:
		return "rendered"
	default:
		return "recorded"
	}
}

// Status is a line and the sound that stands for it.
type Status struct {
	Line  Line
	State State
	Path  string // of the sound below its folder; empty when missing
	Entry Entry  // what the manifest knows of it
	files fs.FS
}

// Statuses tells the state of every line, sorted by language and name.
func (s *Studio) Statuses() []Status {
	all := make([]Status, 0, len(s.book.lines))
	for _, l := range s.book.lines {
		all = append(all, s.Status(l))
	}
	return all
}

// Status tells the state of one line. A recording dropped into the folder by hand
// is known to nobody; it is taken at its word. A stale recording is told as stale
// though it goes on playing: only people can decide that a voice is wrong.
func (s *Studio) Status(l Line) Status {
	if sh, ok := s.find(l.recorded()); ok {
		st := Status{Line: l, State: Recorded, Path: l.recorded(), files: sh.files}
		if e, known := s.entry(sh, l.recorded()); known {
			st.Entry = e
			if e.Text != l.Hash() {
				st.State = Stale
			}
		}
		return st
	}
	return s.rendering(l)
}

// rendering tells the state of the engine's sound of a line.
func (s *Studio) rendering(l Line) Status {
	sh, ok := s.find(l.rendered())
	if !ok {
		return Status{Line: l}
	}
	e, _ := s.entry(sh, l.rendered())
	st := Status{Line: l, State: Stale, Path: l.rendered(), Entry: e, files: sh.files}
	if st.Entry.Text == l.Hash() {
		st.State = Rendered
	}
	return st
}

// Lacking lists the lines without a sound or with a stale one.
func (s *Studio) Lacking() []Status {
	var lacking []Status
	for _, st := range s.Statuses() {
		if st.State <= Stale {
			lacking = append(lacking, st)
		}
	}
	return lacking
}

// String is the line's key, its state and its text.
func (st Status) String() string {
	return fmt.Sprintf("%s is %s: %s", st.Line.Key(), st.State, st.Line.Text)
}
