package media

import (
	"math/rand/v2"
	"testing"
	"time"

	"hotline/media/sdp"
)

func TestWheelSpreadsSessions(t *testing.T) {
	var w wheel
	var all []*Session
	for range 205 {
		s := &Session{}
		w.add(s, 0)
		all = append(all, s)
	}
	for slot, list := range w.slot {
		if len(list) != 10 && len(list) != 11 {
			t.Errorf("slot %d has %d sessions", slot, len(list))
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	for len(all) > 0 {
		i := random.IntN(len(all))
		w.remove(all[i])
		all = append(all[:i], all[i+1:]...)
		for _, s := range all {
			if w.slot[s.seat.slot][s.seat.at] != s {
				t.Fatal("a session is not in its seat")
			}
		}
		if w.count != len(all) {
			t.Fatalf("%d counted of %d", w.count, len(all))
		}
	}
	if _, ok := w.next(5); ok {
		t.Error("an empty wheel has something next")
	}
}

func TestWheelServesTheFirstSoon(t *testing.T) {
	var w wheel
	s := &Session{}
	w.add(s, 1234)
	if next, ok := w.next(1235); !ok || next != 1235 {
		t.Errorf("next at %d", next)
	}
	if next, _ := w.next(1236); next != 1255 {
		t.Errorf("then at %d", next)
	}
}

// TestPollerWaits rings and waits in both ways of waiting.
func TestPollerWaits(t *testing.T) {
	for _, keep := range []bool{false, true} {
		p, err := newPoller()
		if err != nil {
			t.Fatal(err)
		}
		p.keep = keep
		p.nap(ms)
		if p.wait(3 * ms); p.count != 0 {
			t.Errorf("keep %v: %d ready", keep, p.count)
		}
		go p.ring()
		for _, d := range []time.Duration{time.Minute, -1} {
			for p.count = 0; p.count == 0; {
				p.wait(d) // a signal of the runtime may interrupt it
			}
			if p.count != 1 || p.ready[0].Fd != alarmMark {
				t.Fatalf("keep %v: %d ready", keep, p.count)
			}
		}
		p.silence()
		if p.poll(0); p.count != 0 {
			t.Errorf("keep %v: the alarm rings on", keep)
		}
		s := &Session{}
		s.pair, err = newPorts(Config{}.withDefaults()).borrow()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.add(s.pair.rtp, 6); err != nil {
			t.Fatal(err)
		}
		if err := p.add(s.pair.rtp, 7); err == nil {
			t.Error("watched twice")
		}
		to := new(endpoint)
		to.set(addrOf(s.pair.rtp))
		send(s.pair.rtcp, []byte("x"), to)
		if p.poll(0); p.count != 1 || p.ready[0].Fd != 6 {
			t.Errorf("keep %v: %d ready", keep, p.count)
		}
		p.drop(s.pair.rtp)
		if p.poll(0); p.count != 0 {
			t.Error("dropped, yet watched")
		}
		s.pair.close()
		p.close()
	}
}

// TestSlowBeat serves listeners every 5 ms and talkers every millisecond; each gets a frame every 20 ms to the instant, also
// when a packet has woken the plane in between.
func TestSlowBeat(t *testing.T) {
	r := newRig(t, 1)
	p := r.e.planes[0]
	var all []*handset
	for i := range 20 {
		s := r.open(nil)
		all = append(all, newHandset(t, s, uint32(i+1)).apply(sdp.PCMA))
	}
	at := map[int][]time.Duration{}
	run := func(d time.Duration) {
		for end := r.now + d; r.now < end; {
			r.now += ms
			p.serve(r.now)
			for i, h := range all {
				for range h.heard() {
					at[i] = append(at[i], r.now)
				}
			}
		}
	}
	even := func(beat time.Duration, want int) {
		t.Helper()
		moments := map[time.Duration]bool{}
		for i, times := range at {
			for n, when := range times {
				moments[when%(20*ms)] = true
				if n > 0 && when-times[n-1] != 20*ms {
					t.Errorf("listener %d: frames %v apart", i, when-times[n-1])
				}
				if when%beat != 0 {
					t.Errorf("served at %v, not at a beat of %v", when, beat)
				}
			}
		}
		if len(moments) != want {
			t.Errorf("%d moments, want %d", len(moments), want)
		}
		clear(at)
	}
	run(40 * ms) // beginnings
	clear(at)
	run(200 * ms)
	even(slowBeat, 4)
	b, err := Connect(all[0].to, all[1].to)
	if err != nil {
		t.Fatal(err)
	}
	all[0].heard()
	all = all[2:]
	run(40 * ms)
	clear(at)
	run(200 * ms)
	even(slotTime, len(all))
	b.Close()
	run(40 * ms)
	clear(at)
	run(200 * ms)
	even(slowBeat, 4)
}
