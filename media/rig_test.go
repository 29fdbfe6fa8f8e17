package media

import (
	"io"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"hotline/media/sdp"
)

// rig is an engine whose time the test moves by hand, on real sockets. A datagram over loopback is
// in the receiver's buffer when its send returns, so nothing is waited for.
type rig struct {
	t   testing.TB
	e   *Engine
	now time.Duration
}

// newRig makes an engine of the given number of planes, none of which runs by itself.
func newRig(t testing.TB, planes int) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Hour}
	e, err := New(Config{Planes: planes}, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	r.e = e
	e.clock = func() time.Duration { return r.now }
	t.Cleanup(func() {
		e.stop()
		e.scribe.close()
		e.scribe.run()
		e.release()
	})
	return r
}

// step lets time pass, millisecond by millisecond.
func (r *rig) step(d time.Duration) {
	r.t.Helper()
	for end := r.now + d; r.now < end; {
		r.now += ms
		for _, p := range r.e.planes {
			p.serve(r.now)
		}
	}
}

// open opens a session.
func (r *rig) open(near *Session) *Session {
	r.t.Helper()
	s, err := r.e.Open(near)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

// handset is a peer of a session: an RTP and an RTCP socket and their numbers.
type handset struct {
	t    testing.TB
	pair pair
	addr netip.AddrPort
	to   *Session
	seq  uint16
	ts   uint32
	ssrc uint32
	got  []rtp.Packet
}

// newHandset opens a peer at a free pair of ports.
func newHandset(t testing.TB, to *Session, ssrc uint32) *handset {
	t.Helper()
	p := newPorts(Config{Address: netip.MustParseAddr("127.0.0.1")})
	pair, err := p.borrow()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pair.close)
	return &handset{
		t: t, pair: pair, to: to, ssrc: ssrc, seq: 65500, ts: ssrc * 1000,
		addr: netip.AddrPortFrom(p.addr, pair.port),
	}
}

// agreed returns what an SDP of this peer would say.
func (h *handset) agreed(law sdp.Codec) sdp.Params {
	return sdp.Params{
		RTP: h.addr, RTCP: netip.AddrPortFrom(h.addr.Addr(), h.addr.Port()+1),
		Codec: law, Payload: law.Payload(), Events: 101, EventsIn: 101,
	}
}

// apply agrees with the session on this peer.
func (h *handset) apply(law sdp.Codec) *handset {
	h.t.Helper()
	if err := h.to.Apply(h.agreed(law)); err != nil {
		h.t.Fatal(err)
	}
	return h
}

// local returns the address of a session's port.
func local(s *Session, plus uint16) *endpoint {
	e := new(endpoint)
	e.set(netip.AddrPortFrom(s.Local().Address, s.Local().Port+plus))
	return e
}

// raw sends a datagram to the session's RTP port.
func (h *handset) raw(b []byte) {
	h.t.Helper()
	if errno := send(h.pair.rtp, b, local(h.to, 0)); errno != 0 {
		h.t.Fatal(errno)
	}
}

// packet sends one packet as it is.
func (h *handset) packet(p rtp.Packet) {
	h.t.Helper()
	b, err := p.Marshal()
	if err != nil {
		h.t.Fatal(err)
	}
	h.raw(b)
}

// audio sends the next packet of audio.
func (h *handset) audio(payload []byte) {
	h.t.Helper()
	h.seq++
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: h.to.in.kinds.audio, SequenceNumber: h.seq, Timestamp: h.ts, SSRC: h.ssrc}, Payload: payload})
	h.ts += uint32(len(payload))
}

// say sends the same audio for a time, in packets of 20 ms, and lets the time pass.
func (h *handset) say(r *rig, payload []byte, d time.Duration) {
	h.t.Helper()
	for ; d > 0; d -= 20 * ms {
		h.audio(payload)
		r.step(20 * ms)
	}
}

// event sends one telephone-event packet.
func (h *handset) event(ts uint32, code byte, end bool, duration uint16) {
	h.t.Helper()
	h.seq++
	p := eventPacket(ts, duration == 160, code, end, duration)
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 101, SequenceNumber: h.seq, Timestamp: ts, SSRC: h.ssrc}, Payload: p.payload()})
}

// heard returns the packets that have come since the last call.
func (h *handset) heard() []rtp.Packet {
	h.t.Helper()
	var all []rtp.Packet
	for {
		b, from := make([]byte, 2048), new(endpoint)
		n, errno := receive(h.pair.rtp, b, from)
		if errno != 0 {
			h.got = append(h.got, all...)
			return all
		}
		if control(b[:n]) {
			continue
		}
		var p rtp.Packet
		if err := p.Unmarshal(b[:n]); err != nil {
			h.t.Fatal(err)
		}
		all = append(all, p)
	}
}

// reports returns the RTCP that has come to the RTCP socket.
func (h *handset) reports() (all []rtcp.Packet) {
	h.t.Helper()
	for {
		b, from := make([]byte, 2048), new(endpoint)
		n, errno := receive(h.pair.rtcp, b, from)
		if errno != 0 {
			return all
		}
		packets, err := rtcp.Unmarshal(b[:n])
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, packets...)
	}
}

// report sends RTCP to the session's RTCP port.
func (h *handset) report(packets ...rtcp.Packet) {
	h.t.Helper()
	b, err := rtcp.Marshal(packets)
	if err != nil {
		h.t.Fatal(err)
	}
	if errno := send(h.pair.rtcp, b, local(h.to, 1)); errno != 0 {
		h.t.Fatal(errno)
	}
}

// keysOf returns the keys waiting to be taken.
func keysOf(s *Session) string {
	keys := ""
	for {
		select {
		case k, ok := <-s.Keys():
			if !ok {
				return keys
			}
			keys += string(k.Digit)
		default:
			return keys
		}
	}
}

// same returns a payload of one code.
func same(code byte) []byte {
	f := silentFrame(code)
	return f[:]
}

// single checks that packets are those of one source: one SSRC, each sequence number one up, and
// timestamps that never go back and, where the marker is clear, go on without a gap.
func single(t testing.TB, packets []rtp.Packet) {
	t.Helper()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if b.SSRC != a.SSRC || b.SequenceNumber != a.SequenceNumber+1 {
			t.Fatalf("packet %d: SSRC %x seq %d after SSRC %x seq %d", i, b.SSRC, b.SequenceNumber, a.SSRC, a.SequenceNumber)
		}
		if a.PayloadType == 101 || b.PayloadType == 101 {
			continue
		}
		step := int32(b.Timestamp - a.Timestamp)
		if step < int32(len(a.Payload)) || !b.Marker && step != int32(len(a.Payload)) {
			t.Fatalf("packet %d: timestamp %d after %d, marker %v", i, b.Timestamp, a.Timestamp, b.Marker)
		}
	}
}

// addrOf returns the address a socket is bound to.
func addrOf(fd int) netip.AddrPort {
	name, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	v4, ok := name.(*unix.SockaddrInet4)
	if !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.AddrFrom4(v4.Addr), uint16(v4.Port))
}
