package sip

import (
	"crypto/rand"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// locals knows under which address a peer reaches us.
type locals struct {
	advertise resolve.Server // Host empty when none

	mu    *sync.Mutex
	cache map[netip.Addr]netip.Addr // of sockets bound to all addresses
}

func newLocals(advertise string) locals {
	l := locals{mu: new(sync.Mutex), cache: make(map[netip.Addr]netip.Addr)}
	if advertise != "" {
		l.advertise, _ = advertised(advertise)
	}
	return l
}

// toward returns our own address as seen on the way to a peer. The kernel knows
// it; nothing is sent.
func (l *locals) toward(remote netip.Addr) netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.cache[remote]; ok {
		return a
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, 9)))
	if err != nil {
		return netip.IPv4Unspecified()
	}
	defer c.Close()
	a := c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
	if len(l.cache) >= 1024 {
		clear(l.cache)
	}
	l.cache[remote] = a
	return a
}

// sentBy is the host and port of our Via and Contact on a flow.
func (ua *UA) sentBy(f transport.Flow) string {
	local := f.Local()
	port := local.Port()
	if listening := ua.net.Addrs(f.Network()); len(listening) > 0 && f.Network() != transport.UDP {
		port = listening[0].Port() // a dialled connection has a port nobody can call
	}
	adv := ua.run.local.advertise
	if adv.Host != "" && !f.Remote().Addr().IsLoopback() {
		if adv.Port != 0 && f.Network() != transport.TLS {
			port = adv.Port
		}
		return net.JoinHostPort(adv.Host, strconv.Itoa(int(port)))
	}
	addr := local.Addr()
	if addr.IsUnspecified() {
		addr = ua.run.local.toward(f.Remote().Addr())
	}
	return netip.AddrPortFrom(addr, port).String()
}

// via is the Via value of a request on a flow, without its branch.
func (ua *UA) via(f transport.Flow) string {
	return "SIP/2.0/" + f.Network().String() + " " + ua.sentBy(f)
}

// contact is our Contact on a flow.
func (ua *UA) contact(f transport.Flow, user string) string {
	var b strings.Builder
	b.WriteString("<sip:")
	if user != "" {
		b.WriteString(wire.EscapeUser(user))
		b.WriteByte('@')
	}
	b.WriteString(ua.sentBy(f))
	if f.Network() != transport.UDP {
		b.WriteString(";transport=")
		b.WriteString(strings.ToLower(f.Network().String()))
	}
	b.WriteByte('>')
	return b.String()
}

// host is our name in From and Warning.
func (ua *UA) host(f transport.Flow) string {
	host, _, err := net.SplitHostPort(ua.sentBy(f))
	if err != nil {
		return "localhost"
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func newSecret() []byte { return []byte(rand.Text()) }
