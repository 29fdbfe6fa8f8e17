package switchboard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// wayBack keeps the way back to the caller while the line is still there. A number that was withheld is used, too: it is for
// the caller's life.
func (c *Call) wayBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wayHome.destination != nil || c.dialog == nil {
		return
	}
	for _, number := range c.svc.Numbers.Parse(c.dialog.Caller().Number).Dialled() {
		trunk, ok := c.svc.Route(number)
		if !ok {
			continue
		}
		if to, err := c.dialog.Recall(trunk, number); err == nil {
			c.wayHome = outside{to, trunk}
			return
		}
	}
}

// dropped reports whether the line of a caller in danger has dropped and the caller is to be called back.
func (c *Call) dropped(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(context.Cause(ctx), sip.ErrStopped) && c.grip.recalls()
}

// redial calls the caller back at once, whom those in the talk wait for. It reports whether the caller is there again.
func (c *Call) redial(ctx context.Context, o *circle, p *partner) bool {
	c.mu.RLock()
	to := c.wayHome
	c.mu.RUnlock()
	c.redials++
	switch {
	case to.destination == nil:
		c.file.note(&event.Noted{Name: "redial", Value: "no way back"})
		return false
	case c.redials > mostRedials: // who hangs up again and again is a supervisor's to decide on
		c.file.note(&event.Noted{Name: "redial", Value: "enough"})
		return false
	}
	o.callerGone()
	c.tape.detach(c.caller.Leg)
	if leave, ok := c.grip.farewell(ctx); ok {
		c.caller.hangUp(ctx, leave, sip.NormalClearing())
	}
	if h := c.svc.talks.server(c.contact()); h != nil {
		h.say("D-REDIAL")
	}
	ring, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), dialTime, errNoAnswer)
	defer cancel()
	defer context.AfterFunc(p.leg.dialog.Context(), func() {
		if errors.Is(context.Cause(p.leg.dialog.Context()), sip.ErrStopped) {
			cancel()
		}
	})()
	began := time.Now()
	far, err := c.callFar(ring, event.RoleCaller, p.leg.audio, to, nil)
	if err == nil {
		err = o.callerBack(far)
	}
	if err != nil {
		c.file.note(&event.Noted{Name: "redial", Value: fmt.Sprintf("try %d not reached: %s", c.redials, outcomeOf(err))})
		return false
	}
	c.file.note(&event.Noted{Name: "redial", Value: fmt.Sprintf("try %d reached after %s", c.redials, time.Since(began).Round(time.Millisecond))})
	return true
}

// mostRedials is how often one call is called back at once.
const mostRedials = 4

// outcomeOf is why a caller was not reached, without a number.
func outcomeOf(err error) string {
	var status *sip.StatusError
	switch {
	case errors.As(err, &status):
		return status.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errNoAnswer):
		return "no answer"
	default:
		return "failed"
	}
}

// callerGone takes the caller's part out of the talk; the others stay.
func (o *circle) callerGone() {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	o.caller.Leave()
}

// callerBack brings the caller into the talk on another line.
func (o *circle) callerBack(far *Leg) error {
	c := o.call
	f := &c.svc.talks
	f.mu.Lock()
	party, err := o.mix.Join(far.audio, media.JoinOptions{})
	if err == nil {
		o.caller, o.near = party, far
	}
	f.mu.Unlock()
	if err != nil {
		far.hangUp(context.Background(), sip.NormalClearing())
		return err
	}
	c.mu.Lock()
	c.caller, c.dialog, c.recalled = callerLeg{far}, far.dialog, far.dialog
	c.mu.Unlock()
	far.dialog.OnInfo(far.info)
	c.tape.attach(far, callerChannel)
	go c.watchLine(c.caller)
	return nil
}

// promiseBack promises a caller whose line dropped in danger to be called back, when nobody who was in the talk reached the
// caller: the line of callbacks tries at once, then every five minutes.
func (c *Call) promiseBack(ctx context.Context, end error) {
	if !c.grip.recalls() || c.redials > mostRedials {
		return
	}
	var desk ivr.Desk
	if c.svc.Desk != nil {
		desk = c.svc.Desk(c.visit())
	}
	if desk.Callbacks == nil {
		c.file.note(&event.Noted{Name: "redial", Value: "not promised"})
		c.log.Error("caller in danger is gone, and nobody keeps callbacks", "error", end)
		return
	}
	queue := fallbackQueue
	if c.line.Protected || c.progress.marked().Has(ivr.Minor) {
		queue = minorsQueue
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	receipt, err := desk.Callbacks.Promise(ctx, ivr.Callback{
		Queue: queue, Since: time.Now(), Lang: c.progress.language(c.line.Lang), Marks: c.progress.marked(), Neutral: true,
	})
	value := "promised " + receipt.Reference
	if err != nil || receipt.Refused {
		value = "not promised"
		c.log.Error("caller in danger is gone and cannot be called back", "error", err)
	}
	c.file.note(&event.Noted{Name: "redial", Value: value})
}
