package load

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// fleet is all phones of a run. Everything in it belongs to the goroutine of Run.
type fleet struct {
	plan   Plan
	server target
	run    string // tells this run's calls from those of earlier ones
	loop   loop
	phase  phase
	pace   pace
	phones phones
	pool   pool

	voices    [2][]byte // by law
	packet    [headerSize + frameSize]byte
	listening bool // for marks
	figures   figures
	tally     tally
	log       diary
}

// phones are those who take part.
type phones struct {
	callers    []*end // SIP addresses of callers
	counselors map[string]*counselor
	order      []*counselor
	byID       map[string]correspondent // by Call-ID
	numbered   int                      // calls begun
	up         int                      // callers answered and not over
	calling    int                      // callers begun and not over
	joined     int                      // callers who hear a marked voice, and are not over
	live       []*caller
}

// correspondent takes the messages of one Call-ID.
type correspondent interface {
	// answered takes an answer to a request of ours, received at a time of the wall clock.
	answered(m *message, at int64)
	// asked takes a request within the dialog, from an end of ours.
	asked(m *message)
}

// end is one SIP address of ours.
type end struct {
	fleet *fleet
	socket
	name string // host:port
}

func (f *fleet) newEnd(at netip.Addr) (*end, error) {
	s, err := bind(netip.AddrPortFrom(at, 0))
	if err != nil {
		return nil, err
	}
	s.roomy(8 << 20)
	e := &end{fleet: f, socket: s, name: s.addr.String()}
	return e, f.loop.watchSignalling(e)
}

// send sends a SIP message to the server.
func (e *end) send(b []byte) { e.socket.send(b, &e.fleet.server) }

// received takes in a SIP message.
func (e *end) received(b []byte, at int64) {
	m, ok := parse(b)
	if !ok {
		return
	}
	known := e.fleet.phones.byID[string(m.headers.callID)]
	switch {
	case m.method == "":
		if known != nil {
			known.answered(&m, at)
		}
	case known != nil:
		known.asked(&m)
	case m.method == "INVITE":
		e.invited(&m, at)
	case m.method == "OPTIONS":
		e.send(answer(&m, 200, tagged(m.headers.to, "q"), "", ""))
	case m.method != "ACK":
		e.send(answer(&m, 481, tagged(m.headers.to, "q"), "", ""))
	}
}

// invited rings the counselor a call is for.
func (e *end) invited(m *message, at int64) {
	c := e.fleet.phones.counselors[string(userOf(m.uri))]
	if c == nil {
		e.send(answer(m, 486, tagged(m.headers.to, "q"), "", ""))
		return
	}
	c.invited(m, at)
}

// tagged is a To value with our tag.
func tagged(to []byte, tag string) string {
	if bytes.Contains(to, []byte(";tag=")) {
		return string(to)
	}
	return string(to) + ";tag=" + tag
}

// newFleet opens the fleet's SIP addresses.
func newFleet(p Plan) (*fleet, error) {
	f := &fleet{plan: p, run: strconv.FormatInt(time.Now().UnixNano(), 36), listening: p.Marks > 0 && len(p.Staff.Accounts) > 0}
	f.server.set(p.Server)
	f.phones.byID, f.phones.counselors = map[string]correspondent{}, map[string]*counselor{}
	f.voices = [2][]byte{pcma: pcma.voice(), pcmu: pcmu.voice()}
	f.figures = newFigures()
	f.log.causes = map[string]int{}
	if err := f.loop.open(); err != nil {
		return nil, err
	}
	if err := f.populate(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *fleet) populate() error {
	for _, at := range f.plan.Callers.Addresses {
		e, err := f.newEnd(at)
		if err != nil {
			return err
		}
		f.phones.callers = append(f.phones.callers, e)
	}
	if len(f.plan.Staff.Accounts) == 0 {
		return nil
	}
	var desks []*end
	for _, at := range f.plan.Staff.Addresses {
		e, err := f.newEnd(at)
		if err != nil {
			return err
		}
		desks = append(desks, e)
	}
	for i, a := range f.plan.Staff.Accounts {
		c := &counselor{end: desks[i%len(desks)], account: a}
		if f.phones.counselors[a.User] != nil {
			return fmt.Errorf("extension %s is there twice", a.User)
		}
		f.phones.counselors[a.User] = c
		f.phones.order = append(f.phones.order, c)
	}
	return nil
}

func (f *fleet) close() {
	f.loop.close()
	f.pool.close()
}

// Run runs a plan and reports. It needs a thread of its own, and best a processor of its own. A context that ends stops
// the run; what was measured until then is reported.
func Run(ctx context.Context, p Plan) (Report, error) {
	if err := p.validate(); err != nil {
		return Report{}, err
	}
	f, err := newFleet(p)
	if err != nil {
		return Report{}, err
	}
	defer f.close()
	if err := f.loop.run(ctx, f); err != nil {
		return Report{}, err
	}
	return f.report(), f.log.fatal
}
