package switchboard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
)

// Errors of a telephone that was rung and took no call.
var (
	errNoAnswer    = errors.New("nobody answered")
	errNotAccepted = fmt.Errorf("nobody accepted: %w", errNoAnswer) // as a voicemail does
	errRefused     = errors.New("refused in person")
	errNotHere     = errors.New("not on a telephone of the house")
)

// duty rings the people on call for a caller. It implements ivr.Duty.
type duty struct{ call *Call }

// Ring tries one rung of the ladder after the other; see ivr.Duty.
func (d duty) Ring(ctx context.Context, r ivr.DutyRequest) (ivr.DutyResult, error) {
	c := d.call
	facility := ""
	if v, ok := r.Vars["facility"]; ok {
		facility = v.Text()
	}
	plan, err := c.svc.Router.Plan(acd.Duty{Facility: facility, Claims: c.claims(r.Marks)})
	if err != nil {
		return ivr.DutyResult{}, err
	}
	rungs := plan.Rungs
	if r.Most > 0 {
		rungs = rungs[:min(r.Most, len(rungs))]
	}
	since := time.Now()
	wait := c.wait(ctx, ivr.QueueRequest{Hold: r.Hold, Marks: r.Marks}, aside{c})
	defer func() { wait.stop() }()
	for _, rung := range rungs {
		result, err := d.try(ctx, wait, rung, r, since)
		var to *requeued
		switch {
		case errors.As(err, &to) && to.queue != "" && ctx.Err() == nil:
			return d.handedOn(c.here(ctx), to.queue, r, since)
		case ctx.Err() != nil:
			return ivr.DutyResult{}, context.Cause(ctx)
		case errors.Is(context.Cause(wait.ctx), errLeft):
			return ivr.DutyResult{Outcome: ivr.DutyLeft}, nil
		case err == nil:
			return result, nil
		case wait.ctx.Err() != nil: // a lawyer's line died in mid-talk: the next one is rung
			wait = c.wait(ctx, ivr.QueueRequest{Marks: r.Marks}, aside{c})
		}
	}
	return ivr.DutyResult{Outcome: ivr.DutyNobody}, nil
}

// handedOn sends a caller whom a lawyer hands to a line there. Where nobody takes the caller the flow goes on as for one
// whom nobody on call has taken.
func (d duty) handedOn(ctx context.Context, queue string, r ivr.DutyRequest, since time.Time) (ivr.DutyResult, error) {
	c := d.call
	marks := r.Marks.Join(c.progress.marked())
	result, err := c.Queue(ctx, ivr.QueueRequest{Queue: queue, Marks: marks, Since: since})
	if err == nil && result.Outcome == ivr.Served {
		return ivr.DutyResult{Outcome: ivr.DutyServed, Marks: result.Marks}, nil
	}
	return ivr.DutyResult{Outcome: ivr.DutyNobody}, err
}

// try rings one person, and joins the two when that person accepts.
func (d duty) try(ctx context.Context, wait *wait, rung acd.Rung, r ivr.DutyRequest, since time.Time) (ivr.DutyResult, error) {
	c := d.call
	offer, err := c.svc.Router.Reserve(rung.Agent, acd.Direct{
		Contact: acd.ContactID(c.file.contact.String()), Claims: c.claims(r.Marks), Ring: rungTime(rung, r),
	})
	if err != nil {
		return ivr.DutyResult{}, err
	}
	defer offer.Finish() // a talk that broke off has no line to go back to
	var marks ivr.Marks
	at := c.doorOf(offer)
	at.ring = orElse(r.Ring, rung.Ring)
	if r.Accept != nil && rung.Accept > 0 {
		at.opens = func(ctx context.Context, l *Leg) (err error) {
			marks, err = c.accepted(ctx, l, r.Accept, ivr.Call{Vars: r.Vars, Marks: r.Marks, Lang: c.languageOf(rung.Agent)})
			return err
		}
	}
	lawyer, err := c.reach(wait.ctx, offer, at)
	if err != nil {
		return ivr.DutyResult{}, err
	}
	wait.stop()
	_, err = c.talk(ctx, lawyer.leg, lawyer.offer, time.Since(since))
	return ivr.DutyResult{Outcome: ivr.DutyServed, Marks: marks}, err
}

// rungTime is how long an offer of the ladder may last: ringing, the announcement, and the key.
func rungTime(rung acd.Rung, r ivr.DutyRequest) time.Duration {
	return orElse(r.Ring, rung.Ring) + orElse(r.Within, rung.Accept) + announcement
}

// announcement is the longest time for what a lawyer hears before the key counts.
const announcement = 30 * time.Second

func orElse(a, b time.Duration) time.Duration {
	if a > 0 {
		return a
	}
	return b
}

// doorOf is how the agent of an offer is reached: at the seat's telephones, or on a mobile, where a voicemail may answer
// and only a key opens.
func (c *Call) doorOf(offer *acd.Offer) door {
	if offer.Site != acd.Mobile {
		return door{to: sip.Extension(offer.Agent)}
	}
	at := door{to: sip.Mobile(offer.Agent), opens: func(context.Context, *Leg) error { return errNotAccepted }}
	accept, ok := c.svc.Flows.Edition().Flow(acceptFlow)
	if !ok {
		return at
	}
	topic := urgentTopic
	switch {
	case c.progress.marked().Has(ivr.Danger):
		topic = dangerTopic
	case c.protected():
		topic = childTopic
	}
	at.opens = func(ctx context.Context, l *Leg) error {
		_, err := c.accepted(ctx, l, accept, ivr.Call{Vars: map[string]ivr.Value{"topic": ivr.Phrase(topic)}, Lang: c.languageOf(offer.Agent)})
		return err
	}
	return at
}

// languageOf is the language that a member of staff is spoken to in.
func (c *Call) languageOf(id acd.AgentID) ivr.Lang {
	if a, ok := c.svc.Office.Agent(string(id)); ok && len(a.Languages) > 0 {
		return ivr.Lang(a.Languages[0])
	}
	return c.line.Lang
}

// The flow that a duty mobile hears when a queue rings it, and what it is told.
const (
	acceptFlow  = "duty-accept"
	childTopic  = "TOPIC-CHILD"
	dangerTopic = "TOPIC-DANGER"
	urgentTopic = "TOPIC-URGENT"
)

// headers tell a telephone of the house which contact it is rung for. Outside they would tell strangers.
func (d door) headers(contact event.ID) map[string]string {
	if _, ok := d.to.(sip.Extension); !ok {
		return nil
	}
	return map[string]string{"X-Contact": contact.String()}
}

// aside is waiting without a place in line.
type aside struct{ call *Call }

// Place tells that nobody is ahead.
func (aside) Place() ivr.Place { return ivr.Place{} }

// Mark adds to what is known of the caller; those rung from now on must hold it.
func (a aside) Mark(m ivr.Marks) { a.call.progress.mark(m) }
