package transport_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// got is one thing the layer handed up.
type got struct {
	message *wire.Message
	fault   *wire.SyntaxError
	closed  bool
	flow    transport.Flow
}

// receiver passes on what is handed up.
type receiver struct{ in chan got }

func (r receiver) Receive(m *wire.Message, f transport.Flow) {
	if m.Header("Subject") == "panic" {
		panic("a fault of ours")
	}
	r.in <- got{message: m, flow: f}
}

func (r receiver) Malformed(m *wire.Message, e *wire.SyntaxError, f transport.Flow) {
	_ = f.Send([]byte("answer"))
	r.in <- got{message: m, fault: e, flow: f}
}
func (r receiver) Closed(f transport.Flow) { r.in <- got{closed: true, flow: f} }

func (r receiver) next(t *testing.T) got {
	t.Helper()
	select {
	case g := <-r.in:
		return g
	case <-time.After(10 * time.Second):
		t.Fatal("nothing arrived")
		return got{}
	}
}

// serve runs a layer on loopback ports of the kernel's choice.
func serve(t *testing.T, cfg transport.Config) (*transport.Layer, receiver) {
	t.Helper()
	if cfg.Listen == nil {
		cfg.Listen = []string{"127.0.0.1:0"}
	}
	l := transport.New(cfg)
	if err := l.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := receiver{make(chan got, 100)}
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx, r) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l, r
}

func options(subject string) string {
	return "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n" +
		"Call-ID: c\r\nCSeq: 1 OPTIONS\r\nSubject: " + subject + "\r\nContent-Length: 0\r\n\r\n"
}

func udp(t *testing.T, l *transport.Layer) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(l.Addrs(transport.UDP)[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func tcp(t *testing.T, l *transport.Layer) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addrs(transport.TCP)[0].String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func write(t *testing.T, c io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

// ended waits until the peer closes.
func ended(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, c); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the connection was not closed: %v", err)
	}
}

func TestUDPBothWays(t *testing.T) {
	l, r := serve(t, transport.Config{})
	c := udp(t, l)
	write(t, c, options("one"))
	g := r.next(t)
	if g.message.Header("Subject") != "one" || g.flow.Network() != transport.UDP {
		t.Fatalf("got %+v", g)
	}
	if err := g.flow.Send([]byte("answer")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	if err != nil || string(buf[:n]) != "answer" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	write(t, c, options("two"))
	if again := r.next(t); again.flow != g.flow {
		t.Error("flows of the same peer are not equal")
	}
	if g.flow.To(9).Remote().Port() != 9 {
		t.Error("To does not change the port")
	}
}

// A datagram of any size is sent; only requests have the limit of RFC 3261 18.1.1.
func TestTrapSipgo2LargeAnswersByUDP(t *testing.T) {
	l, r := serve(t, transport.Config{})
	c := udp(t, l)
	write(t, c, options("x"))
	if err := r.next(t).flow.Send([]byte(strings.Repeat("x", 9000))); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 10000)
	if n, err := c.Read(buf); n != 9000 {
		t.Errorf("read %d, %v", n, err)
	}
}

// Nothing that arrives ends the UDP socket, and nothing is kept for its sender.
func TestTrapSipgo1And3SocketSurvivesAndKeepsNoSources(t *testing.T) {
	var dropped atomic.Int64
	refuse := atomic.Bool{}
	l, r := serve(t, transport.Config{Guard: transport.Guard{
		Admit:   func(netip.AddrPort) bool { return !refuse.Load() },
		Dropped: func(string) { dropped.Add(1) },
	}})
	c := udp(t, l)
	for _, s := range []string{"\r\n\r\n", "\x00\x00", "\x00\x01\x00\x00stun", "garbage", "GET / HTTP/1.1\r\n\r\n", "\xff\xfe", "SIP/2.0 200 OK\r\n\r\n", "ACK sip:a SIP/2.0\r\n\r\n"} {
		write(t, c, s)
	}
	refuse.Store(true)
	write(t, c, options("refused"))
	for dropped.Load() < 6 {
		runtime.Gosched()
	}
	refuse.Store(false)
	write(t, c, options("heard"))
	if g := r.next(t); g.message.Header("Subject") != "heard" {
		t.Errorf("got %+v", g)
	}
}

func TestPanicLosesOneMessage(t *testing.T) {
	panics := make(chan any, 1)
	l, r := serve(t, transport.Config{Guard: transport.Guard{Panicked: func(v any) { panics <- v }}})
	c := tcp(t, l)
	write(t, c, options("panic")+options("after"))
	if g := r.next(t); g.message.Header("Subject") != "after" {
		t.Errorf("got %+v", g)
	}
	<-panics
}

func TestTCPKeepsOrderAndAnswersKeepAlive(t *testing.T) {
	l, r := serve(t, transport.Config{})
	c := tcp(t, l)
	all := "\r\n\r\n"
	for i := range 50 {
		all += options(fmt.Sprint(i))
	}
	write(t, c, all[:777])
	write(t, c, all[777:])
	var flow transport.Flow
	for i := range 50 {
		g := r.next(t)
		if g.message.Header("Subject") != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, g.message.Header("Subject"))
		}
		flow = g.flow
	}
	pong := make([]byte, 2)
	if _, err := io.ReadFull(c, pong); err != nil || string(pong) != "\r\n" {
		t.Errorf("keep-alive answered by %q, %v", pong, err)
	}
	_ = c.Close()
	if g := r.next(t); !g.closed || g.flow != flow {
		t.Errorf("got %+v, want the end of the flow", g)
	}
	if err := flow.Send([]byte("x")); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("sending on an ended connection: %v", err)
	}
}

