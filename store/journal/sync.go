package journal

import (
	"fmt"
	"slices"
	"time"

	"hotline/store/event"
)

// How long the journal waits between two tries while the disk refuses.
const (
	retryFirst = 50 * time.Millisecond
	retryMost  = time.Second
)

// sync runs from Open to Close: it groups syncs, starts new segments, and while the
// disk refuses it is the only one who writes.
func (j *Journal) sync() {
	defer close(j.done)
	timer := time.NewTimer(0)
	<-timer.C
	delay := j.opt.Delay
	for stopping := false; !stopping; {
		select {
		case <-j.wake:
		case <-j.hurry:
			signal(j.hurry) // it must not be forgotten while waiting below
		case <-j.stop:
			stopping = true
		}
		if !stopping {
			timer.Reset(delay)
			select {
			case <-timer.C:
			case <-j.hurry:
			case <-j.stop:
				stopping = true
			}
			timer.Stop()
		}
		delay = j.round(delay)
	}
}

// round does one sync and says how long to group before the next.
func (j *Journal) round(delay time.Duration) time.Duration {
	again, ok := j.flush()
	j.metrics.ballast.Set(j.ballast.bytes())
	if ok {
		j.ballast.refill(time.Now())
		j.metrics.ballast.Set(j.ballast.bytes())
		if again {
			signal(j.wake)
		}
		return j.opt.Delay
	}
	// Drain the mark that hurried us here, or a failing disk would be tried without
	// pause.
	select {
	case <-j.hurry:
	default:
	}
	signal(j.wake)
	return min(max(2*delay, retryFirst), retryMost)
}

// flush makes durable what was accepted. It reports whether more came meanwhile, and
// whether the disk is well.
func (j *Journal) flush() (again, ok bool) {
	for {
		again, ok, late := j.attempt()
		if !late {
			return again, ok
		}
	}
}

// attempt does one flush. It is late when the disk refused an event meanwhile, which
// nobody has tried to mend.
func (j *Journal) attempt() (again, ok, late bool) {
	j.mu.Lock()
	if j.tail.failing && !j.mend() {
		j.mu.Unlock()
		return true, false, false
	}
	covered, bytes := j.tail.next-1, j.tail.written
	if bytes < len(j.tail.buf) { // the disk took a part
		_, covered = whole(j.tail.buf[:bytes])
	}
	dirty := slices.Clone(j.tail.dirty)
	sizes := make([]int64, len(dirty))
	for i, seg := range dirty {
		sizes[i] = seg.size
	}
	j.mu.Unlock()

	began := time.Now()
	err := j.syncSegments(dirty)
	if len(dirty) > 0 {
		j.metrics.sync.Observe(time.Since(began).Seconds())
	}

	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		// What a failed sync left in the kernel's hands is not to be trusted: write
		// everything again, elsewhere.
		j.fault("sync", err)
		j.tail.fresh = true
		return true, false, false
	}
	for i, seg := range dirty {
		seg.durable = sizes[i]
	}
	j.settle(dirty, covered, bytes)
	j.confess()
	j.roll()
	j.metrics.held.Set(float64(len(j.tail.buf)))
	return len(j.tail.buf) > 0, true, j.tail.failing
}

// syncSegments syncs files in the order they were written, and the folder when one
// of them is new.
func (j *Journal) syncSegments(dirty []*segment) error {
	for _, seg := range dirty {
		if err := seg.file.Sync(); err != nil {
			return fmt.Errorf("sync segment: %w", err)
		}
		if seg.durable == 0 {
			if err := syncFolder(j.dir); err != nil {
				return fmt.Errorf("sync folder: %w", err)
			}
		}
	}
	return nil
}

// settle forgets what is durable now. Call it under the lock.
func (j *Journal) settle(dirty []*segment, covered Seq, bytes int) {
	t := &j.tail
	t.buf = t.buf[:copy(t.buf, t.buf[bytes:])]
	t.written -= bytes
	if cap(t.buf) > 1<<20 && len(t.buf) < 1<<16 {
		t.buf = slices.Clone(t.buf) // give back what a backlog needed
	}
	current := j.segs[len(j.segs)-1]
	for _, seg := range dirty {
		if seg != current {
			closeSegment(seg)
		}
	}
	// A segment written to since the snapshot stays dirty.
	t.dirty = slices.DeleteFunc(t.dirty, func(seg *segment) bool { return seg.durable == seg.size })
	if covered > t.synced {
		t.synced = covered
		j.announce()
	}
}

// roll starts a new segment when the current one is long enough. When the disk has
// no room for one, the old one simply grows. Call it under the lock.
func (j *Journal) roll() {
	current := j.segs[len(j.segs)-1]
	if current.size < j.opt.Segment || j.tail.failing || j.tail.closed {
		return // what was refused must go where its numbers belong
	}
	if err := j.addSegment(j.tail.next); err != nil {
		j.metrics.faults.WithLabelValues("create").Inc()
	}
}

