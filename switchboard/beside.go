package switchboard

import (
	"context"

	"hotline/ivr"
)

// accepted walks the flow on the leg of somebody who is asked to take the call.
func (c *Call) accepted(ctx context.Context, l *Leg, f *ivr.Flow, call ivr.Call) (ivr.Marks, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(l.dialog.Context(), func() { cancel(context.Cause(l.dialog.Context())) })
	defer stop()
	call.Line = c.line.Number
	result, err := ivr.Run(ctx, f, beside{c.svc, l}, call)
	switch {
	case err != nil || result.Outcome == "accepted":
	case result.Outcome == "refused": // by a key, so in person
		err = errRefused
	default:
		err = errNotAccepted
	}
	return result.Marks, err
}

// beside is the telephone of somebody who is not the caller, as a flow sees it. What is heard there is not the caller's
// story: nothing of it is filed.
type beside struct {
	svc *Service
	leg *Leg
}

// Say implements ivr.Phone.
func (b beside) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	list, err := b.svc.Prompts.playlist(s)
	if err != nil {
		return ivr.NoKey, err
	}
	return b.leg.play(ctx, list, s)
}

// Input implements ivr.Phone.
func (b beside) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	return b.leg.input(ctx, r)
}

// Queue implements ivr.Phone: nobody waits here.
func (b beside) Queue(context.Context, ivr.QueueRequest) (ivr.QueueResult, error) {
	return ivr.QueueResult{}, errNotHere
}

// Record implements ivr.Phone: nothing is recorded here.
func (b beside) Record(context.Context, ivr.RecordRequest) (ivr.RecordResult, error) {
	return ivr.RecordResult{}, errNotHere
}

// Note implements ivr.Phone.
func (beside) Note(ivr.Event) {}
