package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"hotline/sip/internal/wire"
)

// stream is one TCP or TLS connection, accepted or dialled.
type stream struct {
	layer   *Layer
	conn    net.Conn
	network Network
	remote  netip.AddrPort
	dialled bool
	out     chan []byte
	done    chan struct{}
	once    sync.Once
}

// Send puts a message into the queue. When the queue is full the peer does not
// read, and the connection is closed.
func (s *stream) Send(b []byte) error {
	select {
	case <-s.done:
		return ErrClosed
	default:
	}
	select {
	case s.out <- b:
		return nil
	default:
		s.layer.dropped("slow connection")
		_ = s.conn.Close()
		s.close()
		return ErrClosed
	}
}

func (s *stream) Remote() netip.AddrPort { return s.remote }
func (s *stream) Local() netip.AddrPort  { return addrPort(s.conn.LocalAddr()) }
func (s *stream) Network() Network       { return s.network }
func (s *stream) To(uint16) Flow         { return s }

// Alive reports whether the connection is open as far as known.
func (s *stream) Alive() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// close lets the writer send what is queued and then close the connection.
func (s *stream) close() { s.once.Do(func() { close(s.done) }) }

// accept takes connections until the listener is closed.
func (l *Layer) accept(ctx context.Context, ln listener) error {
	for {
		conn, err := ln.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors, or the peer went away already
			l.dropped("accept")
			if !pause(ctx, 50*time.Millisecond) {
				return ctx.Err()
			}
			continue
		}
		remote := addrPort(conn.RemoteAddr())
		if !l.enter(remote.Addr()) {
			l.dropped("connection limit")
			_ = conn.Close()
			continue
		}
		l.start(l.stream(conn, ln.network, remote))
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// enter counts a connection in, unless there are too many.
func (l *Layer) enter(addr netip.Addr) bool {
	exempt := l.cfg.Guard.Exempt != nil && l.cfg.Guard.Exempt(addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.accepted >= l.cfg.Limits.Connections || !exempt && l.perAddr[addr] >= l.cfg.Limits.PerAddress {
		return false
	}
	l.accepted++
	l.perAddr[addr]++
	return true
}

func (l *Layer) leave(s *stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, s)
	if s.dialled {
		if at := (target{s.network, s.remote}); l.dialled[at] == s {
			delete(l.dialled, at)
		}
		return
	}
	l.accepted--
	addr := s.remote.Addr()
	if l.perAddr[addr]--; l.perAddr[addr] <= 0 {
		delete(l.perAddr, addr)
	}
}

func (l *Layer) stream(conn net.Conn, n Network, remote netip.AddrPort) *stream {
	return &stream{
		layer: l, conn: conn, network: n, remote: remote,
		out: make(chan []byte, l.cfg.Limits.Queue), done: make(chan struct{}),
	}
}

// start runs a connection's reader and writer, unless the layer is closing.
func (l *Layer) start(s *stream) bool {
	l.mu.Lock()
	r := l.receiver
	if r != nil {
		l.streams[s] = struct{}{}
		l.wg.Go(s.write)
		l.wg.Go(func() { s.read(r) })
	}
	l.mu.Unlock()
	if r == nil {
		l.leave(s)
		_ = s.conn.Close()
	}
	return r != nil
}

func (s *stream) write() {
	defer s.conn.Close()
	for {
		select {
		case b := <-s.out:
			if !s.put(b) {
				s.close()
				return
			}
		case <-s.done:
			for {
				select {
				case b := <-s.out:
					if !s.put(b) {
						return
					}
				default:
					return
				}
			}
		}
	}
}

func (s *stream) put(b []byte) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.layer.cfg.Limits.Write))
	_, err := s.conn.Write(b)
	return err == nil
}

// read cuts messages from the connection until it ends, breaks its framing, or is
// too slow: a whole message, and the first one, must come within a fixed time.
func (s *stream) read(r Receiver) {
	defer func() {
		s.close()
		s.layer.leave(s)
		r.Closed(s)
	}()
	limits := s.layer.cfg.Limits
	buf := make([]byte, 8<<10)
	deadline := time.Now().Add(limits.Message)
	spoke := false
	var framer wire.Framer
	for {
		_ = s.conn.SetReadDeadline(deadline)
		n, err := s.conn.Read(buf)
		pending := framer.Pending()
		framer.Feed(buf[:n])
		whole, ok := s.cut(&framer)
		if err != nil || !ok {
			return
		}
		spoke = spoke || whole
		switch {
		case framer.Pending() && (whole || !pending):
			deadline = time.Now().Add(limits.Message)
		case !framer.Pending() && spoke:
			deadline = time.Now().Add(limits.Idle)
		}
	}
}

// cut hands up all whole messages. It reports whether there was one, and whether
// the stream can go on.
func (s *stream) cut(f *wire.Framer) (whole, ok bool) {
	for {
		b, err := f.Next()
		switch {
		case err != nil:
			s.layer.dropped("framing")
			if b != nil {
				s.layer.broken(b, s)
			}
			return whole, false
		case b == nil:
			return whole, true
		case len(b) == 4: // a keep-alive and its answer (RFC 5626 section 4.4.1)
			_ = s.Send([]byte("\r\n"))
		default:
			s.layer.handle(b, s)
			whole = true
		}
	}
}
