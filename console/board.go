package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// board is the floor for one class of viewers.
type board struct {
	run    string // begins the ids of its frames
	now    cells
	at     time.Time
	last   uint64  // number of the newest frame
	frames []frame // the newest, oldest first
}

// frame is what changed at once, as it is sent: written once for all who look.
type frame struct {
	number uint64
	id     string
	text   []byte
}

// kept is how many frames a board keeps: what a stream misses while its network changes.
const kept = 512

// add takes a new picture; false when nothing changed.
func (b *board) add(now cells, at time.Time) bool {
	diff := now.change(b.now)
	b.now, b.at = now, at
	if len(diff) == 0 {
		return false
	}
	b.last++
	b.frames = append(b.frames, b.frame(diff.encode(at, false)))
	if len(b.frames) > kept {
		b.frames = b.frames[len(b.frames)-kept:]
	}
	return true
}

// since gives the frames after one that a stream has, or the whole floor when there is no telling what it misses.
func (b *board) since(have uint64, known bool) []frame {
	missed := b.last - have
	if !known || have > b.last || missed > uint64(len(b.frames)) {
		return []frame{b.frame(b.now.encode(b.at, true))}
	}
	return b.frames[len(b.frames)-int(missed):]
}

// frame makes the newest frame of what it tells.
func (b *board) frame(data []byte) frame {
	id := b.id(b.last)
	return frame{number: b.last, id: id, text: fmt.Appendf(nil, "id: %s\nevent: floor\ndata: %s\n\n", id, data)}
}

// id names a frame to the browser, which says it again when it comes back.
func (b *board) id(number uint64) string { return b.run + "-" + strconv.FormatUint(number, 10) }

// parse reads what id wrote; false when it is not one of this board and this run.
func (b *board) parse(id string) (number uint64, ok bool) {
	run, text, found := strings.Cut(id, "-")
	number, err := strconv.ParseUint(text, 10, 64)
	return number, found && err == nil && run == b.run
}
