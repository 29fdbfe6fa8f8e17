package switchboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hotline/acd"
)

// The reasons for which nothing is read to somebody in a talk, besides ErrNoTalk and ErrNoPaper.
var (
	// ErrAsking means that something is being read already.
	ErrAsking = errors.New("something is being read in this talk already")
	// ErrNoFlow means that there is no flow of that name that is read in a talk.
	ErrNoFlow = errors.New("no such flow is read in a talk")
)

// flows that are read in a talk, by the deed that starts each.
var talkFlows = map[Deed]string{ // table
	DeedInvite: "mediation-invite", DeedCommitment: "commitment", DeedReferral: "referral", DeedOutcome: "outcome", DeedRefusal: "refusal",
	DeedArticle: "article", DeedReminder: "reminder", DeedRevisit: "revisit", DeedTerm: "mediation-term", DeedSettled: "mediation-end",
}

// toAll tells whether a flow is for every side in a talk, not only for who the contact is with.
func toAll(flow string) bool { return flow == "mediation-term" || flow == "mediation-end" }

// Ask reads to the caller of a contact, or to each side of a mediation, what the office has prepared, as if the counselor
// had keyed the code: the talk goes on beside it. About is what is keyed behind the code. It returns when it has begun, or
// ErrNoTalk, ErrNoFlow and ErrAsking.
func (s *Service) Ask(contact acd.ContactID, flow, about string) error {
	for d, name := range talkFlows {
		if name == flow {
			return s.read(contact, d, about)
		}
	}
	return fmt.Errorf("ask: %w: %q", ErrNoFlow, flow)
}

// read begins to read something, for who serves the caller.
func (s *Service) read(contact acd.ContactID, deed Deed, about string) error {
	desk, ok := s.talks.asked(contact)
	if !ok {
		return fmt.Errorf("ask: %w", ErrNoTalk)
	}
	return desk.start(reading{deed: deed, about: about, by: desk.by, ear: desk.staff, tell: func(ids ...string) {
		if h := s.talks.server(contact); h != nil {
			h.say(ids...)
		}
	}})
}

// reading is something that somebody in a talk wants read.
type reading struct {
	deed  Deed
	about string
	by    string              // extension
	ear   *Leg                // of that one, who hears the words, too
	tell  func(ids ...string) // says to that one what came of it
}

// talkDesk is where in a talk things are read to people, one at a time.
type talkDesk struct {
	call   *Call
	circle *circle
	staff  *Leg
	by     string             // extension
	ctx    context.Context    //nolint:containedctx // its life is the talk
	end    context.CancelFunc //
	work   sync.WaitGroup     //
	mu     sync.Mutex         //
	stop   context.CancelFunc // of what is being read; nil for nothing
}

// reads lets things be read to people in a talk until the function returned is called, which waits for what is being read.
func (o *circle) reads(ctx context.Context, staff *Leg, by string) (stop func()) {
	c := o.call
	d := &talkDesk{call: c, circle: o, staff: staff, by: by}
	d.ctx, d.end = context.WithCancel(context.WithoutCancel(ctx)) // a caller whose line drops is called back
	c.svc.talks.desk(c.file.contact, d)
	return func() {
		c.svc.talks.desk(c.file.contact, nil)
		d.end()
		d.work.Wait()
	}
}

// ask is the code by which something is read.
func (h *hands) ask(d Deed, about string) []string {
	desk, ok := h.call.svc.talks.asked(h.call.contact())
	if !ok || desk.start(reading{d, about, string(h.who), h.leg, h.say}) != nil {
		return []string{"D-NOT-HERE"}
	}
	return nil
}

