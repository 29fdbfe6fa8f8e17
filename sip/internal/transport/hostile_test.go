package transport_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/sip/internal/transport"
)

// Connections that come, send half of something and go, by the hundred, leave
// neither goroutine nor count behind, and others are served meanwhile.
func TestConnectionsComeAndGo(t *testing.T) {
	l, r := serve(t, transport.Config{Guard: transport.Guard{Exempt: func(netip.Addr) bool { return true }}})
	steady := tcp(t, l)
	write(t, steady, options("first"))
	r.next(t)
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			c, err := net.Dial("tcp", l.Addrs(transport.TCP)[0].String())
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = c.Write([]byte(options("x")[:i%100]))
			_ = c.Close()
		})
	}
	closed := 0
	for closed < 200 {
		if r.next(t).closed {
			closed++
		}
	}
	wg.Wait()
	write(t, steady, options("still served"))
	if g := r.next(t); g.message.Header("Subject") != "still served" {
		t.Errorf("got %+v", g)
	}
	for runtime.NumGoroutine() > before+1 || l.Connections() != 1 {
		runtime.Gosched()
	}
}

// A peer's declared lengths cost no memory.
func TestHostileLengths(t *testing.T) {
	l, r := serve(t, transport.Config{Limits: transport.Limits{PerAddress: 1000, Connections: 1000}})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, length := range []string{"4294967295", "4294967296", "99999999999999999999", "65536", "-1", "0x10", "1e9", " ", "٣"} {
		c := tcp(t, l)
		write(t, c, strings.Replace(options("x"), "Content-Length: 0", "Content-Length: "+length, 1))
		if g := r.next(t); g.fault == nil || g.fault.Status != 400 {
			t.Errorf("length %q: %+v", length, g)
		}
		ended(t, c)
		r.next(t)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > before.HeapAlloc+30<<20 {
		t.Errorf("heap grew by %d", after.HeapAlloc-before.HeapAlloc)
	}
}

// An endless header is cut off at the largest message.
func TestEndlessHeaderIsCutOff(t *testing.T) {
	l, r := serve(t, transport.Config{})
	c := tcp(t, l)
	sent := 0
	for sent < 10<<20 {
		n, err := c.Write(bytes.Repeat([]byte("X: y\r\n"), 1000))
		sent += n
		if err != nil {
			break
		}
	}
	if sent > 5<<20 {
		t.Errorf("%d bytes were taken", sent)
	}
	if g := r.next(t); !g.closed {
		t.Errorf("got %+v", g)
	}
}

// Many callers of one server share one connection, however many ask at once.
func TestDialIsShared(t *testing.T) {
	server, in := serve(t, transport.Config{})
	l, _ := serve(t, transport.Config{})
	to := server.Addrs(transport.TCP)[0]
	flows := make([]transport.Flow, 20)
	var wg sync.WaitGroup
	for i := range flows {
		wg.Go(func() {
			f, err := l.Dial(context.Background(), transport.TCP, to, "")
			if err != nil {
				t.Error(err)
				return
			}
			flows[i] = f
			_ = f.Send([]byte(options(fmt.Sprint(i))))
		})
	}
	wg.Wait()
	for _, f := range flows {
		if f != flows[0] {
			t.Error("two connections are in use")
		}
	}
	got := 0
	for got < len(flows) {
		if g := in.next(t); g.message != nil {
			got++
		}
	}
}

// A server that hangs up is dialled anew.
func TestDialAfterClose(t *testing.T) {
	server, in := serve(t, transport.Config{Limits: transport.Limits{Idle: 30 * time.Millisecond}})
	l, r := serve(t, transport.Config{})
	to := server.Addrs(transport.TCP)[0]
	first, err := l.Dial(t.Context(), transport.TCP, to, "")
	if err != nil {
		t.Fatal(err)
	}
	_ = first.Send([]byte(options("x")))
	in.next(t)
	if g := r.next(t); !g.closed || g.flow != first {
		t.Fatalf("got %+v", g)
	}
	if err := first.Send([]byte("x")); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("sending on it: %v", err)
	}
	second, err := l.Dial(t.Context(), transport.TCP, to, "")
	if err != nil || second == first {
		t.Errorf("dialled again: %v", err)
	}
}

