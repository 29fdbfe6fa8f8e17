package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"hotline/media/tone"
	"hotline/media/wav"
)

// phone is one far end: it sends a packet every 20 ms and notes when packets come.
type phone struct {
	fd   int
	addr netip.AddrPort
	to   unix.RawSockaddrInet4
	seq  uint16
	last int64 // arrival of the latest packet, ns
	out  [12 + 160]byte
}

// phones are all far ends, driven by one thread.
type phones struct {
	all    []*phone
	voice  []byte
	epoll  int
	tick   int64
	origin time.Time

	sent, heard        int
	jitter, delay, own samples
	bridge             bool
}

// samples are measured times in ms.
type samples struct{ v []float32 }

// add notes one.
func (s *samples) add(ns int64) { s.v = append(s.v, float32(float64(ns)/1e6)) }

// quantile returns the q-quantile.
func (s *samples) quantile(q float64) float64 {
	if len(s.v) == 0 {
		return math.NaN()
	}
	slices.Sort(s.v)
	return float64(s.v[min(len(s.v)-1, int(q*float64(len(s.v))))])
}

// newPhones opens the phones' sockets.
func newPhones(n int, o options) (*phones, error) {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(o.Load)
	if err := unix.SchedSetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("pin phones: %w", err)
	}
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1000, 0, 0, 0)
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	p := &phones{epoll: ep, voice: voice(), bridge: o.Work == "w2"}
	for i := range n {
		one, err := newPhone(uint32(i + 1))
		if err != nil {
			return nil, err
		}
		event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}
		if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, one.fd, &event); err != nil {
			return nil, err
		}
		p.all = append(p.all, one)
	}
	return p, nil
}

// newPhone opens one phone.
func newPhone(ssrc uint32) (*phone, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 12}}); err != nil {
		return nil, err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return nil, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return nil, err
	}
	v4, ok := name.(*unix.SockaddrInet4)
	if !ok {
		return nil, fmt.Errorf("socket name %v", name)
	}
	p := &phone{fd: fd, addr: netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), uint16(v4.Port))}
	p.out[0], p.out[1] = 0x80, 8
	binary.BigEndian.PutUint32(p.out[8:], ssrc)
	return p, nil
}

// voice is two seconds of what could be speech: three of five parts sound, the rest is silence.
func voice() []byte {
	f := wav.File{Header: wav.Header{Format: wav.PCM, Channels: 1, Rate: 8000}}
	for i := range 10 {
		pitch := 110 + 12*float64(i)
		pcm := tone.Sum(200*time.Millisecond, tone.Part{Frequency: pitch, Level: -22}, tone.Part{Frequency: 4 * pitch, Level: -16},
			tone.Part{Frequency: 5 * pitch, Level: -18}, tone.Part{Frequency: 13 * pitch, Level: -28})
		for _, v := range pcm {
			if i%5 > 2 {
				v = 0
			}
			f.Data = binary.LittleEndian.AppendUint16(f.Data, uint16(v))
		}
	}
	return alaw(f.Channel(0))
}

// addresses returns where the phones are.
func (p *phones) addresses() (out []string) {
	for _, one := range p.all {
		out = append(out, one.addr.String())
	}
	return out
}

// connect tells the phones where their legs are.
func (p *phones) connect(legs []string) error {
	for i, leg := range legs {
		addr, err := netip.ParseAddrPort(leg)
		if err != nil {
			return err
		}
		to := &p.all[i].to
		to.Family, to.Addr = unix.AF_INET, addr.Addr().As4()
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&to.Port))[:], addr.Port())
	}
	p.origin = time.Now()
	return nil
}

// forget drops what was measured.
func (p *phones) forget() {
	p.sent, p.heard = 0, 0
	p.jitter.v, p.delay.v, p.own.v = nil, nil, nil
}

// run sends and hears for d.
func (p *phones) run(d time.Duration) {
	end := time.Since(p.origin) + d
	for {
		now := time.Since(p.origin)
		if now >= end {
			return
		}
		next := time.Duration(p.tick) * time.Millisecond
		if wait := next - now; wait > 0 {
			ts := unix.NsecToTimespec(int64(wait))
			_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil)
			continue
		}
		p.own.add(int64(now - next))
		for i := int(p.tick % 20); i < len(p.all); i += 20 {
			p.send(p.all[i])
		}
		p.tick++
		p.listen()
	}
}

// send sends a phone's next packet. It carries the time of its sending, for those on the other
// side of a bridge.
func (p *phones) send(one *phone) {
	one.seq++
	binary.BigEndian.PutUint16(one.out[2:], one.seq)
	binary.BigEndian.PutUint32(one.out[4:], uint32(one.seq)*160)
	at := int(one.seq) * 160 % len(p.voice)
	copy(one.out[12:], p.voice[at:at+160])
	if p.bridge {
		binary.BigEndian.PutUint64(one.out[12:], uint64(time.Now().UnixNano()))
	}
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(one.fd), uintptr(unsafe.Pointer(&one.out[0])), uintptr(len(one.out)),
		0, uintptr(unsafe.Pointer(&one.to)), unix.SizeofSockaddrInet4)
	if errno == 0 {
		p.sent++
	}
}

// listen reads what has come. The kernel's own time of arrival counts, not when we look.
func (p *phones) listen() {
	var ready [256]unix.EpollEvent
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epoll), uintptr(unsafe.Pointer(&ready[0])), uintptr(len(ready)), 0, 0, 0)
		if errno != 0 || n == 0 {
			return
		}
		for _, event := range ready[:n] {
			p.read(p.all[event.Fd])
		}
	}
}

// read reads one packet of a phone.
func (p *phones) read(one *phone) {
	var b [512]byte
	var oob [64]byte
	iov := unix.Iovec{Base: &b[0]}
	iov.SetLen(len(b))
	msg := unix.Msghdr{Iov: &iov, Control: &oob[0]}
	msg.SetIovlen(1)
	msg.SetControllen(len(oob))
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(one.fd), uintptr(unsafe.Pointer(&msg)), 0)
	if errno != 0 || n < 172 || b[1]&0x7f != 8 {
		return
	}
	// One control message: a header of 16 bytes, then seconds and nanoseconds.
	at := int64(binary.NativeEndian.Uint64(oob[16:]))*1e9 + int64(binary.NativeEndian.Uint64(oob[24:]))
	if one.last != 0 {
		d := at - one.last - 20e6
		p.jitter.add(max(d, -d))
	}
	one.last = at
	p.heard++
	if p.bridge {
		if sent := int64(binary.BigEndian.Uint64(b[12:])); at-sent < 10e9 && at > sent {
			p.delay.add(at - sent)
		}
	}
}
