package sip

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// routeSet reads the Record-Route of the message that formed a dialog: in order
// for the side that was called, turned round for the side that called (RFC 3261
// section 12.1). Values that are no addresses are left out.
func routeSet(m *wire.Message, weCalled bool) []string {
	var out []string
	for _, v := range m.Values("Record-Route") {
		if _, ok := wire.ParseAddress(v); ok && strings.HasPrefix(v, "<") {
			out = append(out, v)
		}
	}
	if weCalled {
		slices.Reverse(out)
	}
	return out
}

// route makes Request-URI and Route headers from the peer's target and the route
// set (section 12.2.1.1). Before a strict router, one without lr, the first route
// becomes the Request-URI and the target goes to the end.
func route(target string, set []string) (uri string, routes []string) {
	if len(set) == 0 {
		return target, nil
	}
	first, ok := wire.ParseAddress(set[0])
	if !ok {
		return target, nil
	}
	if _, loose := first.URI.Param("lr"); loose {
		return target, set
	}
	return first.URI.Bare(), append(slices.Clone(set[1:]), "<"+target+">")
}

// hop finds the way of requests within a dialog. A phone is reached where it
// speaks from, whatever it writes; a trunk where its route or Contact says if that
// is an address, else where it speaks from. Names are not resolved.
func (ua *UA) hop(f transport.Flow, target string, set []string, o Origin) transport.Flow {
	if o.Extension != "" || f.Network() != transport.UDP {
		return f
	}
	if next, ok := nextHop(target, set); ok {
		if to, ok := direct(&next); ok {
			if way, err := ua.net.Dial(ua.run.base, transport.UDP, to, ""); err == nil {
				return way
			}
		}
	}
	return f
}

// nextHop is the URI that says where requests go first.
func nextHop(target string, set []string) (wire.URI, bool) {
	if len(set) == 0 {
		return wire.ParseURI(target)
	}
	a, ok := wire.ParseAddress(set[0])
	return a.URI, ok
}

// direct returns the UDP address a URI names, if it names one.
func direct(u *wire.URI) (netip.AddrPort, bool) {
	addr := u.Addr()
	if maddr, ok := u.Param("maddr"); ok {
		addr, _ = netip.ParseAddr(maddr)
	}
	if t, ok := u.Param("transport"); ok && !strings.EqualFold(t, "udp") {
		return netip.AddrPort{}, false
	}
	if !addr.IsValid() || addr.IsUnspecified() || addr.IsMulticast() || u.Port > 65535 {
		return netip.AddrPort{}, false
	}
	port := uint16(u.Port)
	if port == 0 {
		port = 5060
	}
	return netip.AddrPortFrom(addr.Unmap(), port), true
}

// way returns the flow for a request of the dialog. A connection that is gone is
// opened again where the peer's target is an address; a phone's is not, since it
// can only be opened from its side.
func (d *Dialog) way(ctx context.Context) (transport.Flow, error) {
	d.mu.Lock()
	f, target, set, phone := d.path.flow, d.path.target, d.path.routes, d.peer.origin.Extension != ""
	d.mu.Unlock()
	if f.Network() == transport.UDP || phone || alive(f) {
		return f, nil
	}
	next, ok := nextHop(target, set)
	if !ok || !next.Addr().IsValid() {
		return f, nil
	}
	port := uint16(next.Port)
	if port == 0 {
		port = 5060
	}
	again, err := d.ua.net.Dial(ctx, f.Network(), netip.AddrPortFrom(next.Addr(), port), next.Host)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.path.flow = again
	return again, nil
}

// alive reports whether a connection is still open, as far as known.
func alive(f transport.Flow) bool {
	c, ok := f.(interface{ Alive() bool })
	return !ok || c.Alive()
}
