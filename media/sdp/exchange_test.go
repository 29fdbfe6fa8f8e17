package sdp_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hotline/media/sdp"
)

// body joins lines as they travel.
func body(lines ...string) []byte {
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

// offer is an ordinary phone's offer with the given media lines.
func offer(lines ...string) []byte {
	return body(append([]string{"v=0", "o=phone 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"}, lines...)...)
}

func exchange() *sdp.Exchange {
	return sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("198.51.100.7"), Port: 20000})
}

// version returns the session id and version of a description.
func version(t *testing.T, description []byte) (id, version uint64) {
	t.Helper()
	_, rest, ok := strings.Cut(string(description), "\r\no=- ")
	if !ok {
		t.Fatalf("no origin line in %q", description)
	}
	if _, err := fmt.Sscanf(rest, "%d %d", &id, &version); err != nil {
		t.Fatalf("origin line %q: %v", rest, err)
	}
	return id, version
}

// tail returns a description from its s= line on.
func tail(description []byte) string {
	_, rest, _ := strings.Cut(string(description), "\r\ns=-\r\n")
	return rest
}

func TestAnswer(t *testing.T) {
	head := "c=IN IP4 198.51.100.7\r\nt=0 0\r\n"
	full := "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
	for name, c := range map[string]struct {
		offer  []byte
		answer string
	}{
		"ordinary": {
			offer("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"),
			"m=audio 20000 RTP/AVP 8 101\r\n" + full + "a=sendrecv\r\n",
		},
		"offerer's order and payload number": {
			offer("m=audio 4000 RTP/AVP 18 0 8 96", "a=rtpmap:96 Telephone-Event/8000"),
			"m=audio 20000 RTP/AVP 0 96\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
		},
		"no events": {
			offer("m=audio 4000 RTP/AVP 8"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		},
		"events at another clock": {
			offer("m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/48000"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		},
		"dynamic number": {
			offer("m=audio 4000 RTP/AVP 97", "a=rtpmap:97 pcma/8000/1"),
			"m=audio 20000 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		},
		"static number redefined": {
			offer("m=audio 4000 RTP/AVP 8 0", "a=rtpmap:8 G722/8000"),
			"m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		},
		"rtcp-mux": {
			offer("m=audio 4000 RTP/AVP 8", "a=rtcp-mux"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\n",
		},
		"hold sendonly": {
			offer("m=audio 4000 RTP/AVP 8", "a=sendonly"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=recvonly\r\n",
		},
		"hold inactive at session level": {
			offer("a=inactive", "m=audio 4000 RTP/AVP 8"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=inactive\r\n",
		},
		"media direction overrides session's": {
			offer("a=inactive", "m=audio 4000 RTP/AVP 8", "a=recvonly"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendonly\r\n",
		},
		"hold by unspecified address": {
			body("v=0", "o=phone 1 1 IN IP4 0.0.0.0", "s=-", "c=IN IP4 0.0.0.0", "t=0 0", "m=audio 4000 RTP/AVP 8"),
			"m=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=recvonly\r\n",
		},
		"other lines refused in their place": {
			offer("m=video 5000 RTP/AVP 96 97", "a=rtpmap:96 H264/90000", "m=audio 4000 RTP/SAVP 8", "m=audio 4002 RTP/AVP 8", "m=audio 4004 RTP/AVP 8", "m=image 6000 udptl t38"),
			"m=video 0 RTP/AVP 96\r\nm=audio 0 RTP/SAVP 8\r\nm=audio 20000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\nm=audio 0 RTP/AVP 8\r\nm=image 0 udptl t38\r\n",
		},
		"bare line feeds and blank lines": {
			[]byte("v=0\no=p 1 1 IN IP4 192.0.2.1\ns= \n\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000/2 RTP/AVPF 8\n"),
			"m=audio 20000 RTP/AVPF 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := exchange().Answer(c.offer)
			if err != nil {
				t.Fatal(err)
			}
			if tail(got) != head+c.answer {
				t.Errorf("answer\n%s\nwant\n%s", tail(got), head+c.answer)
			}
		})
	}
}

func TestAnswerParams(t *testing.T) {
	for name, c := range map[string]struct {
		lines      []string
		rtp, rtcp  string
		events     uint8
		dir        sdp.Direction
		mux, held  bool
		packetTime time.Duration
	}{
		"plain":              {[]string{"m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000"}, "192.0.2.1:4000", "192.0.2.1:4001", 101, sdp.SendRecv, false, false, 0},
		"event 0 and 127":    {[]string{"m=audio 4000 RTP/AVP 8 127", "a=rtpmap:127 telephone-event/8000"}, "192.0.2.1:4000", "192.0.2.1:4001", 127, sdp.SendRecv, false, false, 0},
		"own connection":     {[]string{"m=audio 4000 RTP/AVP 8", "c=IN IP4 192.0.2.9", "a=ptime:30"}, "192.0.2.9:4000", "192.0.2.9:4001", sdp.NoEvents, sdp.SendRecv, false, false, 30 * time.Millisecond},
		"rtcp port":          {[]string{"m=audio 4000 RTP/AVP 8", "a=rtcp:5000"}, "192.0.2.1:4000", "192.0.2.1:5000", sdp.NoEvents, sdp.SendRecv, false, false, 0},
		"rtcp address":       {[]string{"m=audio 4000 RTP/AVP 8", "a=rtcp:5000 IN IP4 192.0.2.8"}, "192.0.2.1:4000", "192.0.2.8:5000", sdp.NoEvents, sdp.SendRecv, false, false, 0},
		"mux wins over rtcp": {[]string{"m=audio 4000 RTP/AVP 8", "a=rtcp:5000", "a=rtcp-mux"}, "192.0.2.1:4000", "192.0.2.1:4000", sdp.NoEvents, sdp.SendRecv, true, false, 0},
		"hold":               {[]string{"m=audio 4000 RTP/AVP 8", "a=sendonly"}, "192.0.2.1:4000", "192.0.2.1:4001", sdp.NoEvents, sdp.RecvOnly, false, true, 0},
		"they only listen":   {[]string{"m=audio 4000 RTP/AVP 8", "a=recvonly"}, "192.0.2.1:4000", "192.0.2.1:4001", sdp.NoEvents, sdp.SendOnly, false, false, 0},
		"odd ptime ignored":  {[]string{"m=audio 4000 RTP/AVP 8", "a=ptime:never"}, "192.0.2.1:4000", "192.0.2.1:4001", sdp.NoEvents, sdp.SendRecv, false, false, 0},
		"old hold": {
			[]string{"m=audio 4000 RTP/AVP 8", "c=IN IP4 0.0.0.0", "a=sendonly"},
			"0.0.0.0:4000", "0.0.0.0:4001", sdp.NoEvents, sdp.RecvOnly, false, true, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, p, err := exchange().Answer(offer(c.lines...))
			if err != nil {
				t.Fatal(err)
			}
			want := sdp.Params{
				RTP: netip.MustParseAddrPort(c.rtp), RTCP: netip.MustParseAddrPort(c.rtcp),
				Codec: sdp.PCMA, Payload: 8, Events: c.events, EventsIn: c.events,
				Direction: c.dir, Mux: c.mux, PTime: c.packetTime,
			}
			if p != want {
				t.Errorf("params %+v\nwant   %+v", p, want)
			}
			if p.Held() != c.held {
				t.Errorf("held %v", p.Held())
			}
		})
	}
}

func TestAnswerRefuses(t *testing.T) {
	many := make([]string, 0, 300)
	many = append(many, "m=audio 4000 RTP/AVP 8")
	for range 201 {
		many = append(many, "a=x")
	}
	for name, c := range map[string]struct {
		offer []byte
		err   error
	}{
		"empty":               {nil, sdp.ErrSyntax},
		"not a description":   {[]byte("hello\r\n"), sdp.ErrSyntax},
		"version 1":           {body("v=1", "o=- 1 1 IN IP4 192.0.2.1"), sdp.ErrSyntax},
		"short origin":        {body("v=0", "o=- 1 IN IP4 192.0.2.1"), sdp.ErrSyntax},
		"no media":            {offer(), sdp.ErrMedia},
		"secure only":         {offer("m=audio 4000 RTP/SAVP 8"), sdp.ErrMedia},
		"refused by itself":   {offer("m=audio 0 RTP/AVP 8"), sdp.ErrMedia},
		"no G.711":            {offer("m=audio 4000 RTP/AVP 18 9"), sdp.ErrCodec},
		"wideband PCMA":       {offer("m=audio 4000 RTP/AVP 97", "a=rtpmap:97 PCMA/16000"), sdp.ErrCodec},
		"stereo PCMA":         {offer("m=audio 4000 RTP/AVP 97", "a=rtpmap:97 PCMA/8000/2"), sdp.ErrCodec},
		"name as address":     {offer("m=audio 4000 RTP/AVP 8", "c=IN IP4 phone.example"), sdp.ErrAddress},
		"IP4 with IPv6":       {offer("m=audio 4000 RTP/AVP 8", "c=IN IP4 2001:db8::1"), sdp.ErrAddress},
		"zoned address":       {offer("m=audio 4000 RTP/AVP 8", "c=IN IP6 fe80::1%eth0"), sdp.ErrAddress},
		"no connection":       {body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "m=audio 4000 RTP/AVP 8"), sdp.ErrAddress},
		"payload 4294967296":  {offer("m=audio 4000 RTP/AVP 8 4294967296"), sdp.ErrSyntax},
		"rtpmap 4294967296":   {offer("m=audio 4000 RTP/AVP 8", "a=rtpmap:4294967296 PCMA/8000"), sdp.ErrSyntax},
		"payload 128":         {offer("m=audio 4000 RTP/AVP 128"), sdp.ErrSyntax},
		"negative port":       {offer("m=audio -4 RTP/AVP 8"), sdp.ErrSyntax},
		"port 65536":          {offer("m=audio 65536 RTP/AVP 8"), sdp.ErrSyntax},
		"no format":           {offer("m=audio 4000 RTP/AVP"), sdp.ErrSyntax},
		"NUL in fmtp":         {offer("m=audio 4000 RTP/AVP 8", "a=fmtp:101 0-\x0015"), sdp.ErrSyntax},
		"bad rtcp":            {offer("m=audio 4000 RTP/AVP 8", "a=rtcp:5000 IN IP4"), sdp.ErrSyntax},
		"rtcp port":           {offer("m=audio 4000 RTP/AVP 8", "a=rtcp:70000"), sdp.ErrSyntax},
		"rtcp name":           {offer("m=audio 4000 RTP/AVP 8", "a=rtcp:5000 IN IP4 phone.example"), sdp.ErrAddress},
		"seventeen media":     {offer(strings.Split(strings.Repeat("m=audio 4000 RTP/AVP 18\n", 17), "\n")...), sdp.ErrLimit},
		"201 attributes":      {offer(many...), sdp.ErrLimit},
		"129 formats":         {offer("m=audio 4000 RTP/AVP" + strings.Repeat(" 8", 129)), sdp.ErrLimit},
		"endless line":        {offer("a=" + strings.Repeat("x", 9000)), sdp.ErrLimit},
		"endless description": {offer(strings.Split(strings.Repeat("b=AS:64\n", 9000), "\n")...), sdp.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			x := exchange()
			before, _, err := x.Answer(offer("m=audio 4000 RTP/AVP 8"))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err = x.Answer(c.offer); !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			after, _, err := x.Answer(offer("m=audio 4000 RTP/AVP 8"))
			if err != nil || string(after) != string(before) {
				t.Errorf("a refused offer changed the session: %q, %v", after, err)
			}
		})
	}
}

func TestVersionRisesWithChangesOnly(t *testing.T) {
	x := exchange()
	steps := []struct {
		offer []byte
		want  uint64
	}{
		{offer("m=audio 4000 RTP/AVP 8"), 1},
		{offer("m=audio 4000 RTP/AVP 8"), 1},
		{offer("m=audio 4000 RTP/AVP 8", "a=sendonly"), 2},
		{offer("m=audio 4000 RTP/AVP 8", "a=sendonly"), 2},
		{offer("m=audio 4000 RTP/AVP 8"), 3},
		{offer("m=audio 4000 RTP/AVP 0"), 4},
	}
	var first uint64
	for i, s := range steps {
		got, _, err := x.Answer(s.offer)
		if err != nil {
			t.Fatal(err)
		}
		id, v := version(t, got)
		if i == 0 {
			first = id
		}
		if v != s.want || id != first {
			t.Errorf("step %d: id %d version %d, want id %d version %d", i, id, v, first, s.want)
		}
	}
}

func TestOfferAndTake(t *testing.T) {
	x := exchange()
	want := "c=IN IP4 198.51.100.7\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
	if got := tail(x.Offer(sdp.SendRecv)); got != want {
		t.Fatalf("offer\n%s\nwant\n%s", got, want)
	}
	p, err := x.Take(offer("m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Codec != sdp.PCMU || p.Payload != 0 || p.Events != 96 || p.EventsIn != 101 {
		t.Errorf("params %+v", p)
	}
	if _, err := x.Take(offer("m=audio 4000 RTP/AVP 0")); !errors.Is(err, sdp.ErrNoOffer) {
		t.Errorf("second answer: %v", err)
	}
	again, _, err := x.Answer(offer("m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000"))
	if _, v := version(t, again); err != nil || v != 2 {
		t.Errorf("version %d, %v", v, err)
	}
}

func TestLaterOfferKeepsLines(t *testing.T) {
	x := exchange()
	if _, _, err := x.Answer(offer("m=video 5000 RTP/AVP 96", "m=audio 4000 RTP/AVP 8 100", "a=rtpmap:100 telephone-event/8000")); err != nil {
		t.Fatal(err)
	}
	got := tail(x.Offer(sdp.SendOnly))
	for _, want := range []string{"m=video 0 RTP/AVP 96\r\nm=audio 20000 RTP/AVP 8 0 100\r\n", "a=sendonly"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	p, err := x.Take(offer("m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 8", "a=recvonly"))
	if err != nil || p.Direction != sdp.SendOnly || p.Events != sdp.NoEvents {
		t.Errorf("params %+v, %v", p, err)
	}
}

func TestTakeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		answer []byte
		err    error
	}{
		"port 0":     {offer("m=audio 0 RTP/AVP 8"), sdp.ErrRefused},
		"other law":  {offer("m=audio 4000 RTP/AVP 18"), sdp.ErrCodec},
		"no line":    {offer(), sdp.ErrSyntax},
		"other kind": {offer("m=video 4000 RTP/AVP 8"), sdp.ErrSyntax},
		"garbage":    {[]byte("?"), sdp.ErrSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			x := exchange()
			x.Offer(sdp.SendRecv)
			if _, err := x.Take(c.answer); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
		})
	}
}

func TestLocalForms(t *testing.T) {
	x := sdp.NewExchange(sdp.Local{
		Address: netip.MustParseAddr("2001:db8::5"), Port: 20000, RTCP: 30001, Codecs: []sdp.Codec{sdp.PCMU},
	})
	got := tail(x.Offer(sdp.SendRecv))
	for _, want := range []string{"c=IN IP6 2001:db8::5\r\n", "m=audio 20000 RTP/AVP 0 101\r\n", "a=rtcp:30001\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	m := sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("192.0.2.5"), Port: 20000, Mux: true})
	if got := tail(m.Offer(sdp.SendRecv)); !strings.Contains(got, "a=rtcp-mux\r\n") {
		t.Errorf("no mux in\n%s", got)
	}
	p, err := m.Take(offer("m=audio 4000 RTP/AVP 8", "a=rtcp-mux"))
	if err != nil || !p.Mux || p.RTCP != p.RTP {
		t.Errorf("params %+v, %v", p, err)
	}
}

func TestDirection(t *testing.T) {
	for _, c := range []struct {
		dir             sdp.Direction
		name            string
		reverse         sdp.Direction
		sends, receives bool
	}{
		{sdp.SendRecv, "sendrecv", sdp.SendRecv, true, true},
		{sdp.SendOnly, "sendonly", sdp.RecvOnly, true, false},
		{sdp.RecvOnly, "recvonly", sdp.SendOnly, false, true},
		{sdp.Inactive, "inactive", sdp.Inactive, false, false},
	} {
		if c.dir.String() != c.name || c.dir.Reverse() != c.reverse || c.dir.Sends() != c.sends || c.dir.Receives() != c.receives {
			t.Errorf("%v: reverse %v sends %v receives %v", c.dir, c.dir.Reverse(), c.dir.Sends(), c.dir.Receives())
		}
	}
}

func TestWarning(t *testing.T) {
	for err, want := range map[error]int{sdp.ErrAddress: 301, sdp.ErrMedia: 304, sdp.ErrCodec: 305, sdp.ErrSyntax: 399} {
		if code, text := sdp.Warning(fmt.Errorf("answer: %w", err)); code != want || text == "" {
			t.Errorf("%v: %d %q", err, code, text)
		}
	}
}

func TestCodecNames(t *testing.T) {
	if sdp.PCMA.String() != "PCMA" || sdp.PCMU.String() != "PCMU" || sdp.NoCodec.String() != "none" {
		t.Error("codec names")
	}
	if sdp.PCMA.Payload() != 8 || sdp.PCMU.Payload() != 0 {
		t.Error("static payload numbers")
	}
}
