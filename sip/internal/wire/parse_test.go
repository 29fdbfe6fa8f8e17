package wire_test

import (
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

// lines joins a message written one header a line.
func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n\r\n" }

// options is a request every field of which a test may replace or repeat.
func options(change map[string]string, extra ...string) string {
	base := [][2]string{
		{"start", "OPTIONS sip:12348@192.0.2.1 SIP/2.0"},
		{"Via", "Via: SIP/2.0/UDP 192.0.2.7:5080;branch=z9hG4bKa1;rport"},
		{"From", "From: \"A\" <sip:a@example.com>;tag=f1"},
		{"To", "To: <sip:12348@example.com>"},
		{"Call-ID", "Call-ID: c1@example.com"},
		{"CSeq", "CSeq: 7 OPTIONS"},
		{"Max-Forwards", "Max-Forwards: 70"},
	}
	var out []string
	for _, f := range base {
		if v, ok := change[f[0]]; ok {
			if v != "" {
				out = append(out, v)
			}
			continue
		}
		out = append(out, f[1])
	}
	return lines(append(out, extra...)...)
}

func TestParseReadsRequest(t *testing.T) {
	m, err := wire.Parse([]byte(options(nil, "k: timer, 100rel", "Supported: replaces", "Content-Length: 4") + "bodyrest"))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case m.Method != "OPTIONS", m.Target.Number() != "12348", m.From.Display != "A", m.FromTag() != "f1":
		t.Errorf("start or From wrong: %+v", m)
	case m.Seq != 7, m.Verb != "OPTIONS", m.CallID != "c1@example.com", m.Hops() != 70:
		t.Errorf("CSeq, Call-ID or Max-Forwards wrong: %+v", m)
	case m.Via.Branch != "z9hG4bKa1", m.Via.Port != 5080, !m.Via.Modern():
		t.Errorf("Via wrong: %+v", m.Via)
	case string(m.Body) != "body":
		t.Errorf("body %q, want what Content-Length cuts", m.Body)
	case !m.Has("Supported", "Replaces"), !m.Has("supported", "100rel"), m.Has("Supported", "rel"):
		t.Error("option tags not found across fields and compact form")
	}
}

