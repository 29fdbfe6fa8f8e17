package switchboard

import (
	"context"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/store/event"
)

// person is somebody in a talk who can be read something.
type person struct {
	*Call      // whose contact what is said is filed in
	leg   *Leg //
	guest bool // brought into the talk: not who the contact is with
	who   event.Number
	party *media.Party // of another side of a mediation
}

// people are who takes part in a talk, but for staff: first who the contact is with.
func (o *circle) people() []person {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	all := []person{{Call: o.call, leg: o.near, who: o.call.person}}
	for _, g := range o.guests {
		if g.party != nil && !g.leaving && g.extension == "" {
			all = append(all, person{Call: o.call, leg: g.leg, guest: true, who: g.number})
		}
	}
	return append(all, o.sides...)
}

// visit is the person as the office knows it.
func (p person) visit() Visit {
	v := p.Call.visit()
	v.Caller = p.who
	return v
}

// asking reads a flow to a person in a talk. It is the person's ivr.Phone: words are heard by the person, who hears
// nothing else meanwhile, and by the counselor; between them they talk on.
type asking struct {
	person
	flow    *ivr.Flow
	by      string // extension of the counselor
	paper   Paper
	ear     *Leg   // who hears the words beside the person; nil for nobody
	answer  string // the last to a text read out
	decided event.Decided
}

// run reads the flow, and files what came of it however it ends: the person may hang up, the counselor may stop it.
func (a *asking) run(ctx context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	gone := a.leg.dialog.Context()
	defer context.AfterFunc(gone, func() { cancel(context.Cause(gone)) })()
	a.leg.dropKeys() // what was pressed before the words is no answer to them
	result, err := ivr.Run(ctx, a.flow, a, a.call(ctx))
	a.decided = event.Decided{
		Flow: a.flow.Name(), Subject: a.paper.Subject, Party: a.paper.Party, Leg: a.leg.number, Outcome: result.Outcome, Answer: a.answer,
		By: a.by, About: a.paper.About, Reference: result.Vars["no"].Text(), Due: result.Vars["due"].Time(),
	}
	if a.decided.Due.IsZero() {
		a.decided.Due = a.paper.Due
	}
	switch {
	case err == nil:
	case gone.Err() != nil:
		a.decided.Outcome = "hung_up"
	case ctx.Err() != nil:
		a.decided.Outcome = "stopped"
	default:
		a.log.Error("not read to its end", "flow", a.flow.Name(), "error", err)
		a.decided.Outcome = "failed"
	}
	a.file.note(&a.decided)
	a.log.Info("call", "stage", "asked", "flow", a.flow.Name(), "outcome", a.decided.Outcome)
}

// call is what is known when the flow begins.
func (a *asking) call(ctx context.Context) ivr.Call {
	visit := a.visit()
	call := ivr.Call{
		Line: a.line.Number, Lang: a.progress.language(a.line.Lang), Marks: a.progress.marked(), Vars: a.paper.Vars, Zone: a.svc.Queues.Zone,
	}
	if a.svc.Desk == nil {
		return call
	}
	call.Desk = a.svc.Desk(visit)
	if call.Desk.Files == nil {
		return call
	}
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	file, err := call.Desk.Files.File(ctx, call.Caller, call.Line)
	if err != nil {
		return call // asked in the line's language
	}
	call.Slow = file.Slow
	if file.Minor {
		call.Marks = call.Marks.With(ivr.Minor)
	}
	if a.progress.language("") == "" && file.Lang != "" {
		call.Lang = file.Lang
	}
	return call
}

// fileTime is how long the file of a person is waited for.
const fileTime = 600 * time.Millisecond

// Say implements ivr.Phone.
func (a *asking) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	list, err := a.svc.Prompts.playlist(s)
	if err != nil {
		return ivr.NoKey, err
	}
	if a.ear != nil {
		defer a.ear.start(ctx, list).stop()
	}
	begun := time.Now()
	key, err := a.leg.play(ctx, list, s)
	a.filePrompts(s, a.flow, time.Since(begun), err == nil && !key.Valid())
	return key, err
}

// Input implements ivr.Phone.
func (a *asking) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	return a.leg.input(ctx, r)
}

// Queue implements ivr.Phone: nobody waits in a talk.
func (a *asking) Queue(context.Context, ivr.QueueRequest) (ivr.QueueResult, error) {
	return ivr.QueueResult{}, errNotHere
}

// Record implements ivr.Phone; who was brought into the talk has no recording of their own.
func (a *asking) Record(ctx context.Context, r ivr.RecordRequest) (ivr.RecordResult, error) {
	if a.guest {
		return ivr.RecordResult{}, errNotHere
	}
	return a.Call.Record(ctx, r)
}

// Note implements ivr.Phone.
func (a *asking) Note(e ivr.Event) {
	switch e.Kind {
	case ivr.Entered:
		a.svc.tally.Note(e)
		a.entered(e, "revisit")
	case ivr.LeftNode:
		e.HungUp = e.HungUp && a.leg.dialog.Context().Err() != nil // the counselor may have stopped it
		a.svc.tally.Note(e)
		a.left(e, a.leg)
	case ivr.Agreed:
		a.answer = e.Value
		a.Call.Note(e)
	default:
		a.Call.Note(e)
	}
}
