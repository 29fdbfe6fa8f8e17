package digest_test

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/wire"
)

const uri = "sip:hotline.example"

var (
	home  = netip.MustParseAddr("192.0.2.7")
	other = netip.MustParseAddr("192.0.2.8")
)

func lookup(user string) (digest.Secrets, bool) {
	if user != "8001" {
		return digest.Secrets{}, false
	}
	return digest.Hash("8001", "hotline", "right"), true
}

// challenged makes the 401 a client sees.
func challenged(t *testing.T, challenges ...string) *wire.Message {
	t.Helper()
	text := "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
	for _, c := range challenges {
		text += "WWW-Authenticate: " + c + "\r\n"
	}
	m, err := wire.Parse([]byte(text + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// header answers a challenge as a phone would.
func header(t *testing.T, user, password string, challenges []string) (string, *digest.Client) {
	t.Helper()
	c := digest.NewClient(user, password)
	if err := c.Learn(challenged(t, challenges...)); err != nil {
		t.Fatal(err)
	}
	f, _ := c.Field("REGISTER", uri)
	return f.Value, c
}

func attempt(header string) digest.Attempt {
	return digest.Attempt{Method: "REGISTER", URI: uri, Headers: []string{header}, Source: home}
}

func TestVerdicts(t *testing.T) {
	s := digest.NewServer(digest.Options{Realm: "hotline"})
	strong, weak := s.Challenge(home, digest.Ask{})[0], s.Challenge(home, digest.Ask{})[1]
	edit := func(from, to string) string {
		h, _ := header(t, "8001", "right", []string{strong})
		out := regexp.MustCompile(from).ReplaceAllString(h, to)
		if out == h {
			t.Fatalf("%s not found in %s", from, h)
		}
		return out
	}
	good, _ := header(t, "8001", "right", []string{strong})
	md5, _ := header(t, "8001", "right", []string{weak})
	wrong, _ := header(t, "8001", "wrong", []string{strong})
	unknown, _ := header(t, "8999", "right", []string{strong})
	foreign, _ := header(t, "8001", "right", s.Challenge(other, digest.Ask{}))
	made, _ := header(t, "8001", "right", []string{`Digest realm="hotline", nonce="chosen", algorithm=SHA-256, qop="auth"`})
	realm, _ := header(t, "8001", "right", []string{`Digest realm="other", nonce="x", algorithm=SHA-256, qop="auth"`})
	tests := map[string]struct {
		header string
		want   digest.Verdict
	}{
		"SHA-256":              {good, digest.Good},
		"the same again":       {good, digest.Stale},
		"MD5":                  {md5, digest.Good},
		"wrong password":       {wrong, digest.Wrong},
		"unknown user":         {unknown, digest.Wrong},
		"nonce of another":     {foreign, digest.Stale},
		"nonce of the client":  {made, digest.Stale},
		"other realm":          {realm, digest.None},
		"auth-int":             {edit("qop=auth", "qop=auth-int"), digest.None},
		"no qop":               {edit("qop=auth, ", ""), digest.None},
		"count zero":           {edit("nc=00000001", "nc=00000000"), digest.None},
		"count raised by hand": {edit("nc=00000001", "nc=00000007"), digest.Wrong},
		"sess":                 {edit("SHA-256", "SHA-256-sess"), digest.None},
		"other URI":            {edit(`uri="[^"]*"`, `uri="sip:other"`), digest.None},
		"other scheme":         {"NoOneKnowsThisScheme opaque-data=here", digest.None},
		"garbage":              {`Digest username="`, digest.None},
		"empty":                {"", digest.None},
	}
	for _, name := range []string{"SHA-256", "the same again"} { // in this order
		if _, got := s.Check(attempt(tests[name].header), lookup); got != tests[name].want {
			t.Errorf("%s: %d, want %d", name, got, tests[name].want)
		}
		delete(tests, name)
	}
	for name, tt := range tests {
		if _, got := s.Check(attempt(tt.header), lookup); got != tt.want {
			t.Errorf("%s: %d, want %d\n%s", name, got, tt.want, tt.header)
		}
	}
}

func TestChallengesStrongestFirst(t *testing.T) {
	both := digest.NewServer(digest.Options{Realm: "hotline"}).Challenge(home, digest.Ask{Stale: true})
	if len(both) != 2 || !strings.Contains(both[0], "SHA-256") || !strings.Contains(both[1], "MD5") || !strings.Contains(both[0], "stale=true") {
		t.Errorf("challenges %q", both)
	}
	s := digest.NewServer(digest.Options{Realm: "hotline"})
	if weak := s.Challenge(home, digest.Ask{MD5: true}); len(weak) != 1 || !strings.Contains(weak[0], "MD5") {
		t.Errorf("to a phone that knows MD5 alone: %q", weak)
	}
	if strings.Contains(strings.Join(both, ""), "auth-int") {
		t.Error("auth-int is offered")
	}
	h, _ := header(t, "8001", "right", []string{both[1], both[0]})
	if !strings.Contains(h, "SHA-256") {
		t.Errorf("the client took the weaker challenge: %s", h)
	}
	strict := digest.NewServer(digest.Options{Realm: "hotline", Algorithms: []string{"SHA-256"}})
	if got := strict.Challenge(home, digest.Ask{MD5: true}); len(got) != 1 || strings.Contains(got[0], "MD5") {
		t.Errorf("with MD5 off: %q", got)
	}
	md5, _ := header(t, "8001", "right", []string{strings.Replace(strict.Challenge(home, digest.Ask{})[0], "SHA-256", "MD5", 1)})
	if _, v := strict.Check(attempt(md5), lookup); v != digest.None {
		t.Errorf("with MD5 off an MD5 answer is %d", v)
	}
}

func TestNonceAgesAndCountsRise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := digest.NewServer(digest.Options{Realm: "hotline"})
		first, c := header(t, "8001", "right", s.Challenge(home, digest.Ask{}))
		later, _ := c.Field("REGISTER", uri)
		last, _ := c.Field("REGISTER", uri)
		for i, step := range []struct {
			header string
			want   digest.Verdict
		}{{later.Value, digest.Good}, {first, digest.Stale}, {later.Value, digest.Stale}} {
			if user, got := s.Check(attempt(step.header), lookup); got != step.want || user != "8001" {
				t.Errorf("step %d: %d, want %d", i, got, step.want)
			}
		}
		time.Sleep(time.Minute)
		if _, got := s.Check(attempt(last.Value), lookup); got != digest.Stale {
			t.Errorf("after a minute: %d, want stale", got)
		}
		wrong, _ := header(t, "8001", "wrong", s.Challenge(home, digest.Ask{}))
		time.Sleep(time.Hour)
		if _, got := s.Check(attempt(wrong), lookup); got != digest.Wrong {
			t.Errorf("wrong password with an old nonce: %d", got)
		}
	})
}

