package switchboard

import (
	"context"

	"hotline/sip"
	"hotline/store/event"
)

// untilOut waits until either side of a call to the outside leaves, or the other side is taken to a caller. Who is in danger
// and whose line drops is called back.
func (c *Call) untilOut(ctx context.Context, o *circle, staff *Leg, v *visit) event.Party {
	for {
		line := c.caller.dialog.Context()
		select {
		case <-ctx.Done():
			return event.PartyStaff
		case <-line.Done():
			if !c.dropped(line) || !c.redial(line, o, &partner{leg: staff}) {
				return event.PartyCaller
			}
		case <-v.taken:
			return event.PartyStaff
		}
	}
}

// heirOut finds who goes on with somebody in danger whom a counselor called and has left; nil when nobody need, or nobody came.
func (c *Call) heirOut(o *circle, staff *Leg) *partner {
	line := c.caller.dialog.Context()
	if !c.grip.holds() || line.Err() != nil {
		return nil
	}
	c.tape.detach(staff)
	c.svc.talks.alone(o)
	if heir := o.vigil(line); heir != nil {
		return heir.yield()
	}
	return nil
}

// partOut hangs up on whom a counselor called, when that may be: who is in danger talks on with others first.
func (c *Call) partOut(ctx context.Context, next *partner) {
	line := c.caller.dialog.Context()
	var end error
	if next != nil {
		_, end = c.with(line, next)
	}
	leave, end := c.parting(line, end)
	c.promiseBack(ctx, end)
	c.caller.hangUp(ctx, leave, sip.NormalClearing())
}
