package media

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"time"
)

// Config is what an Engine is made of. Zero values mean the defaults given.
type Config struct {
	// Address is where sockets are bound; default 127.0.0.1.
	Address netip.Addr
	// Advertise is the address told to peers, for an engine behind a NAT; default Address.
	Advertise netip.Addr
	// PortMin and PortMax bound the RTP ports lent, each with the odd one above it; both 0 let the
	// kernel choose.
	PortMin, PortMax uint16
	// Rest is how long a port stays unused after a call, so that the call's late packets reach
	// nobody; default 30 s.
	Rest time.Duration
	// Planes is the number of pacing clocks; default one per processor, at most two. They are
	// cheapest when GOMAXPROCS is larger than their number by the processors there are: each then
	// keeps one of the scheduler's for itself.
	Planes int
	// Limits are the defaults for every session's silence.
	Limits Limits
	// Backlog is how much audio of one recording may wait for the disk; default 10 s.
	Backlog time.Duration
}

// Limits say how long a peer may send neither RTP nor RTCP.
type Limits struct {
	Quiet time.Duration // until its line is Quiet; default 30 s
	Lost  time.Duration // until it is Lost; default 60 s
	Held  time.Duration // until it is Lost while on hold; default 30 min
}

// DefaultPlanes is how many planes an engine has when Config does not say: one per processor, at most two. A program
// that wants the rest of itself undisturbed raises GOMAXPROCS by as many.
func DefaultPlanes() int { return min(2, runtime.NumCPU()) }

// withDefaults fills in what is not set.
func (c Config) withDefaults() Config {
	if !c.Address.IsValid() {
		c.Address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	c.Address = c.Address.Unmap()
	if !c.Advertise.IsValid() {
		c.Advertise = c.Address
	}
	c.Advertise = c.Advertise.Unmap()
	if c.Planes == 0 {
		c.Planes = DefaultPlanes()
	}
	c.Rest = or(c.Rest, 30*time.Second)
	c.Backlog = or(c.Backlog, 10*time.Second)
	c.Limits = c.Limits.or(Limits{30 * time.Second, time.Minute, 30 * time.Minute})
	return c
}

// or returns the limits with those of l not set taken from others.
func (l Limits) or(others Limits) Limits {
	return Limits{or(l.Quiet, others.Quiet), or(l.Lost, others.Lost), or(l.Held, others.Held)}
}

// or returns d, or other when d is not set.
func or(d, other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return d
}

// validate returns everything that is wrong with a configuration.
func (c Config) validate() error {
	var errs []error
	if c.Advertise.IsUnspecified() {
		errs = append(errs, errors.New("media: an unspecified address cannot be advertised: set one"))
	}
	if c.Address.Is4() != c.Advertise.Is4() {
		errs = append(errs, fmt.Errorf("media: address %v and advertised %v are of different families", c.Address, c.Advertise))
	}
	if (c.PortMin != 0 || c.PortMax != 0) && (c.PortMin < 1024 || c.PortMax <= c.PortMin) {
		errs = append(errs, fmt.Errorf("media: ports %d-%d: want at least one pair above 1023", c.PortMin, c.PortMax))
	}
	if c.Planes < 0 || c.Planes > 64 {
		errs = append(errs, fmt.Errorf("media: %d planes: want 1 to 64", c.Planes))
	}
	if c.Rest < 0 || c.Backlog < time.Second || c.Backlog > time.Minute {
		errs = append(errs, fmt.Errorf("media: rest %v, backlog %v: want no negative rest and a backlog of 1 s to 1 min", c.Rest, c.Backlog))
	}
	return errors.Join(errs...)
}