func TestServersDoNotShareNonces(t *testing.T) {
	one, two := digest.NewServer(digest.Options{Realm: "hotline"}), digest.NewServer(digest.Options{Realm: "hotline"})
	h, _ := header(t, "8001", "right", one.Challenge(home, digest.Ask{}))
	if _, got := two.Check(attempt(h), lookup); got != digest.Stale {
		t.Errorf("got %d", got)
	}
}

func TestClientRefuses(t *testing.T) {
	for name, c := range map[string]string{
		"auth-int only": `Digest realm="h", nonce="n", qop="auth-int"`,
		"sess":          `Digest realm="h", nonce="n", algorithm=MD5-sess, qop="auth"`,
		"Basic":         `Basic realm="h"`,
		"garbage":       `Digest realm="`,
	} {
		if err := digest.NewClient("u", "p").Learn(challenged(t, c)); !errors.Is(err, digest.ErrNoChallenge) {
			t.Errorf("%s: %v, want ErrNoChallenge", name, err)
		}
	}
	if _, ok := digest.NewClient("u", "p").Field("INVITE", uri); ok {
		t.Error("a client without challenge authorises")
	}
}

// The example of RFC 7616 section 3.9.1, by the hash of its password.
func TestHashKnownValue(t *testing.T) {
	got := digest.Hash("Mufasa", "http-auth@example.org", "Circle of Life")
	if got.MD5 != "3d78807defe7de2157e2b0b6573a855f" || len(got.SHA256) != 64 {
		t.Errorf("got %+v", got)
	}
}

