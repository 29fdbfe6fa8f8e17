package media

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// TestStrangerIsNeitherHeardNorSpokenTo lets a stranger, who knows everything a peer could know,
// send audio, keys and reports while the peer talks.
func TestStrangerIsNeitherHeardNorSpokenTo(t *testing.T) {
	for name, pinned := range map[string]bool{"phone": false, "trunk": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.open(nil)
			s.Pin(pinned)
			h := newHandset(t, s, 7).apply(sdp.PCMA)
			thief := newHandset(t, s, 7)
			h.say(r, same(hush(sdp.PCMA)), time.Second)
			h.heard()
			before := s.Stats()
			for range 50 {
				thief.seq, thief.ts = h.seq, h.ts
				thief.audio(same(1)) // loud
				thief.event(h.ts, 5, true, 800)
				thief.report(&rtcp.ReceiverReport{SSRC: 7}, &rtcp.Goodbye{Sources: []uint32{7}})
				h.say(r, same(hush(sdp.PCMA)), 20*ms)
			}
			after := s.Stats()
			if got := after.Received - before.Received; got != 50 {
				t.Errorf("%d packets received of 50", got)
			}
			if after.Dropped[Stranger] != 150 || after.Spoke != 0 || after.Bye || after.Lost != 0 {
				t.Errorf("%+v", after)
			}
			if keys := keysOf(s); keys != "" {
				t.Errorf("pressed %q", keys)
			}
			if n := len(thief.heard()) + len(thief.reports()); n != 0 {
				t.Errorf("the stranger got %d packets", n)
			}
			if len(h.heard()) != 50 {
				t.Error("the peer hears nothing any more")
			}
		})
	}
}

// TestFloodDoesNotCrowdOut lets a stranger send twenty packets for every one of the peer's.
func TestFloodDoesNotCrowdOut(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	thief := newHandset(t, s, 9)
	h.say(r, same(3), 100*ms)
	for range 100 {
		for range 20 {
			thief.audio(same(1))
		}
		h.audio(same(3))
		r.step(ms)
	}
	if st := s.Stats(); st.Received != 105 || st.Dropped[Stranger] != 2000 {
		t.Errorf("%+v", st)
	}
}

func TestPhoneBehindNAT(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	agreed := h.agreed(sdp.PCMA)
	private := netip.MustParseAddrPort("127.8.8.8:4000") // what the phone believes to be
	agreed.RTP, agreed.RTCP = private, netip.AddrPortFrom(private.Addr(), 4001)
	if err := s.Apply(agreed); err != nil {
		t.Fatal(err)
	}
	h.say(r, same(3), 100*ms)
	if s.Stats().Received != 0 || len(h.heard()) != 0 {
		t.Fatal("heard from a host nobody named")
	}
	s.Expect(h.addr.Addr())
	h.say(r, same(3), 100*ms)
	if s.Stats().Received != 5 || len(h.heard()) < 4 {
		t.Errorf("%+v", s.Stats())
	}
	h.report(&rtcp.ReceiverReport{SSRC: 7})
	r.step(8 * time.Second)
	if len(h.reports()) == 0 {
		t.Error("no reports to where the peer's come from")
	}
}

func TestWhatIsDropped(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	h.to.in.kinds.audio = 8
	h.audio(same(1))
	r.step(ms)
	if s.Stats().Dropped[Unexpected] != 1 {
		t.Error("audio before the agreement is not dropped")
	}
	h.apply(sdp.PCMA)
	h.audio(same(1))
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 18, SequenceNumber: h.seq + 1, SSRC: 7}})
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: h.seq, SSRC: 7}})
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 13, SequenceNumber: h.seq + 2, SSRC: 7}, Payload: []byte{40}})
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: h.seq, SSRC: 99}})
	h.raw([]byte("not RTP at all"))
	h.raw([]byte{0x80, 200, 0, 1, 0, 0, 0, 7}) // RTCP where none was agreed
	h.raw(short())
	h.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: h.seq + 3, SSRC: 7}})
	r.step(20 * ms)
	want := map[Reason]uint64{Unexpected: 2, Unagreed: 1, Duplicate: 1, Foreign: 1, Malformed: 2}
	st := s.Stats()
	for why, n := range want {
		if st.Dropped[why] != n {
			t.Errorf("%v: %d dropped, want %d", why, st.Dropped[why], n)
		}
	}
	if st.Received != 4 || st.Spoke != 20*ms {
		t.Errorf("%d received", st.Received)
	}
}

