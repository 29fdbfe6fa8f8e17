package load

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const ringing180 = "SIP/2.0 180 Ringing Now\r\nv: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx\r\nVia: SIP/2.0/UDP 127.0.0.2\r\n" +
	"Record-Route: <sip:p1;lr>\r\nrecord-route: <sip:p2;lr>\r\nf: <sip:a@b>;tag=1\r\nTo: \"C\" <sip:c@d>;tag=2\r\ni: call@x\r\nCSeq: 7  INVITE\r\n" +
	"m: \"N\" <sip:c@1.2.3.4:5;transport=udp>;expires=9\r\nProxy-Authenticate: Digest realm=\"r\"\r\n\r\nbody"

func TestParse(t *testing.T) {
	m, ok := parse([]byte(ringing180))
	if !ok || m.status != 180 || string(m.reason) != "Ringing Now" || m.cseq.number != 7 || m.cseq.method != "INVITE" || string(m.body) != "body" {
		t.Fatalf("%+v", m)
	}
	h := m.headers
	if len(h.via) != 2 || len(h.route) != 2 || string(h.callID) != "call@x" || !h.proxy || string(uriOf(h.contact)) != "sip:c@1.2.3.4:5;transport=udp" {
		t.Errorf("%+v", h)
	}
	for _, bad := range []string{"", "\r\n\r\n", "SIP/2.0 99 Low\r\n", "INVITE sip:a@b HTTP/1.1\r\n", strings.Replace(ringing180, "CSeq", "X", 1), strings.Replace(ringing180, "\r\ni:", "\r\nx:", 1)} {
		if m, ok := parse([]byte(bad)); ok {
			t.Errorf("%q is %+v", bad, m)
		}
	}
}

func TestURIs(t *testing.T) {
	for value, want := range map[string][2]string{
		`"A" <sip:a@b;x=1>;tag=2`: {"sip:a@b;x=1", "a"},
		"sip:a@b;tag=2":           {"sip:a@b", "a"},
		"<sip:b>":                 {"sip:b", ""},
		"<sip:a@b":                {"sip:a@b", "a"},
	} {
		if uri := uriOf([]byte(value)); string(uri) != want[0] || string(userOf(uri)) != want[1] {
			t.Errorf("%s: %s, user %s", value, uri, userOf(uri))
		}
	}
	if tagged([]byte("<sip:a@b>"), "q") != "<sip:a@b>;tag=q" || tagged([]byte("<sip:a@b>;tag=1"), "q") != "<sip:a@b>;tag=1" {
		t.Error("a tag was not added once")
	}
}

func TestSessions(t *testing.T) {
	const head = "v=0\r\nc=IN IP4 10.0.0.1\r\n"
	for body, want := range map[string]string{
		head + "m=audio 4000 RTP/AVP 3 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n":              "10.0.0.1:4000 PCMA 101 false",
		head + "m=video 9 RTP/AVP 8\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.2\r\na=sendonly\r\n": "10.0.0.2:4000 PCMU 0 true",
		head + "m=audio 4000 RTP/AVP 8\r\nm=audio 6000 RTP/AVP 0\r\na=inactive\r\n":                   "10.0.0.1:4000 PCMA 0 false",
		head + "m=audio 4000 RTP/AVP 9\r\n":                                                           "",
		head + "m=audio 0 RTP/AVP 8\r\n":                                                              "",
		head + "m=audio x RTP/AVP 8\r\n":                                                              "",
		head + "m=audio 4000\r\n":                                                                     "",
		"c=IN IP4 x\r\nm=audio 4000 RTP/AVP 8\r\n":                                                    "",
	} {
		s, ok := parseSession([]byte(body))
		got := ""
		if ok {
			got = fmt.Sprint(s.address, " ", s.law, " ", s.events, " ", s.mute)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", body, got, want)
		}
	}
}

