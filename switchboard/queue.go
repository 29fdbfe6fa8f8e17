package switchboard

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
)

// Errors of a call's wishes that cannot be met.
var (
	errPrivate     = errors.New("nothing is recorded on a private line")
	errNotRecorded = errors.New("the message could not be recorded")
	errLeft        = errors.New("caller chose to leave the line")
)

// Queue lines the caller up, rings counselors and lets them talk; see ivr.Phone.
func (c *Call) Queue(ctx context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	ticket, err := c.join(r)
	if err != nil {
		return c.turnedAway(r, err)
	}
	ending := acd.Ending{Outcome: acd.Abandoned}
	defer func() { ticket.Leave(ending) }()
	defer c.svc.visits.enter(c, ticket)()
	c.file.note(&event.Enqueued{Queue: r.Queue, Place: ticket.Place().Position, Priority: r.Priority * 10})
	since := time.Now()
	wait := c.wait(ctx, r, &place{ticket: ticket})
	defer func() { wait.stop() }()
	c.progress.at(event.StageQueue)
	c.progress.admitted()
	for {
		offer, err := c.svc.Router.Wait(wait.ctx, ticket)
		if err == nil {
			var by answered
			if by, err = c.ring(wait.ctx, offer); err == nil {
				wait.stop()
				result, err := c.talk(ctx, by.leg, by.offer, time.Since(since))
				ctx = c.here(ctx)
				var to *requeued
				switch {
				case errors.As(err, &to):
					return c.again(ctx, r, to, since)
				case !errors.Is(err, errLostAgent):
					return result, err
				}
				r.Hold = nil // nobody is lost between two people: back to the head of the line, with music
				wait = c.wait(ctx, r, &place{ticket: ticket})
			}
			continue
		}
		if in := (*admitted)(nil); errors.As(context.Cause(wait.ctx), &in) && ctx.Err() == nil {
			wait.stop()
			return c.sit(ctx, r, &seat{admitted: in, ticket: ticket, since: since})
		}
		result, end, err := c.unserved(ctx, wait.ctx, err)
		if result.Outcome == ivr.Left {
			end = c.leaves(r)
		}
		ending = end
		c.file.note(&event.Dequeued{Queue: r.Queue, Why: leaveReason(end, result.Outcome), Waited: time.Since(since)})
		return result, err
	}
}

// join takes a place in line, with everything the counselor must fulfil.
func (c *Call) join(r ivr.QueueRequest) (*acd.Ticket, error) {
	number := c.svc.Numbers.Parse(shown(c.dialog.Caller()))
	request := acd.Request{
		Queue: acd.QueueID(r.Queue), Contact: acd.ContactID(c.file.contact.String()),
		Prefer: acd.Prefer{Agent: acd.AgentID(r.Prefer), Language: acd.Language(c.progress.language(c.line.Lang))},
		Person: acd.PersonKey(hex.EncodeToString(c.svc.Sealer.Number(number, "").Key)),
		Shared: number.Shared() || !number.Known(), Since: r.Since,
	}
	request.Claims = c.claims(r.Marks.Join(c.progress.marked()))
	for _, wish := range r.Wishes {
		if wish == "woman" {
			request.Must = request.Must.And(acd.Woman())
		}
	}
	ticket, err := c.place(request)
	if err == nil && r.Priority != 0 {
		_ = ticket.Prioritise(r.Priority) // a ticket that is over needs no head start
	}
	return ticket, err
}

// place joins the line. What a caller asked for on an earlier call, and nobody at work fulfils, keeps nobody out.
func (c *Call) place(request acd.Request) (*acd.Ticket, error) {
	if asked, ok := c.progress.asksForWoman(request); ok {
		ticket, err := c.svc.Router.Join(asked)
		if !errors.Is(err, acd.ErrNobody) {
			return ticket, err
		}
	}
	return c.svc.Router.Join(request)
}

// claims are what a caller is entitled to.
func (c *Call) claims(m ivr.Marks) (claims acd.Claims) {
	if m.Has(ivr.Minor) || c.line.Protected {
		claims |= acd.Minor
	}
	if m.Has(ivr.Danger) {
		claims |= acd.Danger
	}
	return claims
}

// turnedAway says why there was no place in line.
func (c *Call) turnedAway(r ivr.QueueRequest, err error) (ivr.QueueResult, error) {
	result := ivr.QueueResult{Outcome: ivr.Closed, Marks: r.Marks}
	why := event.LeaveClosed
	switch {
	case errors.Is(err, acd.ErrFull):
		result.Outcome, why = ivr.Full, event.LeaveFull
	case errors.Is(err, acd.ErrClosed), errors.Is(err, acd.ErrNobody):
	default:
		return result, err
	}
	c.file.note(&event.Dequeued{Queue: r.Queue, Why: why})
	return result, nil
}

