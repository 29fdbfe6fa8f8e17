// Package resolve finds the addresses of a configured SIP server: an address, a
// host name, or a domain with SRV records (RFC 3263, RFC 2782). It is used for
// names from the configuration only, never for names from a message.
package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hotline/sip/internal/transport"
)

const (
	limit = 2 * time.Second  // for one whole look-up
	keep  = time.Minute      // how long an answer is used without asking again
	again = 10 * time.Second // how long an old answer is used once asking failed
)

// Names asks the name service. [Net] is the real one.
type Names interface {
	// SRV returns the records of _service._proto.name in any order.
	SRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error)
	// Hosts returns the addresses of a host.
	Hosts(ctx context.Context, name string) ([]netip.Addr, error)
}

// Server is a configured server: "host[:port][;transport=udp|tcp|tls]".
type Server struct {
	Host string
	Port uint16 // 0: by SRV, or the transport's own
	// Network is the transport, meaningful when Fixed.
	Network transport.Network
	Fixed   bool
}

// Parse reads a configured server.
func Parse(s string) (Server, error) {
	addr, param, _ := strings.Cut(s, ";")
	out := Server{Host: addr}
	if host, port, err := net.SplitHostPort(addr); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Server{}, fmt.Errorf("read server %q: bad port", s)
		}
		out.Host, out.Port = host, uint16(n)
	}
	out.Host = strings.Trim(out.Host, "[]")
	if out.Host == "" || strings.ContainsAny(out.Host, " \t<>\"@/") {
		return Server{}, fmt.Errorf("read server %q: bad host", s)
	}
	switch strings.ToLower(param) {
	case "":
		return out, nil
	case "transport=udp":
		out.Network = transport.UDP
	case "transport=tcp":
		out.Network = transport.TCP
	case "transport=tls":
		out.Network = transport.TLS
	default:
		return Server{}, fmt.Errorf("read server %q: transport is udp, tcp or tls", s)
	}
	out.Fixed = true
	return out, nil
}

// Target is one place to try.
type Target struct {
	Network transport.Network
	Addr    netip.AddrPort
	// Name is what the server is called, for its certificate.
	Name string
	// Fixed tells that the transport was chosen by the configuration or by SRV.
	Fixed bool
}

// Finder finds servers and remembers them for a minute; when the name service
// fails, what it said last goes on being used.
type Finder struct {
	names Names
	roll  func(n int) int // random in [0,n)

	mu    sync.Mutex
	cache map[Server]entry
}

type entry struct {
	targets []Target
	at      time.Time
}

// New makes a finder; nil names stand for the system's name service.
func New(names Names) *Finder {
	if names == nil {
		names = Net{}
	}
	return &Finder{names: names, roll: rand.IntN, cache: make(map[Server]entry)}
}

// Find returns the targets of a server, to be tried in order. It takes 2 s at most.
func (f *Finder) Find(ctx context.Context, s Server) ([]Target, error) {
	if addr, err := netip.ParseAddr(s.Host); err == nil {
		return []Target{{s.Network, netip.AddrPortFrom(addr.Unmap(), s.port()), s.Host, s.Fixed}}, nil
	}
	f.mu.Lock()
	known, ok := f.cache[s]
	f.mu.Unlock()
	if ok && time.Since(known.at) < keep {
		return known.targets, nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	targets, err := f.ask(ctx, s)
	switch {
	case err == nil:
		known = entry{targets, time.Now()}
	case ok:
		known.at = time.Now().Add(again - keep)
	default:
		return nil, fmt.Errorf("find server %s: %w", s.Host, err)
	}
	f.mu.Lock()
	f.cache[s] = known
	f.mu.Unlock()
	return known.targets, nil
}

func (s Server) port() uint16 {
	switch {
	case s.Port != 0:
		return s.Port
	case s.Network == transport.TLS:
		return 5061
	}
	return 5060
}

// ask asks for SRV where no port is given, then for the host itself.
func (f *Finder) ask(ctx context.Context, s Server) ([]Target, error) {
	if s.Port == 0 {
		var out []Target
		for _, n := range networks(s) {
			out = append(out, f.bySRV(ctx, s, n)...)
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	hosts, err := f.names.Hosts(ctx, s.Host)
	if err != nil {
		return nil, err
	}
	if len(hosts) == 0 {
		return nil, errors.New("no address")
	}
	out := make([]Target, len(hosts))
	for i, h := range hosts {
		out[i] = Target{s.Network, netip.AddrPortFrom(h.Unmap(), s.port()), s.Host, s.Fixed}
	}
	return out, nil
}

func networks(s Server) []transport.Network {
	if s.Fixed {
		return []transport.Network{s.Network}
	}
	return []transport.Network{transport.UDP, transport.TCP}
}

func (f *Finder) bySRV(ctx context.Context, s Server, n transport.Network) []Target {
	service, proto := "sip", "tcp"
	switch n {
	case transport.UDP:
		proto = "udp"
	case transport.TLS:
		service = "sips"
	case transport.TCP:
	}
	records, err := f.names.SRV(ctx, service, proto, s.Host)
	if err != nil {
		return nil
	}
	var out []Target
	for _, r := range order(records, f.roll) {
		name := strings.TrimSuffix(r.Target, ".")
		hosts, err := f.names.Hosts(ctx, name)
		if name == "" || err != nil {
			continue // "." means the service is not offered (RFC 2782)
		}
		for _, h := range hosts {
			out = append(out, Target{n, netip.AddrPortFrom(h.Unmap(), r.Port), s.Host, true})
		}
	}
	return out
}

// order sorts SRV records by priority and, within one, draws them by weight
// (RFC 2782).
func order(records []*net.SRV, roll func(int) int) []*net.SRV {
	left := slices.Clone(records)
	// Records of weight 0 come first within a priority, to be drawn seldom.
	slices.SortStableFunc(left, func(a, b *net.SRV) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight))
	})
	out := make([]*net.SRV, 0, len(left))
	for len(left) > 0 {
		n, sum := 0, 0
		for n < len(left) && left[n].Priority == left[0].Priority {
			sum += int(left[n].Weight)
			n++
		}
		at, run := roll(sum+1), 0
		for i := range n {
			if run += int(left[i].Weight); run >= at {
				out = append(out, left[i])
				left = slices.Delete(left, i, i+1)
				break
			}
		}
	}
	return out
}

// Net is the system's name service.
type Net struct{}

// SRV asks for SRV records.
func (Net) SRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error) {
	_, records, err := net.DefaultResolver.LookupSRV(ctx, service, proto, name)
	return records, err
}

// Hosts asks for addresses.
func (Net) Hosts(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}
