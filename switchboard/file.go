package switchboard

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"hotline/sip"
	"hotline/store/event"
	"hotline/store/journal"
)

// file is a contact's page in the journal. A fact is in the journal when its method returns. Its methods may be called
// from any goroutine.
type file struct {
	contact event.ID
	journal Journal
	log     *slog.Logger
	lost    func() // told of a fact that could not be kept
	sealer  Sealer
	legs    atomic.Int32
	offers  atomic.Int32
}

func newFile(s *Service, id event.ID, log *slog.Logger) *file {
	return &file{contact: id, journal: s.Journal, log: log, lost: s.metrics.lost.Inc, sealer: s.Sealer}
}

// note files facts, in one write. A journal that cannot keep them does not end the call.
func (f *file) note(bodies ...event.Body) { f.noteAt(time.Time{}, bodies...) }

func (f *file) noteAt(at time.Time, bodies ...event.Body) {
	var room [4]event.Event
	facts := room[:0]
	for _, body := range bodies {
		facts = append(facts, event.Event{Contact: f.contact, At: at, Body: body})
	}
	if len(facts) == 0 {
		return
	}
	_, err := f.journal.Append(facts...)
	switch {
	case err == nil:
	case len(facts) == 1:
		f.lost()
		f.log.Error("fact not kept", "kind", bodies[0].Kind().String(), "error", err)
	default: // one that cannot be kept must not take the others along
		for _, body := range bodies {
			f.noteAt(at, body)
		}
	}
}

func (f *file) nextLeg() int   { return int(f.legs.Add(1)) }
func (f *file) nextOffer() int { return int(f.offers.Add(1)) }

// open makes the contact exist, before anything of it is relied on.
func (c *Call) open(channel event.Channel) {
	caller := c.dialog.Caller()
	number := c.svc.Numbers.Parse(shown(caller))
	c.person = c.svc.Sealer.Number(number, caller.Asserted)
	c.file.note(&event.Opened{
		Channel: channel, Line: c.line.Number, Language: string(c.line.Lang),
		Caller: c.person,
		Trunk:  c.dialog.Origin().Trunk,
		Node:   c.svc.Node, Boot: c.svc.Boot,
		Flow: c.line.Flow, FlowHash: c.flowHash(), External: c.file.callID(c.dialog),
	})
	c.svc.metrics.opened.WithLabelValues(c.line.Number).Inc()
	c.log.Info("call", "stage", "opened")
}

// shown is the number the caller let us see: a withheld one is not used to find the caller again, even when the
// network tells it.
func shown(c sip.Caller) string {
	if c.Anonymous {
		return ""
	}
	return c.Number
}

func (c *Call) flowHash() string {
	if c.flow == nil {
		return ""
	}
	return c.flow.Hash()
}

// close ends what is still open and files the outcome. It runs on after the caller has gone.
func (c *Call) close(ctx context.Context, leave farewell, end error) {
	c.promiseBack(ctx, end)
	c.caller.hangUp(ctx, leave, sip.NormalClearing())
	c.partings.Wait()
	c.tape.close(ctx)
	closed := c.progress.outcome(end)
	c.file.note(closed)
	c.svc.metrics.closed.WithLabelValues(c.line.Number, string(closed.Outcome), string(closed.Stage)).Inc()
	c.log.Info("call", "stage", "closed", "outcome", closed.Outcome, "at", closed.Stage, "by", closed.By)
}

// refuse turns a call away before it is answered, and files that it was.
func (c *Call) refuse() {
	c.open(event.ChannelCallIn)
	_ = c.dialog.Reject(&sip.StatusError{Status: 503, RetryAfter: c.svc.Retry})
	c.file.note(&event.Closed{Outcome: event.OutcomeRefused, Stage: event.StageSetup, By: event.PartySystem, Code: 503})
	c.svc.metrics.refused.WithLabelValues("full").Inc()
}

func (f *file) legAdded(l *Leg, way event.Direction, from sip.Origin) {
	f.note(&event.LegAdded{
		Leg: l.number, Role: l.role, Direction: way, CallID: f.callID(l.dialog),
		Extension: from.Extension, Trunk: from.Trunk,
	})
}

func (f *file) callID(d *sip.Dialog) string {
	if d == nil {
		return ""
	}
	return f.sealer.CallID(d.CallID())
}

func (f *file) legAnswered(l *Leg) {
	f.note(&event.LegAnswered{Leg: l.number, Codec: l.codec()})
}

func (f *file) legEnded(l *Leg) {
	ended := &event.LegEnded{Leg: l.number, By: event.PartySystem, Quality: quality(l)}
	if l.dialog != nil {
		cause := context.Cause(l.dialog.Context())
		var end *sip.EndError
		if errors.As(cause, &end) {
			ended.By, ended.Cause = blame(end, l.party()), end.Cause.Error()
			ended.Code, ended.Q850 = codes(end.Reason)
		}
	}
	f.note(ended)
}

func quality(l *Leg) event.Quality {
	s := l.audio.Stats()
	q := event.Quality{
		MOS: s.MOS, Jitter: s.Jitter, RTT: s.RoundTrip,
		Sent: s.Sent, Received: s.Received, Lost: s.Lost,
	}
	if expected := s.Received + s.Lost; expected > 0 {
		q.Loss = 100 * float64(s.Lost) / float64(expected)
	}
	return q
}

// nowhere is the journal of calls that are no contacts.
type nowhere struct{}

// Append forgets the fact.
func (nowhere) Append(...event.Event) (journal.Seq, error) { return 0, nil }
