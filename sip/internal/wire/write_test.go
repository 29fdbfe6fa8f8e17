package wire_test

import (
	"net/netip"
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

func reply(t *testing.T, message string, r wire.Reply, source string) string {
	t.Helper()
	m, err := wire.Parse([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return string(m.Reply(r, netip.MustParseAddrPort(source)))
}

func TestReplyEchoesFaithfully(t *testing.T) {
	message := options(map[string]string{"Via": "Via: SIP/2.0/UDP 192.0.2.7:5080;x=\"a;b, c\";branch=z9hG4bKa1, SIP/2.0/TCP p2;branch=z9hG4bKp2"},
		"Record-Route: <sip:p1;lr>;rr=\"x,y\"", "Record-Route: <sip:p2;lr>, <sip:p3>", "Timestamp: 54")
	out := reply(t, message, wire.Reply{Status: 200, Tag: "mine"}, "192.0.2.7:5080")
	for _, want := range []string{
		"Via: SIP/2.0/UDP 192.0.2.7:5080;x=\"a;b, c\";branch=z9hG4bKa1,SIP/2.0/TCP p2;branch=z9hG4bKp2\r\n",
		"Record-Route: <sip:p1;lr>;rr=\"x,y\"\r\nRecord-Route: <sip:p2;lr>,<sip:p3>\r\n",
		"To: <sip:12348@example.com>;tag=mine\r\n",
		"From: \"A\" <sip:a@example.com>;tag=f1\r\n",
		"Content-Length: 0\r\n\r\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("answer lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Timestamp") {
		t.Error("Timestamp belongs into 100 only")
	}
	trying := reply(t, message, wire.Reply{Status: 100, Tag: "mine"}, "192.0.2.7:5080")
	if !strings.Contains(trying, "Timestamp: 54\r\n") || strings.Contains(trying, "tag=mine") || strings.Contains(trying, "Record-Route") {
		t.Errorf("100 Trying wrong:\n%s", trying)
	}
	if refused := reply(t, message, wire.Reply{Status: 404, Tag: "mine"}, "192.0.2.7:5080"); strings.Contains(refused, "Record-Route") {
		t.Error("a refusal forms no dialog and carries no Record-Route")
	}
}

func TestReplyStampsSource(t *testing.T) {
	tests := map[string]struct{ via, want string }{
		"same address":     {"SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx"},
		"other address":    {"SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;received=192.0.2.9"},
		"name":             {"SIP/2.0/UDP host;branch=z9hG4bKx", "SIP/2.0/UDP host;branch=z9hG4bKx;received=192.0.2.9"},
		"rport":            {"SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bKx", "SIP/2.0/UDP 192.0.2.9;rport=4000;branch=z9hG4bKx;received=192.0.2.9"},
		"rport upper case": {"SIP/2.0/UDP h;RPort;branch=z9hG4bKx", "SIP/2.0/UDP h;rport=4000;branch=z9hG4bKx;received=192.0.2.9"},
		"forged received":  {"SIP/2.0/UDP h;received=1.2.3.4;branch=z9hG4bKx", "SIP/2.0/UDP h;branch=z9hG4bKx;received=192.0.2.9"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out := reply(t, options(map[string]string{"Via": "Via: " + tt.via}), wire.Reply{Status: 200}, "192.0.2.9:4000")
			if !strings.Contains(out, "Via: "+tt.want+"\r\n") {
				t.Errorf("want Via %q in\n%s", tt.want, out)
			}
		})
	}
}

func TestReplyPort(t *testing.T) {
	for via, want := range map[string]uint16{
		"SIP/2.0/UDP h;branch=z9hG4bKx":           5060,
		"SIP/2.0/UDP h:5080;branch=z9hG4bKx":      5080,
		"SIP/2.0/UDP h:5080;branch=z9hG4bK;rport": 4000,
	} {
		m, err := wire.Parse([]byte(options(map[string]string{"Via": "Via: " + via})))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Via.ReplyPort(4000); got != want {
			t.Errorf("%s: port %d, want %d", via, got, want)
		}
	}
}

// No value that comes from a caller, a case or the configuration adds a header.
func TestTrapSipgo10HeaderInjection(t *testing.T) {
	evil := "x\r\nEvil: yes\r\n\r\nbody"
	r := wire.Request{
		Method: "INVITE", URI: "sip:a@b\r\nEvil: yes", Via: "SIP/2.0/UDP h\r\nEvil: 1", Branch: "z9hG4bKx\r\nEvil: 1", Routes: []string{"<sip:p>\nEvil: 1"},
		From: wire.Quote("n\"\\\r\nEvil: 1") + " <sip:a@b>;tag=1", To: "<sip:a@b>" + evil, CallID: "c" + evil, Seq: 1,
		Fields: []wire.Field{{Name: "Reason", Value: evil}, {Name: "X\r\nEvil", Value: "1"}, {Name: "", Value: "1"}}, Body: []byte("b"),
	}
	head, _, _ := strings.Cut(string(r.Bytes()), "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n") {
		if strings.HasPrefix(line, "Evil") || strings.ContainsAny(line, "\r\n") {
			t.Errorf("injected line %q", line)
		}
	}
	out := reply(t, options(nil), wire.Reply{Status: 200, Phrase: "OK" + evil, Type: evil, Body: []byte("b"), Fields: []wire.Field{{Name: "Warning", Value: evil}}}, "192.0.2.1:1")
	if strings.Contains(out, "\nEvil") {
		t.Errorf("injected into an answer:\n%s", out)
	}
}

func TestRequestReadsBack(t *testing.T) {
	r := wire.Request{
		Method: "INVITE", URI: "sip:8001@192.0.2.1:5060;transport=tcp", Via: "SIP/2.0/TCP 192.0.2.2:5060", Branch: "z9hG4bKx",
		Routes: []string{"<sip:p1;lr>", "<sip:p2;lr>"}, From: wire.Quote(`a"b`) + " <sip:12348@h>;tag=1", To: "<sip:8001@h>",
		CallID: "c", Seq: 3, Fields: []wire.Field{{Name: "Supported", Value: "timer"}}, Body: []byte("v=0\r\n"),
	}
	m, err := wire.Parse(r.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if m.From.Display != `a"b` || m.Hops() != 70 || string(m.Body) != "v=0\r\n" || len(m.Values("Route")) != 2 || m.Header("Content-Type") != "application/sdp" {
		t.Errorf("read back wrongly: %+v", m)
	}
	ack, err := wire.Parse(r.Ack("<sip:8001@h>;tag=9").Bytes())
	if err != nil || ack.Method != "ACK" || ack.Seq != 3 || ack.Via.Branch != m.Via.Branch || ack.ToTag() != "9" || len(ack.Values("Route")) != 2 {
		t.Errorf("ACK wrong: %v %+v", err, ack)
	}
	cancel, err := wire.Parse(r.Cancel([]wire.Field{{Name: "Reason", Value: "SIP;cause=200"}}).Bytes())
	if err != nil || cancel.Method != "CANCEL" || cancel.Verb != "CANCEL" || cancel.ToTag() != "" || cancel.Header("Reason") == "" || len(cancel.Body) != 0 {
		t.Errorf("CANCEL wrong: %v %+v", err, cancel)
	}
}

func TestEscapeUser(t *testing.T) {
	for in, want := range map[string]string{"12348": "12348", "*8001": "*8001", "a b@c": "a%20b%40c", "#1\r\n": "%231%0D%0A", "张": "%E5%BC%A0"} {
		if got := wire.EscapeUser(in); got != want {
			t.Errorf("EscapeUser(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkReply(b *testing.B) {
	m, err := wire.Parse([]byte(options(nil)))
	if err != nil {
		b.Fatal(err)
	}
	source := netip.MustParseAddrPort("192.0.2.7:5080")
	b.ReportAllocs()
	for b.Loop() {
		_ = m.Reply(wire.Reply{Status: 200, Tag: "abcdefgh"}, source)
	}
}
