package sip_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

const multipart = "--b\r\nContent-Type: application/sdp\r\n\r\n" + siptest.Offer + "\r\n--b\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\x02\r\n--b--\r\n"

func TestInspection(t *testing.T) {
	r := start(t, busy)
	typed := func(c *siptest.Call, method, kind, body string, headers ...string) string {
		return strings.Replace(c.Request(method, body, headers...), "Content-Type: application/sdp", "Content-Type: "+kind, 1)
	}
	tests := map[string]struct {
		make  func(c *siptest.Call) string
		want  string
		check string
	}{
		"unknown method":       {func(c *siptest.Call) string { return c.Request("NEWMETHOD", "") }, "501", "Allow: INVITE, ACK"},
		"method in lower case": {func(c *siptest.Call) string { return c.Request("invite", "") }, "501", "Allow: "},
		"known, not allowed":   {func(c *siptest.Call) string { return c.Request("MESSAGE", "") }, "405", "Allow: INVITE"},
		"REFER":                {func(c *siptest.Call) string { return c.Request("REFER", "") }, "481", ""},
		"NOTIFY":               {func(c *siptest.Call) string { return c.Request("NOTIFY", "") }, "405", "Allow: "},
		"scheme":               {func(c *siptest.Call) string { c.Target = "isbn:1"; return c.Request("OPTIONS", "") }, "416", ""},
		"tel":                  {func(c *siptest.Call) string { c.Target = "tel:+8612348"; return c.Request("INVITE", siptest.Offer) }, "486", ""},
		"Require": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Require: gruu, replaces, timer", "Require: x1")
		}, "420", "Unsupported: gruu, x1"},
		"Replaces of a trunk": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Replaces: a;to-tag=b;from-tag=c")
		}, "403", ""},
		"Replaces in an OPTIONS": {func(c *siptest.Call) string { return c.Request("OPTIONS", "", "Replaces: a;to-tag=b;from-tag=c") }, "400", "Misplaced Replaces"},
		"Replaces beside Join": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Replaces: a;to-tag=b;from-tag=c", "Join: a;to-tag=b;from-tag=c")
		}, "400", "Misplaced Replaces"},
		"Proxy-Require":        {func(c *siptest.Call) string { return c.Request("OPTIONS", "", "Proxy-Require: x1") }, "200", ""},
		"body of another kind": {func(c *siptest.Call) string { return typed(c, "INVITE", "text/plain", "hello") }, "415", "Accept: application/sdp"},
		"optional body": {func(c *siptest.Call) string {
			return typed(c, "INVITE", "text/plain", "hello", "Content-Disposition: icon;handling=optional")
		}, "486", ""},
		"multipart":             {func(c *siptest.Call) string { return typed(c, "INVITE", `multipart/mixed;boundary="b"`, multipart) }, "486", ""},
		"multipart without SDP": {func(c *siptest.Call) string { return typed(c, "INVITE", `multipart/mixed;boundary="x"`, multipart) }, "415", ""},
		"multipart endless": {func(c *siptest.Call) string {
			return typed(c, "INVITE", `multipart/mixed;boundary="b"`, multipart[:120])
		}, "415", ""},
		"encoded body": {func(c *siptest.Call) string { return c.Request("INVITE", siptest.Offer, "Content-Encoding: gzip") }, "415", "Accept-Encoding: identity"},
		"Accept without SDP": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Accept: text/plain, application/sdp;q=0.0")
		}, "406", ""},
		"Accept anything": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Accept: text/plain, application/*")
		}, "486", ""},
		"two Contacts": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Contact: <sip:a@b>, <sip:c@d>")
		}, "400", "Bad Contact"},
		"no Contact": {func(c *siptest.Call) string {
			return strings.Replace(c.Request("INVITE", siptest.Offer), "Contact:", "X:", 1)
		}, "400", "Bad Contact"},
		"Contact not SIP": {func(c *siptest.Call) string { return c.Request("INVITE", siptest.Offer, "Contact: <mailto:a@b>") }, "400", ""},
		"session too brief": {func(c *siptest.Call) string {
			return c.Request("INVITE", siptest.Offer, "Supported: timer", "Session-Expires: 60")
		}, "422", "Min-SE: 90"},
		"brief, but unable": {func(c *siptest.Call) string { return c.Request("INVITE", siptest.Offer, "Session-Expires: 60") }, "486", ""},
		"Max-Forwards 0": {func(c *siptest.Call) string {
			return strings.Replace(c.Request("OPTIONS", ""), "Max-Forwards: 70", "Max-Forwards: 0", 1)
		}, "200", "Accept: application/sdp"},
		"no From tag": {func(c *siptest.Call) string { c.From = "<sip:1@gw>"; return c.Request("INVITE", siptest.Offer) }, "486", ""},
		"CSeq mismatch": {func(c *siptest.Call) string {
			return strings.Replace(c.Request("OPTIONS", ""), "1 OPTIONS", "1 INVITE", 1)
		}, "400", "CSeq Method Mismatch"},
		"version": {func(c *siptest.Call) string {
			return strings.Replace(c.Request("OPTIONS", ""), " SIP/2.0\r\n", " SIP/3.0\r\n", 1)
		}, "505", ""},
		"control in a name": {func(c *siptest.Call) string { return c.Request("OPTIONS", "", "To\x01: <sip:evil@h>") }, "400", "Bad Header Name"},
		"number of another": {func(c *siptest.Call) string { return c.Request("OPTIONS", "", "From: <sip:other@h>;tag=2") }, "400", "Doubled From"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := siptest.UDP(t, r.ua.Addr())
			p.Raw(tt.make(p.Call("12348")))
			m := p.Next()
			for m.Status() == 100 {
				m = p.Next()
			}
			if !strings.HasPrefix(m.Start, "SIP/2.0 "+tt.want) || !strings.Contains(m.String(), tt.check) {
				t.Errorf("want %s with %q, got\n%s", tt.want, tt.check, m)
			}
			if m.Param("To", "tag") == "" {
				t.Error("no tag in To")
			}
		})
	}
}

// An ACK is never answered, whatever is wrong with it.
func TestTrapSipgoAckIsNeverAnswered(t *testing.T) {
	r := start(t, busy)
	p := r.peer()
	c := p.Call("12348")
	c.Send("ACK")
	c.Send("ACK", "Content-Length: -1")
	c.Send("ACK", "From: <sip:x@y>;tag=1")
	c.Send("ACK", "Require: x1", "Bad")
	c.To += ";tag=unknown"
	c.Send("ACK")
	c.Send("OPTIONS")
	for m := p.Next(); m.Method() != "OPTIONS"; m = p.Next() {
		t.Errorf("answered by %s", m.Start)
	}
}

func TestMergedRequest(t *testing.T) {
	hold := make(chan struct{})
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		<-hold
		_ = d.Reject(&sip.StatusError{Status: 486})
	}))
	p := r.peer()
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	c.Seq = 0
	c.Invite(siptest.Offer) // the same request by another way
	p.Expect("482")
	close(hold)
	p.Expect("486")
}

// Old trunks send no From tag and no branch of the new kind.
func TestTrapSipgoOldCaller(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	c.From = "<sip:13800000000@gw.example>"
	old := func(s string) string { return strings.Replace(s, "branch=z9hG4bK", "branch=", 1) }
	p.Raw(old(c.Request("INVITE", siptest.Offer)))
	ok := p.Expect("200 INVITE")
	c.Join(ok)
	p.Raw(old(c.Request("ACK", "")))
	p.Raw(old(c.Request("BYE", "")))
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
}

// Answers of any size go by UDP: a caller behind many proxies is answered.
func TestTrapSipgo2ManyRecordRoutes(t *testing.T) {
	ends := make(chan error, 1)
	r := start(t, answering(ends))
	p := r.peer()
	c := p.Call("12348")
	var routes []string
	for range 15 {
		routes = append(routes, "Record-Route: <sip:proxy-with-a-long-name-"+strings.Repeat("x", 80)+".example;lr;ftag=1234567890>")
	}
	c.Invite(siptest.Offer, routes...)
	ok := p.Expect("200")
	if len(ok.String()) < 2000 || len(ok.All("Record-Route")) != 15 {
		t.Errorf("%d bytes, %d routes", len(ok.String()), len(ok.All("Record-Route")))
	}
	c.Ack(ok)
	c.Send("BYE")
	p.Expect("200 BYE")
	end(t, ends)
}

// More requests than allowed at once get 503 without a transaction; calls go on.
func TestOverload(t *testing.T) {
	hold := make(chan struct{})
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		<-hold
		_ = d.Reject(&sip.StatusError{Status: 486})
	}), func(c *sip.Config) { c.Limits.Pending = 3 })
	p := r.peer()
	for range 3 {
		p.Call("12348").Invite(siptest.Offer)
	}
	p.Call("12348").Invite(siptest.Offer)
	if m := p.Expect("503"); m.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	close(hold)
	for range 3 {
		p.Expect("486")
	}
}

func TestAnonymousCaller(t *testing.T) {
	got := make(chan sip.Caller, 1)
	r := start(t, handler(func(_ context.Context, d *sip.Dialog) {
		got <- d.Caller()
		_ = d.Reject(&sip.StatusError{Status: 486})
	}))
	for name, tt := range map[string]struct {
		from    string
		headers []string
		want    sip.Caller
	}{
		"plain":        {"<sip:1@h>;tag=1", nil, sip.Caller{Number: "1", Asserted: "From"}},
		"tel PAI":      {"<sip:1@h>;tag=1", []string{"P-Asserted-Identity: \"x\" <sip:@h>, <tel:+86138>"}, sip.Caller{Number: "+86138", Asserted: "PAI"}},
		"by Privacy":   {"<sip:1@h>;tag=1", []string{"P-Asserted-Identity: <tel:+86138>", "Privacy: id;critical"}, sip.Caller{Number: "+86138", Asserted: "PAI", Anonymous: true}},
		"by From":      {"\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1", nil, sip.Caller{Display: "Anonymous", Asserted: "From", Anonymous: true}},
		"Privacy none": {"<sip:1@h>;tag=1", []string{"Privacy: none"}, sip.Caller{Number: "1", Asserted: "From"}},
		"display":      {"\"a\u202eb\u0085c\" <sip:1@h>;tag=1", nil, sip.Caller{Number: "1", Display: "abc", Asserted: "From"}},
		"long display": {"\"" + strings.Repeat("张", 80) + "\" <sip:1@h>;tag=1", nil, sip.Caller{Number: "1", Display: strings.Repeat("张", 64), Asserted: "From"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.UDP(t, r.ua.Addr())
			c := p.Call("12348")
			c.From = tt.from
			c.Invite(siptest.Offer, tt.headers...)
			if who := <-got; who != tt.want {
				t.Errorf("display %q, asserted %s, anonymous %v, number right %v", who.Display, who.Asserted, who.Anonymous, who.Number == tt.want.Number)
			}
			p.Expect("486")
		})
	}
}

// PAI counts only from a trunk.
func TestAssertedIdentityOfAPhoneIsIgnored(t *testing.T) {
	got := make(chan sip.Caller, 1)
	r := start(t, handler(func(_ context.Context, d *sip.Dialog) {
		got <- d.Caller()
		_ = d.Reject(&sip.StatusError{Status: 486})
	}), outsider)
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	c := p.Call("1")
	c.Invite(siptest.Offer)
	m := p.Expect("407")
	c.AckRefusal(m)
	c.Invite(siptest.Offer, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), "8001", "secret", "INVITE", c.Target, 1), "P-Asserted-Identity: <tel:110>")
	if who := <-got; who.Asserted != "From" || who.Number == "110" {
		t.Errorf("believed: %s", who.Asserted)
	}
	p.Expect("486")
}

func TestFlood(t *testing.T) {
	r := start(t, busy, func(c *sip.Config) {
		c.Trunks[0].Addresses = nil
		c.Trunks[0].Servers = []string{"127.0.0.9"}
		c.Limits.PerSource = 5
	})
	stranger := siptest.UDPFrom(t, "127.0.0.66", r.ua.Addr())
	for range 50 {
		stranger.Call("12348").Send("OPTIONS")
	}
	eventually(t, "most are dropped", func() bool { return r.count("dropped_total") >= 40 })
	answered := 0
	for _, m := range stranger.Within(50 * time.Millisecond) {
		if m.Status() != 403 {
			t.Errorf("answered by %s", m.Start)
		}
		answered++
	}
	if answered < 5 || answered > 8 {
		t.Errorf("%d of 50 answered, want about 5", answered)
	}
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	c := p.Call("x")
	for range 50 {
		c.Send("OPTIONS")
	}
	for range 50 {
		p.Expect("200 OPTIONS") // a registered phone is no stranger
	}
}

// Strangers learn nothing: the same 403 for every number, whether it exists or not.
func TestStrangersLearnNothing(t *testing.T) {
	r := start(t, busy, outsider, func(c *sip.Config) { c.Limits.PerSource = 1000 })
	stranger := siptest.UDPFrom(t, "127.0.0.66", r.ua.Addr())
	shapes := map[string]bool{}
	for _, number := range []string{"8001", "9999", "12348", "x"} {
		for _, method := range []string{"INVITE", "OPTIONS", "BYE", "CANCEL", "SUBSCRIBE", "NEWMETHOD"} {
			c := stranger.Call(number)
			c.Request("INVITE", "") // gives CANCEL its Via
			c.Send(method)
			m := stranger.Next()
			shapes[m.Start+m.Get("Server")+m.Get("Allow")] = true
		}
	}
	if len(shapes) != 1 || !shapes["SIP/2.0 403 Forbiddenhotline"] {
		t.Errorf("answers differ: %v", shapes)
	}
	stranger.Raw("INVITE sip:8001@h SIP/2.0\r\nVia: SIP/2.0/UDP h;rport;branch=z9hG4bKx\r\nBad\r\n\r\n")
	if got := stranger.Within(20 * time.Millisecond); len(got) != 0 {
		t.Errorf("a malformed message of a stranger is answered by %s", got[0].Start)
	}
}

func TestConfigFaults(t *testing.T) {
	_, err := sip.New(sip.Config{
		Listen: []string{"localhost", "name:5060"}, Advertise: "a b", Realm: "x\"y", Auth: sip.Auth{Algorithms: []string{"MD4"}}, Session: sip.Session{MinExpires: time.Second},
		Trunks: []sip.Trunk{{Name: "a b"}, {Name: "x", Register: true, Servers: []string{"h;transport=ws"}}, {Name: "x", Addresses: loopback, From: "a b"}},
		Timers: sip.Timers{RegisterMin: time.Hour, RegisterMax: time.Minute},
	}, nil, nil, nil)
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{
		`"localhost"`, `"name:5060"`, `"a b"`, "session", "realm", `trunk "a b": the name`, `trunk "a b": neither`, `trunk "x": to register`,
		"transport is udp, tcp or tls", `"x": named twice`, "from is not a number", "minimum above maximum", `"MD4"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not named: %s", want)
		}
	}
	if _, err := sip.New(sip.Config{}, nil, nil, nil); err == nil {
		t.Error("a configuration without address is taken")
	}
}

func TestBusyPortIsOneClearError(t *testing.T) {
	r := start(t, nil)
	ua, err := sip.New(sip.Config{Listen: []string{r.ua.Addr().String()}}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = ua.Listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), r.ua.Addr().String()) || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("got %v", err)
	}
}
