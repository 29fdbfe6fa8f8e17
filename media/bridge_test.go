package media

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/pion/rtp"

	"hotline/media/sdp"
)

// pairUp returns two bridged sessions and their peers.
func pairUp(t testing.TB, r *rig, la, lb sdp.Codec) (b *Bridge, x, y *handset) {
	t.Helper()
	s, o := r.open(nil), r.open(nil)
	x, y = newHandset(t, s, 7).apply(la), newHandset(t, o, 8).apply(lb)
	b, err := Connect(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return b, x, y
}

// codes returns the first code of each packet.
func codes(packets []rtp.Packet) []byte {
	var out []byte
	for _, p := range packets {
		out = append(out, p.Payload[0])
	}
	return out
}

func TestBridgePassesThrough(t *testing.T) {
	for _, c := range []struct{ from, to sdp.Codec }{{sdp.PCMA, sdp.PCMA}, {sdp.PCMA, sdp.PCMU}, {sdp.PCMU, sdp.PCMA}, {sdp.PCMU, sdp.PCMU}} {
		t.Run(c.from.String()+" to "+c.to.String(), func(t *testing.T) {
			r := newRig(t, 1)
			_, x, y := pairUp(t, r, c.from, c.to)
			for i := range 100 {
				x.audio(same(byte(i + 1)))
				y.audio(same(byte(i + 1)))
				r.step(ms)
				if i > 0 && len(y.got) != i {
					t.Fatalf("%d packets after %d", len(y.got), i)
				}
				r.step(19 * ms)
				x.heard()
				y.heard()
			}
			single(t, x.got)
			single(t, y.got)
			for _, heard := range []struct {
				got   []rtp.Packet
				table *[256]byte
			}{{x.got, translation(c.to, c.from)}, {y.got, translation(c.from, c.to)}} {
				want := make([]byte, 100)
				for i := range want {
					want[i] = byte(i + 1)
				}
				translate(want, heard.table)
				if !bytes.Equal(codes(heard.got), want) {
					t.Errorf("heard % x", codes(heard.got))
				}
			}
		})
	}
}

// TestOneSourceThroughACall follows what a caller hears from prompt to bridge to hold to prompt.
func TestOneSourceThroughACall(t *testing.T) {
	r := newRig(t, 1)
	s, o := r.open(nil), r.open(nil)
	x, y := newHandset(t, s, 7).apply(sdp.PCMA), newHandset(t, o, 8).apply(sdp.PCMA)
	s.out.stream.seq, s.out.stream.clock = 65530, 0xfffffc00 // soon to wrap

	prompt := func(code byte, n int) {
		done := play(t, s, t.Context(), Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, bytes.Repeat(same(code), n))}})
		r.step(time.Duration(n) * 20 * ms)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	prompt(1, 3)
	b, err := Connect(s, o)
	if err != nil {
		t.Fatal(err)
	}
	y.say(r, same(2), 200*ms)
	y.ssrc, y.seq, y.ts = 99, 3, 4 // another source, without a word
	y.say(r, same(3), 200*ms)
	b.Music(Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, same(4))}})
	held := y.agreed(sdp.PCMA)
	held.Direction = sdp.RecvOnly
	if err := o.Apply(held); err != nil {
		t.Fatal(err)
	}
	r.step(400 * ms)
	y.apply(sdp.PCMA)
	y.ts += 400 * 8
	y.say(r, same(5), 100*ms)
	prompt(6, 2) // of our own, over the bridge
	y.say(r, same(7), 100*ms)
	b.Close()
	b.Close()
	y.say(r, same(8), 100*ms)
	x.heard()
	single(t, x.got)
	want := append(bytes.Repeat([]byte{1}, 3), bytes.Repeat([]byte{2}, 10)...)
	want = append(append(want, bytes.Repeat([]byte{3}, 9)...), bytes.Repeat([]byte{4}, 10)...) // one is lost to the change of source
	want = append(append(want, bytes.Repeat([]byte{5}, 5)...), 6, 6, 7, 7, 7, 7, 7)
	want = append(want, bytes.Repeat([]byte{0xd5}, 5)...)
	// A frame of silence may stand where the peer comes back from hold.
	got := codes(x.got)
	if plain := bytes.ReplaceAll(got, []byte{4, 0xd5, 5}, []byte{4, 5}); !bytes.Equal(compact(plain), compact(want)) || len(got) < len(want)-6 || len(got) > len(want)+6 {
		t.Errorf("heard % x\nwant  % x", got, want)
	}
}

