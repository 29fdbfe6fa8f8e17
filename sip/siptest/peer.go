package siptest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long Expect waits. It is never reached in a test that passes.
const patience = 20 * time.Second

// Peer is one scripted peer: a UDP socket, or a TCP connection to the server.
type Peer struct {
	t      testing.TB
	server netip.AddrPort
	local  netip.AddrPort
	udp    *net.UDPConn
	tcp    net.Conn
	in     chan *Message
	kept   []*Message // read, not asked for yet

	mu   sync.Mutex
	link func(out bool, m *Message) int
	held []string
	n    int
}

// UDP makes a peer that talks to a server over UDP, from a port of its own. It is
// closed with the test.
func UDP(t testing.TB, server netip.AddrPort) *Peer { return UDPFrom(t, "127.0.0.1", server) }

// UDPFrom is UDP from another loopback address, such as 127.0.0.66.
func UDPFrom(t testing.TB, host string, server netip.AddrPort) *Peer {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{t: t, server: server, udp: c, local: c.LocalAddr().(*net.UDPAddr).AddrPort(), in: make(chan *Message, 4096)}
	p.run(c, p.readUDP)
	return p
}

// TCP makes a peer with one connection to a server. It is closed with the test.
func TCP(t testing.TB, server netip.AddrPort) *Peer {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.String())
	if err != nil {
		t.Fatal(err)
	}
	return Over(t, c)
}

// Over makes a peer on a connection that is open already, TLS for example.
func Over(t testing.TB, c net.Conn) *Peer {
	p := &Peer{t: t, tcp: c, in: make(chan *Message, 4096)}
	p.server = c.RemoteAddr().(*net.TCPAddr).AddrPort()
	p.local = c.LocalAddr().(*net.TCPAddr).AddrPort()
	p.run(c, p.readTCP)
	return p
}

func (p *Peer) run(c io.Closer, read func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		read()
	}()
	p.t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
}

// Addr is the peer's own address.
func (p *Peer) Addr() netip.AddrPort { return p.local }

// Server is the address it talks to.
func (p *Peer) Server() netip.AddrPort { return p.server }

// Aim sets the address a UDP peer talks to from now on.
func (p *Peer) Aim(server netip.AddrPort) { p.server = server }

// Close closes the socket or connection.
func (p *Peer) Close() {
	if p.tcp != nil {
		_ = p.tcp.Close()
		return
	}
	_ = p.udp.Close()
}

func (p *Peer) readUDP() {
	buf := make([]byte, 65536)
	for {
		n, _, err := p.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			close(p.in)
			return
		}
		p.arrive(parse(string(buf[:n])))
	}
}

func (p *Peer) readTCP() {
	defer close(p.in)
	r := bufio.NewReader(p.tcp)
	for {
		var head strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if head.Len() == 0 && line == "\r\n" {
				continue
			}
			head.WriteString(line)
			if line == "\r\n" {
				break
			}
		}
		m := parse(head.String())
		n, _ := strconv.Atoi(m.Get("Content-Length"))
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		m.Body = string(body)
		p.arrive(m)
	}
}

func (p *Peer) arrive(m *Message) {
	for range p.times(false, m) {
		p.in <- m
	}
}

// Link sets what becomes of each message, out or in: how many copies pass. 0 loses
// it, 2 doubles it, and a negative number holds an outgoing one back until the next
// has passed. A nil function lets all pass. It is called by one goroutine at a time.
func (p *Peer) Link(f func(out bool, m *Message) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.link = f
}

func (p *Peer) times(out bool, m *Message) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == nil {
		return 1
	}
	return p.link(out, m)
}

// Send sends text as it is, lines ended by LF or CRLF.
func (p *Peer) Send(raw string) {
	p.t.Helper()
	if !strings.Contains(raw, "\r\n") {
		raw = strings.ReplaceAll(raw, "\n", "\r\n")
	}
	p.Raw(raw)
}

