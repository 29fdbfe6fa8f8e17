package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"hotline/sip/internal/wire"
)

// Receiver takes what arrives. It is called from the goroutine that reads the
// flow, in the order of arrival, and must not block.
type Receiver interface {
	// Receive takes a well-formed message.
	Receive(m *wire.Message, f Flow)
	// Malformed takes a request that can be answered but not used.
	Malformed(m *wire.Message, fault *wire.SyntaxError, f Flow)
	// Closed tells that a connection has ended.
	Closed(f Flow)
}

// Guard decides who is heard and counts who is not. Functions may be nil.
type Guard struct {
	// Admit reports whether a message from there is read at all.
	Admit func(source netip.AddrPort) bool
	// Exempt reports whether an address is free of the per-address limit on
	// connections.
	Exempt func(addr netip.Addr) bool
	// Dropped counts bytes thrown away, by reason.
	Dropped func(reason string)
	// Panicked is told of a panic in a handler; the message is lost, nothing else.
	Panicked func(v any)
}

// Limits bound connections. Zero values get the defaults named.
type Limits struct {
	// Connections is the most accepted connections at once, 500.
	Connections int
	// PerAddress is the most from one address, 20.
	PerAddress int
	// Message is the time for a whole message, and for the first one, 30 s.
	Message time.Duration
	// Idle is the longest silence of a connection that has spoken SIP, 15 min.
	Idle time.Duration
	// Queue is the most messages waiting for one connection's peer to read, 256.
	Queue int
	// Write is the time for writing one message, and for opening a connection, 5 s.
	Write time.Duration
}

func (l Limits) withDefaults() Limits {
	set := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	wait := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	set(&l.Connections, 500)
	set(&l.PerAddress, 20)
	set(&l.Queue, 256)
	wait(&l.Message, 30*time.Second)
	wait(&l.Idle, 15*time.Minute)
	wait(&l.Write, 5*time.Second)
	return l
}

// Config says where to listen.
type Config struct {
	// Listen are "host:port" pairs, each served on UDP and TCP; port 0 takes any
	// that is free on both.
	Listen []string
	// ListenTLS are "host:port" pairs served on TLS with Server.
	ListenTLS []string
	// Server is the TLS configuration for peers that call us.
	Server *tls.Config
	// Client is the TLS configuration for peers that we call.
	Client *tls.Config
	Limits Limits
	Guard  Guard
}

// Layer is the sockets of one user agent.
type Layer struct {
	cfg       Config
	sockets   []*socket
	listeners []listener

	serving chan struct{} // closed once Serve has begun

	mu       sync.Mutex
	receiver Receiver // set while serving
	streams  map[*stream]struct{}
	dialled  map[target]*stream
	accepted int
	perAddr  map[netip.Addr]int
	wg       sync.WaitGroup
}

type listener struct {
	net.Listener
	network Network
}

// New makes a layer that listens nowhere yet.
func New(cfg Config) *Layer {
	cfg.Limits = cfg.Limits.withDefaults()
	return &Layer{
		cfg: cfg, serving: make(chan struct{}), streams: make(map[*stream]struct{}), dialled: make(map[target]*stream), perAddr: make(map[netip.Addr]int),
	}
}

// Listen binds all sockets or none.
func (l *Layer) Listen(ctx context.Context) error {
	for _, addr := range l.cfg.Listen {
		if err := l.bind(ctx, addr); err != nil {
			l.close()
			return err
		}
	}
	for _, addr := range l.cfg.ListenTLS {
		tcp, err := listenTCP(ctx, addr)
		if err != nil {
			l.close()
			return fmt.Errorf("listen for SIP over TLS on %s: %w", addr, err)
		}
		l.listeners = append(l.listeners, listener{tls.NewListener(tcp, l.cfg.Server), TLS})
	}
	return nil
}

// bind opens UDP and TCP on the same port. A port the kernel chose for UDP may
// be taken on TCP; then another one is tried.
func (l *Layer) bind(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen for SIP on %q: %w", addr, err)
	}
	for range 20 {
		s, err := listenUDP(ctx, net.JoinHostPort(host, port))
		if err != nil {
			return fmt.Errorf("listen for SIP over UDP on %s: %w", addr, err)
		}
		tcp, err := listenTCP(ctx, net.JoinHostPort(host, fmt.Sprint(s.local.Port())))
		if err == nil {
			l.sockets = append(l.sockets, s)
			l.listeners = append(l.listeners, listener{tcp, TCP})
			return nil
		}
		_ = s.conn.Close()
		if port != "0" {
			return fmt.Errorf("listen for SIP over TCP on %s: %w", addr, err)
		}
	}
	return fmt.Errorf("listen for SIP on %s: no port free on both UDP and TCP", addr)
}

