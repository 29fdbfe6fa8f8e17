package load

import (
	"net"
	"net/netip"
	"strings"
	"testing"
)

// doubter is a server that asks every caller for a password, and is busy for those who know it.
func doubter(t testing.TB) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var b [8192]byte
		for {
			n, from, err := conn.ReadFromUDPAddrPort(b[:])
			if err != nil {
				return
			}
			if reply := doubt(b[:n]); reply != nil {
				_, _ = conn.WriteToUDPAddrPort(reply, from)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// doubt answers one message.
func doubt(b []byte) []byte {
	m, ok := parse(b)
	if !ok || m.method != "INVITE" {
		return nil
	}
	to := tagged(m.headers.to, "d")
	c := challenge{realm: "hotline", nonce: "n1", opaque: "o1", algorithm: "SHA-256", qop: false}
	if strings.Contains(string(b), proof(Account{"7000", secret}, c, string(m.uri))) {
		return answer(&m, 486, to, "", "")
	}
	return answer(&m, 407, to, "Proxy-Authenticate: Basic realm=\"x\"\r\n"+
		"Proxy-Authenticate: Digest realm=\"hotline\", nonce=\"n1\", opaque=\"o1\", algorithm=SHA-256\r\n", "")
}

// proof is the response that shows the password.
func proof(a Account, c challenge, uri string) string {
	_, after, _ := strings.Cut(a.respond(c, "INVITE", uri, true), "response=\"")
	hash, _, _ := strings.Cut(after, "\"")
	return "response=\"" + hash + "\""
}