// Raw sends bytes as they are, through the link.
func (p *Peer) Raw(raw string) {
	p.t.Helper()
	n := p.times(true, parse(raw))
	if n < 0 {
		p.held = append(p.held, raw)
		return
	}
	for range n {
		p.write(raw)
	}
	held := p.held
	p.held = nil
	for _, h := range held {
		p.write(h)
	}
}

func (p *Peer) write(raw string) {
	p.t.Helper()
	var err error
	if p.tcp != nil {
		_, err = io.WriteString(p.tcp, raw)
	} else {
		_, err = p.udp.WriteToUDPAddrPort([]byte(raw), p.server)
	}
	if err != nil {
		p.t.Errorf("siptest: send: %v", err)
	}
}

// next is the next message that arrived, nil when none comes in time.
func (p *Peer) next(wait time.Duration) *Message {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case m := <-p.in:
		return m
	case <-t.C:
		return nil
	}
}

// Expect waits for a message: a method ("BYE"), a status ("200", "4xx", "xxx"), or a status
// of a method ("200 INVITE"). Others that come before it are kept for later calls.
func (p *Peer) Expect(what string) *Message {
	p.t.Helper()
	for i, m := range p.kept {
		if m.is(what) {
			p.kept = append(p.kept[:i], p.kept[i+1:]...)
			return m
		}
	}
	deadline := time.Now().Add(patience)
	for {
		m := p.next(time.Until(deadline))
		if m == nil {
			p.t.Fatalf("siptest: no %s; got %s", what, p.starts())
		}
		if m.is(what) {
			return m
		}
		p.kept = append(p.kept, m)
	}
}

// Next waits for the next message, whatever it is.
func (p *Peer) Next() *Message {
	p.t.Helper()
	if len(p.kept) > 0 {
		m := p.kept[0]
		p.kept = p.kept[1:]
		return m
	}
	m := p.next(patience)
	if m == nil {
		p.t.Fatal("siptest: nothing arrived")
	}
	return m
}

// Within returns what arrives within a time, kept messages first; it is for showing
// that something does not arrive.
func (p *Peer) Within(wait time.Duration) []*Message {
	out := p.kept
	p.kept = nil
	deadline := time.Now().Add(wait)
	for {
		m := p.next(time.Until(deadline))
		if m == nil {
			return out
		}
		out = append(out, m)
	}
}

// Forget throws away what has arrived and was not asked for.
func (p *Peer) Forget() {
	p.kept = nil
	for {
		select {
		case <-p.in:
		default:
			return
		}
	}
}

func (p *Peer) starts() string {
	var out []string
	for _, m := range p.kept {
		out = append(out, strings.SplitN(m.Start, ":", 2)[0]+" "+m.Get("CSeq"))
	}
	return fmt.Sprintf("%q", out)
}

// Reply answers a request: status, extra header lines, and a body that is SDP.
func (p *Peer) Reply(req *Message, status, tag, body string, headers ...string) {
	p.t.Helper()
	lines := []string{"SIP/2.0 " + status}
	for _, name := range []string{"Via", "Record-Route", "From", "To", "Call-ID", "CSeq"} {
		for _, v := range req.All(name) {
			if name == "To" && tag != "" && param(v, "tag") == "" {
				v += ";tag=" + tag
			}
			lines = append(lines, name+": "+v)
		}
	}
	lines = append(lines, headers...)
	if method := req.Method(); method == "INVITE" || method == "UPDATE" {
		lines = append(lines, "Contact: "+p.Contact())
	}
	p.Raw(finish(lines, body))
}

// Contact is the peer's Contact value.
func (p *Peer) Contact() string {
	if p.tcp != nil {
		return "<sip:peer@" + p.local.String() + ";transport=tcp>"
	}
	return "<sip:peer@" + p.local.String() + ">"
}

// via is the peer's Via value with a new branch.
func (p *Peer) via() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	network := "UDP"
	if p.tcp != nil {
		network = "TCP"
	}
	return fmt.Sprintf("SIP/2.0/%s %s;branch=z9hG4bKt%d%d;rport", network, p.local, p.local.Port(), p.n)
}

func finish(lines []string, body string) string {
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, "Content-Length: "+strconv.Itoa(len(body)))
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}
