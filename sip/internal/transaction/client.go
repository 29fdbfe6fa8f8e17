package transaction

import (
	"sync"
	"time"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Sink is who waits for the answers of a request. Its methods must not block.
type Sink interface {
	// Answered takes every provisional answer, the final one, and each repetition
	// of a 2xx to INVITE. Refusals of an INVITE are acknowledged already.
	Answered(c *Client, m *wire.Message)
	// Failed is told when no final answer came. It is the last call.
	Failed(c *Client, err error)
}

// Client is a request of ours.
type Client struct {
	layer *Layer
	key   string
	req   *wire.Request
	flow  transport.Flow
	sink  Sink

	mu    sync.Mutex
	m     machine
	bytes []byte // the request; once refused, the ACK
	timer *time.Timer
}

// Start sends a request and hands its answers to the sink. An error means that it
// could not be sent and the sink will hear nothing.
func (l *Layer) Start(r *wire.Request, f transport.Flow, sink Sink) (*Client, error) {
	kind := otherClient
	if r.Method == "INVITE" {
		kind = inviteClient
	}
	c := &Client{
		layer: l, key: r.Branch + " " + r.Method, req: r, flow: f, sink: sink, bytes: r.Bytes(),
		m: machine{role: kind, reliable: f.Network().Reliable()},
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, transport.ErrClosed
	}
	l.clients[c.key] = c
	l.mu.Unlock()
	c.mu.Lock()
	c.m.step(&l.opt.Timers, start, l.now())
	c.arm()
	c.mu.Unlock()
	if err := f.Send(c.bytes); err != nil {
		c.halt()
		l.settle(finish, 0, c)
		return nil, err
	}
	return c, nil
}

// Request returns the request.
func (c *Client) Request() *wire.Request { return c.req }

// Flow returns the way it took.
func (c *Client) Flow() transport.Flow { return c.flow }

// Abandon stops repeating the request; answers are still handed up.
func (c *Client) Abandon() { c.run(abandoned) }

// Cancel sends a CANCEL the way of the request (RFC 3261 section 9.1) and gives
// the peer 64*T1 for the final answer. It must not be called before a provisional
// answer.
func (c *Client) Cancel(fields []wire.Field) error {
	c.run(cancelled)
	_, err := c.layer.Start(c.req.Cancel(fields), c.flow, nobody{})
	return err
}

// nobody is the sink of requests whose answer changes nothing.
type nobody struct{}

func (nobody) Answered(*Client, *wire.Message) {}
func (nobody) Failed(*Client, error)           {}

// Nobody returns the sink that ignores all answers.
func Nobody() Sink { return nobody{} }

func (c *Client) receive(m *wire.Message) {
	e := provisional
	switch {
	case m.Status >= 300:
		e = failure
	case m.Status >= 200:
		e = success
	}
	c.mu.Lock()
	did := c.m.step(&c.layer.opt.Timers, e, c.layer.now())
	switch {
	case did&(sendAck|deliver) == sendAck|deliver:
		c.bytes = c.req.Ack(m.Header("To")).Bytes()
	case did&(park|brief) != 0:
		c.bytes = nil
	}
	ack := c.bytes
	until := c.arm()
	c.mu.Unlock()
	if did&sendAck != 0 {
		_ = c.flow.Send(ack)
	}
	if did&deliver == 0 {
		count(c.layer.opt.Meter.Repeated)
	}
	c.layer.settle(did, until, c)
	if did&deliver != 0 {
		c.sink.Answered(c, m)
	}
}

func (c *Client) run(e event) {
	c.mu.Lock()
	c.turn(e)
}

// turn takes a step under the lock, releases it, and does what the step asks.
func (c *Client) turn(e event) {
	did := c.m.step(&c.layer.opt.Timers, e, c.layer.now())
	again := c.bytes
	until := c.arm()
	c.mu.Unlock()
	if did&send != 0 {
		count(c.layer.opt.Meter.Resent)
		_ = c.flow.Send(again)
	}
	c.layer.settle(did, until, c)
	if did&timeout != 0 {
		c.sink.Failed(c, ErrTimeout)
	}
}

// arm sets the timer for what the machine waits for and returns the end of its
// life. A parked transaction has no timer of its own.
func (c *Client) arm() time.Duration {
	next := c.m.next()
	if c.m.state >= completed {
		next = 0
	}
	c.timer = arm(c.timer, next, c.layer.now(), c.fire)
	return c.m.end
}

func (c *Client) fire() {
	c.mu.Lock()
	e, ok := c.m.due(c.layer.now())
	if !ok {
		c.arm()
		c.mu.Unlock()
		return
	}
	c.turn(e)
}

func (c *Client) halt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m.state = over
	if c.timer != nil {
		c.timer.Stop()
	}
}

func (c *Client) drop(l *Layer) {
	if l.clients[c.key] == c {
		delete(l.clients, c.key)
	}
}
