package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/resolve"
	"hotline/sip/internal/wire"
)

// Trunk is a telephone provider: who may call in by it, and how to call out.
type Trunk struct {
	// Name identifies the trunk in Origin, in metrics and in Ticket.Dial.
	Name string
	// Addresses may call in. With Register the addresses of Servers may as well.
	Addresses []netip.Prefix
	// Servers take calls to the outside, tried in order: "host[:port]" with
	// ";transport=udp", "tcp" or "tls" if wanted. A name without a port is looked
	// up by SRV (RFC 3263). None makes the trunk incoming only.
	Servers []string
	// Username and Password answer the servers' challenges.
	Username, Password string
	// Register keeps us registered with the first server, as Username.
	Register bool
	// From is the number shown on calls to the outside; Username when empty.
	From string
	// Prefixes are the beginnings of numbers that may be dialled; none allows none.
	Prefixes []string
	// Daily is the most calls a day by one extension, 200; negative for none.
	Daily int
	// AtOnce is the most calls at once by one extension, 2.
	AtOnce int
	// Ping is how often the servers are asked by OPTIONS whether they are there,
	// 30 s; negative for never.
	Ping time.Duration
}

func (t Trunk) withDefaults() Trunk {
	if t.From == "" {
		t.From = t.Username
	}
	if t.Daily == 0 {
		t.Daily = 200
	}
	if t.AtOnce == 0 {
		t.AtOnce = 2
	}
	if t.Ping == 0 {
		t.Ping = 30 * time.Second
	}
	return t
}

func (t Trunk) validate() error {
	var faults []error
	fault := func(text string) { faults = append(faults, fmt.Errorf("trunk %q: %s", t.Name, text)) }
	if !wire.IsToken(t.Name) {
		fault("the name must be a word")
	}
	if len(t.Addresses) == 0 && len(t.Servers) == 0 {
		fault("neither addresses nor servers")
	}
	for _, p := range t.Addresses {
		if !p.IsValid() {
			fault("bad address")
		}
	}
	for _, s := range t.Servers {
		if _, err := resolve.Parse(s); err != nil {
			faults = append(faults, fmt.Errorf("trunk %q: %w", t.Name, err))
		}
	}
	if t.Register && (len(t.Servers) == 0 || t.Username == "") {
		fault("to register it needs a server and a username")
	}
	if t.From != "" && !wire.IsToken(strings.TrimPrefix(t.From, "+")) {
		fault("from is not a number")
	}
	return errors.Join(faults...)
}

// line is a trunk at work.
type line struct {
	Trunk
	servers []resolve.Server
	auth    *digest.Client // nil without credentials

	mu         sync.Mutex
	health     map[netip.AddrPort]bool // by OPTIONS and by calls; missing means not known
	resolved   []netip.Addr            // of the servers, as last found
	registered bool
}

// lines are all trunks.
type lines []*line

func newLines(trunks []Trunk) lines {
	out := make(lines, 0, len(trunks))
	for _, t := range trunks {
		l := &line{Trunk: t.withDefaults(), health: make(map[netip.AddrPort]bool)}
		for _, s := range t.Servers {
			if server, err := resolve.Parse(s); err == nil {
				l.servers = append(l.servers, server)
			}
		}
		if t.Username != "" {
			l.auth = digest.NewClient(t.Username, t.Password)
		}
		out = append(out, l)
	}
	return out
}

// from finds the trunk that an address belongs to, or nil.
func (ls lines) from(addr netip.Addr) *line {
	for _, l := range ls {
		if l.holds(addr) {
			return l
		}
	}
	return nil
}

func (ls lines) named(name string) *line {
	for _, l := range ls {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// holds reports whether the address may call in by the trunk.
func (l *line) holds(addr netip.Addr) bool {
	for _, p := range l.Addresses {
		if p.Contains(addr) {
			return true
		}
	}
	if !l.Register {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.resolved, addr)
}

// targets are the places to try for a call, those known to be down last.
func (l *line) targets(ctx context.Context, f *resolve.Finder) ([]resolve.Target, error) {
	var out []resolve.Target
	var faults []error
	for _, s := range l.servers {
		found, err := f.Find(ctx, s)
		if err != nil {
			faults = append(faults, err)
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("find trunk %s: %w", l.Name, errors.Join(append(faults, ErrUnreachable)...))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resolved = l.resolved[:0]
	for _, t := range out {
		l.resolved = append(l.resolved, t.Addr.Addr())
	}
	down := func(t resolve.Target) int {
		if up, known := l.health[t.Addr]; known && !up {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b resolve.Target) int { return down(a) - down(b) })
	return out, nil
}

// note remembers whether a server answered.
func (l *line) note(at netip.AddrPort, up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.health) > 64 {
		clear(l.health)
	}
	l.health[at] = up
}

// up reports whether the trunk can be used: a server answers or none was asked
// yet, and we are registered where that is wanted.
func (l *line) up() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Register && !l.registered {
		return false
	}
	for _, up := range l.health {
		if up {
			return true
		}
	}
	return len(l.health) == 0
}

func (l *line) setRegistered(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.registered = on
}

// TrunkState is what is known of a trunk.
type TrunkState struct {
	Name string
	// Up tells that it can be used as far as known.
	Up bool
	// Registered tells that its server took our registration.
	Registered bool
}

// Trunks returns the state of all trunks, in the order configured.
func (ua *UA) Trunks() []TrunkState {
	out := make([]TrunkState, len(ua.lines))
	for i, l := range ua.lines {
		out[i] = TrunkState{Name: l.Name, Up: l.up()}
		l.mu.Lock()
		out[i].Registered = l.registered
		l.mu.Unlock()
	}
	return out
}
