package media

import (
	"encoding/binary"
	"testing"
	"time"

	"hotline/media/tone"
)

// eventPacket makes a telephone-event packet.
func eventPacket(ts uint32, marker bool, code byte, end bool, duration uint16) *packet {
	b := make([]byte, headerSize+4)
	b[headerSize] = code
	if end {
		b[headerSize+1] = 0x80
	}
	binary.BigEndian.PutUint16(b[headerSize+2:], duration)
	return &packet{raw: b, body: headerSize, ts: ts, marker: marker, kind: 101}
}

// pressed is the run of packets of one press: begun, held, and ended three times.
func pressed(ts uint32, code byte) []*packet {
	return []*packet{
		eventPacket(ts, true, code, false, 160), eventPacket(ts, false, code, false, 320), eventPacket(ts, false, code, false, 480),
		eventPacket(ts, false, code, true, 640), eventPacket(ts, false, code, true, 640), eventPacket(ts, false, code, true, 640),
	}
}

// read returns the keys of packets that come 20 ms apart, except where a nil stands for 100 ms.
func read(packets ...*packet) string {
	var e events
	keys, now := "", time.Duration(0)
	for _, p := range packets {
		if p == nil {
			now += 100 * ms
			continue
		}
		now += 20 * ms
		if key, pressed := e.packet(p, now); pressed {
			keys += string(key)
		}
	}
	return keys
}

func TestEvents(t *testing.T) {
	five, again, eight := pressed(1000, 5), pressed(3000, 5), pressed(5000, 8)
	join := func(runs ...[]*packet) (all []*packet) {
		for _, r := range runs {
			all = append(all, r...)
		}
		return all
	}
	long := []*packet{eventPacket(1000, true, 5, false, 160), eventPacket(1000, false, 5, false, 0xffff), eventPacket(1000+0xffff, false, 5, false, 160), eventPacket(1000+0xffff, false, 5, true, 640)}
	for name, c := range map[string]struct {
		packets []*packet
		want    string
	}{
		"one press":                        {five, "5"},
		"two presses of one key":           {join(five, again), "55"},
		"two keys":                         {join(five, eight), "58"},
		"end packet alone":                 {five[5:], "5"},
		"first packet alone":               {five[:1], "5"},
		"begin of duration zero":           {join([]*packet{eventPacket(1000, true, 5, false, 0)}, five[1:]), "5"},
		"end lost, next key":               {join(five[:3], eight), "58"},
		"end lost, same key":               {join(five[:3], again), "55"},
		"end lost, silence, same key":      {join(five[:3], []*packet{nil}, again[3:]), "55"},
		"only ends arrive":                 {join(five[3:], again[3:]), "55"},
		"late repeat after next key":       {join(five[:5], eight[:2], five[5:], eight[2:]), "58"},
		"segments of a long press":         {long, "5"},
		"segment whose forerunner is lost": {join(long[:1], long[2:]), "5"},
		"timestamp moves with packets":     {[]*packet{eventPacket(1000, true, 5, false, 160), eventPacket(1160, false, 5, false, 320), eventPacket(1320, false, 5, false, 480), eventPacket(1480, false, 5, true, 640)}, "5"},
		"flash and modem tones":            {[]*packet{eventPacket(1000, true, 16, true, 160), eventPacket(2000, true, 36, true, 160)}, ""},
		"short payload":                    {[]*packet{{raw: make([]byte, headerSize+3), body: headerSize}}, ""},
		"timestamp zero":                   {pressed(0, 1), "1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(c.packets...); got != c.want {
				t.Errorf("keys %q, want %q", got, c.want)
			}
		})
	}
}

func TestEventsOfAnotherSource(t *testing.T) {
	var e events
	e.packet(eventPacket(1000, true, 5, true, 640), 0)
	e.forget()
	if _, pressed := e.packet(eventPacket(1000, true, 5, true, 640), ms); !pressed {
		t.Error("the same timestamp of another source is another press")
	}
}

// TestDialer reads what the dialer sends with the reader of events, and checks its shape against
// RFC 4733: one timestamp a key, rising durations, the end told three times.
func TestDialer(t *testing.T) {
	s := &stream{clock: 0xffffff80, seq: 9}
	d := &dialer{}
	for code := range byte(16) {
		d.keys = append(d.keys, code, code)
	}
	var e events
	keys, ends, now := "", 0, time.Duration(0)
	var last stamp
	var duration uint16
	for len(d.keys) > 0 {
		now += 20 * ms
		s.tick(1)
		b := make([]byte, headerSize+4)
		st, ok := d.next(s, 101, b[headerSize:])
		if !ok {
			continue
		}
		p := &packet{raw: b, body: headerSize, ts: st.ts, seq: st.seq, marker: st.marker, kind: st.kind}
		if key, pressed := e.packet(p, now); pressed {
			keys += string(key)
			duration = 0
		}
		if b[headerSize+1]&0x80 != 0 {
			ends++
		}
		got := binary.BigEndian.Uint16(b[headerSize+2:])
		if got < duration || last.seq != 0 && st.seq != last.seq+1 || st.marker != (last.ts != st.ts) {
			t.Fatalf("after %+v of %d comes %+v of %d", last, duration, st, got)
		}
		duration, last = got, st
	}
	want := ""
	for _, k := range tone.Keys {
		want += string(k) + string(k)
	}
	if keys != want || ends != 3*32 {
		t.Errorf("dialled %q with %d ends", keys, ends)
	}
	if st := s.pace(8, frame); st.ts != s.clock || !st.marker {
		t.Errorf("audio goes on at %+v", st)
	}
}

// FuzzEvent holds that no run of events breaks the reader, or reports more than one press a packet.
func FuzzEvent(f *testing.F) {
	f.Add([]byte{5, 0x8a, 0, 160, 0, 0, 0, 1}, true)
	f.Add([]byte{200, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3}, false)
	f.Fuzz(func(t *testing.T, b []byte, marker bool) {
		var e events
		now := time.Duration(0)
		for len(b) >= 8 {
			p := &packet{raw: append(make([]byte, headerSize), b[:4]...), body: headerSize, ts: binary.BigEndian.Uint32(b[4:]), marker: marker}
			key, pressed := e.packet(p, now)
			if pressed && key == 0 {
				t.Fatal("pressed no key")
			}
			if _, again := e.packet(p, now); again {
				t.Fatal("a repeated packet is a press")
			}
			b, now = b[8:], now+10*ms
		}
	})
}
