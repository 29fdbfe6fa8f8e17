package switchboard

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
	"hotline/store/phone"
)

// Promised is somebody whom the centre has promised to call back.
type Promised struct {
	ID      event.ID
	Number  phone.Number
	Queue   string
	Since   time.Time // the place kept
	Lang    ivr.Lang
	Class   event.Class
	Neutral bool // do not say who calls
	Tries   int
	Next    time.Time // not before
}

// Backlog lists the callbacks still to be made.
type Backlog func(ctx context.Context) ([]Promised, error)

// DialOut is the qualification of those whose telephone may call numbers outside: without it nobody is given a callback.
const DialOut acd.Qualification = "dial-out"

// The flows of a callback: what the counselor is asked before it is dialled, and what whoever answers hears.
const (
	previewFlow  = "callback-preview"
	callbackFlow = "callback"
)

// dialTime is how long a telephone called back may ring.
const dialTime = 40 * time.Second

// CallBack keeps promises until the context ends: each waits in line with the place it was promised; a counselor is asked
// first, then the caller is dialled. The backlog is read again every so often: what is promised meanwhile, and what other
// runs of the program left, is found there. It returns after its goroutines.
func (s *Service) CallBack(ctx context.Context, every time.Duration, backlog Backlog) error {
	d := dialler{svc: s, busy: map[event.ID]bool{}}
	defer d.running.Wait()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		list, err := backlog(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("callbacks not read, asked again later", "error", err)
		}
		for _, p := range list {
			d.take(ctx, p)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// dialler has a goroutine for every callback in line.
type dialler struct {
	svc     *Service
	running sync.WaitGroup
	mu      sync.Mutex
	busy    map[event.ID]bool // in line, or done and not yet gone from the backlog
}

func (d *dialler) take(ctx context.Context, p Promised) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy[p.ID] {
		return
	}
	d.busy[p.ID] = true
	d.running.Go(func() {
		if !d.svc.keep(ctx, p) {
			d.mu.Lock()
			delete(d.busy, p.ID) // the next look at the backlog finds it again
			d.mu.Unlock()
		}
	})
}

// keep keeps one promise. It returns false when the promise stands and nobody is at it.
func (s *Service) keep(ctx context.Context, p Promised) (done bool) {
	request := acd.Request{
		Queue: acd.QueueID(p.Queue), Contact: acd.ContactID(p.ID.String()), Must: acd.Qualified(DialOut),
		Prefer: acd.Prefer{Language: acd.Language(p.Lang)}, Person: acd.PersonKey(hex.EncodeToString(s.Sealer.Number(p.Number, "").Key)),
		Shared: p.Number.Shared(), Since: p.Since, Callback: &acd.Promise{Tries: p.Tries, Due: p.Next},
	}
	switch p.Class {
	case event.ClassMinor:
		request.Claims = acd.Minor
	case event.ClassDanger:
		request.Claims = acd.Danger
	default:
	}
	ticket, err := s.Router.Join(request)
	if err != nil {
		s.Log.Error("callback has no place in line", "queue", p.Queue, "error", err)
		return false
	}
	defer ticket.Leave(acd.Ending{Outcome: acd.Interrupted})
	for try := p.Tries + 1; ; {
		offer, err := s.Router.Wait(ctx, ticket)
		switch {
		case errors.Is(err, acd.ErrUnreached), errors.Is(err, acd.ErrOver):
			return true
		case err != nil:
			return false
		}
		c := newCall(s, nil, s.lineShown())
		tried, err := c.back(ctx, ticket, offer, p)
		if err != nil {
			continue // the counselor could not: the next one is asked
		}
		fact := &event.CallbackTried{Callback: p.ID, End: tried, Try: try}
		try++
		later := again(ticket)
		if tried != event.CallbackReached {
			fact.Next, _ = ticket.Unreached() // zero when no try is left
		}
		promised := tried == event.CallbackPutOff && fact.Next.IsZero() // to somebody in person: one more
		if promised {
			fact.Next = later
		}
		c.file.note(fact)
		switch {
		case promised:
			ticket.Leave(acd.Ending{Outcome: acd.Dismissed})
			p.Tries, p.Next = fact.Try, later
			return s.keep(ctx, p)
		case tried == event.CallbackReached:
			return true
		}
	}
}

// lineShown is the line that calls to the outside belong to.
func (s *Service) lineShown() Line {
	if line, ok := s.Office.Line(s.Shown); ok {
		return line
	}
	return Line{Number: s.Shown}
}

// back is the story of one try: the counselor is asked, the caller is dialled, asked whether it suits, and joined. An
// error means that the counselor did not take it.
func (c *Call) back(ctx context.Context, ticket *acd.Ticket, offer *acd.Offer, p Promised) (event.CallbackEnd, error) {
	c.progress.speaks(p.Lang)
	c.progress.mark(marksOf(p.Class))
	defer c.svc.visits.enter(c, ticket)()
	filed := c.file.journal
	c.file.journal = nowhere{} // nobody outside was called yet: no contact
	got, err := c.reach(ctx, offer, c.previewed(offer))
	c.file.journal = filed
	if err != nil {
		return "", err
	}
	staff := got.leg
	defer staff.hangUp(ctx, sip.NormalClearing())
	to, trunk, err := c.outside(staff, p.Number)
	if err != nil {
		c.log.Error("callback not dialled", "agent", offer.Agent, "error", err)
		offer.Decline(acd.Unfit)
		return "", err
	}
	c.openBack(p, trunk)
	c.file.note(&event.LegAdded{Leg: staff.number, Role: staff.role, Direction: event.DirectionOut, Extension: string(offer.Agent)})
	c.file.legAnswered(staff)
	far, err := c.dialBack(ctx, staff, to, trunk)
	if err != nil {
		var refusal *sip.StatusError
		code := 0
		if errors.As(err, &refusal) {
			code = refusal.Status
		}
		c.file.note(&event.Closed{Outcome: event.OutcomeUnreached, Stage: event.StageSetup, By: event.PartyNetwork, Code: code})
		return event.CallbackUnreached, nil
	}
	c.wayHome = outside{to, trunk}
	return c.answeredBack(ctx, ticket, offer, staff, far, p), nil
}

func marksOf(c event.Class) (m ivr.Marks) {
	switch c {
	case event.ClassMinor:
		return m.With(ivr.Minor)
	case event.ClassDanger:
		return m.With(ivr.Danger)
	default:
		return m
	}
}

// previewed is the door of a counselor who is asked before anybody is dialled.
func (c *Call) previewed(offer *acd.Offer) door {
	at := c.doorOf(offer)
	if preview, ok := c.svc.Flows.Edition().Flow(previewFlow); ok && offer.Site != acd.Mobile {
		at.opens = func(ctx context.Context, l *Leg) error {
			_, err := c.accepted(ctx, l, preview, ivr.Call{Lang: c.languageOf(offer.Agent)})
			return err
		}
	}
	return at
}

// outside is the way to a number for a counselor who may dial out and whose registered phone has answered.
func (c *Call) outside(staff *Leg, n phone.Number) (sip.Destination, string, error) {
	ticket, err := staff.dialog.Ticket()
	if err != nil {
		return nil, "", err
	}
	for _, number := range n.Dialled() {
		if trunk, ok := c.svc.Route(number); ok {
			return ticket.Dial(trunk, number), trunk, nil
		}
	}
	return nil, "", sip.ErrNotAllowed
}

func (c *Call) openBack(p Promised, trunk string) {
	c.person = c.svc.Sealer.Number(p.Number, "promised")
	c.file.note(&event.Opened{
		Channel: event.ChannelCallback, Line: c.line.Number, Language: string(p.Lang), Caller: c.person,
		Trunk: trunk, Node: c.svc.Node, Boot: c.svc.Boot, Flow: callbackFlow,
	})
	if p.Class != event.ClassOrdinary {
		c.file.note(&event.Classified{Class: p.Class, By: "callback", Reason: "promised"})
	}
	c.svc.metrics.opened.WithLabelValues(c.line.Number).Inc()
	c.log.Info("call", "stage", "opened", "channel", "callback")
}

// dialBack dials the caller while the counselor hears that it rings.
func (c *Call) dialBack(ctx context.Context, staff *Leg, to sip.Destination, trunk string) (*Leg, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, dialTime, errNoAnswer)
	defer cancel()
	defer context.AfterFunc(staff.dialog.Context(), cancel)()
	sound := staff.start(ctx, media.Playlist{Prompts: []*media.Prompt{c.svc.Prompts.Tone("ringback")}, Loop: true})
	defer sound.stop()
	return c.callFar(ctx, event.RoleCaller, staff.audio, outside{to, trunk}, nil)
}