// compact leaves one of each run.
func compact(b []byte) (out []byte) {
	for i, v := range b {
		if i == 0 || v != b[i-1] {
			out = append(out, v)
		}
	}
	return out
}

// TestBridgeKeepsLossVisible loses, delays and repeats packets on the way to us.
func TestBridgeKeepsLossVisible(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	first := x.seq
	at := func(i uint16) {
		x.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: first + i, Timestamp: uint32(i) * frame, SSRC: 7}, Payload: same(byte(i))})
		r.step(20 * ms)
	}
	for _, i := range []uint16{1, 2, 4, 3, 3, 5, 8} {
		at(i)
	}
	y.heard()
	if got, want := codes(y.got), []byte{1, 2, 4, 3, 5, 8}; !bytes.Equal(got, want) {
		t.Fatalf("heard % x, want % x", got, want)
	}
	for _, p := range y.got {
		i := uint16(p.Payload[0]) - 1
		if p.SequenceNumber-y.got[0].SequenceNumber != i || p.Timestamp-y.got[0].Timestamp != uint32(i)*frame {
			t.Errorf("packet %d: seq +%d, timestamp +%d", i+1, p.SequenceNumber-y.got[0].SequenceNumber, p.Timestamp-y.got[0].Timestamp)
		}
	}
}

func TestBridgeRepacketises(t *testing.T) {
	for _, size := range []int{80, 240, 320, 480} {
		r := newRig(t, 1)
		_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
		const n = 24000 // three seconds
		for at := 0; at < n; at += size {
			payload := make([]byte, size)
			for i := range payload {
				payload[i] = byte((at+i)/480%100) + 1
			}
			x.audio(payload)
			r.step(time.Duration(size) * sample)
		}
		r.step(300 * ms)
		got := y.heard()
		single(t, got)
		var heard []byte
		for _, p := range got {
			if len(p.Payload) != frame {
				t.Fatalf("%d samples: a packet of %d", size, len(p.Payload))
			}
			heard = append(heard, p.Payload...)
		}
		want := make([]byte, n)
		for i := range want {
			want[i] = aToMu[byte(i/480%100)+1]
		}
		if !bytes.Contains(heard, want) {
			t.Errorf("%d samples a packet: the audio does not come out whole", size)
		}
	}
}

// TestBridgeSwitchesPacketSize changes from 20 to 30 ms and, with another source, back.
func TestBridgeSwitchesPacketSize(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	x.say(r, same(1), 200*ms)
	for range 20 {
		x.audio(append(same(2), same(2)[:80]...))
		r.step(30 * ms)
	}
	x.ssrc = 70
	x.say(r, same(3), 200*ms)
	single(t, y.heard())
	// A frame or two of silence may stand where the buffer fills.
	got := compact(bytes.ReplaceAll(codes(y.got), []byte{0xd5}, nil))
	if !bytes.Equal(got, []byte{1, 2, 3}) || bytes.Count(codes(y.got), []byte{0xd5}) > 2 {
		t.Errorf("heard % x", codes(y.got))
	}
}

func TestBridgeFillsSilence(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	x.say(r, same(1), 100*ms)
	y.heard()
	r.step(time.Second) // the peer says nothing, without being on hold
	got := y.heard()
	if len(got) < 35 || len(got) > 45 || got[0].Payload[0] != 0xd5 {
		t.Errorf("%d packets in a second of nothing", len(got))
	}
	single(t, y.got)
}

