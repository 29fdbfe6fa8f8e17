// Package memnet is a network in memory for tests: whole messages between user
// agents, on whatever clock the test runs, with loss and delay as asked for.
package memnet

import (
	"context"
	"errors"
	"net/netip"
	"sync"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Net connects hosts. The zero value is ready.
type Net struct {
	mu    sync.Mutex
	hosts map[netip.AddrPort]*Host
	rule  func(Packet) int
}

// Packet is one message on its way.
type Packet struct {
	From, To netip.AddrPort
	Message  *wire.Message
}

// Rule sets what becomes of each packet: how many times it arrives, so 0 is lost
// and 2 is doubled. A nil rule lets everything through once.
func (n *Net) Rule(f func(Packet) int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rule = f
}

// Host returns the network as seen from one address. Its methods are those of
// transport.Layer.
func (n *Net) Host(addr string) *Host {
	h := &Host{net: n, addr: netip.MustParseAddrPort(addr), in: make(chan parcel, 4096)}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hosts == nil {
		n.hosts = make(map[netip.AddrPort]*Host)
	}
	n.hosts[h.addr] = h
	return h
}

type parcel struct {
	data []byte
	flow flow
}

// Host is one end of the network.
type Host struct {
	net  *Net
	addr netip.AddrPort
	in   chan parcel
}

// Listen does nothing: a host is reachable as soon as it exists.
func (h *Host) Listen(context.Context) error { return nil }

// Addrs returns the host's address.
func (h *Host) Addrs(n transport.Network) []netip.AddrPort {
	if n == transport.UDP {
		return []netip.AddrPort{h.addr}
	}
	return nil
}

// Serve hands up what arrives until the context ends.
func (h *Host) Serve(ctx context.Context, r transport.Receiver) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-h.in:
			m, err := wire.Parse(p.data)
			var fault *wire.SyntaxError
			switch {
			case err == nil:
				r.Receive(m, p.flow)
			case errors.As(err, &fault) && fault.Status != 0:
				r.Malformed(m, fault, p.flow)
			}
		}
	}
}

// Flow returns the way to another host.
func (h *Host) Flow(remote netip.AddrPort) (transport.Flow, error) { return flow{h, remote}, nil }

// Dial is Flow: there is only UDP here.
func (h *Host) Dial(_ context.Context, n transport.Network, remote netip.AddrPort, _ string) (transport.Flow, error) {
	if n != transport.UDP {
		return nil, errors.New("connect: no such transport")
	}
	return h.Flow(remote)
}

// Connections returns 0.
func (h *Host) Connections() int { return 0 }

type flow struct {
	host   *Host
	remote netip.AddrPort
}

func (f flow) Send(b []byte) error {
	n := f.host.net
	n.mu.Lock()
	to, rule := n.hosts[f.remote], n.rule
	n.mu.Unlock()
	times := 1
	if rule != nil {
		m, err := wire.Parse(b)
		if err != nil {
			return err
		}
		times = rule(Packet{From: f.host.addr, To: f.remote, Message: m})
	}
	for range times {
		if to == nil {
			return nil // as lost as on a real network
		}
		select {
		case to.in <- parcel{b, flow{to, f.host.addr}}:
		default:
		}
	}
	return nil
}

func (f flow) Remote() netip.AddrPort     { return f.remote }
func (f flow) Local() netip.AddrPort      { return f.host.addr }
func (f flow) Network() transport.Network { return transport.UDP }
func (f flow) To(port uint16) transport.Flow {
	f.remote = netip.AddrPortFrom(f.remote.Addr(), port)
	return f
}
