package journal

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"hotline/store/event"
)

// Append writes events, with one write call, and gives the number of the last. They
// are then safe from the end of this process; Sync tells when they are safe from the
// end of the machine. An event without a time gets the present one.
//
// A disk that refuses does not fail the call: the events are held in memory and
// written as soon as possible. The errors are ErrFull when that memory is used up,
// ErrClosed, and event.ErrInvalid; then none of the events is written.
func (j *Journal) Append(events ...event.Event) (Seq, error) {
	now := time.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.tail.closed {
		return 0, fmt.Errorf("append to journal: %w", ErrClosed)
	}
	return j.append(now, events...)
}

// append does the work of Append. Call it under the lock.
func (j *Journal) append(now time.Time, events ...event.Event) (Seq, error) {
	t := &j.tail
	before, buf := len(t.buf), t.buf
	for i, e := range events {
		if e.At.IsZero() {
			e.At = now
		}
		var err error
		if buf, err = appendFrame(buf, t.next+Seq(i), e, &t.enc); err != nil {
			return 0, fmt.Errorf("append to journal: %w", err)
		}
	}
	if len(buf) > j.opt.Memory {
		t.lost += uint64(len(events))
		j.metrics.lost.Add(float64(len(events)))
		return 0, fmt.Errorf("append to journal: %w", ErrFull)
	}
	t.buf = buf
	t.next += Seq(len(events))
	j.metrics.events.Add(float64(len(events)))
	j.metrics.bytes.Add(float64(len(buf) - before))
	if !t.failing {
		j.write()
	}
	if before == 0 {
		signal(j.wake)
	}
	return t.next - 1, nil
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
