package sip_test

import (
	"context"
	"fmt"
	"net/netip"

	"hotline/sip"
)

// A service takes calls from a provider's addresses; a phone calls it.
func Example() {
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	service, err := sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}, Trunks: []sip.Trunk{{Name: "city", Addresses: local}}}, greeter{}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	phone, err := sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}}, nil, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error, 2)
	for _, ua := range []*sip.UA{service, phone} {
		if err := ua.Listen(ctx); err != nil {
			fmt.Println(err)
			return
		}
		go func() { done <- ua.Run(ctx) }()
	}
	d, err := phone.Invite(ctx, sip.Invite{To: sip.URI("sip:12348@" + service.Addr().String()), Offer: []byte("v=0\r\n")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("answered with %q\n", d.Answered())
	<-d.Context().Done()
	fmt.Println(context.Cause(d.Context()))
	stop()
	fmt.Println(<-done, <-done)
	// Output:
	// answered with "v=0\r\ns=answer\r\n"
	// peer hung up (Q.850 16)
	// <nil> <nil>
}

// greeter answers and hangs up.
type greeter struct{}

func (greeter) ServeCall(ctx context.Context, d *sip.Dialog) {
	if _, err := d.Answer(ctx, []byte("v=0\r\ns=answer\r\n")); err != nil {
		return
	}
	_ = d.Hangup(ctx, sip.NormalClearing())
}
