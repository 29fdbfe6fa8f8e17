package sip_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// outsider makes everything but 127.0.0.9 unknown, so that phones are no trunk.
func outsider(c *sip.Config) {
	c.Trunks[0].Addresses = nil
	c.Trunks[0].Servers = []string{"127.0.0.9"}
}

func phone(r *rig, host string) *siptest.Peer { return siptest.UDPFrom(r.t, host, r.ua.Addr()) }

func TestRegister(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		r := start(t, nil, outsider)
		changes := make(chan string, 10)
		r.ua.Registrar().Watch(func(ext string, on bool) { changes <- fmt.Sprint(ext, on) })
		p := dial(r)
		m := p.Register("8001", "secret", "User-Agent: desk\x00phone"[:16], "Expires: 600")
		if m.Status() != 200 || !strings.HasSuffix(m.Get("Contact"), ";expires=600") || m.Get("Date") == "" {
			t.Fatalf("not registered:\n%s", m)
		}
		if got := <-changes; got != "8001true" {
			t.Errorf("told %s", got)
		}
		contacts := r.ua.Registrar().Contacts("8001")
		if len(contacts) != 1 || contacts[0].Source != p.Addr() || !contacts[0].Reachable || contacts[0].UserAgent != "desk" {
			t.Errorf("contacts %+v", contacts)
		}
		if m = p.Register("8001", "secret", "Contact: *", "Expires: 0"); m.Status() != 200 || m.Get("Contact") != "" {
			t.Errorf("star: %s", m)
		}
		if got := <-changes; got != "8001false" {
			t.Errorf("told %s", got)
		}
		if r.count("registrations") != 0 {
			t.Error("still counted")
		}
	})
}

// phoneCall is a REGISTER dialog whose nonce can be used again.
type phoneCall struct {
	*siptest.Call
	challenge string
	uses      int
	password  string
	user      string
}

func newPhone(p *siptest.Peer, user, password string) *phoneCall {
	c := &phoneCall{Call: p.Call(user), user: user, password: password}
	c.Target = "sip:" + p.Server().String()
	c.Send("REGISTER")
	c.challenge = p.Expect("401 REGISTER").Get("WWW-Authenticate")
	return c
}

// register sends REGISTER with credentials and returns the answer.
func (c *phoneCall) register(headers ...string) *siptest.Message {
	c.uses++
	auth := "Authorization: " + siptest.Authorize(c.challenge, c.user, c.password, "REGISTER", c.Target, c.uses)
	c.Send("REGISTER", append(headers, auth)...)
	return c.Peer.Next()
}

func TestRegisterAnswers(t *testing.T) {
	r := start(t, nil, outsider)
	p := phone(r, "127.0.0.1")
	c := newPhone(p, "8001", "secret")
	contact := "Contact: <sip:a@192.168.1.5:5060>"
	tests := []struct {
		name    string
		headers []string
		want    string
		check   string
	}{
		{"default time", []string{contact}, "200", ";expires=3600"},
		{"its own time", []string{contact + ";expires=120", "Expires: 3600"}, "200", ";expires=120"},
		{"too long", []string{contact, "Expires: 86400"}, "200", ";expires=3600"},
		{"too brief", []string{contact, "Expires: 59"}, "423", "Min-Expires: 60"},
		{"too brief by itself", []string{contact + ";expires=1"}, "423", "Min-Expires: 60"},
		{"asking only", []string{"Contact:"}, "200", "192.168.1.5"},
		{"star with time", []string{"Contact: *", "Expires: 60"}, "400", ""},
		{"star with another", []string{"Contact: *", contact, "Expires: 0"}, "400", ""},
		{"other scheme", []string{"Contact: <mailto:a@b>"}, "400", ""},
		{"malformed", []string{"Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"}, "400", ""},
		{"several, one too brief", []string{"Contact: <sip:b@192.168.1.6>, <sip:c@192.168.1.7>;expires=5"}, "423", ""},
		{"none was added", []string{"Contact:"}, "200", "!192.168.1.6"},
		{"remove one", []string{contact + ";expires=0"}, "200", "!192.168.1.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := c.register(tt.headers...)
			text := m.String()
			if !strings.HasPrefix(m.Start, "SIP/2.0 "+tt.want) {
				t.Fatalf("got %s, want %s", m.Start, tt.want)
			}
			if gone, is := strings.CutPrefix(tt.check, "!"); is == strings.Contains(text, gone) {
				t.Errorf("want %q in\n%s", tt.check, text)
			}
		})
	}
}

func TestRegisterOutOfOrder(t *testing.T) {
	r := start(t, nil, outsider)
	c := newPhone(phone(r, "127.0.0.1"), "8001", "secret")
	c.Seq = 10
	if m := c.register(); m.Status() != 200 {
		t.Fatal(m)
	}
	c.Seq = 5
	if m := c.register(); m.Status() != 500 {
		t.Errorf("an older REGISTER got %s", m.Start)
	}
	c.ID += "new" // the phone was switched off and on
	if m := c.register(); m.Status() != 200 {
		t.Errorf("a new Call-ID got %s", m.Start)
	}
	if n := len(r.ua.Registrar().Contacts("8001")); n != 1 {
		t.Errorf("%d contacts", n)
	}
}