func TestParseFaults(t *testing.T) {
	tests := map[string]struct {
		message string
		status  int
	}{
		"version":              {options(map[string]string{"start": "OPTIONS sip:a@b SIP/3.0"}), 505},
		"two spaces":           {options(map[string]string{"start": "OPTIONS  sip:a@b SIP/2.0"}), 400},
		"space in uri":         {options(map[string]string{"start": "OPTIONS sip:a@b; lr SIP/2.0"}), 400},
		"space at end":         {options(map[string]string{"start": "OPTIONS sip:a@b SIP/2.0 "}), 400},
		"uri in brackets":      {options(map[string]string{"start": "OPTIONS <sip:a@b> SIP/2.0"}), 400},
		"headers in uri":       {options(map[string]string{"start": "OPTIONS sip:a@b?Route=x SIP/2.0"}), 400},
		"no host":              {options(map[string]string{"start": "OPTIONS sip:a@ SIP/2.0"}), 400},
		"port too big":         {options(map[string]string{"start": "OPTIONS sip:a@b:65536 SIP/2.0"}), 400},
		"port negative":        {options(map[string]string{"start": "OPTIONS sip:a@b:-1 SIP/2.0"}), 400},
		"From port a word":     {options(map[string]string{"From": "From: <sip:a@b:x>;tag=1"}), 400},
		"no Via":               {options(map[string]string{"Via": ""}), 400},
		"empty Via":            {options(map[string]string{"Via": "Via:"}), 400},
		"Via without host":     {options(map[string]string{"Via": "Via: SIP/2.0/UDP ;branch=z9hG4bKa"}), 400},
		"Via port a word":      {options(map[string]string{"Via": "Via: SIP/2.0/UDP a:b;branch=z9hG4bKa"}), 400},
		"Via empty params":     {options(map[string]string{"Via": "Via: SIP/2.0/UDP 192.0.2.15;;,;,,"}), 400},
		"no From":              {options(map[string]string{"From": ""}), 400},
		"no To":                {options(map[string]string{"To": ""}), 400},
		"no Call-ID":           {options(map[string]string{"Call-ID": ""}), 400},
		"no CSeq":              {options(map[string]string{"CSeq": ""}), 400},
		"quote open":           {options(map[string]string{"To": `To: "Mr. J <sip:j@b>`}), 400},
		"bracket open":         {options(map[string]string{"To": "To: <sip:j@b"}), 400},
		"after bracket":        {options(map[string]string{"To": "To: <sip:j@b> x"}), 400},
		"CSeq method":          {options(map[string]string{"CSeq": "CSeq: 8 INVITE"}), 400},
		"CSeq case":            {options(map[string]string{"CSeq": "CSeq: 8 options"}), 400},
		"CSeq huge":            {options(map[string]string{"CSeq": "CSeq: 36893488147419103232 OPTIONS"}), 400},
		"Max-Forwards huge":    {options(map[string]string{"Max-Forwards": "Max-Forwards: 300"}), 400},
		"doubled From":         {options(nil, "f: <sip:x@y>;tag=2"), 400},
		"doubled To":           {options(nil, "To: <sip:x@y>"), 400},
		"doubled Call-ID":      {options(nil, "i: other"), 400},
		"doubled CSeq":         {options(nil, "CSeq: 7 OPTIONS"), 400},
		"doubled Max-Forwards": {options(nil, "Max-Forwards: 70"), 400},
		"doubled length":       {options(nil, "Content-Length: 0", "l: 0"), 400},
		"length negative":      {options(nil, "Content-Length: -999"), 400},
		"length too long":      {options(nil, "Content-Length: 9999"), 400},
		"control in name":      {options(nil, "To\x01: x"), 400},
		"tab-like in name":     {options(nil, "To\x0b: x"), 400},
		"control in value":     {options(nil, "Subject: a\x02b"), 400},
		"NUL in value":         {options(nil, "Subject: a\x00b"), 400},
		"bare LF":              {options(nil, "Subject: a\nVia: evil"), 400},
		"bare CR":              {options(nil, "Subject: a\rVia: evil"), 400},
		"no colon":             {options(nil, "Foobar roobar"), 400},
		"empty name":           {options(nil, ": x"), 400},
		"too long":             {options(nil, "Subject: "+strings.Repeat("x", 9000)), 400},
		"too many":             {options(nil, strings.Split(strings.Repeat("X: y|", 250), "|")[:249]...), 400},
		"too many Vias":        {options(nil, strings.Split(strings.Repeat("Via: SIP/2.0/UDP h;branch=z9hG4bKx|", 80), "|")[:79]...), 400},
		"header not ended":     {strings.TrimSuffix(options(nil), "\r\n"), 400},
		"Expires huge":         {options(nil, "Expires: 99999999999"), 400},
		"not SIP":              {"GET / HTTP/1.1\r\n\r\n", 0},
		"garbage":              {"\x00\x01\x02\x03", 0},
		"no line":              {"OPTIONS sip:a@b SIP/2.0", 0},
		"ACK never":            {lines("ACK sip:a@b SIP/2.0", "Via: x"), 0},
		"response code huge":   {lines("SIP/2.0 4294967301 x", "Via: SIP/2.0/UDP h;branch=z9hG4bKx"), 0},
		"response version":     {lines("SIP/7.0 200 OK", "Via: SIP/2.0/UDP h;branch=z9hG4bKx"), 0},
		"response doubled To": {lines("SIP/2.0 200 OK", "Via: SIP/2.0/UDP h;branch=z9hG4bKx", "To: <sip:a@b>", "To: <sip:a@b>",
			"From: <sip:a@b>;tag=1", "Call-ID: a", "CSeq: 1 INVITE"), 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := wire.Parse([]byte(tt.message))
			var fault *wire.SyntaxError
			if !errors.As(err, &fault) {
				t.Fatalf("taken, want a fault with status %d", tt.status)
			}
			if fault.Status != tt.status {
				t.Errorf("status %d (%s), want %d", fault.Status, fault.Reason, tt.status)
			}
		})
	}
}

