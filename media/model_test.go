package media

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"hotline/media/sdp"
)

// TestOneSourceWhateverHappens lets seeded random things happen to a leg: prompts begin and end,
// bridges come and go, the peer's source, packet length and timestamps change, packets are lost and
// doubled, holds and keys come in between. What the leg's peer hears must stay one source.
func TestOneSourceWhateverHappens(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			l := newLife(t, seed)
			for range 300 {
				l.happen()
			}
			l.x.heard()
			oneSource(t, l.x.got)
		})
	}
}

// life is one leg to which things happen.
type life struct {
	*rig
	random *rand.Rand
	s, o   *Session
	x, y   *handset
	bridge *Bridge
	size   int
}

// newLife opens the leg and its possible peer.
func newLife(t *testing.T, seed uint64) *life {
	l := &life{rig: newRig(t, 1), random: rand.New(rand.NewPCG(seed, 3)), size: frame}
	l.s, l.o = l.open(nil), l.open(nil)
	l.x, l.y = newHandset(t, l.s, 7).apply(sdp.PCMA), newHandset(t, l.o, 8).apply(sdp.PCMU)
	return l
}

// happen lets one thing happen, and then some time pass in which the peer talks.
func (l *life) happen() {
	switch l.random.IntN(12) {
	case 0:
		_ = l.s.begin(&playing{player: player{list: Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, same(1))}}}, done: make(chan struct{})})
	case 1:
		l.s.Stop()
	case 2:
		if l.bridge == nil {
			l.bridge, _ = Connect(l.s, l.o)
			l.bridge.PassKeys(true)
		}
	case 3:
		if l.bridge != nil {
			l.bridge.Close()
			l.bridge = nil
		}
	case 4:
		l.y.ssrc, l.y.seq, l.y.ts = l.random.Uint32(), uint16(l.random.Uint32()), l.random.Uint32()
	case 5:
		l.size = []int{80, frame, 240, 480}[l.random.IntN(4)]
	case 6:
		l.y.seq += uint16(l.random.IntN(5))
	case 7:
		l.y.ts += uint32(l.random.IntN(100000))
	case 8:
		l.hold(l.x, l.random.IntN(2) == 0)
	case 9:
		l.hold(l.y, l.random.IntN(2) == 0)
	case 10:
		l.s.startDial(&dialing{dialer: dialer{keys: []byte{1, 2}}, done: make(chan struct{})})
	case 11:
		l.o.Press('5')
	}
	for range 1 + l.random.IntN(8) {
		if l.random.IntN(4) > 0 {
			l.y.audio(make([]byte, l.size))
			if l.random.IntN(9) == 0 {
				l.y.seq--
				l.y.audio(make([]byte, l.size))
			}
		}
		l.step(20 * ms)
	}
}

// hold puts a peer on hold or takes it back.
func (l *life) hold(h *handset, on bool) {
	agreed := h.agreed(h.to.in.codec)
	if on {
		agreed.Direction = sdp.RecvOnly
	}
	if err := h.to.Apply(agreed); err != nil {
		l.t.Fatal(err)
	}
}

// oneSource checks numbers that may have holes of the peer's making: the SSRC never changes, the
// same sequence number never comes twice, and timestamps follow it.
func oneSource(t *testing.T, packets []rtp.Packet) {
	t.Helper()
	if len(packets) < 100 {
		t.Fatalf("only %d packets", len(packets))
	}
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		step := int16(b.SequenceNumber - a.SequenceNumber)
		ahead := int32(b.Timestamp - a.Timestamp)
		event := a.PayloadType == 101 || b.PayloadType == 101
		switch {
		case b.SSRC != a.SSRC:
			t.Fatalf("packet %d: another SSRC", i)
		case step <= 0 || step > 20:
			t.Fatalf("packet %d: sequence number %d after %d", i, b.SequenceNumber, a.SequenceNumber)
		case ahead < 0 && !event, ahead == 0 && !event, ahead > 60*8000:
			t.Fatalf("packet %d: timestamp %d after %d", i, b.Timestamp, a.Timestamp)
		}
	}
}

// TestEverythingAtOnce uses one running engine from many goroutines, for the race detector's sake:
// sessions come and go, are bridged, recorded, played to and closed under each other's feet.
func TestEverythingAtOnce(t *testing.T) {
	e, reg, stop := running(t, Config{Planes: 2})
	folder := t.TempDir()
	var group sync.WaitGroup
	for worker := range 6 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 5))
			for round := range 8 {
				call(t, e, random, filepath.Join(folder, fmt.Sprintf("%d-%d.wav", worker, round)))
			}
		})
	}
	for range 20 {
		if _, err := reg.Gather(); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if lent, _ := e.ports.count(); lent != 0 || len(e.roster.sessions) != 0 {
		t.Errorf("%d pairs lent, %d sessions open", lent, len(e.roster.sessions))
	}
	stop()
	if live, held := e.scribe.load(); live != 0 || held != 0 {
		t.Errorf("%d recordings live, %d bytes held", live, held)
	}
}

// call is one short call with a random end.
func call(t *testing.T, e *Engine, random *rand.Rand, path string) {
	a, errA := e.Open(nil)
	b, errB := e.Open(nil) // perhaps on the other plane
	rec, errR := e.Record(RecordOptions{Path: path, Channels: 2})
	if err := errors.Join(errA, errB, errR); err != nil {
		t.Error(err)
		return
	}
	x, y := newHandset(t, a, 7), newHandset(t, b, 8)
	if err := errors.Join(a.Apply(x.agreed(sdp.PCMA)), b.Apply(y.agreed(sdp.PCMU)), rec.Attach(a, 0), rec.Attach(b, 1)); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*ms)
	defer cancel()
	var players sync.WaitGroup
	players.Go(func() {
		_ = a.Play(ctx, Playlist{Prompts: []*Prompt{Tone(440, -10, 20*ms)}, Loop: true})
	})
	bridge, err := Connect(a, b)
	if err != nil {
		t.Error(err)
		return
	}
	x.audio(same(1))
	y.audio(same(2))
	rec.Pause("test")
	a.Stats()
	rec.Resume()
	players.Go(func() { _ = b.Dial(ctx, "12") })
	switch random.IntN(3) {
	case 0:
		bridge.Close()
	case 1:
		_ = a.Close()
	case 2:
		rec.Detach(a)
	}
	players.Wait()
	_, err = rec.Close(t.Context())
	if err = errors.Join(err, a.Close(), b.Close()); err != nil {
		t.Error(err)
	}
}

// TestStopWaitsForNobody stops an engine in the middle of calls: every wait ends, with the reason.
func TestStopWaitsForNobody(t *testing.T) {
	e, _, stop := running(t, Config{})
	s, err := e.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	newHandset(t, s, 7).apply(sdp.PCMA)
	played := make(chan error, 1)
	go func() {
		played <- s.Play(context.Background(), Playlist{Prompts: []*Prompt{Silence(time.Hour)}})
	}()
	rec, err := e.Record(RecordOptions{Path: filepath.Join(t.TempDir(), "cut.wav"), Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-played; !errors.Is(err, ErrClosed) {
		t.Errorf("playing ended with %v", err)
	}
	for range s.Keys() {
	}
	for range s.Line() {
	}
	if got, err := rec.Close(t.Context()); err != nil || got.SHA256 == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
