package media

import (
	"net/netip"
	"slices"
	"time"
)

// verdict is what a gate says of a packet.
type verdict uint8

const (
	admitted verdict = iota
	stranger         // from an address that is not the peer's
	foreign          // from the peer's address, but of another source than the one that talks
)

// Times of the gate.
const (
	// tentative is how long after the first packet a learned address may still give way to the
	// very address of the SDP. Then the gate is closed for good.
	tentative = time.Second
	// changeover is how long the old source must be silent before another one is believed without
	// a second packet.
	changeover = 100 * time.Millisecond
)

// gate decides whose packets belong to a session. Only the address both sides agreed on may talk:
// the one in the SDP, exactly, for a trunk; for a phone, which may sit behind a NAT, the first to
// send from the SDP's host or from a host named by expect. Once an address has talked for a
// second the gate is closed: audio, keys and reports of others are dropped, and nothing is ever
// sent to them.
type gate struct {
	agreed netip.AddrPort // of the SDP
	hosts  []netip.Addr   // further hosts the peer may send from
	pinned bool

	source netip.AddrPort // the address that talks
	since  time.Duration  // when it began
	closed bool

	speaking bool
	ssrc     uint32
	heard    time.Duration // last packet of ssrc
	rival    uint32        // another source seen since
	rivals   int

	reports netip.AddrPort // where the peer's RTCP comes from, when not from where it should
}

// agree opens the gate for a newly agreed address. An unchanged address changes nothing.
func (g *gate) agree(addr netip.AddrPort) {
	if addr != g.agreed {
		*g = gate{agreed: addr, hosts: g.hosts, pinned: g.pinned}
	}
}

// admit judges a packet of a source, and learns from it.
func (g *gate) admit(from netip.AddrPort, ssrc uint32, now time.Duration) verdict {
	if (from != g.source || !from.IsValid()) && !g.learn(from, now) {
		return stranger
	}
	if !g.closed && now-g.since >= tentative {
		g.closed = true
	}
	if ssrc != g.ssrc || !g.speaking {
		return g.change(ssrc, now)
	}
	g.heard, g.rivals = now, 0
	return admitted
}

// learn decides whether a new address may be the peer's.
func (g *gate) learn(from netip.AddrPort, now time.Duration) bool {
	exact := from == g.agreed
	switch {
	case !from.IsValid() || !g.agreed.IsValid():
		return false
	case g.pinned:
		return exact && g.take(from, now, true)
	case !g.source.IsValid():
		return (exact || g.near(from.Addr())) && g.take(from, now, exact)
	default:
		return exact && !g.closed && now-g.since < tentative && g.take(from, now, true)
	}
}

// near tells whether a host is one the peer may send from.
func (g *gate) near(host netip.Addr) bool {
	return host == g.agreed.Addr() || slices.Contains(g.hosts, host)
}

// take makes from the address that talks.
func (g *gate) take(from netip.AddrPort, now time.Duration, closed bool) bool {
	g.source, g.since, g.closed, g.speaking = from, now, closed, false
	return true
}

// change judges the first packets of another source at the right address. A gateway may begin a
// new source without telling, when it connects somebody else; but a second source beside one that
// goes on talking is an intruder who knows the address.
func (g *gate) change(ssrc uint32, now time.Duration) verdict {
	if g.speaking && now-g.heard < changeover {
		if ssrc != g.rival {
			g.rival, g.rivals = ssrc, 0
		}
		if g.rivals++; g.rivals < 2 {
			return foreign
		}
	}
	g.speaking, g.ssrc, g.heard, g.rivals = true, ssrc, now, 0
	return admitted
}

// report judges RTCP: from the address that talks when it shares the RTP port, else from the
// agreed RTCP address; and of the source we know, when we know one. Only where a NAT has changed
// the address that talks may it have changed this one too: then the first port of that host to
// report, of the right source, is where reports come from.
func (g *gate) report(from, agreed netip.AddrPort, ssrc uint32) verdict {
	known := from == g.source || from == agreed || from == g.reports
	if !known && (g.reports.IsValid() || !g.translated() || from.Addr() != g.source.Addr()) {
		return stranger
	}
	if g.speaking && ssrc != g.ssrc {
		return foreign
	}
	if !known {
		g.reports = from
	}
	return admitted
}

// translated tells whether the peer talks from another address than the one agreed.
func (g *gate) translated() bool { return !g.pinned && g.source.IsValid() && g.source != g.agreed }