// A fault is still answered along the Via, with what could be read and nothing that could not.
func TestFaultIsAnswered(t *testing.T) {
	m, err := wire.Parse([]byte(options(nil, "Subject: a\nVia: SIP/2.0/UDP evil")))
	if err == nil {
		t.Fatal("bare line feed taken")
	}
	out := string(m.Reply(wire.Reply{Status: 400, Tag: "t"}, netip.MustParseAddrPort("198.51.100.4:5081")))
	for _, want := range []string{"SIP/2.0 400 Bad Request\r\n", "rport=5081;received=198.51.100.4", ";tag=t\r\n", "CSeq: 7 OPTIONS\r\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("answer lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "Subject") {
		t.Error("the bad field is echoed")
	}
}

func TestParseAcceptsOddButValid(t *testing.T) {
	tests := map[string]struct {
		message string
		check   func(*wire.Message) bool
	}{
		"no From tag (RFC 2543)": {options(map[string]string{"From": "From: <sip:+8613800000000@gw>"}), func(m *wire.Message) bool { return m.FromTag() == "" }},
		"folds":                  {options(map[string]string{"To": "TO :\r\n sip:v@h ;   tag    = 19n"}), func(m *wire.Message) bool { return m.ToTag() == "19n" }},
		"folded Via": {
			options(map[string]string{"Via": "v  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch= 390skdjuw"}),
			func(m *wire.Message) bool { return m.Via.Host == "192.0.2.2" && m.Via.Branch == "390skdjuw" },
		},
		"Via list": {
			options(map[string]string{"Via": "Via: SIP/2.0/TCP a;branch=z9hG4bKx , SIP / 2.0 / UDP b"}),
			func(m *wire.Message) bool { return m.Via.Host == "a" && len(m.Values("Via")) == 2 },
		},
		"quoted pairs": {options(map[string]string{"To": "To: \"BEL:\\\x07 NUL:\\\x00\" <sip:a@b>"}), func(m *wire.Message) bool { return m.To.URI.User == "a" }},
		"quotes in quotes": {
			options(map[string]string{"From": `from : "J \\\"R, x"  <sip:j@b> ; tag = q`}),
			func(m *wire.Message) bool { return m.From.Display == `J \"R, x` && m.FromTag() == "q" },
		},
		"comma in name":  {options(map[string]string{"From": "From: Bell, Alexander <sip:a@b>;tag=43"}), func(m *wire.Message) bool { return m.FromTag() == "43" }},
		"utf-8":          {options(map[string]string{"From": "From: 张三 <sip:a@b>;tag=1"}), func(m *wire.Message) bool { return m.From.Display == "张三" }},
		"ipv6":           {options(map[string]string{"Via": "Via: SIP/2.0/UDP [2001:db8::9]:5062;branch=z9hG4bKx"}), func(m *wire.Message) bool { return m.Via.Host == "2001:db8::9" && m.Via.Port == 5062 }},
		"leading CRLF":   {"\r\n\r\n" + options(nil), func(m *wire.Message) bool { return m.Seq == 7 }},
		"tel":            {options(map[string]string{"start": "OPTIONS tel:+862012348;phone-context=x SIP/2.0"}), func(m *wire.Message) bool { return m.Target.Number() == "+862012348" }},
		"other scheme":   {options(map[string]string{"start": "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"}), func(m *wire.Message) bool { return m.Target.Scheme == "soap.beep" }},
		"escaped user":   {options(map[string]string{"start": "OPTIONS sip:%31%32348@b SIP/2.0"}), func(m *wire.Message) bool { return m.Target.Number() == "12348" }},
		"escaped NUL":    {options(map[string]string{"start": "OPTIONS sip:a%00@b SIP/2.0"}), func(m *wire.Message) bool { return m.Target.Number() == "" }},
		"method case":    {options(map[string]string{"start": "options sip:a@b SIP/2.0", "CSeq": "CSeq: 1 options"}), func(m *wire.Message) bool { return m.Method == "options" }},
		"unquoted quote": {options(nil, `Subject: 5" pipe`), func(m *wire.Message) bool { return m.Header("subject") == `5" pipe` }},
		"blanks in auth": {options(nil, `Authorization: Digest nonce="a  b"`), func(m *wire.Message) bool { return strings.Contains(m.Header("Authorization"), "a  b") }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := wire.Parse([]byte(tt.message))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(m) {
				t.Errorf("read wrongly: %+v", m)
			}
		})
	}
}

