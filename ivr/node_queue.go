package ivr

import (
	"context"
	"maps"
	"time"

	"hotline/ivr/source"
)

// queueNode lines the caller up for a counselor. The place is kept when the
// caller comes back to the same queue in the same call. A protected call has
// no limit and is never refused.
type queueNode struct {
	Queue    queueName `flow:"queue" doc:"the queue"`
	Priority count     `flow:"priority,optional" doc:"points on top of the queue's own (0)"`
	Limit    span      `flow:"limit,optional" doc:"longest wait, with timeout"`
	Wishes   words     `flow:"wishes,optional" doc:"preferences that may relax, such as woman"`
	Waiting  waiting   `flow:"waiting,optional" doc:"what the caller hears and may key while waiting"`
	Keys     keyWays   `flow:"keys,optional" doc:"keys that leave the line"`
	Callback Way       `flow:"callback,optional" doc:"where a caller goes who takes the offer to be called back"`
	Served   Way       `flow:"served" doc:"a counselor talked with the caller and released the call"`
	Closed   Way       `flow:"closed" doc:"nobody is signed in who may take the caller"`
	Full     Way       `flow:"full,optional" doc:"the queue takes no more (otherwise as closed)"`
	Timeout  Way       `flow:"timeout,optional" doc:"the limit passed"`
}

// waiting is what happens on hold.
type waiting struct {
	First    talk  `flow:"first,optional" doc:"said once, at once"`
	Comfort  talk  `flow:"comfort,optional" doc:"said again and again"`
	Clips    span  `flow:"clips,optional" doc:"a clip of the Civil Code, so long after the last"`
	Position yes   `flow:"position,optional" doc:"tell the place in line and the estimate"`
	Offer    span  `flow:"offer,optional" doc:"offer a callback when the estimate is longer"`
	Music    label `flow:"music,optional" doc:"the hold music (hold)"`
}

func (w *waiting) read(r *reader, n *source.Node) { r.fill(w, n, "waiting") }
func (w *waiting) shape() schema                  { return object(&waiting{}, "") }

// talk is something said while waiting, with keys that answer it without
// leaving the line.
type talk struct {
	Say       prompts     `flow:"say" doc:"what is said"`
	After     span        `flow:"after,optional" doc:"from the beginning of the wait to the first time"`
	Every     span        `flow:"every,optional" doc:"from one time to the next"`
	Aside     outcomeKeys `flow:"aside,optional" doc:"flows run beside the wait, by key; ringing goes on"`
	Languages keyLangs    `flow:"languages,optional" doc:"languages by key"`
}

func (t *talk) read(r *reader, n *source.Node) { r.fill(t, n, "what is said while waiting") }
func (t *talk) shape() schema                  { return object(&talk{}, "") }

// outcomeKeys name flows by key.
type outcomeKeys []struct {
	key  Key
	flow flowName
}

func (o *outcomeKeys) read(r *reader, n *source.Node) {
	if n.Kind != source.Map {
		r.faults.Add(n.Position, "a map from telephone keys to flows is needed, here is %v", n.Kind)
	}
	for _, f := range n.Fields {
		if len(f.Key) != 1 || !Key(f.Key[0]).Valid() {
			r.faults.Add(f.At, "%q is not among the telephone keys 0-9, * and #", f.Key)
			continue
		}
		var name flowName
		name.read(r, f.Value)
		*o = append(*o, struct {
			key  Key
			flow flowName
		}{Key(f.Key[0]), name})
	}
}

func (o *outcomeKeys) shape() schema {
	return schema{"type": "object", "propertyNames": schema{"pattern": "^[0-9*#]$"}, "additionalProperties": named()}
}

func (o outcomeKeys) find(k Key) string {
	for _, e := range o {
		if e.key == k {
			return e.flow.text
		}
	}
	return ""
}

func (o outcomeKeys) keys() string {
	keys := ""
	for _, e := range o {
		keys += e.key.String()
	}
	return keys
}

// dangerPriority puts a caller in danger before everybody else.
const dangerPriority = 1000

func (n *queueNode) priority(m Marks) int {
	if m.Has(Danger) {
		return int(n.Priority) + dangerPriority
	}
	return int(n.Priority)
}

func (n *queueNode) check(c *checker) {
	if n.Limit > 0 != n.Timeout.given() {
		c.fault("a limit and a timeout go together")
	}
	if n.Callback.given() != (n.Waiting.Offer > 0) {
		c.fault("an offer and a callback go together")
	}
	if c.flow.Protected() && (n.Limit > 0 || n.Full.given() || n.Waiting.Offer > 0) {
		c.fault("a minors' line has no limit, is never full, and offers no callback before a person")
	}
	if len(n.Waiting.Comfort.Say) > 0 && n.Waiting.Comfort.Every == 0 {
		c.fault(`comfort needs "every"`)
	}
}

func (n *queueNode) step(ctx context.Context, v *visit) (Way, error) {
	v.state.ahead = "" // keys typed before belong to no question here
	queue := n.Queue.text
	v.state.enter(queue, v.call.Now())
	limit := time.Duration(n.Limit)
	if v.state.marks.Protected() {
		limit = 0
	}
	h := &hold{visit: v, plan: n.Waiting, keys: n.Keys, callback: n.Callback}
	result, err := v.phone.Queue(ctx, QueueRequest{
		Queue: queue, Priority: n.priority(v.state.marks), Since: v.state.since[queue], Limit: limit,
		Marks: v.state.marks, Wishes: n.Wishes.texts(), Prefer: v.state.vars["counselor"].Text(),
		Vars: maps.Clone(v.state.vars), Hold: h.run, Leaving: h.leaving,
	})
	if err != nil {
		return Way{}, err
	}
	v.mark(result.Marks)
	switch result.Outcome {
	case Served:
		return n.Served, nil
	case Full:
		return n.Full.or(n.Closed), nil
	case TimedOut:
		return n.Timeout.or(n.Closed), nil
	case Left:
		return h.leave.or(n.Closed), nil
	default:
		return n.Closed, nil
	}
}
