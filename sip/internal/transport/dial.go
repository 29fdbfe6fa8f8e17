package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
)

// target is where a dialled connection leads.
type target struct {
	network Network
	remote  netip.AddrPort
}

// Dial returns the connection to a peer, a new one when there is none that we
// opened before. The name is checked against the peer's TLS certificate. The way
// to a UDP peer is what Flow returns.
func (l *Layer) Dial(ctx context.Context, n Network, remote netip.AddrPort, name string) (Flow, error) {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if n == UDP {
		return l.Flow(remote)
	}
	at := target{n, remote}
	if s := l.found(at); s != nil {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Limits.Write)
	defer cancel()
	select {
	case <-l.serving: // a connection needs its reader
	case <-ctx.Done():
		return nil, ErrClosed
	}
	conn, err := l.connect(ctx, at, name)
	if err != nil {
		return nil, fmt.Errorf("connect over %s: %w", n, unwrapOp(err))
	}
	s := l.stream(conn, n, remote)
	s.dialled = true
	if first := l.claim(at, s); first != s { // somebody was faster
		_ = conn.Close()
		return first, nil
	}
	if !l.start(s) {
		return nil, ErrClosed
	}
	return s, nil
}

func (l *Layer) found(at target) *stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.dialled[at]; s != nil && s.Alive() {
		return s
	}
	return nil
}

// claim notes s as the connection to its target, or returns the live one that is.
func (l *Layer) claim(at target, s *stream) *stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	if old := l.dialled[at]; old != nil && old.Alive() {
		return old
	}
	l.dialled[at] = s
	return s
}

func (l *Layer) connect(ctx context.Context, at target, name string) (net.Conn, error) {
	d := net.Dialer{KeepAliveConfig: keepAlive()}
	conn, err := d.DialContext(ctx, "tcp", at.remote.String())
	if err != nil || at.network == TCP {
		return conn, err
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.cfg.Client != nil {
		cfg = l.cfg.Client.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = name
	}
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}
