package cluster

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// output takes the server's log lines, passes them on and remembers the last ones.
type output struct {
	log  *slog.Logger
	mu   sync.Mutex
	part []byte
	last []string
}

const remembered = 8

// Write takes a piece of the server's log.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.part = append(o.part, b...)
	for {
		line, rest, ok := bytes.Cut(o.part, []byte("\n"))
		if !ok {
			if len(o.part) > 64<<10 {
				o.part = nil // no line of a log
			}
			return len(b), nil
		}
		o.line(string(bytes.TrimSpace(line)))
		o.part = rest
	}
}

func (o *output) line(line string) {
	if line == "" {
		return
	}
	if o.last = append(o.last, line); len(o.last) > remembered {
		o.last = o.last[1:]
	}
	level, text := slog.LevelDebug, line
	for mark, l := range map[string]slog.Level{
		"WARNING:": slog.LevelWarn, "PANIC:": slog.LevelError, // errors reach whoever asked

	} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			level, text = l, strings.TrimSpace(rest)
		}
	}
	o.log.Log(context.Background(), level, "postgres", "said", text)
}

// tail gives the last lines in one.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return lastLines(strings.Join(o.last, "\n"), 4)
}
