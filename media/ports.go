package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// ErrNoPorts means every port pair is lent or resting.
var ErrNoPorts = errors.New("media: no free ports")

// ports lends pairs of an even RTP and the odd RTCP port above it (RFC 3550 section 11), and rests
// each pair after use, so that late packets of one call never reach the next.
type ports struct {
	addr     netip.Addr
	min, max uint16 // 0: the kernel chooses
	rest     time.Duration

	mu      sync.Mutex
	unused  []uint16 // never lent yet
	resting []rested // in the order they become free
	lent    int
}

// rested is a pair that must not be lent before until.
type rested struct {
	port  uint16
	until time.Time
}

// newPorts returns the ports of a range. Lending begins at a random place, since ports lent just
// before a restart should rest too.
func newPorts(c Config) *ports {
	p := &ports{addr: c.Address, min: c.PortMin, max: c.PortMax, rest: c.Rest}
	for port := int(c.PortMin) + int(c.PortMin)%2; c.PortMin > 0 && port < int(c.PortMax); port += 2 {
		p.unused = append(p.unused, uint16(port))
	}
	if n := len(p.unused); n > 0 {
		at := rand.IntN(n)
		p.unused = append(p.unused[at:n:n], p.unused[:at]...)
	}
	return p
}

// borrow binds a free pair. A pair another program holds is passed over and rests.
func (p *ports) borrow() (pair, error) {
	if p.min == 0 {
		got, err := p.anywhere()
		if err == nil {
			p.mu.Lock()
			p.lent++
			p.mu.Unlock()
		}
		return got, err
	}
	for {
		port, ok := p.next()
		if !ok {
			return pair{}, ErrNoPorts
		}
		got, err := bindPair(p.addr, port)
		if err == nil {
			return got, nil
		}
		p.giveBack(port)
		if !errors.Is(err, errBusy) {
			return pair{}, fmt.Errorf("open ports: %w", err)
		}
	}
}

// next takes a pair from those never used, or else the one that has rested longest.
func (p *ports) next() (uint16, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var port uint16
	switch {
	case len(p.unused) > 0:
		port, p.unused = p.unused[0], p.unused[1:]
	case len(p.resting) > 0 && !time.Now().Before(p.resting[0].until):
		port, p.resting = p.resting[0].port, p.resting[1:]
	default:
		return 0, false
	}
	p.lent++
	return port, true
}

// giveBack puts a pair to rest. Its sockets must be closed.
func (p *ports) giveBack(port uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent--
	if p.min > 0 {
		p.resting = append(p.resting, rested{port, time.Now().Add(p.rest)})
	}
}

// count returns how many pairs are lent and how many rest.
func (p *ports) count() (lent, resting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for _, r := range p.resting {
		if now.Before(r.until) {
			resting++
		}
	}
	return p.lent, resting
}

// anywhere binds a pair of the kernel's choice.
func (p *ports) anywhere() (pair, error) {
	var last error
	for range 64 {
		fd, port, err := bind(netip.AddrPortFrom(p.addr, 0))
		if err != nil {
			return pair{}, fmt.Errorf("open ports: %w", err)
		}
		other, _, err := bind(netip.AddrPortFrom(p.addr, port^1))
		if err != nil {
			last = err
			closeSocket(fd)
			continue
		}
		if port%2 == 1 {
			fd, other = other, fd
		}
		return pair{port &^ 1, fd, other}, nil
	}
	return pair{}, fmt.Errorf("open ports: %w", errors.Join(ErrNoPorts, last))
}
