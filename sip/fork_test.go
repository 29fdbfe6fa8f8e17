package sip_test

import (
	"context"
	"errors"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

// desks registers two phones for 8001.
func desks(t *testing.T) (*rig, *siptest.Peer, *siptest.Peer) {
	t.Helper()
	r := start(t, nil, outsider)
	a, b := phone(r, "127.0.0.1"), phone(r, "127.0.0.1")
	a.Register("8001", "secret")
	b.Register("8001", "secret")
	return r, a, b
}

func TestForkFirstAnswerWins(t *testing.T) {
	r, a, b := desks(t)
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	first, second := a.Expect("INVITE"), b.Expect("INVITE")
	if first.Get("Call-ID") == second.Get("Call-ID") {
		t.Error("both phones got the same Call-ID")
	}
	a.Reply(first, "180 Ringing", "a", "")
	b.Reply(second, "180 Ringing", "b", "")
	eventually(t, "both ring", func() bool { return r.count("dialogs") == 2 })
	b.Reply(second, "200 OK", "b", siptest.Answer)
	b.Expect("ACK")
	c := a.Expect("CANCEL")
	if c.Get("Reason") != `SIP;cause=200;text="Call completed elsewhere"` {
		t.Errorf("CANCEL because %s", c.Get("Reason"))
	}
	a.Reply(c, "200 OK", "a", "")
	a.Reply(first, "487 Request Terminated", "a", "")
	a.Expect("ACK")
	if got := result(t, call); got.err != nil || got.d.Remote() != b.Addr() {
		t.Errorf("got %v", got.err)
	}
}

// Two counselors answer at the same instant: one has the call, the other is
// acknowledged and hung up.
func TestForkTwoAnswersAtOnce(t *testing.T) {
	r, a, b := desks(t)
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	first, second := a.Expect("INVITE"), b.Expect("INVITE")
	a.Reply(first, "200 OK", "a", siptest.Answer)
	b.Reply(second, "200 OK", "b", siptest.Answer)
	a.Expect("ACK")
	b.Expect("ACK")
	got := result(t, call)
	if got.err != nil {
		t.Fatal(got.err)
	}
	loser := a
	if got.d.Remote() == a.Addr() {
		loser = b
	}
	loser.Reply(loser.Expect("BYE"), "200 OK", "", "")
	eventually(t, "one dialog left", func() bool { return r.count("dialogs") == 1 })
}

func TestForkAllRefuse(t *testing.T) {
	r, a, b := desks(t)
	for _, tt := range []struct {
		a, b string
		want int
	}{{"486 Busy Here", "480 Away", 486}, {"480 Away", "486 Busy Here", 486}, {"480 Away", "404 Who", 404}} {
		call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
		a.Reply(a.Expect("INVITE"), tt.a, "a", "")
		b.Reply(b.Expect("INVITE"), tt.b, "b", "")
		var e *sip.StatusError
		if got := result(t, call); !errors.As(got.err, &e) || e.Status != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got.err)
		}
		a.Expect("ACK")
		b.Expect("ACK")
	}
}

// 6xx speaks for all phones: the others stop ringing.
func TestForkDeclineEndsAll(t *testing.T) {
	r, a, b := desks(t)
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	first, second := a.Expect("INVITE"), b.Expect("INVITE")
	b.Reply(second, "180 Ringing", "b", "")
	eventually(t, "rings", func() bool { return r.count("dialogs") == 1 })
	a.Reply(first, "603 Decline", "a", "")
	b.Reply(b.Expect("CANCEL"), "200 OK", "b", "")
	b.Reply(second, "487 Request Terminated", "b", "")
	var e *sip.StatusError
	if got := result(t, call); !errors.As(got.err, &e) || e.Status != 603 {
		t.Errorf("got %v", got.err)
	}
}

// A dead phone beside a living one costs nothing; dead ones alone are unreachable
// after Silence.
func TestForkDeadPhone(t *testing.T) {
	r, a, b := desks(t)
	a.Link(func(bool, *siptest.Message) int { return 0 })
	call := place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})
	m := b.Expect("INVITE")
	b.Reply(m, "180 Ringing", "b", "")
	eventually(t, "the dead phone is given up", func() bool { return r.count("retransmissions_total") >= 2 })
	b.Reply(m, "200 OK", "b", siptest.Answer)
	b.Expect("ACK")
	if got := result(t, call); got.err != nil {
		t.Error(got.err)
	}
	b.Link(func(bool, *siptest.Message) int { return 0 })
	wantCause(t, result(t, place(t.Context(), r.ua, sip.Invite{To: sip.Extension("8001")})).err, sip.ErrUnreachable)
}

func TestForkCallerLeaves(t *testing.T) {
	r, a, b := desks(t)
	ctx, cancel := context.WithCancel(t.Context())
	call := place(ctx, r.ua, sip.Invite{To: sip.Extension("8001")})
	first, second := a.Expect("INVITE"), b.Expect("INVITE")
	a.Reply(first, "180 Ringing", "a", "")
	b.Reply(second, "180 Ringing", "b", "")
	eventually(t, "both ring", func() bool { return r.count("dialogs") == 2 })
	cancel()
	wantCause(t, result(t, call).err, context.Canceled)
	a.Expect("CANCEL")
	b.Expect("CANCEL")
	eventually(t, "dialogs gone", func() bool { return r.count("dialogs") == 0 })
}

func TestServiceCallsNoURI(t *testing.T) {
	r, a, _ := desks(t)
	_, err := r.ua.Invite(t.Context(), sip.Invite{To: sip.URI("sip:110@" + a.Addr().String()), Offer: []byte("v=0")})
	wantCause(t, err, sip.ErrNotAllowed)
	_, err = r.ua.Invite(t.Context(), sip.Invite{To: sip.Extension("8002"), Offer: []byte("v=0")})
	wantCause(t, err, sip.ErrUnreachable)
}
