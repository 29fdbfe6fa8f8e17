package switchboard

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

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
	caller   *Leg
	tape     *tape
	partings sync.WaitGroup // of phones that have handed the caller on
	home     string         // the queue by which the caller came to whom the talk is with; empty for none
	log      *slog.Logger

	progress progress
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
	c.caller = leg
	c.open(event.ChannelCallIn)
	end := c.serve(ctx)
	c.close(ctx, end)
}

// serve answers the phone and walks the flow until either side is done.
func (c *Call) serve(ctx context.Context) error {
	if err := c.answer(ctx); err != nil {
		return err
	}
	c.startRecording()
	go c.watchLine()
	c.progress.at(event.StageGreeting)
	call := ivr.Call{
		Line:   c.line.Number,
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
	caller := c.dialog.Caller()
	return Visit{
		Contact: c.file.contact, Line: c.line.Number,
		Caller:   c.svc.Sealer.Number(c.svc.Numbers.Parse(shown(caller)), caller.Asserted),
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
func (c *Call) watchLine() {
	for state := range c.caller.audio.Line() {
		c.log.Debug("line", "state", state.String())
		c.file.note(&event.Noted{Name: "line", Value: state.String()})
		if state != media.Lost || c.protected() {
			continue
		}
		c.progress.died()
		ctx, cancel := context.WithTimeout(context.Background(), goodbye)
		_ = c.dialog.Hangup(ctx, sip.Reason{Protocol: "Q.850", Cause: 41, Text: "media timeout"})
		cancel()
	}
}

// protected calls are never dropped or refused by us.
func (c *Call) protected() bool { return c.line.Protected || c.progress.marked().Protected() }

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