func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := digest.NewFailures()
		for range 9 {
			f.Note(home, "8001")
		}
		if f.Barred(home, "8001") {
			t.Error("barred after nine")
		}
		f.Note(home, "8001")
		if !f.Barred(home, "8001") || f.Barred(home, "8002") || f.Barred(other, "8001") {
			t.Error("ten failures must bar this account from this address, nothing else")
		}
		time.Sleep(time.Minute)
		if f.Barred(home, "8001") {
			t.Error("still barred after a minute")
		}
		f.Note(home, "8001")
		f.Clear(home, "8001")
		for range 9 {
			f.Note(home, "8001")
			time.Sleep(10 * time.Second)
		}
		if f.Barred(home, "8001") {
			t.Error("slow failures are not ten a minute")
		}
		for i := range 120 {
			f.Note(other, time.Duration(i).String())
		}
		if !f.Barred(other, "8001") || f.Barred(home, "8002") {
			t.Error("a scan must bar its address, and only that")
		}
	})
}

func TestFailuresAreBounded(t *testing.T) {
	f := digest.NewFailures()
	addr := home
	for range 50_000 {
		f.Note(addr, "8001")
		addr = addr.Next()
	}
	if n := digest.Tallies(f); n > 20_001 {
		t.Errorf("%d records kept", n)
	}
}

func TestSameURI(t *testing.T) {
	for b, want := range map[string]bool{
		"sip:a@host": true, "sip:a@Host": true, "sip:a@host;x=y": true, "sip:a@host:5060": true, "sip:b@host": false, "sip:a@host:5070": false, "sip:a@other": false, "sips:a@host": false, "x": false,
	} {
		if digest.SameURI("sip:a@host", b) != want {
			t.Errorf("%s: want %v", b, want)
		}
	}
	if !digest.SameURI("sip:host:5060", "sip:a@host") || digest.SameURI("sip:host:5061", "sip:a@host") {
		t.Error("credentials for the host alone")
	}
}

func FuzzCheck(f *testing.F) {
	s := digest.NewServer(digest.Options{Realm: "hotline"})
	f.Add(`Digest username="8001", realm="hotline", nonce="x", uri="sip:hotline.example", cnonce="c", qop=auth, nc=00000001, response="r", algorithm=SHA-256`)
	f.Add(`Digest username="8001"`)
	f.Add("NoOne x=y")
	f.Fuzz(func(t *testing.T, header string) {
		if _, v := s.Check(attempt(header), lookup); v == digest.Good {
			t.Fatalf("good without the password: %q", header)
		}
	})
}

func FuzzLearn(f *testing.F) {
	f.Add(`Digest realm="h", nonce="n", algorithm=SHA-256, qop="auth, auth-int", stale=TRUE`)
	f.Fuzz(func(t *testing.T, value string) {
		m, err := wire.Parse([]byte("SIP/2.0 407 x\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nProxy-Authenticate: " + value + "\r\n\r\n"))
		if err != nil {
			return
		}
		c := digest.NewClient("u", "p")
		if c.Learn(m) != nil {
			return
		}
		if f, ok := c.Field("INVITE", uri); ok && f.Name != "Proxy-Authorization" {
			t.Fatalf("authorised by %s", f.Name)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	s := digest.NewServer(digest.Options{Realm: "hotline"})
	h := `Digest username="8001", realm="hotline", nonce="x", uri="sip:hotline.example", cnonce="c", qop=auth, nc=00000001, response="r", algorithm=SHA-256`
	b.ReportAllocs()
	for b.Loop() {
		s.Check(attempt(h), lookup)
	}
}