// short is the smallest datagram that is not empty: our raw sockets cannot send an empty one.
func short() []byte { return []byte{0} }

func TestKeysByThreeWays(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	tones := encode(sdp.PCMA, keypress('4', -9, -7, 0, 0, 100*ms))
	for at := 0; at < len(tones); at += frame {
		h.say(r, tones[at:at+frame], 20*ms)
	}
	s.Press('4') // the same press, by INFO
	h.say(r, same(hush(sdp.PCMA)), 100*ms)
	if got := keysOf(s); got != "4" || s.Spoke() != 100*ms {
		t.Fatalf("by audio and INFO: %q", got)
	}
	for i := range uint16(5) {
		h.event(h.ts, 7, i > 2, 160*(i+1))
		r.step(20 * ms)
	}
	s.Press('7')
	s.Press('x')
	h.ts += 2000
	if got := keysOf(s); got != "7" {
		t.Fatalf("by event and INFO: %q", got)
	}
	// Once events have come, tones in the audio are somebody else's business.
	for at := 0; at < len(tones); at += frame {
		h.say(r, tones[at:at+frame], 20*ms)
	}
	if got := keysOf(s); got != "" {
		t.Errorf("by audio after events: %q", got)
	}
	if r.e.counted().keys != 2 {
		t.Errorf("%d keys counted", r.e.counted().keys)
	}
}

func TestSourceChanges(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	h.say(r, same(3), 100*ms)
	h.event(h.ts, 5, true, 160)
	r.step(20 * ms)
	h.ssrc, h.seq, h.ts = 8, 100, 5 // the gateway connects somebody else
	h.say(r, same(3), 100*ms)
	h.event(h.ts, 5, true, 160)
	r.step(20 * ms)
	st := s.Stats()
	if st.Received != 11 || st.Lost != 0 || st.Dropped[Foreign] != 1 {
		t.Errorf("%+v", st)
	}
	if got := keysOf(s); got != "55" {
		t.Errorf("keys %q", got)
	}
}

// TestEchoingPeer plays with a peer that sends back what it gets, our SSRC included.
func TestEchoingPeer(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	for range 50 {
		r.step(20 * ms)
		for _, p := range h.heard() {
			h.packet(p)
		}
	}
	r.step(20 * ms)
	if st := s.Stats(); st.Received != 50 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

// dial starts a function that dials and returns where its result comes, once it is under way.
func dial(t testing.TB, s *Session, f func() error) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	for {
		p := s.lock()
		started := s.out.dial != nil || s.out.play != nil
		p.mu.Unlock()
		if started || len(done) > 0 {
			return done
		}
		runtime.Gosched()
	}
}