func TestContacts(t *testing.T) {
	m, err := wire.Parse([]byte(options(nil, `m: "a\"b, c" <sip:x@[::1]:5070;transport=TCP>;expires=60;+sip.instance="<urn:uuid:1>", sip:y@h;q=0.5`, "Contact: *")))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := m.Contacts()
	if !ok || len(got) != 3 {
		t.Fatalf("contacts %v %v, want three", got, ok)
	}
	instance, _ := got[0].Params.Get("+sip.instance")
	transport, _ := got[0].URI.Param("Transport")
	if got[0].Display != `a"b, c` || instance != "<urn:uuid:1>" || transport != "TCP" || got[0].URI.Addr().String() != "::1" {
		t.Errorf("first contact read wrongly: %+v", got[0])
	}
	if q, _ := got[1].Params.Get("q"); q != "0.5" || got[2].Display != "*" {
		t.Errorf("other contacts read wrongly: %+v", got[1:])
	}
	m, err = wire.Parse([]byte(options(nil, "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E")))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Contacts(); ok {
		t.Error("a bare URI with headers is taken as a contact")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(options(nil)))
	f.Add([]byte(options(nil, "Contact: \"x\\\"\" <sip:a@b>;q=\"1;2\"", "Record-Route: <sip:p;lr>;x=\"a,b\", <sip:q>")))
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n\r\n"))
	f.Add([]byte("INVITE sip:a SIP/2.0\r\nTo :\r\n x\r\nFrom: \"\\\r\n\"\r\n\r\n"))
	source := netip.MustParseAddrPort("192.0.2.9:5060")
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := wire.Parse(data)
		if m == nil {
			return
		}
		_, _ = m.Contacts()
		_ = m.Values("Record-Route")
		_ = m.Target.Number()
		out := m.Reply(wire.Reply{Status: 200, Tag: "t"}, source)
		if out == nil {
			return
		}
		head, _, ok := strings.Cut(string(out), "\r\n\r\n")
		if !ok {
			t.Fatalf("answer without end of header: %q", out)
		}
		if strings.Count(head, "\r") != strings.Count(head, "\r\n") || strings.Count(head, "\n") != strings.Count(head, "\r\n") {
			t.Fatalf("answer with a bare CR or LF: %q", head)
		}
		if err != nil {
			return
		}
		back, err := wire.Parse(out)
		if err != nil || back.Status != 200 || back.CallID != m.CallID || back.FromTag() != m.FromTag() {
			t.Fatalf("our answer does not read back: %v\n%q\nto %q", err, out, data)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	message := []byte(options(nil, "Contact: <sip:a@192.0.2.7:5080>", "Supported: timer, 100rel", "Allow: INVITE, ACK, CANCEL, BYE",
		"User-Agent: phone", "Content-Type: application/sdp", "Content-Length: 150") + strings.Repeat("x", 150))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Parse(message); err != nil {
			b.Fatal(err)
		}
	}
}

// sipgo writes no log line about what we read, and so no number into one.
func TestTrapSipgo13NothingIsLogged(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	for _, change := range []map[string]string{
		{"Via": "Via: SIP/2.0/UDP 13800000000:x;branch=z9hG4bKx"},
		{"From": "From: <sip:13800000000@b:x>"},
		{"To": `To: "13800000000 <sip:x>`},
		{"CSeq": "CSeq: 13800000000 X"},
		{"start": "OPTIONS sip:13800000000@b:x SIP/2.0"},
	} {
		m, err := wire.Parse([]byte(options(change, "Contact: <sip:13800000000@")))
		if err == nil || strings.Contains(err.Error(), "138") {
			t.Errorf("%v: %v", change, err)
		}
		if m != nil {
			_, _ = m.Contacts()
		}
	}
	if log.Len() != 0 {
		t.Errorf("logged: %s", log.String())
	}
}
