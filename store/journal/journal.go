package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"hotline/store/event"
)

var (
	// ErrClosed says that the journal was closed.
	ErrClosed = errors.New("journal is closed")
	// ErrFull says that the disk refuses events and the memory to hold them is used
	// up. The event is lost; the journal counts it and states it once it can.
	ErrFull = errors.New("journal cannot hold more events")
)

// Journal is an open journal. All methods may be called by many goroutines.
type Journal struct {
	dir     string
	id      event.ID
	opt     Options
	metrics *metrics
	lock    *os.File
	ballast *ballast // touched only by Open and the syncing goroutine

	mu   sync.Mutex
	tail tail
	segs []*segment // oldest first; the last one is written

	wake  chan struct{} // there is something to sync
	hurry chan struct{} // and somebody waits for it
	stop  chan struct{}
	done  chan struct{}
}

// tail is the writing end.
type tail struct {
	enc     event.Encoder
	start   Seq    // first number of this opening
	base    uint64 // events written before this opening
	prior   Seq    // the last of them
	next    Seq
	synced  Seq    // durable up to here; start-1 when nothing is
	buf     []byte // encoded and not yet durable
	written int    // bytes of buf that are in the current segment's file
	failing bool   // the disk refuses; only the syncing goroutine writes
	fresh   bool   // events not durable must go to a new segment
	lost    uint64 // and not yet stated
	dirty   []*segment
	closed  bool
	changed chan struct{} // closed and replaced when synced moves
	version uint64        // counts those
}

// Open opens the journal in dir, made when missing, and takes it for this process
// alone. The error is ErrLocked when another process has it.
func Open(dir string, opt Options) (*Journal, error) {
	opt = opt.withDefaults()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	j := &Journal{
		dir: dir, opt: opt, lock: lock, ballast: newBallast(dir, opt.Ballast),
		wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	j.metrics, err = newMetrics(opt.Registerer)
	if err == nil {
		err = j.recover()
	}
	if err == nil {
		err = j.begin()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %s: %w", dir, err), lock.Close())
	}
	j.ballast.fill()
	j.metrics.ballast.Set(j.ballast.bytes())
	go j.sync()
	return j, nil
}

// begin starts this opening's own segment.
func (j *Journal) begin() error {
	var opening uint64
	if len(j.segs) > 0 {
		last := j.segs[len(j.segs)-1]
		opening = uint64(last.first) >> openingBits
	} else {
		j.id = event.NewID(time.Now())
	}
	start := Seq(opening+1)<<openingBits | 1
	j.tail.start, j.tail.next, j.tail.synced = start, start, start-1
	j.tail.changed = make(chan struct{})
	seg, err := j.createSegment(start, j.tail.base)
	if noSpace(err) {
		// A ballast of an earlier run may be what fills the disk.
		if err := removeIfThere(j.ballast.path); err != nil {
			return err
		}
		seg, err = j.createSegment(start, j.tail.base)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(seg.file.Sync(), syncFolder(j.dir)); err != nil {
		return errors.Join(err, seg.file.Close())
	}
	seg.durable = seg.size
	j.segs = append(j.segs, seg)
	j.metrics.files.Set(float64(len(j.segs)))
	return nil
}

// ID names this journal for ever. A database remembers how far it has read which
// journal by it.
func (j *Journal) ID() event.ID { return j.id }

// Start is the first number this opening gives; everything before it was written
// by earlier runs.
func (j *Journal) Start() Seq { return j.tail.start }

// Last is the number of the newest event, of this opening or an earlier one; 0 when
// there never was one.
func (j *Journal) Last() Seq {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.tail.next == j.tail.start {
		return j.tail.prior
	}
	return j.tail.next - 1
}

// Sync waits until the event seq and all before it are on the disk, and makes it
// sooner. It fails with the context's cause, or ErrClosed.
func (j *Journal) Sync(ctx context.Context, seq Seq) error {
	for {
		j.mu.Lock()
		synced, changed, closed := j.tail.synced, j.tail.changed, j.tail.closed
		j.mu.Unlock()
		if synced >= seq {
			return nil
		}
		if closed {
			return fmt.Errorf("sync journal: %w", ErrClosed)
		}
		signal(j.hurry)
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("sync journal: %w", context.Cause(ctx))
		}
	}
}

// Close syncs what is written and gives the journal free. It fails when events could
// not be written; they are lost then.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.tail.closed {
		j.mu.Unlock()
		return nil
	}
	j.tail.closed = true
	j.mu.Unlock()
	close(j.stop)
	<-j.done

	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	if held := j.tail.next - 1 - j.tail.synced; held > 0 {
		err = fmt.Errorf("close journal: %d events could not be written to the disk", held)
	}
	for _, seg := range j.segs {
		if seg.file != nil {
			err = errors.Join(err, seg.file.Close())
			seg.file = nil
		}
	}
	j.announce()
	return errors.Join(err, j.lock.Close())
}

// announce wakes everybody who waits for the log to move. Call it under the lock.
func (j *Journal) announce() {
	close(j.tail.changed)
	j.tail.changed = make(chan struct{})
	j.tail.version++
}

// signal puts a mark into a channel of one, unless there is one.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
