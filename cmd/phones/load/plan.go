package load

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Plan is one run: who calls whom, how often and for how long, and what is measured.
type Plan struct {
	Name     string         // of the workload, for the report
	Server   netip.AddrPort // IPv4, UDP
	Number   string         // the user part dialled
	Calls    int            // at once; more than these are not begun
	Arrivals Arrivals
	Script   Script // of every caller
	Again    bool   // a caller whose call is over calls again
	Callers  Callers
	Staff    Staff
	Times    Lengths
	Marks    int // every so many packets carry a mark, 0 for none
	Process  int // of the server, to be measured by /proc; 0 for none
}

// Callers are those who call.
type Callers struct {
	Addresses []netip.Addr // calls are spread over them
	Prefix    string       // of the numbers they show; five digits follow
	Account   Account      // when the server asks for one
	Laws      []law        // offered, the preferred first
}

// name is the user part a caller shows: the account's, or a number of its own.
func (c *Callers) name(n int) string {
	if c.Account.User != "" {
		return c.Account.User
	}
	return fmt.Sprintf("%s%05d", c.Prefix, n%100000)
}

// Staff are those who are called.
type Staff struct {
	Accounts  []Account    // extensions that register
	Addresses []netip.Addr // they are spread over these
	After     time.Duration
	Talk      time.Duration // then the counselor hangs up; 0 for never
}

// Lengths say how long what takes. A caller with a Hold hangs up that long after the answer, and the run measures a
// flow of calls; without one the calls are first all set up and then measured.
type Lengths struct {
	Hold    time.Duration
	Settle  time.Duration // how long after the last arrival calls may take until all of them stand
	Warm    time.Duration // between standing and measuring
	Measure time.Duration
	Answer  time.Duration // how long a call may ring
}

// Limits of a plan: what one process of phones can hold.
const (
	mostCalls    = 20000
	mostAccounts = 20000
)

// validate tells every fault at once, and sets what was left out.
func (p *Plan) validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(p.Server.Addr().Is4() && p.Server.Port() > 0, "server %v: an IPv4 address and a port", p.Server)
	check(p.Number != "", "a number to call is needed")
	check(p.Calls > 0 && p.Calls <= mostCalls, "calls: 1 to %d", mostCalls)
	check(len(p.Staff.Accounts) <= mostAccounts, "counselors: at most %d", mostAccounts)
	check(p.Arrivals.valid(), "arrivals are needed")
	check(p.Times.Measure > 0, "measure: longer than nothing")
	check(p.Marks >= 0, "marks: 0 or more")
	for _, a := range append(append([]netip.Addr(nil), p.Callers.Addresses...), p.Staff.Addresses...) {
		check(a.Is4(), "address %v: IPv4 only", a)
	}
	loopback := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	if len(p.Callers.Addresses) == 0 {
		p.Callers.Addresses = loopback
	}
	if len(p.Staff.Addresses) == 0 {
		p.Staff.Addresses = loopback
	}
	if len(p.Callers.Laws) == 0 {
		p.Callers.Laws = []law{pcma}
	}
	if p.Times.Answer == 0 {
		p.Times.Answer = time.Minute
	}
	return errors.Join(faults...)
}

// ParseLaws reads "pcma", "pcmu" or both, the preferred first.
func ParseLaws(names []string) (laws []law, err error) {
	for _, n := range names {
		switch n {
		case "pcma":
			laws = append(laws, pcma)
		case "pcmu":
			laws = append(laws, pcmu)
		default:
			return nil, fmt.Errorf("codec %q: pcma or pcmu", n)
		}
	}
	return laws, nil
}

// ParseAddresses reads one IPv4 address, or a range of them such as 127.0.1.1-127.0.1.8.
func ParseAddresses(first, last string) ([]netip.Addr, error) {
	from, err := netip.ParseAddr(first)
	if err != nil {
		return nil, err
	}
	to := from
	if last != "" {
		if to, err = netip.ParseAddr(last); err != nil {
			return nil, err
		}
	}
	var all []netip.Addr
	for a := from; len(all) < 256 && a.Compare(to) <= 0; a = a.Next() {
		all = append(all, a)
	}
	if len(all) == 0 || all[len(all)-1] != to {
		return nil, fmt.Errorf("addresses %s-%s: one to 256, in order", first, last)
	}
	return all, nil
}