// addSegment makes the segment from which on events are written. Call it under the
// lock.
func (j *Journal) addSegment(first Seq) error {
	old := j.segs[len(j.segs)-1]
	seg, err := j.createSegment(first, j.tail.base+uint64(first-j.tail.start))
	if err != nil {
		return err
	}
	if old.durable == old.size {
		closeSegment(old)
	}
	j.segs = append(j.segs, seg)
	j.tail.markDirty(seg)
	j.metrics.files.Set(float64(len(j.segs)))
	return nil
}

// mend tries to write what the disk refused. It reports whether the disk took any of
// it: what does not fit is tried again, what fits is safe. Call it under the lock: while
// failing, appending touches only memory, and a failing disk answers at once or not at
// all.
func (j *Journal) mend() bool {
	t := &j.tail
	if t.fresh && !j.restart() {
		return false
	}
	seg := j.segs[len(j.segs)-1]
	n, err := seg.file.WriteAt(t.buf[t.written:], seg.size)
	if noSpace(err) && j.ballast.release() {
		j.opt.Log.Error("journal: the disk is full, the ballast was released", "bytes", j.opt.Ballast)
		n, err = seg.file.WriteAt(t.buf[t.written:], seg.size)
	}
	switch {
	case err == nil:
	case noSpace(err):
		n += fit(seg.file, t.buf[t.written+n:], seg.size+int64(n))
		n, _ = whole(t.buf[t.written:][:n])
		j.fault("write", err)
	default: // what such a disk says it took is not relied on
		n = 0
		j.fault("write", err)
	}
	if n > 0 {
		seg.size += int64(n)
		t.written += n
		t.markDirty(seg)
	}
	if err != nil {
		return n > 0
	}
	t.failing = false
	j.metrics.failing.Set(0)
	j.opt.Log.Info("journal: the disk takes events again", "events", uint64(t.next-1-t.synced), "lost", t.lost)
	return true
}

// fit writes as much of b as there is room for: some file systems refuse a long write of
// which the beginning would fit. It returns how much that was.
func fit(f file, b []byte, at int64) (n int) {
	for piece := len(b) / 2; piece > 0 && n < len(b); {
		m, err := f.WriteAt(b[n:min(n+piece, len(b))], at+int64(n))
		n += m
		if err != nil {
			piece /= 2
		}
	}
	return n
}

// confess states a loss, once there is room for it. Call it under the lock.
func (j *Journal) confess() {
	lost := j.tail.lost
	if lost == 0 || j.tail.failing {
		return
	}
	j.tail.lost = 0
	_, err := j.append(time.Now(), event.Event{Body: &event.EventsLost{Count: lost, Reason: "disk refused, memory full"}})
	if err != nil {
		j.tail.lost = lost // no room yet
	}
}

// restart makes place for all events that are not durable, after a sync failed:
// a new segment that begins with the first of them. What older segments hold of them
// stays there; readers skip the copies. Call it under the lock.
func (j *Journal) restart() bool {
	t := &j.tail
	first := t.synced + 1
	err := j.place(first)
	if noSpace(err) && j.ballast.release() {
		err = j.place(first)
	}
	if err != nil {
		j.fault("create", err)
		return false
	}
	seg := j.segs[len(j.segs)-1]
	for _, old := range t.dirty {
		if old != seg {
			old.size = old.durable
			closeSegment(old)
		}
	}
	t.dirty = []*segment{seg}
	t.written, t.fresh = 0, false
	return true
}

// place makes an empty segment beginning with first the last one. Segments that
// begin later hold nothing durable and go. Call it under the lock.
func (j *Journal) place(first Seq) error {
	for j.segs[len(j.segs)-1].first > first {
		last := j.segs[len(j.segs)-1]
		closeSegment(last)
		if err := removeIfThere(last.path); err != nil {
			return err
		}
		j.segs = j.segs[:len(j.segs)-1]
		j.tail.dirty = slices.DeleteFunc(j.tail.dirty, func(seg *segment) bool { return seg == last })
	}
	last := j.segs[len(j.segs)-1]
	if last.first < first {
		return j.addSegment(first)
	}
	fresh, err := j.createSegment(last.first, last.total)
	if err != nil {
		return err
	}
	closeSegment(last)
	last.file, last.size, last.durable = fresh.file, fresh.size, 0
	return nil
}

// closeSegment closes a file whose content is durable, or is not relied on.
func closeSegment(seg *segment) {
	if seg.file != nil {
		_ = seg.file.Close()
		seg.file = nil
	}
}
