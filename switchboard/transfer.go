package switchboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
)

// move is a transfer that a counselor's phone asked for, or a supervisor who takes the call. As an error it is why a talk
// ended.
type move struct {
	refer  *sip.Refer // nil when nobody asked for it
	queue  string     // to a line
	bring  bringing   // to a person
	cancel context.CancelFunc
	done   chan struct{} // closed when the two below are set
	next   *partner
	err    error
}

// Error says that the caller is handed on.
func (*move) Error() string { return "caller handed on" }

// requeued sends a caller to a line in mid-call: back to the one that the call came by, or to another.
type requeued struct {
	queue string // empty for the one that the call came by
	why   error
}

// Error says why, and Unwrap gives it.
func (r *requeued) Error() string { return fmt.Sprintf("back in line: %v", r.why) }
func (r *requeued) Unwrap() error { return r.why }

var errHandedOn = errors.New("handed on by a counselor")

// wishes are the transfers that one partner's phone asks for, one at a time.
type wishes struct {
	granted chan *move // those whose new partner is on the line

	mu     sync.Mutex
	open   bool
	wished *move
	taken  bool // the talk has ended for it
}

// last takes the wish that is being fulfilled when the phone hangs up, if there is one.
func (w *wishes) last() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wished == nil {
		return nil
	}
	w.taken = true
	return w.wished
}

// take ends the talk for a wish that was granted.
func (w *wishes) take(m *move) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken = true
	return m
}

// wish begins a wish unless the talk is over or another is being fulfilled.
func (w *wishes) wish(m *move) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.open || w.wished != nil {
		return false
	}
	w.wished = m
	return true
}

// settle tells the talk what came of a wish, if it still goes on.
func (w *wishes) settle(m *move) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.taken:
	case m.err != nil:
		w.wished = nil
		m.tell(m.err)
	case w.open:
		w.granted <- m
	}
	if m.err == nil {
		m.tell(nil)
	}
}

// tell tells the phone that asked what came of it.
func (m *move) tell(err error) {
	if m.refer != nil {
		m.refer.Done(err)
	}
}

// close lets no wish in any more, and returns one that was not taken.
func (w *wishes) close() *move {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = false
	if w.taken {
		return nil
	}
	return w.wished
}

// heed lets the partner's phone ask for transfers until the function returned is called.
func (c *Call) heed(ctx context.Context, p *partner) (stop func()) {
	d := p.leg.dialog
	if d.Origin().Extension == "" {
		return func() {} // from beyond a trunk nobody can ask
	}
	p.wishes.granted, p.wishes.open = make(chan *move, 1), true
	ask := func(r *sip.Refer, consulted *sip.Dialog) error { return c.wished(ctx, p, r, consulted) }
	d.OnRefer(func(r *sip.Refer) error { return ask(r, r.Replaces) })
	c.svc.desks.talk(d, ask)
	return func() {
		d.OnRefer(nil)
		c.svc.desks.hush(d)
		if m := p.wishes.close(); m != nil {
			m.abandon(ctx)
		}
	}
}

// wished takes a transfer on, or refuses it.
func (c *Call) wished(ctx context.Context, p *partner, r *sip.Refer, consulted *sip.Dialog) error {
	if c.grip.holds() { // who is in danger stays where help comes to
		c.file.note(&event.Noted{Name: "transfer refused", Value: "danger"})
		return &sip.StatusError{Status: 403}
	}
	m := &move{refer: r, done: make(chan struct{})}
	ctx, m.cancel = context.WithCancel(ctx)
	if !p.wishes.wish(m) {
		m.cancel()
		return &sip.StatusError{Status: 491}
	}
	kind, err := c.plan(p, m, consulted)
	if err != nil {
		c.file.note(&event.Noted{Name: "transfer refused", Value: kind})
		m.settle(p, nil, err)
		return refusalOf(err)
	}
	c.file.note(&event.Noted{Name: "transfer", Value: kind})
	c.log.Info("call", "stage", "transfer", "by", p.extension, "to", kind)
	go func() {
		if m.bring == nil {
			m.settle(p, nil, nil)
			return
		}
		next, err := m.bring(ctx)
		m.settle(p, next, err)
	}()
	return nil
}

// settle says what came of a move.
func (m *move) settle(p *partner, next *partner, err error) {
	m.next, m.err = next, refusalOf(err)
	m.cancel()
	close(m.done)
	p.wishes.settle(m)
}

// part hangs up a phone that has handed the caller on. It usually does so by itself when it hears how that went.
func (l *Leg) part(ctx context.Context, m *move) {
	<-m.done
	if m.refer != nil {
		timer := time.NewTimer(goodbye)
		defer timer.Stop()
		select {
		case <-l.dialog.Context().Done():
		case <-timer.C:
		}
	}
	l.hangUp(ctx, sip.NormalClearing())
}

// abandon ends a transfer whose talk is over.
func (m *move) abandon(ctx context.Context) {
	m.cancel()
	<-m.done
	if m.next != nil {
		m.next.leg.hangUp(ctx, sip.NormalClearing())
		m.next.finish()
	}
	m.tell(&sip.StatusError{Status: 480})
}

