package switchboard

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/store/event"
)

// lobby is the sides of mediations that wait in line for their mediator, each alone.
type lobby struct {
	mu      sync.Mutex
	waiting map[string][]*wait // by mediation
}

// enter notes that a side waits, until the function returned is called.
func (l *lobby) enter(mediation string, w *wait) (leave func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting == nil {
		l.waiting = map[string][]*wait{}
	}
	l.waiting[mediation] = append(l.waiting[mediation], w)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.waiting[mediation] = slices.DeleteFunc(l.waiting[mediation], func(other *wait) bool { return other == w })
		if len(l.waiting[mediation]) == 0 {
			delete(l.waiting, mediation)
		}
	}
}

// admit ends the wait of all sides of a mediation, and tells how many there were.
func (l *lobby) admit(mediation string, in *admitted) (sides int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.waiting[mediation] {
		w.end(in)
		if context.Cause(w.ctx) == error(in) { //nolint:errorlint // the very one
			sides++
		}
	}
	return sides
}

// admitted is that a side is let into a talk. As an error it is why a wait ended.
type admitted struct {
	circle *circle
	by     string // extension of the mediator
}

// Error says so.
func (*admitted) Error() string { return "let into the talk of the other side" }

// AdmitSide lets the other side of a mediation, who waits in the lobby, into the talk of a contact. It returns when that has
// begun; the mediator hears what came of it. The errors are those of Ask.
func (s *Service) AdmitSide(contact acd.ContactID) error { return s.read(contact, DeedAdmit, "") }

// admit lets in whoever waits for the mediation that the talk is about, and returns the prompt that says what came of it.
func (d *talkDesk) admit(ctx context.Context, by string) string {
	if d.call.svc.Papers == nil {
		return "D-ASK-NOTHING"
	}
	ctx, cancel := context.WithTimeout(ctx, paperTime)
	defer cancel()
	paper, err := d.call.svc.Papers.Paper(ctx, Question{Flow: talkFlows[DeedInvite], Visit: d.call.visit()})
	switch {
	case err != nil && !errors.Is(err, ErrNoPaper):
		d.call.log.Error("not found which mediation this is", "error", err)
		return "D-ASK-FAILED"
	case err != nil, d.call.svc.lobby.admit(paper.Subject.String(), &admitted{d.circle, by}) == 0:
		return "D-ASK-NOTHING"
	}
	return "D-ASK-DONE"
}

// seat is a side's way from the line into the talk.
type seat struct {
	*admitted
	ticket *acd.Ticket
	since  time.Time
}

// sit lets a side of a mediation take part in the talk of the other until either leaves. When the other side's call is
// lost this one is back in line.
func (c *Call) sit(ctx context.Context, r ivr.QueueRequest, at *seat) (ivr.QueueResult, error) {
	at.ticket.Leave(acd.Ending{Outcome: acd.Served})
	waited := time.Since(at.since)
	c.file.note(&event.Dequeued{Queue: r.Queue, Why: event.LeaveMoved, Waited: waited})
	o := at.circle
	if err := c.svc.talks.sit(o, c); err != nil {
		c.log.Warn("not let in", "error", err)
		return c.again(ctx, r, &requeued{why: err}, at.since)
	}
	c.progress.at(event.StageTalk)
	c.progress.came(event.OutcomeAnswered)
	c.file.note(&event.Connected{Queue: r.Queue, Extension: at.by, Waited: waited})
	c.file.note(&event.Noted{Name: "mediation.other_side", Value: o.call.file.contact.String()})
	began := time.Now()
	by := event.PartyCaller
	select {
	case <-ctx.Done():
		c.svc.talks.rise(o, c)
	case <-o.over:
		by = o.by
	}
	c.file.note(&event.TalkEnded{Extension: at.by, By: by, Talked: time.Since(began)})
	c.progress.parted(by)
	c.caller.dropKeys()
	switch {
	case ctx.Err() != nil:
		return ivr.QueueResult{}, context.Cause(ctx)
	case by != event.PartyStaff:
		return c.again(ctx, r, &requeued{why: ErrNoTalk}, at.since)
	}
	return ivr.QueueResult{Outcome: ivr.Served}, nil
}

// sit brings a side into a talk that still goes on. When either has not agreed to be recorded, neither is from then on,
// and nobody listens.
func (f *talks) sit(o *circle, c *Call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o.closed {
		return ErrNoTalk
	}
	party, err := o.mix.Join(c.caller.audio, media.JoinOptions{})
	if err != nil {
		return err
	}
	if c.private() || o.call.private() {
		c.tape.hush()
		o.call.tape.hush()
		f.by[acd.ContactID(o.call.file.contact.String())] = nil
		for _, h := range o.helpers {
			h.dismiss()
		}
	}
	o.sides = append(o.sides, person{Call: c, leg: c.caller.Leg, who: c.person, party: party})
	return nil
}

// rise takes a side out of a talk.
func (f *talks) rise(o *circle, c *Call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o.sides = slices.DeleteFunc(o.sides, func(p person) bool {
		if p.Call == c {
			p.party.Leave()
		}
		return p.Call == c
	})
}
