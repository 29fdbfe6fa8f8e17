package load

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"hotline/sip"
)

// exchange is a small telephone exchange made of the sip package and plain sockets: the server that fleets are tested
// against. What it does is said by the number called.
type exchange struct {
	t    testing.TB
	ua   *sip.UA
	free chan string  // counselors
	lose atomic.Int64 // every so many packets, 0 for none
}

const secret = "a-password-of-all-phones"

// openExchange starts one with counselors 7000 to 7000+n-1.
func openExchange(t testing.TB, n int) *exchange {
	t.Helper()
	x := &exchange{t: t, free: make(chan string, n+1)}
	for i := range n {
		x.free <- fmt.Sprint(7000 + i)
	}
	ua, err := sip.New(sip.Config{
		Listen: []string{"127.0.0.1:0"}, Accounts: x,
		Trunks: []sip.Trunk{{Name: "city", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.7.0/24")}}},
	}, x, nil, nil)
	must(t, err)
	x.ua = ua
	must(t, ua.Listen(t.Context()))
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- ua.Run(running) }()
	t.Cleanup(func() { stop(); <-done })
	return x
}

// Account implements sip.Accounts.
func (x *exchange) Account(extension string) (sip.Account, bool) {
	if len(extension) != 4 || extension[0] != '7' {
		return sip.Account{}, false
	}
	md5, sha256 := sip.HashPassword(extension, "hotline", secret)
	return sip.Account{Extension: extension, MD5: md5, SHA256: sha256}, true
}

// ServeCall implements sip.Handler.
func (x *exchange) ServeCall(ctx context.Context, d *sip.Dialog) {
	switch d.Called() {
	case "busy":
		_ = d.Reject(&sip.StatusError{Status: 486})
	case "forever":
		_ = d.Ring()
		<-ctx.Done()
	case "brief":
		x.talk(ctx, d, func(line) {})
	case "echo":
		x.talk(ctx, d, func(l line) { l.echo() })
	case "keys":
		x.talk(ctx, d, func(l line) { l.untilKey('5') })
	case "queue":
		x.talk(ctx, d, func(l line) { x.connect(ctx, l) })
	}
}

// line is the audio of one leg.
type line struct {
	conn *net.UDPConn
	peer netip.AddrPort
}

func (x *exchange) talk(ctx context.Context, d *sip.Dialog, serve func(line)) {
	theirs, ok := parseSession(d.Offer())
	if !ok {
		_ = d.Reject(&sip.StatusError{Status: 488})
		return
	}
	conn := x.socket(ctx)
	defer func() { _ = conn.Close() }()
	if _, err := d.Answer(ctx, offered(conn)); err == nil {
		serve(line{conn, theirs.address})
	}
}

func (x *exchange) socket(ctx context.Context) *net.UDPConn {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	must(x.t, err)
	context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	return conn
}

func offered(conn *net.UDPConn) []byte {
	return fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8 101\r\n"+
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n", conn.LocalAddr().(*net.UDPAddr).Port)
}

// echo sends back whatever comes.
func (l line) echo() { l.relay(func(b []byte) { _, _ = l.conn.WriteToUDPAddrPort(b, l.peer) }) }

func (l line) relay(to func([]byte)) {
	var b [2048]byte
	for {
		n, err := l.conn.Read(b[:])
		if err != nil {
			return
		}
		to(b[:n])
	}
}

// untilKey sends silence back, and ends the call when a key has been pressed and let go.
func (l line) untilKey(key byte) {
	var b [2048]byte
	for {
		n, err := l.conn.Read(b[:])
		if err != nil || n >= 16 && b[1]&0x7f == 101 && b[12] == key-'0' && b[13]&0x80 != 0 {
			return
		}
	}
}

// connect calls a free counselor and passes audio both ways until one of them hangs up.
func (x *exchange) connect(ctx context.Context, caller line) {
	var extension string
	select {
	case <-ctx.Done():
		return
	case extension = <-x.free:
	}
	defer func() { x.free <- extension }()
	conn := x.socket(ctx)
	defer func() { _ = conn.Close() }()
	d, err := x.ua.Invite(ctx, sip.Invite{To: sip.Extension(extension), Offer: offered(conn)})
	if err != nil {
		return
	}
	theirs, _ := parseSession(d.Answered())
	counselor := line{conn, theirs.address}
	stop := context.AfterFunc(d.Context(), func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
		_ = caller.conn.SetReadDeadline(time.Unix(1, 0))
	})
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		counselor.relay(x.passing(counselor, caller))
	}()
	caller.relay(x.passing(caller, counselor))
	_ = conn.SetReadDeadline(time.Unix(1, 0))
	<-done
	_ = d.Hangup(context.WithoutCancel(ctx), sip.NormalClearing())
}

// passing passes packets on, less those that are to be lost.
func (x *exchange) passing(from, to line) func([]byte) {
	n := int64(0)
	return func(b []byte) {
		n++
		if every := x.lose.Load(); every > 0 && n%every == 0 {
			return
		}
		_, _ = from.conn.WriteToUDPAddrPort(b, to.peer)
	}
}