// cut ends what is being read in a talk, and tells whether anything was.
func (f *talks) cut(contact acd.ContactID) bool {
	d, ok := f.asked(contact)
	if !ok {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop == nil {
		return false
	}
	d.stop()
	return true
}

// start begins to read.
func (d *talkDesk) start(r reading) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.ctx.Err() != nil:
		return ErrNoTalk
	case d.stop != nil:
		return ErrAsking
	}
	ctx, stop := context.WithCancel(d.ctx)
	d.stop = stop
	d.work.Go(func() {
		word := d.read(ctx, r)
		d.mu.Lock()
		stop()
		d.stop = nil
		d.mu.Unlock()
		if d.ctx.Err() == nil {
			r.tell(word)
		}
	})
	return nil
}

// read reads a flow to whom it is for, and returns the prompt that says what came of it.
func (d *talkDesk) read(ctx context.Context, r reading) string {
	if r.deed == DeedAdmit {
		return d.admit(ctx, r.by)
	}
	c := d.call
	flow := talkFlows[r.deed]
	people, err := d.people(ctx, flow, r)
	switch {
	case errors.Is(err, ErrNoPaper):
		return "D-ASK-NOTHING"
	case err != nil:
		c.log.Error("cannot be read in a talk", "flow", flow, "error", err)
		return "D-ASK-FAILED"
	}
	c.log.Info("call", "stage", "asking", "flow", flow, "agent", r.by)
	people[0].ear = r.ear // heard once
	var all sync.WaitGroup
	for _, a := range people {
		all.Go(func() { a.run(ctx) })
	}
	all.Wait()
	return outcomeWord(people)
}

// people are whom a flow is for: who the contact is with, and, of a mediation, each side in the talk.
func (d *talkDesk) people(ctx context.Context, flow string, r reading) ([]*asking, error) {
	ctx, cancel := context.WithTimeout(ctx, paperTime)
	defer cancel()
	if d.call.svc.Papers == nil {
		return nil, ErrNoPaper
	}
	var all []*asking
	edition := d.call.svc.Flows.Edition()
	for _, one := range d.circle.people() {
		if one.guest && !toAll(flow) {
			continue
		}
		paper, err := d.call.svc.Papers.Paper(ctx, Question{Flow: flow, About: r.about, Visit: one.visit(), Guest: one.guest})
		if errors.Is(err, ErrNoPaper) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f, ok := edition.Flow(cmp.Or(paper.Flow, flow))
		if !ok {
			return nil, ErrNoFlow
		}
		all = append(all, &asking{person: one, flow: f, by: r.by, paper: paper})
	}
	if len(all) == 0 {
		return nil, ErrNoPaper
	}
	return all, nil
}

// paperTime is how long the office may look for what is prepared.
const paperTime = 3 * time.Second

// AskWords lists the prompts by which counselors hear what came of something that was read.
func AskWords() []string {
	return []string{
		"D-ASK-YES", "D-ASK-NO", "D-ASK-SILENT", "D-ASK-PERSON", "D-ASK-DONE", "D-ASK-LATER", "D-ASK-FAILED", "D-ASK-NOTHING", "D-ASK-STOPPED",
	}
}

// outcomeWord is what the counselor hears: of several sides, the answer that matters most.
func outcomeWord(people []*asking) string {
	rank := []string{"D-ASK-FAILED", "D-ASK-STOPPED", "D-ASK-PERSON", "D-ASK-NO", "D-ASK-LATER", "D-ASK-SILENT", "D-ASK-DONE", "D-ASK-YES"}
	for _, word := range rank {
		for _, a := range people {
			if wordOf(a.decided.Outcome) == word {
				return word
			}
		}
	}
	return rank[0]
}

func wordOf(outcome string) string {
	switch outcome {
	case "agreed", "right", "comes", "joins":
		return "D-ASK-YES"
	case "refused", "wrong", "declined", "refuses":
		return "D-ASK-NO"
	case "silent", "unreached":
		return "D-ASK-SILENT"
	case "person":
		return "D-ASK-PERSON"
	case "other-time":
		return "D-ASK-LATER"
	case "sent", "told", "objected", "cancelled", "moved", "asked":
		return "D-ASK-DONE"
	case "stopped", "hung_up":
		return "D-ASK-STOPPED"
	default:
		return "D-ASK-FAILED"
	}
}
