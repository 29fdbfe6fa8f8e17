package load

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is a UDP socket that never blocks.
type socket struct {
	fd   int
	addr netip.AddrPort
}

// bind opens a socket at an IPv4 address; port 0 takes any free one.
func bind(at netip.AddrPort) (socket, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return socket{}, fmt.Errorf("open socket: %w", err)
	}
	s := socket{fd: fd}
	err = errors.Join(
		unix.Bind(fd, &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())}),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1))
	if err != nil {
		s.close()
		return socket{}, fmt.Errorf("open socket at %v: %w", at, err)
	}
	name, err := unix.Getsockname(fd)
	v4, ok := name.(*unix.SockaddrInet4)
	if err != nil || !ok {
		s.close()
		return socket{}, fmt.Errorf("open socket at %v: name unknown: %w", at, err)
	}
	s.addr = netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), uint16(v4.Port)) //nolint:gosec // a port
	return s, nil
}

// roomy asks for a large receive buffer; what is refused shows as loss.
func (s socket) roomy(bytes int) {
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bytes) != nil {
		_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, bytes)
	}
}

func (s socket) close() { _ = unix.Close(s.fd) }

// target is an address in the kernel's form.
type target struct {
	raw  unix.RawSockaddrInet4
	addr netip.AddrPort
}

func (t *target) set(addr netip.AddrPort) {
	t.addr = addr
	t.raw.Family, t.raw.Addr = unix.AF_INET, addr.Addr().As4()
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&t.raw.Port))[:], addr.Port())
}

// send sends one datagram or fails at once.
func (s socket) send(b []byte, to *target) bool {
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&to.raw)), unix.SizeofSockaddrInet4)
	return errno == 0
}

// reader reads datagrams with the time the kernel got them.
type reader struct {
	buffer  [8 << 10]byte
	control [64]byte
	from    unix.RawSockaddrInet4
	vector  unix.Iovec
	message unix.Msghdr
}

// read reads one datagram, which stays good until the next call, and when it came on the wall clock. It fails at once
// when there is none.
func (r *reader) read(s socket) (b []byte, at int64, ok bool) {
	r.vector.Base = &r.buffer[0]
	r.vector.SetLen(len(r.buffer))
	r.message = unix.Msghdr{Iov: &r.vector, Control: &r.control[0], Name: (*byte)(unsafe.Pointer(&r.from)), Namelen: unix.SizeofSockaddrInet4}
	r.message.SetIovlen(1)
	r.message.SetControllen(len(r.control))
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&r.message)), unix.MSG_DONTWAIT)
	if errno != 0 {
		return nil, 0, false
	}
	return r.buffer[:n], r.stamp(), true
}

// stamp is the kernel's time of the datagram: one control message with seconds and nanoseconds behind its header.
func (r *reader) stamp() int64 {
	if r.message.Controllen < unix.SizeofCmsghdr+16 {
		return time.Now().UnixNano()
	}
	seconds := int64(binary.NativeEndian.Uint64(r.control[unix.SizeofCmsghdr:]))       //nolint:gosec // a time
	nanoseconds := int64(binary.NativeEndian.Uint64(r.control[unix.SizeofCmsghdr+8:])) //nolint:gosec // a time
	return seconds*int64(time.Second) + nanoseconds
}
