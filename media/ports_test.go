package media

import (
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// free returns the first port of a range of n that nobody holds just now.
func free(t *testing.T, n uint16) uint16 {
	t.Helper()
	for base := uint16(20000); base < 60000; base += 2 * n {
		ok := true
		for port := base; ok && port < base+n; port++ {
			fd, _, err := bind(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port))
			if ok = err == nil; ok {
				closeSocket(fd)
			}
		}
		if ok {
			return base
		}
	}
	t.Fatal("no free range")
	return 0
}

func TestPortsAreLentInPairsAndRest(t *testing.T) {
	base := free(t, 10)
	synctest.Test(t, func(t *testing.T) {
		c := Config{PortMin: base + 1, PortMax: base + 8, Rest: 30 * time.Second}.withDefaults()
		p := newPorts(c)
		pairs := map[uint16]pair{}
		for range 3 { // +2, +4, +6; the odd ends are no pairs
			pair, err := p.borrow()
			port := pair.port
			if err != nil {
				t.Fatal(err)
			}
			if port%2 != 0 || port < c.PortMin || port+1 > c.PortMax {
				t.Errorf("lent %d", port)
			}
			pairs[port] = pair
		}
		if len(pairs) != 3 {
			t.Fatalf("%d distinct pairs", len(pairs))
		}
		if _, err := p.borrow(); !errors.Is(err, ErrNoPorts) {
			t.Errorf("a fourth pair: %v", err)
		}
		var order []uint16
		for port, pair := range pairs {
			pair.close()
			p.giveBack(port)
			order = append(order, port)
			time.Sleep(time.Second)
		}
		if lent, resting := p.count(); lent != 0 || resting != 3 {
			t.Errorf("%d lent, %d resting", lent, resting)
		}
		time.Sleep(26*time.Second + 999*time.Millisecond)
		if _, err := p.borrow(); !errors.Is(err, ErrNoPorts) {
			t.Errorf("a pair that has not rested: %v", err)
		}
		for _, want := range order {
			time.Sleep(time.Second)
			pair, err := p.borrow()
			port := pair.port
			if err != nil || port != want {
				t.Errorf("lent %d, want %d: %v", port, want, err)
			}
			pair.close()
		}
	})
}

func TestPortsPassOverBusyOnes(t *testing.T) {
	base := free(t, 6)
	for _, held := range []uint16{base, base + 1} { // either half
		fd, _, err := bind(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), held))
		if err != nil {
			t.Skip("somebody took the port meanwhile")
		}
		p := newPorts(Config{PortMin: base, PortMax: base + 5}.withDefaults())
		for range 2 {
			pair, err := p.borrow()
			port := pair.port
			if err != nil || port == base {
				t.Errorf("lent %d, %v", port, err)
			}
			pair.close()
		}
		if _, err := p.borrow(); !errors.Is(err, ErrNoPorts) {
			t.Errorf("lent the busy pair: %v", err)
		}
		closeSocket(fd)
	}
}

func TestPortsOfTheKernel(t *testing.T) {
	p := newPorts(Config{}.withDefaults())
	for range 20 {
		pair, err := p.borrow()
		port := pair.port
		if err != nil || port%2 != 0 || port < 1024 {
			t.Fatalf("lent %d, %v", port, err)
		}
		defer pair.close()
	}
	if lent, resting := p.count(); lent != 20 || resting != 0 {
		t.Errorf("%d lent, %d resting", lent, resting)
	}
}

func TestPortsOfAnotherHost(t *testing.T) {
	p := newPorts(Config{Address: netip.MustParseAddr("192.0.2.1"), PortMin: 30000, PortMax: 30003})
	if _, err := p.borrow(); err == nil || errors.Is(err, ErrNoPorts) {
		t.Errorf("bound to an address that is not ours: %v", err)
	}
	p.min = 0
	if _, err := p.borrow(); err == nil {
		t.Error("bound to an address that is not ours")
	}
}

func TestIPv6Sockets(t *testing.T) {
	fd, port, err := bind(netip.MustParseAddrPort("[::1]:0"))
	if err != nil {
		t.Skip("no IPv6 here")
	}
	defer closeSocket(fd)
	other, from, err := bind(netip.MustParseAddrPort("[::1]:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer closeSocket(other)
	var to, got endpoint
	to.set(netip.AddrPortFrom(netip.IPv6Loopback(), port))
	if errno := send(other, []byte("x"), &to); errno != 0 {
		t.Fatal(errno)
	}
	b := make([]byte, 8)
	if n, errno := receive(fd, b, &got); n != 1 || errno != 0 || got.addr() != netip.AddrPortFrom(netip.IPv6Loopback(), from) {
		t.Errorf("%d bytes from %v, %v", n, got.addr(), errno)
	}
}

func TestEndpoint(t *testing.T) {
	for _, want := range []string{"192.0.2.1:4000", "[2001:db8::1]:65535", "127.0.0.1:1"} {
		var e endpoint
		e.set(netip.MustParseAddrPort(want))
		if e.addr() != netip.MustParseAddrPort(want) {
			t.Errorf("%s becomes %v", want, e.addr())
		}
	}
}