// phones are two sessions that are each other's peer: two engines, as a test phone and the service.
func phones(t testing.TB) (r, q *rig, s, o *Session) {
	r, q = newRig(t, 1), newRig(t, 1)
	s, o = r.open(nil), q.open(nil)
	for _, pair := range [][2]*Session{{s, o}, {o, s}} {
		l := pair[1].Local()
		err := pair[0].Apply(sdp.Params{
			RTP: netip.AddrPortFrom(l.Address, l.Port), RTCP: netip.AddrPortFrom(l.Address, l.Port+1),
			Codec: sdp.PCMA, Payload: 8, Events: 101, EventsIn: 101,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return r, q, s, o
}

func TestDialAndTones(t *testing.T) {
	r, q, s, o := phones(t)
	for name, f := range map[string]func(context.Context, string) error{"events": s.Dial, "tones": s.Tones} {
		o.keys.seen = [3]uint32{}
		done := dial(t, s, func() error { return f(t.Context(), tone.Keys) })
		for range 3500 {
			r.step(ms)
			q.step(ms)
		}
		if err := <-done; err != nil {
			t.Fatal(name, err)
		}
		if got := keysOf(o); got != tone.Keys {
			t.Errorf("%s: pressed %q, want %q", name, got, tone.Keys)
		}
		if byEvents := o.keys.seen[Event] == 16; byEvents != (name == "events") || o.keys.seen[InBand] == 16 == byEvents {
			t.Errorf("%s: told %v", name, o.keys.seen)
		}
	}
}

func TestDialRefuses(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	if err := s.Dial(t.Context(), "1"); !errors.Is(err, ErrNoEvents) {
		t.Errorf("nothing agreed: %v", err)
	}
	agreed := h.agreed(sdp.PCMA)
	agreed.Events = sdp.NoEvents
	if err := s.Apply(agreed); err != nil {
		t.Fatal(err)
	}
	if err := s.Dial(t.Context(), "1"); !errors.Is(err, ErrNoEvents) {
		t.Errorf("no events agreed: %v", err)
	}
	h.apply(sdp.PCMA)
	if err := s.Dial(t.Context(), "1x"); err == nil {
		t.Error("dialled x")
	}
	if err := s.Tones(t.Context(), "x"); err == nil {
		t.Error("sounded x")
	}
	if err := s.Dial(t.Context(), ""); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	done := dial(t, s, func() error { return s.Dial(ctx, "123") })
	cancel(ErrStopped)
	if err := <-done; !errors.Is(err, ErrStopped) {
		t.Errorf("cancelled: %v", err)
	}
	done = dial(t, s, func() error { return s.Dial(t.Context(), "123") })
	if err := s.Apply(agreed); err != nil { // the peer takes its consent back
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, ErrNoEvents) {
		t.Errorf("consent taken back: %v", err)
	}
}

// FuzzHear sends datagrams of any kind, from the peer's address, through everything a packet
// passes: gate, counts, keys, recording, bridge.
func FuzzHear(f *testing.F) {
	audio := append([]byte{0x80, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}, same(1)...)
	f.Add(audio, false)
	f.Add(append(audio, same(2)[:80]...), true)
	f.Add([]byte{0xb1, 0xe5, 0xff, 0xff, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 5, 0x80, 1, 0, 1}, true)
	f.Add([]byte{0x81, 201, 0, 7, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, true)
	r := newRig(f, 1)
	a, b := r.open(nil), r.open(nil)
	h := newHandset(f, a, 7).apply(sdp.PCMA)
	newHandset(f, b, 8).apply(sdp.PCMU)
	if _, err := Connect(a, b); err != nil {
		f.Fatal(err)
	}
	r.attach(r.record(2), a, 0)
	f.Fuzz(func(t *testing.T, in []byte, mux bool) {
		if len(in) > 2000 {
			return
		}
		r.e.scribe.visit()
		p := a.lock()
		defer p.mu.Unlock()
		r.now += 20 * ms
		p.turn.now = r.now
		a.rtcp.mux = mux
		for i := range uint16(3) {
			one := append([]byte(nil), in...)
			if len(one) > 4 {
				binary.BigEndian.PutUint16(one[2:], binary.BigEndian.Uint16(one[2:])+i)
			}
			buffer := p.turn.in[:copy(p.turn.in[:], one)]
			if control(buffer) {
				a.hearReport(p, buffer, h.addr, false)
			} else {
				a.hear(p, buffer, h.addr)
			}
		}
		b.due(p)
	})
}
