package ivr

import (
	"context"
	"time"
)

// dutyNode rings the people on call. Whoever accepts presses a key: a mobile's
// voicemail cannot. There is nothing here that could ask for a recording.
type dutyNode struct {
	Duty        rosterName `flow:"duty" doc:"the roster of people on call"`
	Topic       prompt     `flow:"topic" doc:"what the lawyer is told before accepting"`
	Accept      flowName   `flow:"accept" doc:"the flow on the lawyer's leg; its outcome accepted accepts"`
	Ring        span       `flow:"ring,optional" doc:"how long each mobile rings (20s)"`
	Within      span       `flow:"within,optional" doc:"time for the key that accepts (8s)"`
	Most        count      `flow:"most,optional" doc:"how many people are tried (3)"`
	Waiting     waiting    `flow:"waiting,optional" doc:"what the caller hears and may key meanwhile"`
	Served      Way        `flow:"served" doc:"somebody accepted and talked with the caller"`
	Nobody      Way        `flow:"nobody" doc:"nobody accepted"`
	Unavailable Way        `flow:"unavailable" doc:"nobody could be rung"`
}

func (n *dutyNode) check(c *checker) {
	f := c.edition.flows[n.Accept.text]
	if f.Use != useLeg || !f.Outcomes.has("accepted") || f.Listener != "staff" {
		c.fault(`flow %q is heard by the lawyer: it needs "use: leg", "listener: staff" and the outcome "accepted"`, f.Name())
	}
	if n.Waiting.Position || n.Waiting.Offer > 0 {
		c.fault("there is no place in line and no callback while people on call are rung")
	}
	c.besides()
}

func (n *dutyNode) step(ctx context.Context, v *visit) (Way, error) {
	v.state.ahead = ""
	if v.call.Desk.Duty == nil {
		v.note(Event{Kind: Unserved, Name: "duty", Value: errAway.Error()})
		return n.Unavailable, nil
	}
	vars := map[string]Value{"topic": Phrase(n.Topic.text)}
	for name, value := range v.state.vars {
		if name != "topic" {
			vars[name] = value
		}
	}
	h := &hold{visit: v, plan: n.Waiting}
	result, err := v.call.Desk.Duty.Ring(ctx, DutyRequest{
		Roster: n.Duty.text, Ring: time.Duration(n.Ring), Within: time.Duration(n.Within), Most: int(n.Most),
		Accept: v.flow.edition.flows[n.Accept.text], Marks: v.state.marks, Vars: vars, Hold: h.run,
	})
	if err != nil {
		if ctx.Err() == nil {
			v.note(Event{Kind: Unserved, Name: "duty", Value: err.Error()})
			err = nil
		}
		return n.Unavailable, err
	}
	v.mark(result.Marks)
	switch result.Outcome {
	case DutyServed:
		return n.Served, nil
	case DutyLeft:
		return h.leave.or(n.Nobody), nil
	default:
		return n.Nobody, nil
	}
}
