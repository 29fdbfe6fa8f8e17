package sip

import (
	"math/rand/v2"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// qualify arranges that a contact is asked by OPTIONS whether it is there. It is
// called with r.mu held. The first question is spread over the interval, so that
// phones that registered together are not asked together.
func (r *Registrar) qualify(b *binding) {
	if r.ua.cfg.Timers.Qualify < 0 {
		return
	}
	every := r.ua.cfg.Timers.Qualify
	b.probe = time.AfterFunc(every/2+rand.N(every/2), func() { r.ask(b) })
}

// probe is one question to a contact.
type probe struct {
	r *Registrar
	b *binding
	// Guarded by Registrar.mu:
	over  bool
	timer *time.Timer
}

// ask sends the question. Nothing waits: an answer or the silence ends it.
func (r *Registrar) ask(b *binding) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	p := &probe{r: r, b: b}
	flow, uri := b.flow, b.uri
	r.mu.Unlock()
	c, err := r.ua.begin(r.ua.question(uri, flow), flow, p)
	if err != nil {
		p.end(false)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.over {
		return
	}
	p.timer = time.AfterFunc(r.ua.cfg.Timers.Silence, func() { c.Abandon(); p.end(false) })
	b.probe = p.timer
}

// Answered takes any final answer as a sign of life.
func (p *probe) Answered(_ *transaction.Client, m *wire.Message) {
	if m.Status >= 200 {
		p.end(true)
	}
}

// Failed is told long after the silence counted.
func (p *probe) Failed(*transaction.Client, error) { p.end(false) }

// end notes the outcome once and arranges the next question: after a failure in a
// sixth of the time.
func (p *probe) end(there bool) {
	r, b := p.r, p.b
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	if p.timer != nil {
		p.timer.Stop()
	}
	if r.closed || r.find(b.ext, b.key) != b {
		return
	}
	wait := r.ua.cfg.Timers.Qualify
	if there {
		b.misses = 0
	} else {
		b.misses++
		wait /= 6
	}
	if wait > 0 { // negative: only telephones of an earlier run are asked
		b.probe = time.AfterFunc(wait, func() { r.ask(b) })
	}
	r.announce(b.ext)
}
