package switchboard

import (
	"context"
	"errors"
	"sync"

	"hotline/acd"
	"hotline/sip"
	"hotline/store/event"
)

// desks knows, of the phones of the house, which dialog talks with a caller, and which with somebody who may be brought
// to one.
type desks struct {
	mu     sync.Mutex
	talks  map[*sip.Dialog]func(r *sip.Refer, consulted *sip.Dialog) error
	visits map[*sip.Dialog]*visit
	asked  map[*sip.Dialog]chan struct{} // calls that ring; closed when they have stopped
}

// visit is one phone's side of a call between two: who is at the other end, until taken away.
type visit struct {
	other     *Leg
	extension string        // of the other end; empty outside
	taken     chan struct{} // closed when the other end is wanted
	left      chan struct{} // closed when it is free
	once      sync.Once
}

func newVisit(other *Leg, extension string) *visit {
	return &visit{other: other, extension: extension, taken: make(chan struct{}), left: make(chan struct{})}
}

// isTaken reports whether the other end is wanted: a phone may hang up as soon as it has asked.
func (v *visit) isTaken() bool {
	select {
	case <-v.taken:
		return true
	default:
		return false
	}
}

// talking reports whether an extension talks with a caller.
func (t *desks) talking(extension string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for d := range t.talks {
		if d.Origin().Extension == extension {
			return true
		}
	}
	return false
}

func (t *desks) talk(d *sip.Dialog, ask func(*sip.Refer, *sip.Dialog) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.talks == nil {
		t.talks = map[*sip.Dialog]func(*sip.Refer, *sip.Dialog) error{}
	}
	t.talks[d] = ask
}

func (t *desks) hush(d *sip.Dialog) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.talks, d)
}

// receive opens a visit; the function returned ends it.
func (t *desks) receive(d *sip.Dialog, v *visit) (end func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.visits == nil {
		t.visits = map[*sip.Dialog]*visit{}
	}
	t.visits[d] = v
	d.OnRefer(func(r *sip.Refer) error { return t.swapped(r, d) })
	return func() {
		d.OnRefer(nil)
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.visits, d)
	}
}

// swapped takes an attended transfer that a phone asks for on the consulting call instead of the caller's: the same thing.
func (t *desks) swapped(r *sip.Refer, consulting *sip.Dialog) error {
	t.mu.Lock()
	ask := t.talks[r.Replaces]
	t.mu.Unlock()
	if r.Replaces == nil || ask == nil {
		return &sip.StatusError{Status: 603, Warning: "only a talk with a caller is handed on"}
	}
	return ask(r, consulting)
}

// asks notes that a call of a phone of the house rings somebody, until the function returned is called.
func (t *desks) asks(d *sip.Dialog) (end func()) {
	over := make(chan struct{})
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked == nil {
		t.asked = map[*sip.Dialog]chan struct{}{}
	}
	t.asked[d] = over
	return sync.OnceFunc(func() {
		t.mu.Lock()
		delete(t.asked, d)
		t.mu.Unlock()
		close(over)
	})
}

// asking is closed when a call has stopped ringing; nil for one that does not ring.
func (t *desks) asking(d *sip.Dialog) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked[d]
}

func (t *desks) visit(d *sip.Dialog) *visit {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.visits[d]
}

// planConsulted hands the caller to the person with whom the counselor's phone talks in its other call.
func (c *Call) planConsulted(consulted *sip.Dialog) (bringing, error) {
	v := c.svc.desks.visit(consulted)
	switch {
	case v == nil || !consulted.Connected():
		return nil, &sip.StatusError{Status: 480}
	case v.extension == "" && (c.protected() || c.private()):
		return nil, stayIn()
	case v.extension == "":
		return func(context.Context) (*partner, error) { return c.fetch(v, nil) }, nil
	}
	id := acd.AgentID(v.extension)
	if err := c.svc.Router.Fit(id, c.direct()); err != nil {
		return nil, err
	}
	offer, err := c.svc.Router.Engage(id, c.direct().Contact)
	if err != nil {
		return nil, err
	}
	return func(context.Context) (*partner, error) {
		p, err := c.fetch(v, offer)
		if err != nil {
			offer.Finish()
		}
		return p, err
	}, nil
}

// planRinging hands the caller to the person whom the counselor's phone still rings: that call is ended, and the same
// person is rung for the caller.
func (c *Call) planRinging(p *partner, consulted *sip.Dialog) (bringing, error) {
	over, target := c.svc.desks.asking(consulted), consulted.Called()
	if over == nil {
		return nil, &sip.StatusError{Status: 480, Warning: "the other call has ended"}
	}
	var bring bringing
	agent, house := c.svc.Office.Agent(target)
	var err error
	if house {
		err = c.svc.Router.Fit(agent.ID, c.direct())
	} else {
		bring, err = c.planOutside(p, target)
	}
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (*partner, error) {
		_ = consulted.Reject(&sip.StatusError{Status: 487}) // the phone may have ended it already
		select {
		case <-over:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if house {
			if bring, err = c.planColleague(agent.ID); err != nil {
				return nil, err
			}
		}
		return bring(ctx)
	}, nil
}

var errVisitOver = errors.New("the other call is over")

// fetch takes the other end of a visit into this call.
func (c *Call) fetch(v *visit, offer *acd.Offer) (*partner, error) {
	first := false
	v.once.Do(func() { first = true })
	if !first {
		return nil, errVisitOver
	}
	close(v.taken)
	select {
	case <-v.left:
	case <-v.other.dialog.Context().Done():
		return nil, errVisitOver
	}
	role := event.RoleStaff
	if v.extension == "" {
		role = event.RoleAgency
	}
	return &partner{leg: c.adopt(v.other, role), offer: offer, extension: v.extension}, nil
}

// adopt makes a leg of another call one of this call.
func (c *Call) adopt(l *Leg, role event.Role) *Leg {
	l.mu.Lock()
	n := &Leg{number: c.file.nextLeg(), role: role, file: c.file, dialog: l.dialog, audio: l.audio, terms: l.terms, agreed: l.agreed}
	l.mu.Unlock()
	n.lit(&c.svc.lamps, l.dialog.Origin().Extension)
	n.serve()
	n.dialog.OnInfo(n.info)
	c.file.legAdded(n, event.DirectionOut, n.dialog.Origin())
	c.file.legAnswered(n)
	return n
}
