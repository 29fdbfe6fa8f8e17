package media

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
)

func TestParse(t *testing.T) {
	audio := []byte{1, 2, 3, 4}
	plain := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, PayloadType: 8, SequenceNumber: 65535, Timestamp: 1 << 31, SSRC: 7}, Payload: audio}
	sources := plain
	sources.CSRC = []uint32{1, 2, 3}
	extended := plain
	extended.Extension, extended.ExtensionProfile = true, 0xbede
	if err := extended.SetExtension(1, []byte{9, 9}); err != nil {
		t.Fatal(err)
	}
	padded := plain
	padded.Padding, padded.PaddingSize = true, 4
	for name, in := range map[string]rtp.Packet{"plain": plain, "sources": sources, "extension": extended, "padding": padded} {
		t.Run(name, func(t *testing.T) {
			raw, err := in.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			var p packet
			if !p.parse(raw) {
				t.Fatal("not parsed")
			}
			if p.seq != 65535 || p.ts != 1<<31 || p.ssrc != 7 || p.kind != 8 || !p.marker || !bytes.Equal(p.payload(), audio) {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	ok := make([]byte, 13)
	ok[0] = 0x80
	with := func(at int, v byte, n int) []byte {
		b := append(bytes.Clone(ok), make([]byte, 10)...)[:n]
		b[at] = v
		return b
	}
	for name, b := range map[string][]byte{
		"empty":                  nil,
		"short":                  ok[:11],
		"version 1":              with(0, 0x40, 13),
		"sources past the end":   with(0, 0x8f, 13),
		"extension past the end": with(0, 0x90, 14),
		"padding of zero":        with(0, 0xa0, 13),
		"padding past the start": append(with(0, 0xa0, 13), 9),
	} {
		if new(packet).parse(b) {
			t.Errorf("%s: parsed", name)
		}
	}
	long := with(0, 0x90, 17)
	long[14], long[15] = 0xff, 0xff
	if new(packet).parse(long) {
		t.Error("extension of 64k words: parsed")
	}
}

func TestControl(t *testing.T) {
	for kind, want := range map[byte]bool{8: false, 0x88: false, 191: false, 192: true, 200: true, 223: true, 224: false} {
		if control([]byte{0x80, kind}) != want {
			t.Errorf("kind %d: %v", kind, !want)
		}
	}
	if control([]byte{0x80}) || control([]byte{0x40, 200}) {
		t.Error("not RTCP at all")
	}
}

// FuzzPacket holds that our parser and pion's agree on every packet both take, and that a header
// written in place over a parsed packet leaves its payload alone.
func FuzzPacket(f *testing.F) {
	f.Add([]byte{0x80, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xd5})
	f.Add([]byte{0xb1, 0x88, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 0xd5, 1})
	f.Add([]byte{0x90, 101, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p packet
		if !p.parse(bytes.Clone(b)) {
			return
		}
		var want rtp.Packet
		if err := want.Unmarshal(b); err != nil {
			return // pion also reads what is in the extension
		}
		if p.seq != want.SequenceNumber || p.ts != want.Timestamp || p.ssrc != want.SSRC || p.kind != want.PayloadType || !bytes.Equal(p.payload(), want.Payload) {
			t.Fatalf("%+v\nwant %+v", p, want)
		}
		payload := bytes.Clone(p.payload())
		out := p.raw[p.body-headerSize:]
		stamp{seq: 5, ts: 6, kind: 7, marker: true}.write(out, 8)
		var again packet
		if !again.parse(out) || again.seq != 5 || again.ts != 6 || again.kind != 7 || again.ssrc != 8 || !again.marker || !bytes.Equal(again.payload(), payload) {
			t.Fatalf("rewritten: %+v", again)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	raw := make([]byte, 172)
	raw[0] = 0x80
	var p packet
	b.ReportAllocs()
	for b.Loop() {
		p.parse(raw)
	}
}
