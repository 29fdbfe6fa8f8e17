package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
)

// Config is what a UA needs to know. Zero values get the defaults named.
type Config struct {
	// Listen are "host:port" pairs, each served on UDP and TCP. Port 0 takes any
	// that is free. The host is an address, or empty for all.
	Listen []string
	// TLS serves SIP over TLS when it has a certificate.
	TLS TLS
	// Advertise is the "host" or "host:port" written into Contact and Via towards
	// peers that are not on this machine; empty for the address of the socket.
	Advertise string
	// Product is the Server and User-Agent header, "hotline" when empty.
	Product string
	// Realm is the digest realm of the accounts, "hotline" when empty.
	Realm string
	// Trunks are the telephone providers.
	Trunks []Trunk
	// Emergency are the numbers that Emergency may call, and by which trunk: 110, 120.
	Emergency []Outside
	// Accounts are the extensions. Without them there is no registrar, and the UA
	// is a phone that may call any URI.
	Accounts Accounts
	// Auth is how accounts are authenticated.
	Auth Auth
	// Session are the session timers.
	Session Session
	// Timers are the protocol's timers.
	Timers Timers
	// Limits bound what peers can make us do.
	Limits Limits
	// Resolver finds configured servers by name; the system's when nil.
	Resolver Resolver
}

// TLS is the certificate and where it is served.
type TLS struct {
	// Certificate is what we show; nil serves no TLS.
	Certificate *tls.Certificate
	// Listen are "host:port" pairs; when empty, the host of each Config.Listen
	// with the port above it (or any, for port 0).
	Listen []string
	// Roots are whom we trust when we connect; nil for the system's.
	Roots *x509.CertPool
}

// Accounts knows the extensions. It is asked on the path of calls and must answer
// from memory.
type Accounts interface {
	// Account returns an extension's account, and whether there is one.
	Account(extension string) (Account, bool)
}

// Account is an extension that may register.
type Account struct {
	// Extension is the number dialled to reach it and its digest user name.
	Extension string
	// MD5 and SHA256 are the HA1 hashes that HashPassword makes. An empty one
	// makes that algorithm fail.
	MD5, SHA256 string
	// DialOut allows calls to the outside.
	DialOut bool
	// Mobile is the telephone outside that its holder is on duty with.
	Mobile Outside
}

// Outside is a number on a trunk; the zero one is none.
type Outside struct{ Trunk, Number string }

// HashPassword returns the HA1 hashes of an account's password in a realm
// (RFC 7616 section 3.4.2), so that passwords need not be kept.
func HashPassword(extension, realm, password string) (md5, sha256 string) {
	s := digest.Hash(extension, realm, password)
	return s.MD5, s.SHA256
}

// Auth is how accounts are authenticated.
type Auth struct {
	// Secret keys the nonces; random when empty.
	Secret []byte
	// NonceLife is how long a nonce may be used, 60 s.
	NonceLife time.Duration
	// Algorithms are offered in this order: "SHA-256" and "MD5" when empty. Phones
	// that stumble over SHA-256 need MD5 alone; who has none of them leaves it out.
	Algorithms []string
}

// Session are the session timers of RFC 4028.
type Session struct {
	// Expires is the interval we ask for, 1800 s.
	Expires time.Duration
	// MinExpires is the smallest interval we accept, 90 s.
	MinExpires time.Duration
}

// Timers are the protocol's timers. They are this UA's own.
type Timers struct {
	// T1, T2 and T4 are those of RFC 3261: 500 ms, 4 s and 5 s.
	T1, T2, T4 time.Duration
	// Qualify is how often a registered phone is asked whether it is there, 30 s;
	// negative for never. After a failure it is asked again in a sixth of that.
	Qualify time.Duration
	// Silence is how long nothing may be heard before a peer counts as not
	// reachable, 3 s.
	Silence time.Duration
	// RegisterMin and RegisterMax bound registrations: 60 s and 3600 s.
	RegisterMin, RegisterMax time.Duration
}

// Limits bound what peers can make us do.
type Limits struct {
	// PerSource is how many requests a second one unknown address may send, 20.
	PerSource int
	// Strangers is the same for all unknown addresses together, 500.
	Strangers int
	// Pending is the most requests being answered at once, 20,000; above it 503.
	Pending int
	// Contacts is the most phones registered for one extension, 8.
	Contacts int
	// Connections and ConnectionsPerSource bound TCP and TLS: 500 and 20. Known
	// addresses are free of the second.
	Connections, ConnectionsPerSource int
	// MessageTime is how long a whole message may take on a connection, 30 s.
	MessageTime time.Duration
	// IdleTime is the longest silence of a connection, 15 min.
	IdleTime time.Duration
}

