package media

import (
	"math/rand/v2"
	"testing"
	"time"
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
