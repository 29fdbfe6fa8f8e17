package journal

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"hotline/store/event"
)

// Append writes an event, with one write call, and gives its number. The event is
// then safe from the end of this process; Sync tells when it is safe from the end of
// the machine. An event without a time gets the present one.
//
// A disk that refuses does not fail the call: the event is held in memory and written
// as soon as possible. The errors are ErrFull when that memory is used up, ErrClosed,
// and event.ErrInvalid.
func (j *Journal) Append(e event.Event) (Seq, error) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.tail.closed {
		return 0, fmt.Errorf("append to journal: %w", ErrClosed)
	}
	return j.append(e)
}

// append does the work of Append. Call it under the lock.
func (j *Journal) append(e event.Event) (Seq, error) {
	t := &j.tail
	idle := len(t.buf) == 0
	before := len(t.buf)
	buf, err := appendFrame(t.buf, t.next, e, &t.enc)
	if err != nil {
		return 0, fmt.Errorf("append to journal: %w", err)
	}
	if len(buf) > j.opt.Memory {
		t.lost++
		j.metrics.lost.Inc()
		return 0, fmt.Errorf("append to journal: %w", ErrFull)
	}
	seq := t.next
	t.buf = buf
	t.next++
	j.metrics.events.Inc()
	j.metrics.bytes.Add(float64(len(buf) - before))
	if !t.failing {
		j.write()
	}
	if idle {
		signal(j.wake)
	}
	return seq, nil
}

// write puts what is not yet in the file there. Call it under the lock, unless
// failing. A write that fails leaves garbage at the end at most, which the next try
// overwrites: it starts at the same place.
func (j *Journal) write() {
	t := &j.tail
	seg := j.segs[len(j.segs)-1]
	n, err := seg.file.WriteAt(t.buf[t.written:], seg.size)
	if err != nil {
		j.fault("write", err)
		signal(j.hurry)
		return
	}
	seg.size += int64(n)
	t.written += n
	t.markDirty(seg)
}

// markDirty notes that a segment must be synced before synced may move.
func (t *tail) markDirty(seg *segment) {
	if n := len(t.dirty); n == 0 || t.dirty[n-1] != seg {
		t.dirty = append(t.dirty, seg)
	}
}

// fault notes that the disk refuses. Call it under the lock.
func (j *Journal) fault(operation string, err error) {
	j.metrics.faults.WithLabelValues(operation).Inc()
	if !j.tail.failing {
		j.tail.failing = true
		j.metrics.failing.Set(1)
		j.opt.Log.Error("journal: the disk refuses events, they are held in memory", "operation", operation, "error", err)
	}
}

func noSpace(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }
