package media

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"hotline/media/sdp"
)

// play starts Play and returns where its result comes, once it is playing.
func play(t testing.TB, s *Session, ctx context.Context, list Playlist) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	before := s.out.play
	go func() { done <- s.Play(ctx, list) }()
	for {
		p := s.lock()
		started := s.out.play != before && s.out.play != nil
		p.mu.Unlock()
		if started || len(done) > 0 {
			return done
		}
		runtime.Gosched()
	}
}

func TestSilenceIsSentFromTheAgreementOn(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7)
	r.step(100 * ms)
	if len(h.heard()) != 0 {
		t.Fatal("sent before anything was agreed")
	}
	h.apply(sdp.PCMU)
	r.step(time.Second)
	got := h.heard()
	if len(got) != 50 {
		t.Fatalf("%d packets in a second", len(got))
	}
	single(t, got)
	for i, p := range got {
		if p.PayloadType != 0 || string(p.Payload) != string(muSilence[:]) || p.Marker != (i == 0) {
			t.Fatalf("packet %d: %v", i, p.Header)
		}
	}
}

func TestPlay(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	prompt := newPrompt(sdp.PCMA, append(same(1), same(2)...))
	done := play(t, s, t.Context(), Playlist{Prompts: []*Prompt{prompt}})
	r.step(40 * ms)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.step(40 * ms)
	got := h.heard()
	single(t, got)
	want := []byte{1, 2, 0xd5, 0xd5}
	for i, p := range got {
		if p.Payload[0] != want[i] {
			t.Errorf("packet %d begins with %#x, want %#x", i, p.Payload[0], want[i])
		}
	}
}

func TestPlayEndsEarly(t *testing.T) {
	r := newRig(t, 1)
	loop := Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, same(1))}, Loop: true}
	bargeIn := errors.New("barge-in")
	for name, c := range map[string]struct {
		end  func(s *Session, cancel context.CancelCauseFunc)
		want error
	}{
		"context": {func(_ *Session, cancel context.CancelCauseFunc) { cancel(bargeIn) }, bargeIn},
		"stop":    {func(s *Session, _ context.CancelCauseFunc) { s.Stop() }, ErrStopped},
		"close":   {func(s *Session, _ context.CancelCauseFunc) { _ = s.Close() }, ErrClosed},
		"another play": {func(s *Session, _ context.CancelCauseFunc) {
			_ = s.begin(&playing{player: player{list: loop}, done: make(chan struct{})})
		}, ErrStopped},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.open(nil)
			h := newHandset(t, s, 7).apply(sdp.PCMA)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			done := play(t, s, ctx, loop)
			r.step(100 * ms)
			if got := h.heard(); len(got) != 5 || got[4].Payload[0] != 1 {
				t.Fatalf("%d packets while playing", len(got))
			}
			c.end(s, cancel)
			if err := <-done; !errors.Is(err, c.want) {
				t.Errorf("ended with %v, want %v", err, c.want)
			}
		})
	}
}

func TestPlayNothing(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	if err := s.Play(t.Context(), Playlist{}); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(ErrStopped)
	if err := s.Play(ctx, Playlist{Prompts: []*Prompt{Tone(440, -10, time.Second)}}); !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
	_ = s.Close()
	if err := s.Play(t.Context(), Playlist{Prompts: []*Prompt{Tone(440, -10, time.Second)}}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestHoldStopsSendingAndResumes(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	done := play(t, s, t.Context(), Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, append(same(1), same(2)...))}})
	r.step(20 * ms)
	for name, hold := range map[string]func(*sdp.Params){
		"sendonly":   func(p *sdp.Params) { p.Direction = sdp.RecvOnly },
		"inactive":   func(p *sdp.Params) { p.Direction = sdp.Inactive },
		"no address": func(p *sdp.Params) { p.RTP = netip.AddrPortFrom(netip.IPv4Unspecified(), p.RTP.Port()) },
	} {
		h.heard()
		agreed := h.agreed(sdp.PCMA)
		hold(&agreed)
		if err := s.Apply(agreed); err != nil {
			t.Fatal(name, err)
		}
		r.step(500 * ms)
		if n := len(h.heard()); n != 0 {
			t.Errorf("%s: %d packets sent to a peer on hold", name, n)
		}
	}
	h.apply(sdp.PCMA)
	r.step(20 * ms)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.step(20 * ms)
	h.heard()
	single(t, h.got)
	if n := len(h.got); n != 3 || h.got[1].Payload[0] != 2 || !h.got[1].Marker {
		t.Errorf("after hold: %d packets, %+v", n, h.got[1].Header)
	}
}

func TestMovedPeerAndChangedLaw(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	a, b := newHandset(t, s, 7).apply(sdp.PCMA), newHandset(t, s, 8)
	a.say(r, same(3), 100*ms)
	if len(a.heard()) != 5 {
		t.Fatal("the first address hears nothing")
	}
	done := play(t, s, t.Context(), Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, append(same(1), same(1)...))}})
	r.step(20 * ms)
	b.apply(sdp.PCMU)
	r.step(20 * ms)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	first := a.heard()
	got := append(first[len(first)-1:], b.heard()...)
	single(t, got)
	if len(got) != 2 || got[0].Payload[0] != 1 || got[1].Payload[0] != aToMu[1] || got[1].PayloadType != 0 {
		t.Errorf("%d packets, the last %v", len(got), got[len(got)-1].Header)
	}
	b.say(r, same(3), 20*ms)
	a.say(r, same(3), 20*ms)
	if st := s.Stats(); st.Received != 6 || st.Dropped[Stranger] != 1 {
		t.Errorf("%+v", st)
	}
}

func TestApplyRefuses(t *testing.T) {
	r := newRig(t, 1)
	s, other := r.open(nil), r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	own := other.Local()
	for name, addr := range map[string]netip.AddrPort{
		"multicast":     netip.MustParseAddrPort("224.0.0.5:4000"),
		"broadcast":     netip.MustParseAddrPort("255.255.255.255:4000"),
		"other family":  netip.MustParseAddrPort("[::1]:4000"),
		"no port":       netip.MustParseAddrPort("127.0.0.1:0"),
		"our own port":  netip.AddrPortFrom(own.Address, own.Port),
		"our own RTCP":  netip.AddrPortFrom(own.Address, own.Port+1),
		"no address":    {},
		"our own again": netip.AddrPortFrom(s.Local().Address, s.Local().Port),
	} {
		agreed := h.agreed(sdp.PCMA)
		agreed.RTP = addr
		if err := s.Apply(agreed); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Apply(sdp.Params{RTP: h.addr}); !errors.Is(err, sdp.ErrCodec) {
		t.Errorf("no codec: %v", err)
	}
	r.step(100 * ms)
	if len(h.heard()) != 5 {
		t.Error("a refused agreement changed the session")
	}
	_ = s.Close()
	if err := s.Apply(h.agreed(sdp.PCMA)); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestCloseIsFinal(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	r.step(40 * ms)
	h.heard()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	<-s.Done()
	if _, open := <-s.Keys(); open || !errors.Is(s.Err(), ErrClosed) {
		t.Errorf("keys open %v, %v", open, s.Err())
	}
	if _, open := <-s.Line(); open {
		t.Error("line is open")
	}
	s.Press('1') // and all the rest, to no effect
	s.Stop()
	s.Pin(true)
	if err := s.Dial(t.Context(), "1"); !errors.Is(err, ErrClosed) {
		t.Errorf("dial: %v", err)
	}
	r.step(100 * ms)
	if len(h.heard()) != 0 || s.Stats().Sent != 2 {
		t.Error("sent after close")
	}
	if lent, _ := r.e.ports.count(); lent != 0 {
		t.Errorf("%d pairs lent", lent)
	}
}

// fault is a source that breaks.
type fault struct{}

func (fault) next(*plane, *Session) []byte { panic("broken on purpose") }
func (fault) take(*plane, *packet)         { panic("broken on purpose") }
func (fault) skip(*packet)                 {}
func (fault) key(*plane, byte)             {}

// TestPanicsStayWithTheirSession breaks one of three sessions in sending and one in hearing.
func TestPanicsStayWithTheirSession(t *testing.T) {
	r := newRig(t, 1)
	var sessions []*Session
	var peers []*handset
	for i := range 60 {
		s := r.open(nil)
		sessions = append(sessions, s)
		peers = append(peers, newHandset(t, s, uint32(i+1)).apply(sdp.PCMA))
	}
	r.step(20 * ms)
	sessions[0].out.feed = fault{}
	sessions[1].in.sink = fault{}
	for _, h := range peers {
		h.heard()
		h.audio(same(1))
	}
	r.step(200 * ms)
	for i, s := range sessions {
		failed := errors.Is(s.Err(), ErrFailed)
		if failed != (i < 2) {
			t.Errorf("session %d: %v", i, s.Err())
		}
		if n := len(peers[i].heard()); !failed && (n < 9 || n > 10) {
			t.Errorf("session %d: %d packets", i, n)
		}
		if st := s.Stats(); !failed && st.Received != 1 {
			t.Errorf("session %d: %d heard", i, st.Received)
		}
	}
	<-sessions[0].Done()
	if got := r.e.counted().panics; got != 2 {
		t.Errorf("%d panics counted", got)
	}
	if err := sessions[0].Close(); err != nil || sessions[0].pair != (pair{}) {
		t.Error("a failed session cannot be closed")
	}
}

// TestLatePlaneSendsNoBurst holds the plane up: each session gets one frame, and its timestamps
// tell the gap.
func TestLatePlaneSendsNoBurst(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	r.step(100 * ms)
	h.heard()
	r.now += 300 * ms
	r.step(ms)
	got := h.heard()
	if len(got) != 1 {
		t.Fatalf("%d packets after the hold-up", len(got))
	}
	r.step(100 * ms)
	h.heard()
	single(t, h.got)
	if got[0].Timestamp-h.got[4].Timestamp < 280*8 || !got[0].Marker {
		t.Errorf("gap of %d samples", got[0].Timestamp-h.got[4].Timestamp)
	}
	if r.e.counted().skipped == 0 {
		t.Error("nothing counted as skipped")
	}
}