// TestHeldPeerMayPlayItsOwnMusic holds with a peer that goes on sending.
func TestHeldPeerMayPlayItsOwnMusic(t *testing.T) {
	r := newRig(t, 1)
	b, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	b.Music(Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, same(4))}})
	held := x.agreed(sdp.PCMA)
	held.Direction = sdp.RecvOnly
	if err := x.to.Apply(held); err != nil {
		t.Fatal(err)
	}
	x.say(r, same(9), time.Second)
	if got := compact(codes(y.heard())); !bytes.Equal(got, []byte{9}) {
		t.Errorf("heard % x", got)
	}
	if len(x.heard()) != 0 {
		t.Error("sent to a peer on hold")
	}
	b.Music(Playlist{})
	r.step(time.Second)
	if got := compact(codes(y.heard())); !bytes.Equal(got, []byte{0xd5}) {
		t.Errorf("without music: % x", got)
	}
}

func TestBridgeKeys(t *testing.T) {
	for _, pass := range []bool{false, true} {
		r := newRig(t, 1)
		b, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
		b.PassKeys(pass)
		x.say(r, same(1), 100*ms)
		begin := x.ts
		for i := range uint16(5) {
			x.event(begin, 7, i > 2, 160*(i+1))
			r.step(20 * ms)
		}
		x.ts += 800
		x.say(r, same(1), 500*ms)
		got := y.heard()
		single(t, got)
		events := 0
		for _, p := range got {
			if p.PayloadType == 101 {
				events++
				if p.Payload[0] != 7 {
					t.Errorf("key %d", p.Payload[0])
				}
			}
		}
		if want := map[bool]int{true: dialTone + dialEnds - 1}[pass]; events != want {
			t.Errorf("pass %v: %d event packets, want %d", pass, events, want)
		}
		if keysOf(x.to) != "7" {
			t.Error("the key is not told")
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	r, q := newRig(t, 1), newRig(t, 1)
	s, o, third, foreign := r.open(nil), r.open(nil), r.open(nil), q.open(nil)
	if _, err := Connect(s, s); err == nil {
		t.Error("bridged with itself")
	}
	if _, err := Connect(s, foreign); err == nil {
		t.Error("bridged with another engine's")
	}
	if _, err := Connect(s, o); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(third, s); !errors.Is(err, ErrBridged) {
		t.Errorf("bridged twice: %v", err)
	}
	_ = third.Close()
	if _, err := Connect(third, r.open(nil)); !errors.Is(err, ErrClosed) {
		t.Errorf("bridged when closed: %v", err)
	}
	_ = o.Close() // parts the bridge
	if _, err := Connect(s, r.open(nil)); err != nil {
		t.Errorf("not free after its peer closed: %v", err)
	}
}

// TestConnectAcrossPlanes brings sessions of two planes together.
func TestConnectAcrossPlanes(t *testing.T) {
	r := newRig(t, 2)
	s, o := r.open(nil), r.open(nil)
	if s.plane.Load() == o.plane.Load() {
		t.Fatal("both on one plane")
	}
	if near := r.open(o); near.plane.Load() != o.plane.Load() {
		t.Error("not near")
	}
	x, y := newHandset(t, s, 7).apply(sdp.PCMA), newHandset(t, o, 8).apply(sdp.PCMA)
	r.step(100 * ms)
	b, err := Connect(s, o)
	if err != nil {
		t.Fatal(err)
	}
	if s.plane.Load() != o.plane.Load() {
		t.Fatal("still on two planes")
	}
	x.say(r, same(1), 200*ms)
	y.heard()
	single(t, y.got)
	if got := compact(codes(y.got)); !bytes.Equal(got, []byte{0xd5, 1}) {
		t.Errorf("heard % x", got)
	}
	b.Close()

	other := r.open(nil)
	for other.plane.Load() == s.plane.Load() {
		other = r.open(nil)
	}
	if b, err = Connect(other, r.open(other)); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(s, other); !errors.Is(err, ErrBridged) {
		t.Errorf("a bridged session was moved: %v", err)
	}
	b.Close()
	_ = o.Close()
	if _, err := Connect(other, o); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed session was moved: %v", err)
	}
}
