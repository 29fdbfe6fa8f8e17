package sip

import (
	"sync"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// note is what one NOTIFY says.
type note struct {
	state string // Subscription-State
	kind  string // the body's type
	body  []byte
	last  bool // the subscription is over with it
}

// notifier sends the NOTIFYs of one subscription (RFC 6665 section 4.2), never two
// at once: what happens while one is on its way is said in the next, so that the
// peer always has the latest state and never gets more than it can take. It ends
// when the last note is taken, or when the peer does not know it any more.
type notifier struct {
	event string        // the Event value
	pace  time.Duration // the least time from one to the next
	// say returns what to say next, and whether there is anything. With whole it
	// says everything, told before or not. It is called with mu held.
	say func(whole bool) (note, bool)
	// carry sends a NOTIFY within the dialog. It must not block.
	carry func(fields []wire.Field, n note, s transaction.Sink) error
	// gone is called once, when the notifier has ended.
	gone func()

	mu      sync.Mutex
	traffic traffic
	sent    time.Time // when the last one left
	tries   int       // how often it was repeated
	timer   *time.Timer
}

// traffic is what a notifier is doing. notifier.mu guards it.
type traffic struct {
	busy  bool // a NOTIFY waits for its answer
	whole bool // the next one says everything
	last  bool // the one on its way is the last
	over  bool
}

// Limits on repeating a NOTIFY that the peer put off by Retry-After.
const (
	maxNotifyTries = 3
	maxNotifyWait  = time.Minute
)

// push sends what there is to say, now or as soon as it may.
func (n *notifier) push() {
	n.mu.Lock()
	if n.traffic.over || n.traffic.busy {
		n.mu.Unlock()
		return
	}
	if wait := n.pace - time.Since(n.sent); wait > 0 && !n.sent.IsZero() {
		n.later(wait)
		n.mu.Unlock()
		return
	}
	what, ok := n.say(n.traffic.whole)
	if !ok {
		n.mu.Unlock()
		return
	}
	n.traffic.busy, n.traffic.whole, n.traffic.last = true, false, what.last
	n.sent = time.Now()
	n.mu.Unlock()
	fields := []wire.Field{{Name: "Event", Value: n.event}, {Name: "Subscription-State", Value: what.state}}
	if n.carry(fields, what, notifySink{n}) != nil {
		n.close()
	}
}

// later arranges the next push. It is called with mu held.
func (n *notifier) later(wait time.Duration) {
	if n.timer != nil {
		n.timer.Stop()
	}
	n.timer = time.AfterFunc(wait, n.push)
}

// open lets the first NOTIFY out, which push held back until the request that
// asked for it was answered.
func (n *notifier) open() {
	n.mu.Lock()
	n.traffic.busy, n.traffic.whole = false, true
	n.mu.Unlock()
	n.push()
}

// repeat says everything again, and at once.
func (n *notifier) repeat() {
	n.mu.Lock()
	n.traffic.whole, n.sent = true, time.Time{}
	n.mu.Unlock()
	n.push()
}

// close ends the notifier without another word.
func (n *notifier) close() {
	n.mu.Lock()
	over := n.traffic.over
	n.traffic.over = true
	if n.timer != nil {
		n.timer.Stop()
	}
	n.mu.Unlock()
	if !over {
		n.gone()
	}
}

// notifySink takes the answer to a NOTIFY.
type notifySink struct{ n *notifier }

// Answered ends the notifier after the last note, and after a refusal, unless the
// peer asks for it again later (RFC 6665 section 4.2.2).
func (s notifySink) Answered(_ *transaction.Client, m *wire.Message) {
	n := s.n
	if m.Status < 200 {
		return
	}
	n.mu.Lock()
	n.traffic.busy = false
	after, asked := m.Number("Retry-After")
	switch {
	case m.Status < 300 && !n.traffic.last:
		n.tries = 0
		n.mu.Unlock()
		n.push()
	case m.Status >= 300 && m.Status != 481 && asked && n.tries < maxNotifyTries:
		n.tries++
		n.traffic.whole, n.sent = true, time.Time{}
		n.traffic.busy = true // nothing else until then
		wait := min(max(time.Duration(after)*time.Second, time.Second), maxNotifyWait)
		n.timer = time.AfterFunc(wait, n.open)
		n.mu.Unlock()
	default:
		n.mu.Unlock()
		n.close()
	}
}

// Failed ends the notifier: the peer is gone.
func (s notifySink) Failed(*transaction.Client, error) { s.n.close() }