// unserved says what the end of a wait means.
func (c *Call) unserved(ctx, wait context.Context, err error) (ivr.QueueResult, acd.Ending, error) {
	dismissed := acd.Ending{Outcome: acd.Dismissed}
	switch {
	case ctx.Err() != nil:
		return ivr.QueueResult{}, acd.Ending{Outcome: hungUp(context.Cause(ctx))}, context.Cause(ctx)
	case errors.Is(context.Cause(wait), errLeft):
		return ivr.QueueResult{Outcome: ivr.Left}, acd.Ending{Outcome: acd.Exited}, nil
	case errors.Is(err, acd.ErrTimeout), wait.Err() != nil:
		return ivr.QueueResult{Outcome: ivr.TimedOut}, dismissed, nil
	case errors.Is(err, acd.ErrClosed), errors.Is(err, acd.ErrAskMessage):
		return ivr.QueueResult{Outcome: ivr.Closed}, dismissed, nil
	}
	return ivr.QueueResult{}, dismissed, err
}

// leaves says what a caller who chose to leave the line left it for, and files the key.
func (c *Call) leaves(r ivr.QueueRequest) acd.Ending {
	end := acd.Ending{Outcome: acd.Exited}
	if r.Leaving == nil {
		return end
	}
	way := r.Leaving()
	switch way.For {
	case ivr.ForCallback:
		end.Outcome = acd.Callback
	case ivr.ForMessage:
		end.Outcome = acd.Message
	case ivr.Elsewhere:
		if way.Key.Valid() {
			end.Key = rune(way.Key)
			c.file.note(&event.Noted{Name: leftByKey, Value: way.Key.String()})
		}
	}
	return end
}

// leftByKey is the note of the key by which a caller left a line.
const leftByKey = "queue.key"

func hungUp(cause error) acd.Outcome {
	if errors.Is(cause, sip.ErrStopped) {
		return acd.Interrupted
	}
	return acd.Abandoned
}

func leaveReason(end acd.Ending, outcome ivr.QueueOutcome) event.LeaveReason {
	switch {
	case end.Outcome == acd.Abandoned:
		return event.LeaveGone
	case end.Outcome == acd.Exited:
		return event.LeaveKey
	case end.Outcome == acd.Callback:
		return event.LeaveCallback
	case end.Outcome == acd.Message:
		return event.LeaveMessage
	case end.Outcome == acd.Interrupted:
		return event.LeaveStopped
	case outcome == ivr.TimedOut:
		return event.LeaveTimeout
	}
	return event.LeaveClosed
}

// wait is the caller's side of waiting: the hold program on its own goroutine, which may choose to leave.
type wait struct {
	ctx  context.Context //nolint:containedctx // its life is the wait
	end  context.CancelCauseFunc
	over chan struct{}
	gone func() // told that the wait is over; nil for nobody
}

func (c *Call) wait(ctx context.Context, r ivr.QueueRequest, at ivr.Waiting) *wait {
	w := &wait{over: make(chan struct{})}
	limit := context.CancelFunc(func() {})
	if r.Limit > 0 && !c.claims(r.Marks).Protected() {
		ctx, limit = context.WithTimeout(ctx, r.Limit)
	}
	w.ctx, w.end = context.WithCancelCause(ctx)
	if mediation := r.Vars["mediation"].Text(); mediation != "" {
		w.gone = c.svc.lobby.enter(mediation, w)
	}
	go func() {
		defer limit()
		defer close(w.over)
		hold := r.Hold
		if hold == nil {
			hold = c.plainHold
		}
		if hold(w.ctx, at) {
			w.end(errLeft)
		}
	}()
	return w
}

// stop ends the hold program and waits until it has gone. It may be called again.
func (w *wait) stop() {
	if w.gone != nil {
		w.gone()
	}
	w.end(context.Canceled)
	<-w.over
}

// place shows a ticket to the hold program.
type place struct{ ticket *acd.Ticket }

// Place tells how the wait stands.
func (p *place) Place() ivr.Place {
	now := p.ticket.Place()
	shown := ivr.Place{Ahead: max(now.Position-1, 0)}
	if now.Known {
		shown.Wait = now.High
	}
	return shown
}

// Mark raises what is known of the caller at once.
func (p *place) Mark(m ivr.Marks) {
	var lesson acd.Lesson
	if m.Has(ivr.Minor) {
		lesson.Add |= acd.Minor
	}
	if m.Has(ivr.Danger) {
		lesson.Add |= acd.Danger
	}
	if lesson.Add != 0 {
		_ = p.ticket.Reclassify(lesson) // a ticket that is over needs no class
	}
}
