package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"hotline/sip/internal/wire"
)

// socket is one bound UDP socket.
type socket struct {
	conn  *net.UDPConn
	local netip.AddrPort
}

// udpBuffer is asked of the kernel for each direction, so that a burst of calls
// waits there instead of being lost. The kernel may give less.
const udpBuffer = 4 << 20

func listenUDP(ctx context.Context, addr string) (*socket, error) {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(ctx, "udp"+family(addr), addr)
	if err != nil {
		return nil, err
	}
	conn, ok := pc.(*net.UDPConn)
	if !ok {
		_ = pc.Close()
		return nil, fmt.Errorf("not a UDP socket: %T", pc)
	}
	_ = conn.SetReadBuffer(udpBuffer)
	_ = conn.SetWriteBuffer(udpBuffer)
	return &socket{conn: conn, local: addrPort(conn.LocalAddr())}, nil
}

// serve reads datagrams until the socket is closed. Errors of single datagrams,
// such as an ICMP complaint, are passed over; a thousand in a row are not.
func (s *socket) serve(l *Layer) error {
	buf := make([]byte, wire.MaxMessage)
	for failures := 0; ; {
		n, src, err := s.conn.ReadFromUDPAddrPort(buf)
		switch {
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("read SIP over UDP on %s: %w", s.local, err)
		case err != nil:
			if failures++; failures > 1000 {
				return fmt.Errorf("read SIP over UDP on %s: %w", s.local, err)
			}
			continue
		}
		failures = 0
		if !datagram(buf[:n]) {
			continue // keep-alives (RFC 5626) and STUN are harmless
		}
		l.handle(buf[:n], udpFlow{s, netip.AddrPortFrom(src.Addr().Unmap(), src.Port())})
	}
}

// datagram reports whether b may be a message: not blank, and not STUN, whose
// first byte is 0 or 1 (RFC 5764 section 5.1.2).
func datagram(b []byte) bool {
	return len(bytes.Trim(b, "\r\n\x00")) > 0 && b[0] > 1
}

// udpFlow is a UDP peer. It holds no state, so that peers cost nothing.
type udpFlow struct {
	socket *socket
	remote netip.AddrPort
}

func (f udpFlow) Send(b []byte) error {
	if _, err := f.socket.conn.WriteToUDPAddrPort(b, f.remote); err != nil {
		return fmt.Errorf("send over UDP: %w", unwrapOp(err))
	}
	return nil
}

func (f udpFlow) Remote() netip.AddrPort { return f.remote }
func (f udpFlow) Local() netip.AddrPort  { return f.socket.local }
func (f udpFlow) Network() Network       { return UDP }

func (f udpFlow) To(port uint16) Flow {
	f.remote = netip.AddrPortFrom(f.remote.Addr(), port)
	return f
}

// unwrapOp takes the addresses off a network error; errors name no peer.
func unwrapOp(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// Flow returns the way to a UDP peer, from the socket that fits it best: the same
// address family, and loopback for loopback. Nothing is sent.
func (l *Layer) Flow(remote netip.AddrPort) (Flow, error) {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	var best *socket
	score := -1
	for _, s := range l.sockets {
		if n := fits(s.local.Addr(), remote.Addr()); n > score {
			best, score = s, n
		}
	}
	if score < 0 {
		return nil, errors.New("find a socket for the peer: no socket of its address family")
	}
	return udpFlow{best, remote}, nil
}

func fits(local, remote netip.Addr) int {
	switch {
	case local == remote:
		return 3
	case local.IsUnspecified():
		if local.Is6() || remote.Is4() {
			return 1
		}
		return -1
	case local.Is4() != remote.Is4():
		return -1
	case local.IsLoopback() == remote.IsLoopback():
		return 2
	}
	return 0
}