// Resolver finds configured servers by name. Names from messages are never
// resolved.
type Resolver interface {
	// SRV returns the records of _service._proto.name, in any order.
	SRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error)
	// Hosts returns the addresses of a host name.
	Hosts(ctx context.Context, name string) ([]netip.Addr, error)
}

func (c Config) withDefaults() Config {
	text := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	wait := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	count := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	text(&c.Product, "hotline")
	text(&c.Realm, "hotline")
	wait(&c.Session.Expires, 30*time.Minute)
	wait(&c.Session.MinExpires, 90*time.Second)
	t := transaction.Timers{T1: c.Timers.T1, T2: c.Timers.T2, T4: c.Timers.T4}.WithDefaults()
	c.Timers.T1, c.Timers.T2, c.Timers.T4 = t.T1, t.T2, t.T4
	wait(&c.Timers.Qualify, 30*time.Second)
	wait(&c.Timers.Silence, 3*time.Second)
	wait(&c.Timers.RegisterMin, time.Minute)
	wait(&c.Timers.RegisterMax, time.Hour)
	count(&c.Limits.PerSource, 20)
	count(&c.Limits.Strangers, 500)
	count(&c.Limits.Contacts, 8)
	return c
}

// validate returns every fault at once.
func (c Config) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(c.Listen) == 0 {
		fault("sip listen: no address")
	}
	for _, addr := range append(append([]string(nil), c.Listen...), c.TLS.Listen...) {
		if err := checkListen(addr); err != nil {
			fault("sip listen %q: %w", addr, err)
		}
	}
	if c.Advertise != "" {
		if _, err := advertised(c.Advertise); err != nil {
			fault("sip advertise %q: %w", c.Advertise, err)
		}
	}
	if c.Session.MinExpires < 90*time.Second || c.Session.Expires < c.Session.MinExpires {
		fault("sip session: at least 90 s, and expires not below the minimum (RFC 4028)")
	}
	if c.Timers.RegisterMin > c.Timers.RegisterMax {
		fault("sip registrations: minimum above maximum")
	}
	for _, a := range c.Auth.Algorithms {
		if a != "SHA-256" && a != "MD5" {
			fault("sip digest algorithm %q: SHA-256 or MD5", a)
		}
	}
	if strings.ContainsAny(c.Realm, "\"\\\r\n") {
		fault("sip realm: holds a quote, a backslash or a line end")
	}
	names := map[string]bool{}
	for _, t := range c.Trunks {
		if names[t.Name] {
			fault("trunk %q: named twice", t.Name)
		}
		names[t.Name] = true
		faults = append(faults, t.validate())
	}
	return errors.Join(faults...)
}

func checkListen(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("not host:port")
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" {
		return errors.New("host is not an address")
	}
	return nil
}

// advertised reads Advertise; the port is 0 when not given.
func advertised(s string) (resolve.Server, error) {
	out, err := resolve.Parse(s)
	if err != nil || out.Fixed {
		return out, errors.New("not host or host:port")
	}
	return out, nil
}

// network is the transport configuration.
func (c Config) network(g transport.Guard) transport.Config {
	out := transport.Config{
		Listen: c.Listen,
		Client: &tls.Config{RootCAs: c.TLS.Roots, MinVersion: tls.VersionTLS12},
		Guard:  g,
		Limits: transport.Limits{
			Connections: c.Limits.Connections, PerAddress: c.Limits.ConnectionsPerSource,
			Message: c.Limits.MessageTime, Idle: c.Limits.IdleTime,
		},
	}
	if c.TLS.Certificate == nil {
		return out
	}
	out.Server = &tls.Config{Certificates: []tls.Certificate{*c.TLS.Certificate}, MinVersion: tls.VersionTLS12}
	out.ListenTLS = c.TLS.Listen
	if len(out.ListenTLS) == 0 {
		for _, addr := range c.Listen {
			out.ListenTLS = append(out.ListenTLS, above(addr))
		}
	}
	return out
}

// above is the address with the next port, where TLS is served by custom.
func above(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || n == 0 || n == 65535 {
		return net.JoinHostPort(host, "0")
	}
	return net.JoinHostPort(host, strconv.FormatUint(n+1, 10))
}

// dialable reports whether s can be dialled: digits, plus, star, hash.
func dialable(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "0123456789+*#") == ""
}
