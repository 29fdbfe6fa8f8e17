package load

import (
	"context"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sizes of the loop.
const (
	slots  = 20 // milliseconds of a frame: each stream speaks in one of them
	tick   = time.Millisecond
	batch  = 256
	rounds = 16 // batches of ready sockets in one tick
)

// loop is the one clock of all phones.
type loop struct {
	epoll   int
	origin  time.Time
	now     time.Duration // since origin, at the beginning of the tick
	tick    int64
	slots   [slots][]*stream
	streams []*stream // by mark
	ends    []*end    // by mark, counted down from -1
	timers  timers
	reader  reader
	scrap   reader // for what is thrown away while a message is still being read
	ready   [batch]unix.EpollEvent
}

func (l *loop) open() error {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("open loop: %w", err)
	}
	l.epoll, l.origin = epoll, time.Now()
	return nil
}

func (l *loop) close() {
	for _, e := range l.ends {
		e.close()
	}
	_ = unix.Close(l.epoll)
}

func (l *loop) watch(fd int, mark int) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(mark)} //nolint:gosec // counts of phones
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("watch socket: %w", err)
	}
	return nil
}

func (l *loop) watchSignalling(e *end) error {
	l.ends = append(l.ends, e)
	return l.watch(e.fd, -len(l.ends))
}

// watchStream takes a stream in, in the slots by turns.
func (l *loop) watchStream(s *stream) error {
	slot := (s.id * 7) % slots
	l.slots[slot] = append(l.slots[slot], s)
	l.streams = append(l.streams, s)
	return l.watch(s.rtp.fd, len(l.streams)-1)
}

// drain forgets what waits at a stream.
func (l *loop) drain(s *stream) {
	for range batch {
		if _, _, ok := l.scrap.read(s.rtp); !ok {
			return
		}
	}
}

// after arranges that run is called after a time.
func (l *loop) after(d time.Duration, run func()) *timer { return l.timers.set(l.now+d, run) }

// run does tick after tick until the run is over or ctx ends.
func (l *loop) run(ctx context.Context, f *fleet) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(time.Microsecond), 0, 0, 0)
	for f.phase != over {
		l.now = time.Since(l.origin)
		due := time.Duration(l.tick) * tick
		if wait := due - l.now; wait > 0 {
			l.sleep(wait)
			continue
		}
		f.figures.late.add(l.now - due)
		if behind := int64((l.now - due) / tick); behind > slots {
			f.tally.skipped += int(behind)
			l.tick += behind
		}
		f.beat(ctx)
		l.tick++
	}
	return f.log.fatal
}

// sleep waits without telling Go's scheduler, as any other work of a millisecond is done: telling it would cost more
// than the wait.
func (l *loop) sleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
}

// beat is one tick: speak, read, then whatever time has come.
func (f *fleet) beat(ctx context.Context) {
	l := &f.loop
	due := time.Duration(l.tick) * tick
	for _, s := range l.slots[l.tick%slots] {
		if !s.out.open {
			continue
		}
		if f.measuring() {
			f.tally.sent++
			f.figures.sending.add(time.Since(l.origin) - due)
		}
		if !f.speak(s) {
			f.tally.unsent++
		}
	}
	l.read(f)
	l.timers.run(l.now)
	f.advance(ctx)
}

// read reads every socket that is ready: a packet of each stream, and of SIP all there is.
func (l *loop) read(f *fleet) {
	for range rounds {
		n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.epoll), uintptr(unsafe.Pointer(&l.ready[0])), batch, 0, 0, 0)
		if errno != 0 || n == 0 {
			return
		}
		for _, event := range l.ready[:n] {
			if event.Fd >= 0 {
				s := l.streams[event.Fd]
				if b, at, ok := l.reader.read(s.rtp); ok {
					f.hear(s, b, at)
				}
				continue
			}
			e := l.ends[-event.Fd-1]
			for b, at, ok := l.reader.read(e.socket); ok; b, at, ok = l.reader.read(e.socket) {
				e.received(b, at)
			}
		}
		if n < batch {
			return
		}
	}
}
