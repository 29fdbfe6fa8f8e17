package media

import "testing"

// peer makes packets as a phone would send them.
func peer(seq uint16, ts uint32, n int) *packet {
	return &packet{raw: make([]byte, headerSize+n), body: headerSize, ssrc: 77, seq: seq, ts: ts, kind: 8}
}

// TestStreamAcrossSources follows one leg through prompt, bridge, hold, and back: the numbers of
// what is sent must be those of a single source.
func TestStreamAcrossSources(t *testing.T) {
	s := &stream{seq: 65533, clock: 0xffffff00}
	var m mapping
	type sent struct {
		ts     uint32
		seq    uint16
		marker bool
	}
	var got []sent
	note := func(st stamp, ok bool) {
		if ok {
			got = append(got, sent{st.ts, st.seq, st.marker})
		}
	}
	prompt := func() { note(s.pace(8, frame), true); s.tick(1) }
	pass := func(p *packet) { st, ok := m.pass(p, s, 8); note(st, ok) }

	prompt()
	prompt() // wraps the timestamp
	pass(peer(65534, 5000, frame))
	s.tick(1)
	pass(peer(65535, 5160, frame))
	s.tick(1)
	pass(peer(1, 5480, frame)) // 0 is lost on its way to us
	pass(peer(0, 5320, frame)) // and comes late
	pass(peer(1, 5480, frame)) // repeated
	s.tick(2)
	prompt()  // hold music
	s.tick(3) // nothing for 60 ms
	prompt()
	pass(peer(2, 9000, frame)) // back

	want := []sent{
		{0xffffff00, 65534, true},
		{0xffffffa0, 65535, false},
		{0x40, 0, true},
		{0xe0, 1, false},
		{0x220, 3, false},
		{0x180, 2, false},
		{0x2c0, 4, false},
		{0x540, 5, true},
		{0x5e0, 6, true},
	}
	if len(got) != len(want) {
		t.Fatalf("sent %d packets, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("packet %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if s.packets != uint32(len(want)) || s.octets != uint32(len(want)*frame) {
		t.Errorf("counted %d packets of %d octets", s.packets, s.octets)
	}
}

func TestMappingLaysAnew(t *testing.T) {
	for name, c := range map[string]struct {
		second *packet
		anew   bool
	}{
		"in order":              {peer(101, 10160, frame), false},
		"after a few lost":      {peer(150, 10000+50*frame, frame), false},
		"after many lost":       {peer(200, 10000+100*frame, frame), true},
		"sequence starts again": {peer(60000, 10160, frame), true},
		"timestamp starts anew": {peer(101, 900000, frame), true},
		"timestamp goes back":   {peer(101, 0xffff0000, frame), true},
		"other source":          {&packet{raw: make([]byte, 172), body: 12, ssrc: 78, seq: 101, ts: 10160}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := &stream{clock: 1000}, mapping{}
			first, _ := m.pass(peer(100, 10000, frame), s, 8)
			s.tick(1)
			st, ok := m.pass(c.second, s, 8)
			if !ok {
				t.Fatal("not passed")
			}
			if st.marker != c.anew {
				t.Errorf("marker %v", st.marker)
			}
			if c.anew && (st.seq != first.seq+1 || st.ts != first.ts+frame) {
				t.Errorf("after %+v comes %+v", first, st)
			}
			if !c.anew && st.seq-first.seq != c.second.seq-100 {
				t.Errorf("after %+v comes %+v", first, st)
			}
		})
	}
}

func TestMappingDropsWhatIsOlderThanItself(t *testing.T) {
	s, m := &stream{}, mapping{}
	m.pass(peer(10, 1600, frame), s, 8)
	if _, ok := m.pass(peer(9, 1440, frame), s, 8); ok {
		t.Error("sent a packet from before the bridge")
	}
}

// TestMappingSkipsKeys shows that a key that is not passed on leaves no hole.
func TestMappingSkipsKeys(t *testing.T) {
	s, m := &stream{}, mapping{}
	first, _ := m.pass(peer(10, 1600, frame), s, 8)
	for seq := uint16(11); seq < 15; seq++ {
		m.skip(peer(seq, 1760, 4))
	}
	m.skip(peer(20, 1760, 4)) // not the next one: the hole stays
	next, _ := m.pass(peer(15, 1600+5*frame, frame), s, 8)
	if next.seq != first.seq+1 || next.ts != first.ts+5*frame {
		t.Errorf("after %+v comes %+v", first, next)
	}
}

func TestPaceCatchesUpWithoutRepeating(t *testing.T) {
	s, m := &stream{}, mapping{}
	for i := range 5 { // the peer's clock runs ahead of ours
		m.pass(peer(uint16(i), uint32(i*frame), frame), s, 8)
	}
	if st := s.pace(8, frame); st.ts != 5*frame || st.marker {
		t.Errorf("%+v", st)
	}
}

// TestAKeyBeforeAnyAudio dials as the first thing that is sent: the clock stays where it began.
func TestAKeyBeforeAnyAudio(t *testing.T) {
	s := &stream{clock: 0xe0000000}
	if st := s.event(101, s.here(), true); st.ts != 0xe0000000 {
		t.Errorf("the key is at %#x", st.ts)
	}
	s.tick(1)
	if st := s.pace(8, frame); st.ts != 0xe00000a0 {
		t.Errorf("the audio after it is at %#x", st.ts)
	}
}