func TestMalformedOnTCPIsAnsweredThenClosed(t *testing.T) {
	l, r := serve(t, transport.Config{})
	c := tcp(t, l)
	write(t, c, strings.Replace(options("x"), "Content-Length: 0", "Content-Length: -1", 1))
	g := r.next(t)
	if g.fault == nil || g.fault.Status != 400 {
		t.Fatalf("got %+v", g)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if b, err := io.ReadAll(c); string(b) != "answer" || err != nil {
		t.Errorf("read %q, %v; want the answer and the end", b, err)
	}
}

// A connection that does not send a whole message in time is closed, however
// busy it looks; so is one that only sends keep-alives.
func TestTrapSipgo9SlowConnectionsAreClosed(t *testing.T) {
	l, _ := serve(t, transport.Config{Limits: transport.Limits{Message: 150 * time.Millisecond}})
	silent, trickling, pinging := tcp(t, l), tcp(t, l), tcp(t, l)
	var wg sync.WaitGroup
	for c, bit := range map[net.Conn]string{trickling: "X", pinging: "\r\n\r\n"} {
		wg.Go(func() {
			for range time.Tick(5 * time.Millisecond) {
				if _, err := io.WriteString(c, bit); err != nil {
					return
				}
			}
		})
	}
	ended(t, silent)
	ended(t, trickling)
	ended(t, pinging)
	wg.Wait()
}

func TestIdleConnectionIsClosed(t *testing.T) {
	l, r := serve(t, transport.Config{Limits: transport.Limits{Idle: 50 * time.Millisecond}})
	c := tcp(t, l)
	write(t, c, options("x"))
	r.next(t)
	ended(t, c)
}

func TestTrapSipgo9ConnectionsAreCounted(t *testing.T) {
	exempt := atomic.Bool{}
	dropped := make(chan string, 10)
	l, r := serve(t, transport.Config{
		Limits: transport.Limits{Connections: 4, PerAddress: 2},
		Guard:  transport.Guard{Exempt: func(netip.Addr) bool { return exempt.Load() }, Dropped: func(s string) { dropped <- s }},
	})
	first := tcp(t, l)
	write(t, first, options("x"))
	r.next(t)
	write(t, tcp(t, l), options("x"))
	r.next(t)
	ended(t, tcp(t, l))
	exempt.Store(true)
	for range 2 {
		write(t, tcp(t, l), options("x"))
		r.next(t)
	}
	ended(t, tcp(t, l))
	_ = first.Close()
	r.next(t)
	write(t, tcp(t, l), options("room again"))
	r.next(t)
	if len(dropped) != 2 {
		t.Errorf("%d refusals counted, want 2", len(dropped))
	}
}

// A peer that does not read is cut off; it blocks nobody.
func TestSlowReaderIsCutOff(t *testing.T) {
	l, r := serve(t, transport.Config{Limits: transport.Limits{Queue: 4, Write: 100 * time.Millisecond}})
	c := tcp(t, l)
	write(t, c, options("x"))
	flow := r.next(t).flow
	big := []byte(strings.Repeat("x", 1<<20))
	for {
		if err := flow.Send(big); err != nil {
			break
		}
	}
	if g := r.next(t); !g.closed {
		t.Errorf("got %+v", g)
	}
}

func TestDialReusesConnections(t *testing.T) {
	server, in := serve(t, transport.Config{})
	l, r := serve(t, transport.Config{})
	to := server.Addrs(transport.TCP)[0]
	f, err := l.Dial(t.Context(), transport.TCP, to, "")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.Dial(t.Context(), transport.TCP, to, ""); err != nil || again != f {
		t.Errorf("dialled again: %v", err)
	}
	if err := f.Send([]byte(options("x"))); err != nil {
		t.Fatal(err)
	}
	g := in.next(t)
	if err := g.flow.Send([]byte(options("back"))); err != nil {
		t.Fatal(err)
	}
	if back := r.next(t); back.flow != f {
		t.Error("an answer on a dialled connection has another flow")
	}
	if _, err := l.Dial(t.Context(), transport.TCP, netip.MustParseAddrPort("127.0.0.1:1"), ""); err == nil || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("dialling nobody: %v, want an error without the address", err)
	}
	if got, err := l.Dial(t.Context(), transport.UDP, to, ""); err != nil || got.Network() != transport.UDP {
		t.Errorf("UDP: %v", err)
	}
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	server, in := serve(t, transport.Config{ListenTLS: []string{"127.0.0.1:0"}, Server: &tls.Config{Certificates: []tls.Certificate{cert}}})
	l, r := serve(t, transport.Config{Client: &tls.Config{RootCAs: pool}})
	to := server.Addrs(transport.TLS)[0]
	if _, err := l.Dial(t.Context(), transport.TLS, to, "other.example"); err == nil {
		t.Error("a certificate of another name is trusted")
	}
	f, err := l.Dial(t.Context(), transport.TLS, to, "sip.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Send([]byte(options("x"))); err != nil {
		t.Fatal(err)
	}
	g := in.next(t)
	for g.closed { // the refused one
		g = in.next(t)
	}
	if g.flow.Network() != transport.TLS {
		t.Errorf("arrived over %v", g.flow.Network())
	}
	if err := g.flow.Send([]byte(options("y"))); err != nil {
		t.Fatal(err)
	}
	r.next(t)
	plain, err := net.Dial("tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	write(t, plain, options("no TLS"))
	ended(t, plain)
	_ = plain.Close()
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"sip.example"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestBusyPort(t *testing.T) {
	l, _ := serve(t, transport.Config{})
	taken := l.Addrs(transport.UDP)[0].String()
	err := transport.New(transport.Config{Listen: []string{"127.0.0.1:0", taken}}).Listen(t.Context())
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), taken) {
		t.Errorf("got %v, want one clear error with the address", err)
	}
}

