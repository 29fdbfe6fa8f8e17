package switchboard

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// Call is one caller's visit, from INVITE to filing. It is the ivr.Phone of its flow. Its methods run on the call's
// goroutine, but for those of the hold program (Say, Input, Note), which run on the one that entertains the caller
// while the call's waits in line: never both at once for one purpose.
type Call struct {
	svc      *Service
	dialog   *sip.Dialog
	line     Line
	flow     *ivr.Flow
	file     *file
	caller   callerLeg
	tape     *tape
	partings sync.WaitGroup // of phones that have handed the caller on
	person   event.Number   // who the contact is with, sealed
	log      *slog.Logger

	progress progress
	grip     grip
	warnings warnings
	partner  atomic.Pointer[partner] // who serves the caller, or did last
	recalled *sip.Dialog             // the caller's after the line dropped; nil before
	redials  int                     // made by now

	mu      sync.RWMutex // of caller and dialog, which change in a talk, and of wayHome, for who is not on the call's goroutine
	wayHome outside      // the way back to the caller; zero for none
}

func newCall(s *Service, d *sip.Dialog, line Line) *Call {
	id := event.NewID(time.Now())
	log := s.Log.With("call", id.String(), "line", line.Number)
	return &Call{svc: s, dialog: d, line: line, file: newFile(s, id, log), log: log}
}

// run is the story of a call, top to bottom.
func (c *Call) run(ctx context.Context) {
	edition := c.svc.Flows.Edition()
	flow, ok := edition.Flow(c.line.Flow)
	if !ok { // a configuration fault that check names; the caller still deserves an answer that can be tried again
		c.log.Error("line has no flow", "flow", c.line.Flow)
		c.refuse()
		return
	}
	c.flow = flow
	leg, err := c.pickUp()
	if err != nil {
		c.log.Info("not answered", "error", err)
		return
	}
	c.caller = callerLeg{leg}
	c.open(event.ChannelCallIn)
	end := c.serve(ctx)
	leave, end := c.parting(ctx, end)
	c.close(ctx, leave, end)
}

// serve answers the phone and walks the flow until either side is done.
func (c *Call) serve(ctx context.Context) error {
	if err := c.answer(ctx); err != nil {
		return err
	}
	c.startRecording()
	go c.watchLine(c.caller)
	c.progress.at(event.StageGreeting)
	call := ivr.Call{
		Line: c.line.Number, Zone: c.svc.Queues.Zone,
		Caller: ivr.Caller{Number: shown(c.dialog.Caller()), Anonymous: c.dialog.Caller().Anonymous},
	}
	if c.svc.Desk != nil {
		call.Desk = c.svc.Desk(c.visit())
	}
	call.Desk.Duty = duty{c}
	if call.Desk.Files != nil {
		call.Desk.Files = turningAway{call.Desk.Files, c}
	}
	result, err := ivr.Run(ctx, c.flow, c, call)
	for errors.Is(err, ivr.ErrStuck) && ctx.Err() == nil {
		c.log.Error("flow cannot go on, looking for a person", "flow", c.flow.Name())
		err = c.rescue(ctx, result)
	}
	c.progress.finished(result)
	return err
}

// visit is the call as the office knows it.
func (c *Call) visit() Visit {
	return Visit{
		Contact: c.file.contact, Line: c.line.Number, Caller: c.person,
		Language: func() ivr.Lang { return c.progress.language(c.line.Lang) },
	}
}

// rescue finds a person for a caller whose flow broke down.
func (c *Call) rescue(ctx context.Context, r ivr.Result) error {
	queue := fallbackQueue
	if r.Marks.Protected() || c.line.Protected {
		queue = minorsQueue
	}
	_, err := c.Queue(ctx, ivr.QueueRequest{Queue: queue, Marks: r.Marks, Hold: c.plainHold})
	return err
}

// watchLine ends a call whose line has died: nothing heard, not even reports, for as long as media.Limits say. A
// protected call is never ended for silence. It returns when the caller's audio is closed.
func (c *Call) watchLine(l callerLeg) {
	for state := range l.audio.Line() {
		c.log.Debug("line", "state", state.String())
		c.file.note(&event.Noted{Name: "line", Value: state.String()})
		if state != media.Lost || c.protected() {
			continue
		}
		c.progress.died()
		ctx, cancel := context.WithTimeout(context.Background(), goodbye)
		if leave, ok := c.grip.farewell(l.dialog.Context()); ok {
			l.drop(ctx, leave, sip.Reason{Protocol: "Q.850", Cause: 41, Text: "media timeout"})
		}
		cancel()
	}
}

// contact is the call's, as the router knows it.
func (c *Call) contact() acd.ContactID { return acd.ContactID(c.file.contact.String()) }

// here is the context of the caller's line: ctx until that dropped and the caller was called back.
func (c *Call) here(ctx context.Context) context.Context {
	if c.recalled != nil {
		return c.recalled.Context()
	}
	return ctx
}

// protected calls are never dropped or refused by us.
func (c *Call) protected() bool { return c.claims(c.progress.marked()).Protected() }

// private calls are not recorded and nobody listens, from the moment they are known to be: some begin on an ordinary line.
func (c *Call) private() bool {
	return c.flow != nil && c.flow.Private() || c.progress.marked().Has(ivr.Private)
}

// plainHold is music and nothing else, until the wait ends.
func (c *Call) plainHold(ctx context.Context, _ ivr.Waiting) bool {
	if err := c.caller.audio.Play(ctx, media.Playlist{Prompts: []*media.Prompt{c.svc.Prompts.Music("hold")}, Loop: true}); err != nil {
		<-ctx.Done()
	}
	return false
}

// The queues every centre has.
const (
	fallbackQueue = "general"
	minorsQueue   = "minors"
)