// refusalOf is the status for a transfer that cannot be; nil for nil.
func refusalOf(err error) error {
	var status *sip.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status):
		return status
	case errors.Is(err, acd.ErrUnfit):
		return &sip.StatusError{Status: 403, Warning: "not qualified for this caller"}
	case errors.Is(err, acd.ErrUnavailable):
		return &sip.StatusError{Status: 486, Warning: "not free now"}
	}
	return &sip.StatusError{Status: 480}
}

// plan decides what a transfer comes to, reserves who is needed, and names its kind as filed; numbers of the outside are
// not.
func (c *Call) plan(p *partner, m *move, consulted *sip.Dialog) (kind string, err error) {
	target := m.refer.Target
	switch {
	case consulted != nil && consulted.Connected():
		m.bring, err = c.planConsulted(consulted)
		return "attended", err
	case consulted != nil:
		m.bring, err = c.planRinging(p, consulted)
		return "attended while it rings", err
	}
	if queue, ok := c.svc.queueFor(target); ok {
		m.queue = queue
		return "queue " + queue, nil
	}
	if agent, ok := c.svc.Office.Agent(target); ok {
		m.bring, err = c.planColleague(agent.ID)
		return "extension " + target, err
	}
	m.bring, err = c.planOutside(p, target)
	return "outside", err
}

// bringing fetches a person to the caller.
type bringing func(ctx context.Context) (*partner, error)

// direct is what a colleague must hold to take this caller over.
func (c *Call) direct() acd.Direct {
	return acd.Direct{Contact: acd.ContactID(c.file.contact.String()), Claims: c.claims(c.progress.marked())}
}

func (c *Call) planColleague(id acd.AgentID) (bringing, error) {
	offer, err := c.svc.Router.Reserve(id, c.direct())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (*partner, error) {
		defer c.progress.at(event.StageTalk)
		by, err := c.ring(ctx, offer)
		if err != nil {
			return nil, err
		}
		return &partner{leg: by.leg, offer: by.offer, extension: string(by.offer.Agent)}, nil
	}, nil
}

// planOutside lets a counselor who may dial out hand a caller to an outside number. A protected caller stays in the house.
func (c *Call) planOutside(p *partner, number string) (bringing, error) {
	trunk, routed := c.svc.Route(number)
	ticket, err := p.leg.dialog.Ticket()
	switch {
	case !routed:
		return nil, &sip.StatusError{Status: 404}
	case err != nil:
		return nil, &sip.StatusError{Status: 403, Warning: "may not dial out"}
	case c.protected(), c.private():
		return nil, stayIn()
	}
	to := ticket.Dial(trunk, number)
	return func(ctx context.Context) (*partner, error) { return c.ringOutside(ctx, to, trunk) }, nil
}

// stayIn refuses to hand a child, somebody in danger or a private caller to the outside.
func stayIn() error {
	return &sip.StatusError{Status: 403, Warning: "this caller stays in the house"}
}

// outsideRing is how long an outside number may ring.
const outsideRing = 45 * time.Second

// ringOutside rings an outside number for the caller.
func (c *Call) ringOutside(ctx context.Context, to sip.Destination, trunk string) (*partner, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, outsideRing, &sip.StatusError{Status: 408})
	defer cancel()
	leg, err := c.callFar(ctx, event.RoleAgency, c.near(), outside{to, trunk}, nil)
	if err != nil {
		return nil, err
	}
	return &partner{leg: leg}, nil
}

// queueFor is the queue that a transfer to this number means: a queue's own name, or a line of the centre. A line whose
// calls are private takes none, for this one may be recorded.
func (s *Service) queueFor(target string) (string, bool) {
	if slices.Contains(s.Router.Queues(), acd.QueueID(target)) {
		return target, true
	}
	line, ok := s.Office.Line(target)
	if !ok {
		return "", false
	}
	if flow, ok := s.Flows.Edition().Flow(line.Flow); !ok || flow.Private() {
		return "", false
	}
	if line.Protected {
		return minorsQueue, true
	}
	return fallbackQueue, true
}

// handOver ends a transfer for which the talk has ended: the caller hears music until the next partner is there.
func (c *Call) handOver(ctx context.Context, m *move) (*partner, error) {
	if m.queue != "" {
		return nil, &requeued{queue: m.queue, why: errHandedOn}
	}
	music, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		c.plainHold(music, nil)
	}()
	<-m.done // the ring ends with the call
	stop()
	<-over
	m.tell(m.err) // when that was not said already
	switch {
	case m.err != nil && ctx.Err() == nil:
		return nil, &requeued{why: m.err}
	case m.err != nil:
		return nil, context.Cause(ctx)
	}
	return m.next, nil
}

// again sends a caller to a line in mid-call, with the time of the first wait, so that who was served once is not last. A
// line that does not take the caller leaves the one that the call came by.
func (c *Call) again(ctx context.Context, r ivr.QueueRequest, to *requeued, since time.Time) (ivr.QueueResult, error) {
	r.Hold, r.Leaving, r.Since, r.Prefer = nil, nil, since, ""
	r.Marks = r.Marks.Join(c.progress.marked())
	if to.queue != "" && to.queue != r.Queue {
		other := r
		other.Queue = to.queue
		result, err := c.Queue(ctx, other)
		if err != nil || result.Outcome == ivr.Served {
			return result, err
		}
	}
	return c.Queue(ctx, r)
}
