package transaction

import (
	"errors"
	"sync"
	"time"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Errors of opening and running transactions.
var (
	// ErrBusy is returned when as many requests as allowed wait for an answer.
	ErrBusy = errors.New("open transaction: too many pending")
	// ErrMerged is returned for a request that came before by another way
	// (RFC 3261 section 8.2.2.2); it deserves a 482.
	ErrMerged = errors.New("open transaction: merged request")
	// ErrTimeout is told when no final answer came within 64*T1.
	ErrTimeout = errors.New("wait for answer: transaction timed out")
)

// User is what stands above the layer. Its methods are called from the goroutine
// that read the message, in the order of arrival, and must not block.
type User interface {
	// Request takes a request that belongs to no transaction yet. It is answered
	// either without one (nothing is then remembered) or after Layer.Open.
	Request(m *wire.Message, f transport.Flow)
	// Ack takes an ACK that is not for a refusal of ours.
	Ack(m *wire.Message, f transport.Flow)
}

// Meter counts. Its functions may be nil.
type Meter struct {
	Resent   func() // we repeated a message
	Repeated func() // a peer repeated one
	Stray    func() // an answer that belongs to nothing
}

// Options are what a Layer needs.
type Options struct {
	Timers Timers
	User   User
	Meter  Meter
	// Pending bounds the server transactions without a final answer; 20,000 when 0.
	Pending int
	// Parked bounds the transactions that only wait for repetitions; 65,536 when
	// 0. Above it the oldest are forgotten early.
	Parked int
}

// Layer holds the transactions of one user agent.
type Layer struct {
	opt   Options
	epoch time.Time

	mu      sync.Mutex
	servers map[string]*Server
	merged  map[string]*Server
	clients map[string]*Client
	pending int
	closed  bool
	long    *parking // 64*T1
	short   *parking // T4
}

// New makes a layer.
func New(o Options) *Layer {
	o.Timers = o.Timers.WithDefaults()
	if o.Pending == 0 {
		o.Pending = 20_000
	}
	if o.Parked == 0 {
		o.Parked = 1 << 16
	}
	l := &Layer{
		opt: o, epoch: time.Now().Add(-time.Hour),
		servers: make(map[string]*Server), merged: make(map[string]*Server), clients: make(map[string]*Client),
	}
	l.long, l.short = newParking(l, o.Parked), newParking(l, o.Parked)
	return l
}

// Timers returns the timers in force.
func (l *Layer) Timers() Timers { return l.opt.Timers }

func (l *Layer) now() time.Duration { return time.Since(l.epoch) }

// Receive takes a message from the transport.
func (l *Layer) Receive(m *wire.Message, f transport.Flow) {
	switch {
	case !m.IsRequest():
		l.answer(m)
	case m.Method == "ACK":
		l.ack(m, f)
	default:
		l.request(m, f)
	}
}

func (l *Layer) request(m *wire.Message, f transport.Flow) {
	if s := l.server(key(m, f, m.Method)); s != nil {
		count(l.opt.Meter.Repeated)
		s.run(repeated)
		return
	}
	l.opt.User.Request(m, f)
}

func (l *Layer) ack(m *wire.Message, f transport.Flow) {
	if s := l.server(key(m, f, "INVITE")); s != nil && s.run(acked)&deliver == 0 {
		return
	}
	l.opt.User.Ack(m, f)
}

func (l *Layer) answer(m *wire.Message) {
	l.mu.Lock()
	c := l.clients[m.Via.Branch+" "+m.Verb]
	l.mu.Unlock()
	if c == nil {
		count(l.opt.Meter.Stray)
		return
	}
	c.receive(m)
}

func (l *Layer) server(key string) *Server {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.servers[key]
}

// Cancelled finds the transaction a CANCEL is for (section 9.2), or nil.
func (l *Layer) Cancelled(m *wire.Message, f transport.Flow) *Server {
	s := l.server(key(m, f, "INVITE"))
	if s == nil || s.flow.Remote().Addr() != f.Remote().Addr() {
		return nil
	}
	return s
}

// Len returns how many transactions wait for an answer and how many are parked.
func (l *Layer) Len() (pending, parked int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := len(l.servers) + len(l.clients)
	parked = l.long.len() + l.short.len()
	return max(0, all-parked), parked
}

// Close forgets everything and stops all timers. Nothing is told to anybody.
func (l *Layer) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.long.stop()
	l.short.stop()
	for _, s := range l.servers {
		s.halt()
	}
	for _, c := range l.clients {
		c.halt()
	}
	clear(l.servers)
	clear(l.merged)
	clear(l.clients)
}

func count(f func()) {
	if f != nil {
		f()
	}
}