// answeredBack asks whoever answered whether it suits, and joins the two. The contact is closed when it returns.
func (c *Call) answeredBack(
	ctx context.Context, ticket *acd.Ticket, offer *acd.Offer, staff, far *Leg, p Promised,
) event.CallbackEnd {
	c.caller, c.dialog = callerLeg{far}, far.dialog
	far.dialog.OnInfo(far.info)
	edition := c.svc.Flows.Edition()
	flow, ok := edition.Flow(callbackFlow)
	if !ok {
		c.log.Error("no flow for callbacks")
		leave, _ := c.grip.farewell(far.dialog.Context())
		c.close(ctx, leave, nil)
		return event.CallbackUnreached
	}
	c.flow = flow
	go c.watchLine(c.caller)
	talk := far.dialog.Context() // ends with the caller's line
	result, err := ivr.Run(talk, flow, c, ivr.Call{
		Line: c.line.Number, Lang: p.Lang, Marks: marksOf(p.Class), Zone: c.svc.Queues.Zone,
		Vars: map[string]ivr.Value{"neutral": ivr.Word(yesNo(p.Neutral)), "time": ivr.Instant(again(ticket))},
	})
	if err != nil || result.Outcome != "taken" || ticket.Reached() != nil {
		end := event.CallbackUnreached
		if result.Outcome == "later" {
			end = event.CallbackPutOff
		}
		c.progress.came(event.OutcomeUnreached)
		leave, _ := c.grip.farewell(talk)
		c.close(ctx, leave, err)
		return end
	}
	c.startRecording()
	_, err = c.talk(talk, staff, offer, time.Since(p.Since))
	var to *requeued
	switch {
	case errors.As(err, &to): // handed on, or left by somebody outside
		ticket.Leave(acd.Ending{Outcome: acd.Served})
		request := ivr.QueueRequest{Queue: p.Queue, Marks: result.Marks, Hold: c.plainHold}
		_, err = c.again(c.here(talk), request, to, time.Now())
	case errors.Is(err, errLostAgent):
		ticket.Leave(acd.Ending{Outcome: acd.Served})
		err = c.rescue(c.here(talk), result)
	}
	leave, err := c.parting(talk, err)
	c.close(ctx, leave, err)
	return event.CallbackReached
}

// again is when somebody is told that we call again: after the last try, on a later day, when a supervisor sees to it.
func again(t *acd.Ticket) time.Time {
	if next, ok := t.Again(); ok {
		return next
	}
	return time.Now().AddDate(0, 0, 1)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
