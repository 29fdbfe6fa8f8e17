package media

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is how many ready sockets are asked for at a time.
const batch = 256

// poller tells which sockets have something to read.
type poller struct {
	epoll int
	alarm int // an eventfd that ends a wait
	ready [batch]unix.EpollEvent
	count int // of ready, not yet served

	// keep makes short waits without telling Go's scheduler, as any other work of a microsecond is
	// done. Telling it a thousand times a second keeps its watchdog awake and costs a sixth of all
	// a call needs; the price of not telling is a processor of the scheduler (a P, not a CPU) for
	// each plane. A stop of the world ends the wait by its signal.
	keep bool
}

// alarmMark is the mark of the alarm; sockets have marks from 0.
const alarmMark = -1

// newPoller opens a poller.
func newPoller() (*poller, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("open poller: %w", err)
	}
	alarm, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		closeSocket(epoll)
		return nil, fmt.Errorf("open poller: %w", err)
	}
	p := &poller{epoll: epoll, alarm: alarm}
	if err := p.add(alarm, alarmMark); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// add watches a socket; mark is what its readiness is told by.
func (p *poller) add(fd int, mark int32) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: mark}
	if err := unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("watch socket: %w", err)
	}
	return nil
}

// drop stops watching a socket that goes on living elsewhere.
func (p *poller) drop(fd int) {
	_ = unix.EpollCtl(p.epoll, unix.EPOLL_CTL_DEL, fd, nil)
}

// poll asks which sockets are ready now, or as soon as one is within some milliseconds.
func (p *poller) poll(milliseconds int) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epoll), uintptr(unsafe.Pointer(&p.ready[0])), batch,
		uintptr(milliseconds), 0, 0)
	p.count = int(n)
	if errno != 0 {
		p.count = 0 // interrupted by a signal
	}
}

// wait blocks until a socket is ready, the alarm rings, or the time is over; negative waits
// without end.
func (p *poller) wait(d time.Duration) {
	timeout := -1
	if d >= 0 {
		timeout = int(d / time.Millisecond)
		if p.keep {
			p.poll(timeout)
			return
		}
	}
	n, err := unix.EpollWait(p.epoll, p.ready[:], timeout)
	p.count = max(n, 0)
	if err != nil {
		p.count = 0 // interrupted by a signal
	}
}

// ring ends a wait. It may be called from anywhere.
func (p *poller) ring() {
	one := [8]byte{1}
	_, _ = unix.Write(p.alarm, one[:])
}

// silence stops the alarm.
func (p *poller) silence() {
	var b [8]byte
	_, _ = unix.Read(p.alarm, b[:])
}

// close releases the poller.
func (p *poller) close() {
	closeSocket(p.alarm)
	closeSocket(p.epoll)
}

// nap sleeps for d with the precision of the kernel's timers, unless a signal comes.
func (p *poller) nap(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	if p.keep {
		_, _, _ = unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, 0, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
		return
	}
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
}
