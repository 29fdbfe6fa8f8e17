package media

import (
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// plane is one pacing clock and the sessions it serves. Its goroutine wakes when a session is due
// or a packet has come, but at most once a beat; in one turn it sends every frame that is
// due and reads every socket that is ready. Nobody sleeps or wakes for a single stream, which is
// why a call costs less the more there are.
//
// All state of its sessions belongs to the holder of mu: the plane in its turn, or whoever calls a
// session's method, for an instant.
type plane struct {
	log   *slog.Logger
	clock func() time.Duration

	mu       sync.Mutex
	poll     *poller
	wheel    wheel
	sessions []*Session // by mark
	free     []int32
	fed      int // sessions that hear one another, in mixes
	counters counters
	closing  bool

	turn  turn
	board board
}

// turn is the state of the turn under way.
type turn struct {
	now     time.Duration
	tick    int64    // the next to serve
	cursor  int      // the next session of its slot
	current *Session // whose packet or frame is being handled
	woke    time.Duration
	beat    time.Duration
	from    endpoint
	packet  packet
	in      [2048]byte
	out     [headerSize + 4*frame]byte
}

// newPlane opens a plane. Its clock tells the time since the engine's start.
func newPlane(clock func() time.Duration, log *slog.Logger) (*plane, error) {
	poll, err := newPoller()
	if err != nil {
		return nil, err
	}
	return &plane{log: log, clock: clock, poll: poll}, nil
}

// run serves until close, on a thread of its own.
func (p *plane) run() {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	hurry()
	for {
		next, ok := p.serve(p.clock())
		if !ok {
			return
		}
		p.rest(next)
	}
}

// hurry makes the kernel wake this thread on time: exact timers, short slices of processor time,
// which come sooner, and more weight where we may ask for it. What is refused costs punctuality
// only.
func hurry() {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(time.Microsecond), 0, 0, 0)
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return
	}
	nice := attr.Nice
	attr.Nice, attr.Runtime = min(nice, -10), uint64(200*time.Microsecond)
	if unix.SchedSetAttr(0, attr, 0) != nil {
		attr.Nice = nice
		_ = unix.SchedSetAttr(0, attr, 0)
	}
}

// close ends run after its turn.
func (p *plane) close() {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.poll.ring()
}

// slowBeat is the beat of a plane whose sessions only listen to prompts: what they say is recorded by its own time, and
// a key may come 5 ms later. Between people, each millisecond is delay.
const slowBeat = 5 * slotTime

// pace returns the shortest time between two turns. The caller holds mu.
func (p *plane) pace() time.Duration {
	if p.fed > 0 {
		return slotTime
	}
	return slowBeat
}

// ceil rounds a time up to a whole beat.
func ceil(t, beat time.Duration) time.Duration { return (t + beat - 1).Truncate(beat) }

// rest waits until next, negative for without end, or until a packet comes; but never wakes twice
// within a beat, so that under load the packets of a beat are read together.
func (p *plane) rest(next time.Duration) {
	now, beat := p.clock(), p.turn.beat
	if now-p.turn.woke < beat {
		p.poll.nap(now.Truncate(beat) + beat - now)
		now = p.clock()
	}
	switch left := next - now; {
	case next < 0:
		p.poll.wait(-1)
	case left >= slotTime:
		p.poll.wait(left)
	case left > 0:
		p.poll.nap(left)
	}
	p.turn.woke = p.clock()
}

// serve does one turn. It returns when the next frame is due, or a negative time when nothing is;
// and false when the plane is closed.
func (p *plane) serve(now time.Duration) (next time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return 0, false
	}
	p.turn.now, p.turn.beat = now, p.pace()
	for !p.work() {
	}
	p.turn.current = nil
	p.board.show(&p.counters)
	tick, any := p.wheel.next(p.turn.tick)
	if !any {
		return -1, true
	}
	return ceil(time.Duration(tick)*slotTime, p.turn.beat), true
}

// work sends and reads all there is. A panic ends the session it concerns and nothing else; work
// then returns false, to be called again for the rest.
func (p *plane) work() (done bool) {
	defer p.contain()
	p.send()
	p.receive()
	return true
}

// contain catches a panic of work.
func (p *plane) contain() {
	what := recover()
	if what == nil {
		return
	}
	p.counters.panics++
	p.log.Error("media session failed", "panic", what, "stack", string(debug.Stack()))
	if s := p.turn.current; s != nil {
		p.turn.current = nil
		s.fail()
	}
}

// enter takes a session in. The caller holds mu.
func (p *plane) enter(s *Session) error {
	mark := int32(len(p.sessions))
	if n := len(p.free); n > 0 {
		mark = p.free[n-1]
		p.free = p.free[:n-1]
	} else {
		p.sessions = append(p.sessions, nil)
	}
	s.seat.mark = mark
	err := p.poll.add(s.pair.rtp, 2*mark)
	if err == nil {
		if err = p.poll.add(s.pair.rtcp, 2*mark+1); err != nil {
			p.poll.drop(s.pair.rtp)
		}
	}
	if err != nil {
		p.free = append(p.free, mark)
		return err
	}
	p.sessions[mark] = s
	tick := int64(p.clock() / slotTime)
	if p.wheel.count == 0 {
		p.turn.tick, p.turn.cursor = tick+1, 0
	}
	p.wheel.add(s, tick)
	s.plane.Store(p)
	return nil
}

// unwatch stops watching the sockets of a session that keeps them. The caller holds mu.
func (p *plane) unwatch(s *Session) {
	p.poll.drop(s.pair.rtp)
	p.poll.drop(s.pair.rtcp)
}

// leave lets a session go. Its sockets must be unwatched or closed before mu is let go. The caller holds mu.
func (p *plane) leave(s *Session) {
	p.wheel.remove(s)
	p.sessions[s.seat.mark] = nil
	p.free = append(p.free, s.seat.mark)
}
