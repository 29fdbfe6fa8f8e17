package sip

import (
	"slices"
	"sync"
)

// Line is whether an extension's line is in use.
type Line uint8

// The states of a line.
const (
	LineIdle    Line = iota
	LineRinging      // rings, nobody has answered
	LineBusy         // in a call
)

// dialog is the state as RFC 4235 calls it.
func (l Line) dialog() string {
	switch l {
	case LineRinging:
		return "early"
	case LineBusy:
		return "confirmed"
	default:
		return "terminated"
	}
}

// State is what colleagues' phones show of an extension. It holds nothing of the
// callers.
type State struct {
	Line Line
	// Open tells that somebody is at work there.
	Open bool
	// Note says in words what that person does, such as "break"; may be empty.
	Note string
	// Place names the call that the line is in use by; zero for none that a
	// colleague may take.
	Place Place
}

// Place names a call between us and a phone of the house, so that another phone may
// ask for it by Replaces (RFC 3891). Nothing in it is the peer's but a tag.
type Place struct{ callID, local, remote string }

// Place is where the call may be asked for.
func (d *Dialog) Place() Place {
	return Place{d.peer.id.callID, d.peer.id.local, d.peer.id.remote}
}

// Messages are how many kept messages wait for an extension.
type Messages struct{ New, Old int }

// board is what is shown of one extension.
type board struct {
	state State
	mail  Messages
}

// Limits on subscriptions.
const (
	maxSubscriptions = 20_000 // in all
	maxWatched       = 256    // of one extension's phones
)

// watchers are the subscriptions of phones, and what they are shown.
type watchers struct {
	dialogs *dialogs // those of the subscriptions
	tell    queue

	mu     sync.Mutex
	boards map[string]board
	of     map[string][]*subscription // by the extension that is watched
	by     map[string]int             // how many, by the extension that watches
	all    int
	dirty  map[string]bool // extensions whose watchers are about to be told
	closed bool
}

func newWatchers(c *crew) *watchers {
	w := &watchers{
		dialogs: newDialogs(), boards: make(map[string]board), of: make(map[string][]*subscription),
		by: make(map[string]int), dirty: make(map[string]bool),
	}
	w.tell.crew = c
	return w
}

// Publish sets what an extension shows to those who watch it. It returns at once: who
// watches is told soon after, the latest state only.
func (ua *UA) Publish(extension string, s State) {
	ua.watchers.change(extension, func(b *board) { b.state = s })
}

// Messages sets how many messages wait for an extension, which its own phones show. It
// returns at once.
func (ua *UA) Messages(extension string, m Messages) {
	ua.watchers.change(extension, func(b *board) { b.mail = m })
}

// change changes a board and has its watchers told, on another goroutine. What
// changes again before that is told once.
func (w *watchers) change(ext string, set func(*board)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.boards[ext]
	now := was
	set(&now)
	if now == was {
		return
	}
	if now == (board{}) {
		delete(w.boards, ext)
	} else {
		w.boards[ext] = now
	}
	if w.dirty[ext] || w.closed || len(w.of[ext]) == 0 {
		return
	}
	w.dirty[ext] = true
	w.tell.add(func() { w.told(ext) })
}

// told pushes the state of an extension to all who watch it.
func (w *watchers) told(ext string) {
	w.mu.Lock()
	delete(w.dirty, ext)
	list := slices.Clone(w.of[ext])
	w.mu.Unlock()
	for _, s := range list {
		s.report.push()
	}
}

// board is what is shown of an extension now.
func (w *watchers) board(ext string) board {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.boards[ext]
}

// add lets a subscription in unless there are too many.
func (w *watchers) add(s *subscription) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	by := s.dialog.peer.origin.Extension
	if w.closed || w.all >= maxSubscriptions || w.by[by] >= maxWatched {
		return false
	}
	w.all++
	w.by[by]++
	w.of[s.watched] = append(w.of[s.watched], s)
	w.dialogs.add(s.dialog)
	return true
}

func (w *watchers) remove(s *subscription) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dialogs.remove(s.dialog)
	list := w.of[s.watched]
	i := slices.Index(list, s)
	if i < 0 {
		return
	}
	if list = slices.Delete(slices.Clone(list), i, i+1); len(list) == 0 {
		delete(w.of, s.watched)
	} else {
		w.of[s.watched] = list
	}
	w.all--
	by := s.dialog.peer.origin.Extension
	if w.by[by]--; w.by[by] <= 0 {
		delete(w.by, by)
	}
}

// len is how many subscriptions there are.
func (w *watchers) len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

// close ends all subscriptions without a word; phones subscribe again when we are back.
func (w *watchers) close() {
	w.mu.Lock()
	w.closed = true
	var all []*subscription
	for _, list := range w.of {
		all = append(all, list...)
	}
	w.mu.Unlock()
	for _, s := range all {
		s.report.close()
	}
}
