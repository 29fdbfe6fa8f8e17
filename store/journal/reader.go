package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Reader follows the journal in order, across segments, and returns each event once.
// It sees only what is durable. It is for one goroutine.
type Reader struct {
	j       *Journal
	seg     *segment
	file    *os.File
	scan    scanner
	version uint64 // of the journal when Read last found nothing
	skipped int64  // already reported
}

// Read gives the events after the given number; 0 for all there are.
func (j *Journal) Read(after Seq) (*Reader, error) {
	j.mu.Lock()
	seg := j.segs[0]
	for _, s := range j.segs[1:] {
		if s.first <= after {
			seg = s
		}
	}
	j.mu.Unlock()
	r := &Reader{j: j}
	r.scan.last = after
	if err := r.enter(seg); err != nil {
		return nil, err
	}
	return r, nil
}

// enter goes to the beginning of a segment.
func (r *Reader) enter(seg *segment) error {
	f, err := os.Open(seg.path)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	if r.file != nil {
		_ = r.file.Close() // only read
	}
	r.seg, r.file = seg, f
	r.scan = scanner{src: f, off: headerSize, end: headerSize, last: r.scan.last, buf: r.scan.buf[:0], skipped: r.scan.skipped}
	return nil
}

// Next returns the next event, or io.EOF when there is none yet. The payload is
// valid until the next call.
func (r *Reader) Next() (Record, error) {
	for {
		rec, err := r.scan.next()
		if r.scan.skipped > r.skipped {
			r.j.metrics.corrupt.Add(float64(r.scan.skipped - r.skipped))
			r.j.opt.Log.Error("journal: damaged bytes were skipped", "bytes", r.scan.skipped-r.skipped, "file", r.seg.path)
			r.skipped = r.scan.skipped
		}
		if err == nil {
			return rec, nil
		}
		if !errors.Is(err, io.EOF) {
			return Record{}, fmt.Errorf("read journal: %w", err)
		}
		if err := r.advance(); err != nil {
			return Record{}, err
		}
	}
}

// advance makes more of the log readable: what became durable in this segment, or
// the next segment. It returns io.EOF when there is nothing.
func (r *Reader) advance() error {
	r.j.mu.Lock()
	if r.seg.durable > r.scan.end {
		r.scan.end = r.seg.durable
		r.j.mu.Unlock()
		return nil
	}
	var next *segment
	for i, seg := range r.j.segs {
		if seg.first > r.seg.first {
			// The end of a segment is reached only when all of it is durable and
			// nothing more is written to it.
			if i == 0 || r.j.segs[i-1] != r.seg || r.seg.durable == r.seg.size {
				next = seg
			}
			break
		}
	}
	r.version = r.j.tail.version
	r.j.mu.Unlock()
	if next == nil {
		return io.EOF
	}
	if tail := r.scan.end - r.scan.off; tail > 0 {
		r.scan.skipped += tail
	}
	return r.enter(next)
}

// Wait blocks until Next may have something new, or the context ends with its
// cause, or the journal is closed and all is read.
func (r *Reader) Wait(ctx context.Context) error {
	r.j.mu.Lock()
	changed, moved, closed := r.j.tail.changed, r.j.tail.version != r.version, r.j.tail.closed
	r.j.mu.Unlock()
	if moved {
		return nil
	}
	if closed {
		return fmt.Errorf("read journal: %w", ErrClosed)
	}
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close lets the segment go.
func (r *Reader) Close() error { return r.file.Close() }

// Behind tells how many events come after the given number.
func (j *Journal) Behind(after Seq) uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := j.tail.base + uint64(j.tail.next-j.tail.start)
	return all - min(j.before(after), all)
}

// Before tells how many events were ever written up to and including the given
// number. A reader that has taken fewer has missed some.
func (j *Journal) Before(seq Seq) uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.before(seq)
}

func (j *Journal) before(seq Seq) uint64 {
	seg, limit := j.segs[0], j.tail.base+uint64(j.tail.next-j.tail.start)
	for _, s := range j.segs[1:] {
		if s.first > seq {
			limit = s.total
			break
		}
		seg = s
	}
	if seq < seg.first {
		return seg.total
	}
	return min(seg.total+uint64(seq-seg.first+1), limit)
}

// old reports whether a segment has been kept for as long as asked.
func (j *Journal) old(seg *segment) bool {
	if j.opt.Keep < 0 {
		return true
	}
	info, err := os.Stat(seg.path)
	return err != nil || time.Since(info.ModTime()) > j.opt.Keep
}