// What we write, we read: requests with a route set, their cancellation, answers.
func TestWriting(t *testing.T) {
	e := &end{name: "127.0.0.1:5555"}
	d := dialog{callID: "c1@h", local: "<sip:a@h>;tag=1", remote: "<sip:b@h>", target: "sip:b@h", seq: 3}
	reply, _ := parse([]byte(ringing180))
	d.learn(&reply)
	m, ok := parse(d.request(e, ask{method: "BYE", seq: 4, extra: "X: y\r\n"}))
	if !ok || m.method != "BYE" || string(m.uri) != "sip:c@1.2.3.4:5;transport=udp" || m.cseq.number != 4 || string(m.headers.to) != "\"C\" <sip:c@d>;tag=2" {
		t.Fatalf("%+v", m)
	}
	first, second := bytes.Index(m.raw, []byte("Route: <sip:p2;lr>")), bytes.Index(m.raw, []byte("Route: <sip:p1;lr>"))
	if first < 0 || second < first {
		t.Errorf("the route set is not the recorded one backwards:\n%s", m.raw)
	}
	invite, _ := parse(d.request(e, ask{method: "INVITE", seq: 3, body: "v=0\r\n"}))
	cancel, _ := parse(d.request(e, ask{method: "CANCEL", seq: 3}))
	if string(invite.headers.via[0]) != string(cancel.headers.via[0]) || string(invite.headers.via[0]) == string(m.headers.via[0]) {
		t.Errorf("branches: %s, %s, %s", invite.headers.via[0], cancel.headers.via[0], m.headers.via[0])
	}
	a, ok := parse(answer(&invite, 487, "<sip:b@h>;tag=9", "", "v=0\r\n"))
	if !ok || a.status != 487 || string(a.reason) != "Request Terminated" || a.cseq != invite.cseq || string(a.body) != "v=0\r\n" {
		t.Errorf("%+v", a)
	}
}

func TestChallenges(t *testing.T) {
	values := [][]byte{
		[]byte(`Basic realm="x"`), []byte(`Digest realm="x", nonce="n", algorithm=SHA-512-256`),
		[]byte(`Digest realm="a, b", nonce="n2",  qop="auth,auth-int", opaque=o, algorithm=md5`),
	}
	c, ok := choose(values)
	if want := (challenge{realm: "a, b", nonce: "n2", opaque: "o", algorithm: "MD5", qop: true}); !ok || c != want {
		t.Fatalf("%+v", c)
	}
	if _, ok := choose(values[:2]); ok {
		t.Error("a challenge was chosen that we cannot answer")
	}
	// RFC 2617 section 3.5, but for its quality of protection.
	c = challenge{realm: "testrealm@host.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", algorithm: "MD5"}
	line := Account{"Mufasa", "Circle Of Life"}.respond(c, "GET", "/dir/index.html", false)
	if !strings.HasPrefix(line, "Authorization: Digest ") || !strings.Contains(line, `response="670fd8c2df070c60b045671b8b24ff02"`) {
		t.Error(line)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(ringing180))
	f.Add([]byte("INVITE sip:a@b SIP/2.0\r\nVia: x\r\n:\r\nFrom:\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := parse(b)
		if !ok {
			return
		}
		if again, ok := parse(answer(&m, 200, "<sip:x@y>;tag=1", "", "")); ok && m.cseq.number >= 0 && again.cseq.number != m.cseq.number {
			t.Errorf("CSeq %d is answered with %d", m.cseq.number, again.cseq.number)
		}
		uriOf(m.headers.contact)
		choose(m.headers.challenge)
	})
}

func FuzzSession(f *testing.F) {
	f.Add([]byte("c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8\r\na=rtpmap:101 telephone-event/8000\r\n"))
	f.Add([]byte("m=audio \r\na=rtpmap: telephone-event/8000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := parseSession(b); ok && (!s.address.Addr().Is4() || s.address.Port() == 0) {
			t.Errorf("%+v", s)
		}
	})
}
