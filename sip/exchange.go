package sip

import (
	"context"
)

// exchange is the state of offers and answers in a dialog: one offer at a time,
// ours or theirs (RFC 3261 section 14, RFC 3311 section 5). Dialog.mu guards it.
type exchange struct {
	ours   bool // an offer of ours waits for its answer
	theirs bool // an offer of the peer does, or its 2xx for the ACK
	ack    *ackWait
	bye    *Reason       // hang up once the ACK is there
	moved  chan struct{} // closed when something above changed; made on demand
}

// busy reports whether no other offer may begin.
func (x *exchange) busy() bool { return x.ours || x.theirs || x.ack != nil }

// wake tells those who wait in claim.
func (x *exchange) wake() {
	if x.moved != nil {
		close(x.moved)
		x.moved = nil
	}
}

// drop stops repeating a 2xx; the dialog ends.
func (x *exchange) drop() {
	if x.ack != nil {
		x.ack.repeater.stop()
		x.ack = nil
	}
}

// claim waits until an offer of ours may begin and marks it begun; release must
// follow.
func (d *Dialog) claim(ctx context.Context) error {
	for {
		d.mu.Lock()
		if d.state == ended {
			d.mu.Unlock()
			return d.cause()
		}
		if d.state == confirmed && !d.talk.busy() {
			d.talk.ours = true
			d.mu.Unlock()
			return nil
		}
		if d.talk.moved == nil {
			d.talk.moved = make(chan struct{})
		}
		moved := d.talk.moved
		d.mu.Unlock()
		select {
		case <-moved:
		case <-d.ctx.Done():
			return d.cause()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// release ends an offer of ours.
func (d *Dialog) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.talk.ours = false
	d.talk.wake()
}

// enter begins an offer of the peer, or says why not: 491 while one of ours is
// open, 500 with Retry-After while another of theirs is.
func (d *Dialog) enter() (ok bool, ours bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.talk.ours, d.state == answered, d.state == calling && d.peer.owner:
		return false, true
	case d.talk.theirs, d.talk.ack != nil, d.state != confirmed:
		return false, false
	}
	d.talk.theirs = true
	return true, false
}

// leaveOffer ends an offer of the peer.
func (d *Dialog) leaveOffer() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.talk.theirs = false
	d.talk.wake()
}