// A dial waits for the layer to serve, and no longer than its caller wants.
func TestDialBeforeServe(t *testing.T) {
	l := transport.New(transport.Config{Listen: []string{"127.0.0.1:0"}})
	if err := l.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := l.Dial(ctx, transport.TCP, l.Addrs(transport.TCP)[0], ""); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("got %v", err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if err := l.Serve(ended, receiver{make(chan got, 1)}); err != nil {
		t.Error(err)
	}
	if _, err := l.Dial(t.Context(), transport.TCP, netip.MustParseAddrPort("127.0.0.1:1"), ""); err == nil {
		t.Error("dialled after the end")
	}
}

// A TLS peer that never finishes its handshake is closed like any slow one.
func TestSlowHandshake(t *testing.T) {
	cert, _ := certificate(t)
	l, _ := serve(t, transport.Config{
		ListenTLS: []string{"127.0.0.1:0"}, Server: &tls.Config{Certificates: []tls.Certificate{cert}}, Limits: transport.Limits{Message: 100 * time.Millisecond},
	})
	c, err := net.Dial("tcp", l.Addrs(transport.TLS)[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	write(t, c, "\x16\x03\x01")
	ended(t, c)
}

// Garbage from three thousand source addresses stops nothing and is not kept.
func TestTrapSipgo3ThousandsOfSources(t *testing.T) {
	var dropped atomic.Int64
	l, r := serve(t, transport.Config{Guard: transport.Guard{Dropped: func(string) { dropped.Add(1) }}})
	to := net.UDPAddrFromAddrPort(l.Addrs(transport.UDP)[0])
	before := runtime.NumGoroutine()
	for i := range 3000 {
		c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, byte(1+i/250), byte(1+i%250))}, to)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte("garbage from somewhere\r\n\r\n"))
		_ = c.Close()
		for dropped.Load() < int64(i-200) { // no faster than it is read
			runtime.Gosched()
		}
	}
	write(t, udp(t, l), options("heard"))
	if g := r.next(t); g.message.Header("Subject") != "heard" {
		t.Errorf("got %+v", g)
	}
	if n := runtime.NumGoroutine(); n > before+2 {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func TestNetworks(t *testing.T) {
	for n, want := range map[transport.Network]struct {
		name     string
		reliable bool
	}{transport.UDP: {"UDP", false}, transport.TCP: {"TCP", true}, transport.TLS: {"TLS", true}} {
		if n.String() != want.name || n.Reliable() != want.reliable {
			t.Errorf("%d is %s, reliable %v", n, n, n.Reliable())
		}
	}
}

func TestListenFaults(t *testing.T) {
	for _, cfg := range []transport.Config{
		{Listen: []string{"127.0.0.1"}}, {Listen: []string{"203.0.113.77:0"}}, {ListenTLS: []string{"203.0.113.77:0"}, Server: &tls.Config{}},
	} {
		if err := transport.New(cfg).Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "listen for SIP") {
			t.Errorf("%v: %v", cfg.Listen, err)
		}
	}
}

// UDP's port is free on TCP too, or another one is taken.
func TestPortIsTheSameOnBoth(t *testing.T) {
	l, _ := serve(t, transport.Config{})
	if l.Addrs(transport.UDP)[0] != l.Addrs(transport.TCP)[0] {
		t.Errorf("UDP %v, TCP %v", l.Addrs(transport.UDP), l.Addrs(transport.TCP))
	}
	blocked, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer blocked.Close()
	err = transport.New(transport.Config{Listen: []string{blocked.Addr().String()}}).Listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), "over TCP on "+blocked.Addr().String()) {
		t.Errorf("got %v", err)
	}
}
