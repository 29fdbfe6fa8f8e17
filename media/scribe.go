package media

import (
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hotline/media/wav"
)

// Times of the scribe. What may be lost when the program is killed is the sum of a chunk, lateness
// and a round: 0.53 s.
const (
	round    = 200 * time.Millisecond // between two visits to a recording
	stint    = round / 10             // between two stints of work, when there is much
	much     = 16                     // recordings: the writes of more at once would hold up everybody else
	lateness = 200 * time.Millisecond // by which a packet may come late and still find its place
)

// writeSize is the most that is written at once.
const writeSize = 64 << 10

// scribe writes all recordings, in large pieces and off the media path. When the disk is slow only
// the scribe waits, and the recorders hold what comes meanwhile.
type scribe struct {
	now   func() time.Duration
	log   *slog.Logger
	ring  int // chunks of a recorder's backlog
	pools [maxChannels + 1]*chunkPool
	open  func(path string) (file, error)

	wake chan struct{}
	quit chan struct{}

	sealer sealer

	mu     sync.Mutex
	live   []*Recorder
	ending []*Recorder // to be written at once
	closed bool

	shift   []*Recorder // being visited
	scratch []byte
	reads   sync.Pool // of *[shortRead]byte
	tally   tally
}

// tally is what the scribe counts.
type tally struct {
	failed atomic.Uint64 // recordings that lost something for want of disk
	lost   atomic.Int64  // samples lost, of all channels
	bytes  atomic.Uint64 // written
}

// newScribe returns a scribe. run and sync make it work.
func newScribe(now func() time.Duration, log *slog.Logger, backlog time.Duration) *scribe {
	s := &scribe{
		now: now, log: log, open: create,
		ring: int(backlog/(chunkSamples*sample)) + 1,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), sealer: newSealer(),
		reads: sync.Pool{New: func() any { return new([shortRead]byte) }},
	}
	for channels := 1; channels <= maxChannels; channels++ {
		s.pools[channels] = newChunkPool(channels)
	}
	return s
}

// enter takes a recorder in.
func (s *scribe) enter(r *Recorder) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	r.due = s.now() + round
	s.live = append(s.live, r)
	return nil
}

// kick makes the scribe write a recording at once.
func (s *scribe) kick(r *Recorder) {
	s.mu.Lock()
	s.ending = append(s.ending, r)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run writes until close, and then what is left.
func (s *scribe) run() {
	timer := time.NewTimer(round)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			timer.Reset(s.stint())
		case <-s.wake:
			s.end()
		case <-s.quit:
			for _, r := range s.recorders() {
				r.shut()
			}
			s.visit()
			return
		}
	}
}

// stint writes what waits of those recordings whose turn it is, and returns how long the next one may take to come.
func (s *scribe) stint() time.Duration {
	s.mu.Lock()
	s.shift = append(s.shift[:0], s.live...)
	s.mu.Unlock()
	defer func() { clear(s.shift) }()
	if len(s.shift) <= much {
		for _, r := range s.shift {
			s.write(r)
		}
		return round
	}
	now := s.now() + stint/2 // a timer may be early
	for _, r := range s.shift {
		if r.due <= now {
			r.due = now + round - stint/2
			s.write(r)
		}
	}
	return stint
}

// end writes the recordings that were kicked.
func (s *scribe) end() {
	s.mu.Lock()
	s.shift = append(s.shift[:0], s.ending...)
	clear(s.ending)
	s.ending = s.ending[:0]
	s.mu.Unlock()
	for _, r := range s.shift {
		s.write(r)
	}
	clear(s.shift)
}

// close makes run finish every recording and return.
func (s *scribe) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	close(s.quit)
}

// recorders returns those that are live.
func (s *scribe) recorders() []*Recorder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.live)
}

// visit writes what waits, of every recording.
func (s *scribe) visit() {
	for _, r := range s.recorders() {
		s.write(r)
	}
}

// write writes what waits of a recording, unless it is written already.
func (s *scribe) write(r *Recorder) {
	select {
	case <-r.done:
		return
	default:
	}
	if s.flush(r) {
		s.retire(r)
	}
}

// retire lets go of a recorder that is written.
func (s *scribe) retire(r *Recorder) {
	s.mu.Lock()
	s.live = slices.DeleteFunc(s.live, func(l *Recorder) bool { return l == r })
	s.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.done)
	if r.state.left {
		_ = r.file.Close()
	}
}

// flush writes what waits of one recording and returns whether that was all of it. A fault of ours
// ends that recording and no other.
func (s *scribe) flush(r *Recorder) (over bool) {
	defer func() {
		if what := recover(); what != nil {
			s.log.Error("recording failed", "panic", what, "stack", string(debug.Stack()))
			over = true
		}
	}()
	for {
		n, at, over := r.waiting(&s.scratch)
		if n == 0 && !over {
			return false
		}
		if err := r.store(s.scratch, at); err != nil {
			s.fault(r, err)
			return false
		}
		s.tally.bytes.Add(uint64(len(s.scratch)))
		if r.stored(n, int64(len(s.scratch)), over) {
			return over
		}
	}
}

// fault notes why a recording cannot be written for now. The next round tries again.
func (s *scribe) fault(r *Recorder, err error) {
	reason := reasonOf(err)
	r.mu.Lock()
	first := r.state.fault == ""
	r.state.fault = reason
	r.mu.Unlock()
	if first {
		s.log.Error("recording cannot be written", "path", r.path, "reason", reason, "error", err)
	}
}

// lose counts samples lost for want of disk.
func (s *scribe) lose(n int64, state *recording) {
	s.tally.lost.Add(n)
	if !state.failed {
		state.failed = true
		s.tally.failed.Add(1)
	}
}

// reasonOf names the fault behind an error of the disk.
func reasonOf(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return diskFull
	}
	return diskError
}

// waiting seals what is old enough and gathers the next piece to write: n chunks, which belong at
// a place in the file, and whether they are the last.
func (r *Recorder) waiting(scratch *[]byte) (n int, at int64, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stop := min(r.place(r.scribe.now()-lateness), r.limit())
	if r.state.closing {
		stop = r.state.end + chunkSamples - 1
	}
	r.reel.seal(stop)
	n = min(r.reel.waiting(), writeSize/len(r.reel.pool.hush))
	frame := int64(r.header.Frame())
	at = r.reel.first * chunkSamples * frame
	*scratch = r.reel.gather((*scratch)[:0], n)
	if r.state.closing && at+int64(len(*scratch)) >= r.state.end*frame {
		*scratch, over = (*scratch)[:r.state.end*frame-at], true
	}
	return n, wav.HeaderSize + at, over
}

// store writes a piece, and then the header that tells of it: whoever reads in between sees a
// whole file that is a little shorter.
func (r *Recorder) store(b []byte, at int64) error {
	if len(b) > 0 {
		if _, err := r.file.WriteAt(b, at); err != nil {
			return err
		}
	}
	var head [wav.HeaderSize]byte
	_, err := r.file.WriteAt(r.header.Append(head[:0], at+int64(len(b))-wav.HeaderSize), 0)
	return err
}

// stored lets go of what is written. It returns whether the scribe may go on to the next
// recording.
func (r *Recorder) stored(n int, size int64, over bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.size = r.reel.first*chunkSamples*int64(r.header.Frame()) + size
	r.state.fault = ""
	r.reel.written(n)
	return over || r.reel.waiting() == 0 && !r.state.closing
}
