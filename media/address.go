package media

import (
	"fmt"
	"net"
	"net/netip"
)

// addresses returns the addresses that are ours.
func addresses(c Config) ([]netip.Addr, error) {
	own := []netip.Addr{c.Address, c.Advertise}
	if !c.Address.IsUnspecified() {
		return own, nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("find own addresses: %w", err)
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own, nil
}

// reachable refuses addresses that audio must never be sent to. The unspecified address is how
// some phones say hold; nothing is sent there.
func (e *Engine) reachable(to netip.AddrPort) error {
	addr := to.Addr().Unmap()
	switch {
	case !addr.IsValid() || addr.Is4() != e.config.Address.Is4():
		return fmt.Errorf("%w: another family than ours", ErrAddress)
	case addr.IsUnspecified():
		return nil
	case addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return fmt.Errorf("%w: not one host", ErrAddress)
	case to.Port() == 0:
		return fmt.Errorf("%w: no port", ErrAddress)
	case e.ours(addr, to.Port()):
		return fmt.Errorf("%w: a port of our own", ErrAddress)
	}
	return nil
}

// ours tells whether an address is one of our own ports: any that may be lent, and for a telephone on this very machine,
// which finds its ports beside ours, any that is lent now.
func (e *Engine) ours(addr netip.Addr, port uint16) bool {
	mine := false
	for _, a := range e.own {
		mine = mine || a == addr
	}
	if e.config.Address.IsUnspecified() && addr.IsLoopback() {
		mine = true
	}
	if !mine {
		return false
	}
	if e.config.PortMin > 0 && !addr.IsLoopback() {
		return port >= e.config.PortMin && port <= e.config.PortMax
	}
	e.roster.mu.Lock()
	defer e.roster.mu.Unlock()
	for s := range e.roster.sessions {
		if s.local.Port() == port&^1 {
			return true
		}
	}
	return false
}