func listenTCP(ctx context.Context, addr string) (net.Listener, error) {
	lc := net.ListenConfig{KeepAliveConfig: keepAlive()}
	return lc.Listen(ctx, "tcp"+family(addr), addr)
}

// family keeps an IPv4 address, 0.0.0.0 too, from becoming a dual-stack socket.
func family(addr string) string {
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().Is4() {
		return "4"
	}
	return ""
}

// keepAlive finds dead peers within a minute or so.
func keepAlive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}
}

// Addrs returns the bound addresses of one transport, in the order configured.
func (l *Layer) Addrs(n Network) []netip.AddrPort {
	var out []netip.AddrPort
	if n == UDP {
		for _, s := range l.sockets {
			out = append(out, s.local)
		}
		return out
	}
	for _, ln := range l.listeners {
		if ln.network == n {
			out = append(out, addrPort(ln.Addr()))
		}
	}
	return out
}

// Serve reads all sockets until the context ends; then it closes them and
// everything accepted or dialled, and returns when the readers have. A socket
// that ends by itself is an error and ends all. It is called once.
func (l *Layer) Serve(ctx context.Context, r Receiver) error {
	l.mu.Lock()
	l.receiver = r
	l.mu.Unlock()
	close(l.serving)
	failed := make(chan error, len(l.sockets)+len(l.listeners))
	for _, s := range l.sockets {
		l.wg.Go(func() { failed <- s.serve(l) })
	}
	for _, ln := range l.listeners {
		l.wg.Go(func() { failed <- l.accept(ctx, ln) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	l.close()
	l.wg.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// close closes every socket; their readers end by that.
func (l *Layer) close() {
	for _, s := range l.sockets {
		_ = s.conn.Close()
	}
	for _, ln := range l.listeners {
		_ = ln.Close()
	}
	l.mu.Lock()
	l.receiver = nil
	open := make([]*stream, 0, len(l.streams))
	for s := range l.streams {
		open = append(open, s)
	}
	l.mu.Unlock()
	for _, s := range open {
		s.close()
	}
}

// Connections returns how many connections are open.
func (l *Layer) Connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.streams)
}

// handle reads one message and hands it up. A panic above loses the message and
// nothing else.
func (l *Layer) handle(data []byte, f Flow) {
	l.hand(f, func(r Receiver) {
		m, err := wire.Parse(data)
		if err == nil {
			r.Receive(m, f)
			return
		}
		l.malformed(r, m, err, f)
	})
}

// broken answers the header of a message whose length a stream does not tell: it
// may look well, but without its body it must not be used.
func (l *Layer) broken(head []byte, f Flow) {
	l.hand(f, func(r Receiver) {
		m, err := wire.Parse(head)
		if err == nil && m.IsRequest() && m.Method != "ACK" {
			err = &wire.SyntaxError{Status: 400, Reason: "Bad Content-Length"}
		}
		l.malformed(r, m, err, f)
	})
}

func (l *Layer) malformed(r Receiver, m *wire.Message, err error, f Flow) {
	var fault *wire.SyntaxError
	if errors.As(err, &fault) && fault.Status != 0 && m != nil {
		r.Malformed(m, fault, f)
		return
	}
	l.dropped("malformed")
}

// hand calls up, for messages that are heard at all, and catches panics.
func (l *Layer) hand(f Flow, up func(Receiver)) {
	defer func() {
		if v := recover(); v != nil && l.cfg.Guard.Panicked != nil {
			l.cfg.Guard.Panicked(v)
		}
	}()
	if l.cfg.Guard.Admit != nil && !l.cfg.Guard.Admit(f.Remote()) {
		l.dropped("flood")
		return
	}
	l.mu.Lock()
	r := l.receiver
	l.mu.Unlock()
	if r != nil {
		up(r)
	}
}

func (l *Layer) dropped(reason string) {
	if l.cfg.Guard.Dropped != nil {
		l.cfg.Guard.Dropped(reason)
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
