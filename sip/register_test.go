package sip_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// softphone is a second user agent, without accounts.
func softphone(t *testing.T, h sip.Handler) *rig {
	t.Helper()
	return start(t, h, func(c *sip.Config) { c.Accounts, c.Trunks, c.Product = nil, nil, "softphone" })
}

func TestOurPhoneRegistersAndIsCalled(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			center := start(t, nil, outsider)
			ends := make(chan error, 1)
			desk := softphone(t, answering(ends))
			states := make(chan bool, 4)
			reg, err := desk.ua.Register(t.Context(), sip.Registration{
				Server: center.ua.Addr().String() + ";transport=" + transport, User: "8001", Password: "secret", Changed: func(on bool) { states <- on },
			})
			if err != nil {
				t.Fatal(err)
			}
			if !<-states || len(center.ua.Registrar().Contacts("8001")) != 1 {
				t.Error("not registered")
			}
			d, err := center.ua.Invite(t.Context(), sip.Invite{
				To: sip.Extension("8001"), Offer: []byte(siptest.Offer), From: sip.Caller{Number: "+8613800000000", Display: "Li \"x\"\r\nEvil: 1"},
				Headers: map[string]string{"X-Case": "7\r\nEvil: 1"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Answered()) != siptest.Answer || d.Origin().Extension != "8001" || d.Called() != "8001" {
				t.Errorf("dialog: %+v", d.Origin())
			}
			if err := d.Hangup(t.Context(), sip.NormalClearing()); err != nil {
				t.Error(err)
			}
			wantCause(t, end(t, ends), sip.ErrHungUp)
			reg.Close()
			reg.Close()
			if <-states || len(center.ua.Registrar().Contacts("8001")) != 0 {
				t.Error("still registered")
			}
		})
	}
}

func TestRegisterRefused(t *testing.T) {
	center := start(t, nil, outsider)
	desk := softphone(t, nil)
	_, err := desk.ua.Register(t.Context(), sip.Registration{Server: center.ua.Addr().String(), User: "8001", Password: "wrong"})
	var refused *sip.StatusError
	if !errors.As(err, &refused) || refused.Status != 403 {
		t.Errorf("got %v", err)
	}
	_, err = desk.ua.Register(t.Context(), sip.Registration{Server: "127.0.0.1:9", User: "8001", Password: "x"})
	wantCause(t, err, sip.ErrUnreachable)
	if _, err := desk.ua.Register(t.Context(), sip.Registration{Server: "sip:x", User: "8001"}); err == nil {
		t.Error("a bad server is taken")
	}
}

// The registration is renewed at half of the time that was granted, with the same
// Call-ID and a rising CSeq, and an interval too brief is lengthened.
func TestRegistrationIsRenewed(t *testing.T) {
	desk := softphone(t, nil)
	server := siptest.UDP(t, desk.ua.Addr())
	result := make(chan error, 1)
	var reg *sip.Registered
	go func() {
		var err error
		reg, err = desk.ua.Register(context.Background(), sip.Registration{Server: server.Addr().String(), User: "8001", Password: "x", Expires: 30 * time.Second})
		result <- err
	}()
	m := server.Expect("REGISTER")
	server.Reply(m, "423 Interval Too Brief", "", "", "Min-Expires: 60")
	m = server.Expect("REGISTER")
	if m.Get("Expires") != "60" {
		t.Errorf("expires %s after 423", m.Get("Expires"))
	}
	server.Reply(m, "200 OK", "", "", "Contact: "+m.Get("Contact")+";expires=1")
	if err := end(t, result); err != nil {
		t.Fatal(err)
	}
	again := server.Expect("REGISTER")
	if again.Get("Call-ID") != m.Get("Call-ID") || again.Get("CSeq") != "3 REGISTER" {
		t.Errorf("renewed by\n%s", again)
	}
	server.Reply(again, "200 OK", "", "", "Contact: "+m.Get("Contact")+";expires=600")
	done := make(chan struct{})
	go func() { reg.Close(); close(done) }()
	last := server.Expect("REGISTER")
	if last.Get("Expires") != "0" {
		t.Errorf("taken back by\n%s", last)
	}
	server.Reply(last, "200 OK", "", "")
	<-done
}

func TestRegisterAnswersStrongestChallenge(t *testing.T) {
	desk := softphone(t, nil)
	server := siptest.UDP(t, desk.ua.Addr())
	go func() {
		_, _ = desk.ua.Register(context.Background(), sip.Registration{Server: server.Addr().String(), User: "8001", Password: "x"})
	}()
	m := server.Expect("REGISTER")
	server.Reply(m, "401 Unauthorized", "t", "", `WWW-Authenticate: Digest realm="r", nonce="1", algorithm=MD5, qop="auth"`,
		`WWW-Authenticate: Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"`)
	m = server.Expect("REGISTER")
	if !strings.Contains(m.Get("Authorization"), "SHA-256") {
		t.Errorf("answered by %s", m.Get("Authorization"))
	}
	server.Reply(m, "403 Forbidden", "t", "")
}
