package sip_test

import (
	"context"
	"testing"

	"hotline/sip"
	"hotline/sip/siptest"
)

// BenchmarkCall is a whole call over UDP on loopback, both sides ours: INVITE,
// 200, ACK, BYE, 200. One side costs about half.
func BenchmarkCall(b *testing.B) {
	quiet := func(c *sip.Config) { c.Timers = sip.Timers{Qualify: -1} }
	center := serveBench(b, handler(func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err == nil {
			<-ctx.Done()
		}
	}), quiet)
	phone := serveBench(b, nil, quiet, func(c *sip.Config) { c.Accounts, c.Trunks = nil, nil })
	in := sip.Invite{To: sip.URI("sip:12348@" + center.Addr().String()), Offer: []byte(siptest.Offer)}
	b.ReportAllocs()
	for b.Loop() {
		d, err := phone.Invite(b.Context(), in)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Hangup(b.Context(), sip.NormalClearing()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCalls is the same with many calls at once.
func BenchmarkCalls(b *testing.B) {
	center := serveBench(b, handler(func(ctx context.Context, d *sip.Dialog) {
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err == nil {
			<-ctx.Done()
		}
	}))
	phone := serveBench(b, nil, func(c *sip.Config) { c.Accounts, c.Trunks = nil, nil })
	in := sip.Invite{To: sip.URI("sip:12348@" + center.Addr().String()), Offer: []byte(siptest.Offer)}
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			d, err := phone.Invite(context.Background(), in)
			if err != nil {
				b.Error(err)
				return
			}
			_ = d.Hangup(context.Background(), sip.NormalClearing())
		}
	})
}

func serveBench(b *testing.B, h sip.Handler, change ...func(*sip.Config)) *sip.UA {
	b.Helper()
	cfg := sip.Config{Listen: []string{"127.0.0.1:0"}, Trunks: []sip.Trunk{{Name: "city", Addresses: loopback, Ping: -1}}, Accounts: accounts{}}
	for _, c := range change {
		c(&cfg)
	}
	ua, err := sip.New(cfg, h, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := ua.Listen(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ua.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		<-done
	})
	return ua
}