// The same phone at a new port is the same contact when it says so.
func TestRegisterInstance(t *testing.T) {
	r := start(t, nil, outsider, func(c *sip.Config) { c.Limits.Contacts = 3 })
	p := phone(r, "127.0.0.1")
	c := newPhone(p, "8001", "secret")
	for port := range 3 {
		c.register("Contact: <sip:a@192.168.1.5:" + strconv.Itoa(5060+port) + `>;+sip.instance="<urn:uuid:1>"`)
	}
	if n := len(r.ua.Registrar().Contacts("8001")); n != 1 {
		t.Errorf("%d contacts of one instance", n)
	}
	for port := range 5 {
		c.register("Contact: <sip:a@192.168.1.6:" + strconv.Itoa(5060+port) + ">")
	}
	contacts := r.ua.Registrar().Contacts("8001")
	if len(contacts) != 3 || contacts[0].URI != "sip:a@192.168.1.6:5064" {
		t.Errorf("too many contacts: %d, latest %s", len(contacts), contacts[0].URI)
	}
}

func TestRegisterAuthentication(t *testing.T) {
	r := start(t, nil, outsider)
	p := phone(r, "127.0.0.1")
	wrong, unknown := newPhone(p, "8001", "guess").register(), newPhone(p, "9999", "guess").register()
	strip := func(m *siptest.Message) string {
		var out []string
		for _, h := range m.Headers {
			switch name, _, _ := strings.Cut(h, ":"); name {
			case "Via", "From", "To", "Call-ID", "CSeq":
			default:
				out = append(out, h)
			}
		}
		return m.Start + strings.Join(out, "|")
	}
	if wrong.Status() != 403 || strip(wrong) != strip(unknown) {
		t.Errorf("a wrong password gets\n%s\nan unknown user\n%s", wrong, unknown)
	}
	c := newPhone(p, "8001", "secret")
	c.To = "<sip:8002@" + p.Server().String() + ">"
	if m := c.register(); m.Status() != 403 {
		t.Errorf("8001 registered for 8002: %s", m.Start)
	}
	c = newPhone(p, "8001", "secret")
	c.register()
	c.uses = 0
	if m := c.register(); m.Status() != 401 || !strings.Contains(m.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("a replay got %s", m.Start)
	}
	challenges := p.Call("x")
	challenges.Send("REGISTER")
	all := p.Expect("401").All("WWW-Authenticate")
	if len(all) != 2 || !strings.Contains(all[0], "SHA-256") || !strings.Contains(all[1], "MD5") {
		t.Errorf("challenges %q", all)
	}
	c = newPhone(p, "8001", "secret")
	c.challenge = strings.Replace(c.challenge, "SHA-256", "MD5", 1)
	if m := c.register(); m.Status() != 200 {
		t.Errorf("MD5 got %s", m.Start)
	}
	c.register("Authorization: NoOneKnowsThisScheme opaque-data=here")
}

func TestGuessingIsBarred(t *testing.T) {
	r := start(t, nil, outsider, func(c *sip.Config) { c.Limits.PerSource = 1000 })
	thief := phone(r, "127.0.0.66")
	for range 10 {
		newPhone(thief, "8001", "guess").register()
	}
	if m := newPhone(thief, "8001", "secret").register(); m.Status() != 403 {
		t.Errorf("after ten guesses the right password got %s", m.Start)
	}
	if m := newPhone(thief, "8002", "secret").register(); m.Status() != 200 {
		t.Errorf("another account got %s", m.Start)
	}
	if m := newPhone(phone(r, "127.0.0.1"), "8001", "secret").register(); m.Status() != 200 {
		t.Errorf("the owner got %s", m.Start)
	}
}

func TestPhoneCallsIn(t *testing.T) {
	ends := make(chan error, 1)
	origins := make(chan sip.Origin, 1)
	r := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		origins <- d.Origin()
		answering(ends)(ctx, d)
	}), outsider)
	p := phone(r, "127.0.0.1")
	stranger := p.Call("12348")
	stranger.Invite(siptest.Offer)
	p.Expect("403 INVITE")
	p.Register("8001", "secret")
	c := p.Call("12348")
	c.Invite(siptest.Offer)
	m := p.Expect("407 INVITE")
	c.AckRefusal(m)
	invite := func(user, password string) {
		c.Invite(siptest.Offer, "Proxy-Authorization: "+siptest.Authorize(m.Get("Proxy-Authenticate"), user, password, "INVITE", c.Target, 1), "P-Asserted-Identity: <sip:110@police>")
	}
	invite("8002", "secret")
	c.AckRefusal(p.Expect("403 INVITE"))
	c = p.Call("12348")
	c.Invite(siptest.Offer)
	m = p.Expect("407 INVITE")
	c.AckRefusal(m)
	invite("8001", "secret")
	ok := p.Expect("200 INVITE")
	if got := <-origins; got != (sip.Origin{Extension: "8001"}) {
		t.Errorf("origin %+v", got)
	}
	c.Ack(ok)
	c.Send("BYE")
	p.Expect("200 BYE")
	wantCause(t, end(t, ends), sip.ErrHungUp)
}

