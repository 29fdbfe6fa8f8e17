package main_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen. A test that passes never waits so long.
const patience = 30 * time.Second

// logbook gathers what a program writes to its standard error, line by line.
type logbook struct {
	mu      sync.Mutex
	partial []byte
	lines   []string
	changed chan struct{} // closed and replaced at every line
}

func newLogbook() *logbook { return &logbook{changed: make(chan struct{})} }

// Write implements io.Writer.
func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, b...)
	for {
		line, rest, ok := bytes.Cut(l.partial, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.lines, l.partial = append(l.lines, string(line)), rest
		close(l.changed)
		l.changed = make(chan struct{})
	}
}

// String is everything written so far.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(l.lines, string(l.partial)), "\n")
}

// entry is one line of a log: its attributes by key, with "msg" and "level".
type entry map[string]any

// text is an attribute as text, empty when there is none.
func (e entry) text(key string) string {
	s, _ := e[key].(string)
	return s
}

// find looks for a line from the given one on; next is where to look on.
func (l *logbook) find(from int, ok func(entry) bool) (found entry, next int, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := from; i < len(l.lines); i++ {
		var e entry
		if json.Unmarshal([]byte(l.lines[i]), &e) == nil && ok(e) {
			return e, i + 1, nil
		}
	}
	return nil, len(l.lines), l.changed
}

// await waits for a line; ended says that no more will come.
func (l *logbook) await(t testing.TB, what string, ended <-chan struct{}, ok func(entry) bool) entry {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for from := 0; ; {
		found, next, changed := l.find(from, ok)
		if found != nil {
			return found
		}
		from = next
		select {
		case <-changed:
		case <-ended:
			if found, _, _ := l.find(from, ok); found != nil {
				return found
			}
			t.Fatalf("the program ended before it logged: %s\n%s", what, l)
		case <-limit.C:
			t.Fatalf("not logged within %s: %s\n%s", patience, what, l)
		}
	}
}

// message matches lines by their message.
func message(msg string) func(entry) bool {
	return func(e entry) bool { return e.text("msg") == msg }
}
