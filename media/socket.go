package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The plane talks to the kernel without the runtime's network poller: its sockets never block, so
// a raw system call of a microsecond or two does, and a packet costs no wake-up of its own.

// errBusy means another program holds the port.
var errBusy = errors.New("port in use")

// expedited is the DSCP of telephone audio, EF (RFC 4594 section 4.1), as a TOS byte.
const expedited = 46 << 2

// pair is the two sockets of a session, and the port of the first.
type pair struct {
	port      uint16
	rtp, rtcp int
}

// close closes both.
func (p pair) close() {
	closeSocket(p.rtp)
	closeSocket(p.rtcp)
}

// closeSocket closes a socket of ours. Closing UDP cannot fail in a way anyone could act on.
func closeSocket(fd int) { _ = unix.Close(fd) }

// bind opens a non-blocking UDP socket and returns it with its port.
func bind(addr netip.AddrPort) (fd int, port uint16, err error) {
	family := unix.AF_INET6
	var sa unix.Sockaddr = &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()}
	if addr.Addr().Is4() {
		family = unix.AF_INET
		sa = &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	}
	fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, 0, fmt.Errorf("socket: %w", err)
	}
	if err = unix.Bind(fd, sa); err != nil {
		closeSocket(fd)
		if errors.Is(err, unix.EADDRINUSE) {
			err = errBusy
		}
		return 0, 0, fmt.Errorf("bind %v: %w", addr, err)
	}
	// Without the mark audio still flows; networks that know it carry it first.
	if family == unix.AF_INET {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, expedited)
	} else {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited)
	}
	local, err := unix.Getsockname(fd)
	if err != nil {
		closeSocket(fd)
		return 0, 0, fmt.Errorf("socket name: %w", err)
	}
	switch l := local.(type) {
	case *unix.SockaddrInet4:
		port = uint16(l.Port)
	case *unix.SockaddrInet6:
		port = uint16(l.Port)
	}
	return fd, port, nil
}

// bindPair opens the two sockets of a pair.
func bindPair(addr netip.Addr, port uint16) (pair, error) {
	rtp, _, err := bind(netip.AddrPortFrom(addr, port))
	if err != nil {
		return pair{}, err
	}
	rtcp, _, err := bind(netip.AddrPortFrom(addr, port+1))
	if err != nil {
		closeSocket(rtp)
		return pair{}, err
	}
	return pair{port, rtp, rtcp}, nil
}

// endpoint is an address in the kernel's form, which is large enough for both families.
type endpoint struct {
	raw  unix.RawSockaddrInet6
	size uintptr
}

// set makes e the given address.
func (e *endpoint) set(addr netip.AddrPort) {
	port := (*[2]byte)(unsafe.Pointer(&e.raw.Port))
	binary.BigEndian.PutUint16(port[:], addr.Port())
	if addr.Addr().Is4() {
		v4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(&e.raw))
		v4.Family, v4.Addr = unix.AF_INET, addr.Addr().As4()
		e.size = unix.SizeofSockaddrInet4
		return
	}
	e.raw.Family, e.raw.Addr = unix.AF_INET6, addr.Addr().As16()
	e.size = unix.SizeofSockaddrInet6
}

// addr returns the address e holds.
func (e *endpoint) addr() netip.AddrPort {
	port := (*[2]byte)(unsafe.Pointer(&e.raw.Port))
	host := netip.AddrFrom16(e.raw.Addr)
	if e.raw.Family == unix.AF_INET {
		host = netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(&e.raw)).Addr)
	}
	return netip.AddrPortFrom(host, binary.BigEndian.Uint16(port[:]))
}

// send sends one datagram, or fails at once.
func send(fd int, b []byte, to *endpoint) unix.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&to.raw)), to.size)
	return errno
}

// receive reads one datagram, or fails at once.
func receive(fd int, b []byte, from *endpoint) (int, unix.Errno) {
	size := uint32(unsafe.Sizeof(from.raw))
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&from.raw)), uintptr(unsafe.Pointer(&size)))
	return int(n), errno
}