// A phone behind NAT writes an address nobody can reach; it is called where it is.
func TestPhoneBehindNATIsReached(t *testing.T) {
	peers(t, func(t *testing.T, dial func(*rig) *siptest.Peer) {
		r := start(t, nil, outsider)
		p := dial(r)
		p.Register("8001", "secret", "Contact: <sip:8001@192.168.77.5:5060>")
		result := make(chan error, 1)
		go func() {
			d, err := r.ua.Invite(context.Background(), sip.Invite{To: sip.Extension("8001"), Offer: []byte(siptest.Offer)})
			if err == nil {
				err = d.Hangup(context.Background(), sip.NormalClearing())
			}
			result <- err
		}()
		m := p.Expect("INVITE")
		if m.Start != "INVITE sip:8001@192.168.77.5:5060 SIP/2.0" {
			t.Errorf("called as %s", m.Start)
		}
		p.Reply(m, "200 OK", "t", siptest.Answer)
		p.Expect("ACK")
		p.Reply(p.Expect("BYE"), "200 OK", "", "")
		if err := end(t, result); err != nil {
			t.Error(err)
		}
	})
}

func TestConnectionLostUnregisters(t *testing.T) {
	r := start(t, nil, outsider)
	p := siptest.TCP(t, r.ua.Addr())
	p.Register("8001", "secret")
	p.Close()
	eventually(t, "unregistered", func() bool { return len(r.ua.Registrar().Contacts("8001")) == 0 })
	_, err := r.ua.Invite(context.Background(), sip.Invite{To: sip.Extension("8001"), Offer: []byte(siptest.Offer)})
	wantCause(t, err, sip.ErrUnreachable)
}

// A registered phone that stops answering OPTIONS is known to be away, and known to
// be back when it answers again.
func TestQualify(t *testing.T) {
	r := start(t, nil, outsider, func(c *sip.Config) {
		c.Timers.Qualify = 60 * time.Millisecond
		c.Timers.Silence = 40 * time.Millisecond
	})
	changes := make(chan string, 10)
	r.ua.Registrar().Watch(func(ext string, on bool) { changes <- fmt.Sprint(ext, on) })
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	if got := <-changes; got != "8001true" {
		t.Fatalf("told %s", got)
	}
	for range 3 {
		p.Reply(p.Expect("OPTIONS"), "405 Never Mind", "", "")
	}
	if got := <-changes; got != "8001false" {
		t.Fatalf("told %s", got)
	}
	if r.count("registrations_unreachable") != 1 || r.ua.Registrar().Contacts("8001")[0].Reachable {
		t.Error("not counted as unreachable")
	}
	for len(changes) == 0 {
		p.Reply(p.Expect("OPTIONS"), "200 OK", "", "")
	}
	if got := <-changes; got != "8001true" {
		t.Errorf("told %s", got)
	}
}

func TestRegistrationExpires(t *testing.T) {
	r := start(t, nil, outsider, func(c *sip.Config) {
		c.Timers.RegisterMin, c.Timers.RegisterMax = time.Second, time.Second
	})
	p := phone(r, "127.0.0.1")
	p.Register("8001", "secret")
	if r.count("registrations") != 1 {
		t.Error("not registered")
	}
	eventually(t, "expired", func() bool { return r.count("registrations") == 0 })
}

// A phone that stumbles over SHA-256 is offered MD5 alone when it comes again.
func TestPhoneThatKnowsOnlyMD5(t *testing.T) {
	r := start(t, nil, outsider)
	p := phone(r, "127.0.0.1")
	offers := func(c *siptest.Call, headers ...string) int {
		c.Send("REGISTER", headers...)
		return len(p.Expect("401 REGISTER").All("WWW-Authenticate"))
	}
	c := p.Call("8001")
	if n := offers(c); n != 2 {
		t.Errorf("%d challenges at first", n)
	}
	c.Again() // the answer was lost: tells nothing
	if n := len(p.Expect("401 REGISTER").All("WWW-Authenticate")); n != 2 {
		t.Errorf("%d challenges to a repetition", n)
	}
	if n := offers(c); n != 1 {
		t.Errorf("%d challenges to a phone that comes again", n)
	}
	if n := offers(p.Call("8001"), "User-Agent: baresip v1.0.0 (x86_64/linux)"); n != 1 {
		t.Errorf("%d challenges to a phone that is known", n)
	}
	good := newPhone(phone(r, "127.0.0.1"), "8001", "secret")
	good.challenge = strings.Replace(good.challenge, "SHA-256", "MD5", 1)
	if m := good.register(); m.Status() != 200 {
		t.Errorf("MD5 got %s", m.Start)
	}
	if n := offers(c); n != 2 {
		t.Errorf("%d challenges once the phone has answered one", n)
	}
}
