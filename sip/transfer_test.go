package sip_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// deskphone is a user agent of ours that is a phone of extension ext.
func deskphone(t *testing.T, r *rig, ext string, h sip.Handler) *sip.UA {
	t.Helper()
	ua, err := sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}, Timers: quick}, h, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ua.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ua.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if _, err := ua.Register(t.Context(), sip.Registration{Server: r.ua.Addr().String(), User: ext, Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	return ua
}

// Our own phones transfer, blind and attended, also a call that came to them.
func TestTransfer(t *testing.T) {
	w := newWards()
	r := start(t, w, outsider)
	came := make(chan *sip.Dialog, 1)
	ua := deskphone(t, r, "8001", handler(func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err == nil {
			came <- d
			<-ctx.Done()
		}
	}))
	secret := &sip.Credentials{Username: "8001", Password: "secret"}
	dial := func() *sip.Dialog {
		t.Helper()
		d, err := ua.Invite(t.Context(), sip.Invite{
			To: sip.URI("sip:12348@" + r.ua.Addr().String()), Offer: []byte(siptest.Offer), Credentials: secret,
			From: sip.Caller{Number: "8001"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	one, two := dial(), dial()
	<-w.calls
	second := <-w.calls
	transfer := func(d *sip.Dialog, tr sip.Transfer, done error) error {
		out := make(chan error, 1)
		go func() { out <- d.Transfer(t.Context(), tr) }()
		select {
		case refer := <-w.refers:
			if (refer.Replaces == second) != (tr.Replaces != nil) || refer.Target != "8002" {
				t.Errorf("refer %+v", refer)
			}
			refer.Progress(180)
			refer.Done(done)
			return <-out
		case err := <-out:
			return err
		}
	}
	to := "sip:8002@" + r.ua.Addr().String()
	if err := transfer(one, sip.Transfer{To: to}, nil); err != nil {
		t.Error(err)
	}
	if err := transfer(one, sip.Transfer{To: to, Replaces: two}, nil); err != nil {
		t.Error(err)
	}
	var refused *sip.StatusError
	if err := transfer(one, sip.Transfer{To: to}, &sip.StatusError{Status: 486}); !errors.As(err, &refused) || refused.Status != 486 {
		t.Errorf("got %v", err)
	}
	if err := transfer(one, sip.Transfer{To: "http://h/"}, nil); !errors.As(err, &refused) || refused.Status != 416 {
		t.Errorf("got %v", err)
	}
	placed, err := r.ua.Invite(t.Context(), sip.Invite{To: sip.Extension("8001"), Offer: []byte(siptest.Offer)})
	if err != nil {
		t.Fatal(err)
	}
	placed.OnRefer(func(refer *sip.Refer) error { refer.Done(nil); return nil })
	in := <-came
	if err := in.Transfer(t.Context(), sip.Transfer{To: to}); !errors.As(err, &refused) || refused.Status != 407 {
		t.Errorf("without a password: %v", err)
	}
	if err := in.Transfer(t.Context(), sip.Transfer{To: to, Credentials: secret}); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	placed.OnRefer(func(*sip.Refer) error { return nil })
	if err := in.Transfer(ctx, sip.Transfer{To: to, Credentials: secret}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("never done: %v", err)
	}
	_ = in.Hangup(t.Context(), sip.NormalClearing())
	if err := in.Transfer(t.Context(), sip.Transfer{To: to}); !errors.Is(err, sip.ErrState) {
		t.Errorf("after the end: %v", err)
	}
}

// Reports of transfers that we did not ask for are told so.
func TestStrayReports(t *testing.T) {
	_, p, c, _, _ := talk(t, nil)
	for want, event := range map[string]string{"489": "presence", "481": "refer"} {
		c.Send("NOTIFY", "Event: "+event, "Subscription-State: active")
		p.Expect(want + " NOTIFY")
	}
}
