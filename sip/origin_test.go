package sip_test

import (
	"errors"
	"strings"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

// A number of the configuration is called for help, beside all prefixes and limits; no other is.
func TestEmergency(t *testing.T) {
	c := withCarriers(t)
	for _, number := range []sip.Emergency{"", "120", "13800000000", "1100"} {
		if _, err := c.ua.Invite(t.Context(), sip.Invite{To: number, Offer: []byte("v=0")}); !errors.Is(err, sip.ErrNotAllowed) {
			t.Errorf("%q: %v", number, err)
		}
	}
	call := place(t.Context(), c.ua, sip.Invite{To: sip.Emergency("110")})
	m := c.a.Expect("INVITE")
	if !strings.HasPrefix(m.Start, "INVITE sip:110@") {
		t.Errorf("called %s", m.Start)
	}
	c.a.Reply(m, "200 OK", "t", siptest.Answer)
	if got := result(t, call); got.err != nil || got.d.Origin().Trunk != "city" {
		t.Errorf("not called: %v", got.err)
	}
}

// The way back to a caller of a trunk leads to that caller's number alone, and is given while the call goes on.
func TestRecall(t *testing.T) {
	c := withCarriers(t)
	in := c.a.Call("12348")
	in.Invite(siptest.Offer, "P-Asserted-Identity: <sip:+8613800000001@carrier>")
	in.Ack(c.a.Expect("200 INVITE"))
	d := <-tickets
	eventually(t, "connected", d.Connected)
	for number, ok := range map[string]bool{
		"13800000001": true, "013800000001": true, "+8613800000001": true,
		"13800000002": false, "0000001": false, "1380000000": false, "113800000001": false, "": false,
	} {
		if _, err := d.Recall("city", number); (err == nil) != ok {
			t.Errorf("to %s: %v", number, err)
		}
	}
	back, err := d.Recall("city", "13800000001")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, _ := d.Recall("city", "+8613800000001") // has none of the trunk's prefixes
	in.Send("BYE")
	c.a.Expect("200 BYE")
	<-d.Context().Done()
	if _, err := d.Recall("city", "13800000001"); err == nil {
		t.Error("given after the call")
	}
	if _, err := c.ua.Invite(t.Context(), sip.Invite{To: elsewhere, Offer: []byte("v=0")}); !errors.Is(err, sip.ErrNotAllowed) {
		t.Errorf("called beside the trunk's prefixes: %v", err)
	}
	call := place(t.Context(), c.ua, sip.Invite{To: back})
	m := c.a.Expect("INVITE")
	if !strings.HasPrefix(m.Start, "INVITE sip:13800000001@") {
		t.Errorf("called %s", m.Start)
	}
	c.a.Reply(m, "200 OK", "t", siptest.Answer)
	if got := result(t, call); got.err != nil {
		t.Error(got.err)
	}
}

// A phone of the house has no caller to be called back.
func TestNoRecallOfTheHouse(t *testing.T) {
	c := withCarriers(t)
	call := place(t.Context(), c.ua, sip.Invite{To: sip.Extension("8001")})
	c.phone.Reply(c.phone.Expect("INVITE"), "200 OK", "t", siptest.Answer)
	got := result(t, call)
	if _, err := got.d.Recall("city", "13800000001"); !errors.Is(err, sip.ErrNotAllowed) {
		t.Errorf("got %v", err)
	}
}