func TestFlowPicksTheFittingSocket(t *testing.T) {
	l, _ := serve(t, transport.Config{Listen: []string{"0.0.0.0:0", "127.0.0.1:0", "127.0.0.2:0"}})
	addrs := l.Addrs(transport.UDP)
	for remote, want := range map[string]int{"127.0.0.9:5060": 1, "127.0.0.2:5060": 2, "192.0.2.1:5060": 0} {
		f, err := l.Flow(netip.MustParseAddrPort(remote))
		if err != nil || f.Local() != addrs[want] {
			t.Errorf("to %s from %v (%v), want %v", remote, f, err, addrs[want])
		}
	}
	if _, err := l.Flow(netip.MustParseAddrPort("[2001:db8::1]:5060")); err == nil {
		t.Error("an IPv6 peer has no socket here")
	}
}

func TestServeReportsALostSocket(t *testing.T) {
	l := transport.New(transport.Config{Listen: []string{"127.0.0.1:0"}})
	if err := l.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := receiver{make(chan got, 10)}
	done := make(chan error, 1)
	go func() { done <- l.Serve(t.Context(), r) }()
	c := tcp(t, l)
	write(t, c, options("x"))
	r.next(t)
	transport.LoseSocket(l)
	if err := <-done; err == nil {
		t.Error("a deaf service goes on as if nothing were")
	}
	_, _ = bufio.NewReader(c).ReadByte()
}
