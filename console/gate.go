package console

import (
	"net"
	"net/netip"
	"sync"
)

// gate is a listener that closes connections beyond its limits at once. Waiting instead would let one peer with idle
// connections keep everybody else out.
type gate struct {
	net.Listener
	most   int
	exempt func(netip.Addr) bool // from the limit of one address

	mu   sync.Mutex
	open int
	by   map[netip.Addr]int
}

func newGate(l net.Listener, most int, exempt func(netip.Addr) bool) *gate {
	return &gate{Listener: l, most: most, exempt: exempt, by: map[netip.Addr]int{}}
}

// Accept returns the next connection within the limits.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(c.RemoteAddr().String())
		if g.enter(from) {
			return &passed{Conn: c, leave: sync.OnceFunc(func() { g.leave(from) })}, nil
		}
		_ = c.Close() // refused
	}
}

func (g *gate) enter(from netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open >= g.most || (g.by[from] >= connsEach && !g.exempt(from)) {
		return false
	}
	g.open++
	g.by[from]++
	return true
}

func (g *gate) leave(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if g.by[from]--; g.by[from] == 0 {
		delete(g.by, from)
	}
}

// passed is a connection that was let in.
type passed struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes room for another.
func (p *passed) Close() error {
	p.leave()
	return p.Conn.Close()
}
