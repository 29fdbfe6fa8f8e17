package sdp_test

import (
	"net/netip"
	"strings"
	"testing"

	"hotline/media/sdp"
)

// FuzzAnswer holds that whatever arrives is refused or answered by the rules of RFC 3264: as many
// m= lines as offered, exactly one of them live, and an answer we could read ourselves.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"))
	f.Add([]byte("v=0\no=a 1 2 IN IP6 ::1\nc=IN IP6 ::1\nm=video 1 RTP/AVP 9\nm=audio 2/2 RTP/AVPF 97\na=rtpmap:97 PCMU/8000\na=rtcp:7 IN IP6 ::2\na=inactive\n"))
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nc=IN IP4 0.0.0.0\r\nm=audio 65535 RTP/AVP 0\r\na=sendonly\r\na=rtcp-mux\r\n"))
	f.Add([]byte("v=0\r\nm=audio 4294967296 RTP/AVP 4294967296\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		x := sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("192.0.2.5"), Port: 20000})
		answer, p, err := x.Answer(in)
		if err != nil {
			return
		}
		if p.Codec == sdp.NoCodec || !p.RTP.IsValid() || p.RTP.Port() == 0 {
			t.Fatalf("accepted without codec or port: %+v", p)
		}
		if strings.Count(string(answer), "m=audio 20000 ") != 1 {
			t.Fatalf("answer has no single live line:\n%s", answer)
		}
		_, _, err = sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("192.0.2.6"), Port: 30000}).Answer(answer)
		if err != nil {
			t.Fatalf("our own answer is refused: %v\n%s", err, answer)
		}
	})
}

// FuzzTake holds that no answer to our offer breaks us.
func FuzzTake(f *testing.F) {
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"))
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 8\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		x := sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("192.0.2.5"), Port: 20000})
		x.Offer(sdp.SendRecv)
		if p, err := x.Take(in); err == nil && (p.Codec == sdp.NoCodec || p.RTP.Port() == 0) {
			t.Fatalf("accepted without codec or port: %+v", p)
		}
	})
}
