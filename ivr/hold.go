package ivr

import (
	"cmp"
	"context"
	"time"
)

// Times of the wait loop.
const (
	positionEvery = 45 * time.Second // at most so often, and only when it changed
	offerEvery    = 3 * time.Minute
	longWait      = 10 * time.Minute // longer estimates are told as "more than ten minutes"
	maxOffers     = 2                // in one wait
	offerRounds   = 2                // rounds of a flow after which nothing is offered
	crowd         = 2                // callers in front per counselor from which a callback is offered
)

// defaultMusic is the hold music of a wait that names none.
const defaultMusic = "hold"

// Prompts of the wait loop.
const (
	promptPosition = "P-POS"       // {n} in front, {m} minutes
	promptAhead    = "P-POS-N"     // {n} in front, without an estimate
	promptNext     = "P-POS-NEXT"  // nobody in front
	promptLong     = "P-LONG"      // more than ten minutes
	promptOffer    = "P-CB-OFFER"  // 1 takes a callback, 2 waits on
	promptClip     = "P-WAIT-CLIP" // {clip} is one of the Civil Code
)

// WaitPrompts lists the prompts a queue that tells positions, offers callbacks
// or plays clips relies on.
func WaitPrompts() []string {
	return []string{promptPosition, promptAhead, promptNext, promptLong, promptOffer, promptClip}
}

// hold entertains a waiting caller: words and music in turn, keys at any time.
type hold struct {
	*visit
	rhythm
	plan     waiting
	keys     keyWays
	callback Way
	leave    Way // where the caller goes instead of waiting
	pressed  Key // to go there
	place    Waiting
	last     talk // what a key answers
	faults   int
}

// rhythm is when what was said last.
type rhythm struct {
	begun     time.Time
	told      told // the position
	comforted time.Time
	clipped   time.Time
	noClips   bool // the library had none
	offered   time.Time
	offers    int
}

// told is what the caller was told about the wait.
type told struct {
	at    time.Time
	ahead int
	wait  time.Duration // the estimate as told
	real  time.Duration // the estimate then
}

// run is the hold program. It ends when ctx does or the caller chooses to
// leave.
func (h *hold) run(ctx context.Context, w Waiting) (leave bool) {
	h.place, h.begun = w, h.call.Now()
	h.comforted, h.clipped, h.offered = h.begun, h.begun, h.begun.Add(-offerEvery)
	h.begin(ctx)
	for ctx.Err() == nil && !h.leave.given() {
		switch {
		case h.positionDue():
			h.position(ctx)
		case h.offerDue():
			h.offer(ctx)
		case h.comfortDue():
			h.comforted = h.call.Now()
			h.talk(ctx, h.plan.Comfort)
		case h.clipDue():
			h.clip(ctx)
		default:
			h.listen(ctx, h.music(), nil)
		}
	}
	return ctx.Err() == nil
}

// leaving is what the caller left the line for.
func (h *hold) leaving() Leaving {
	out := Leaving{Key: h.pressed}
	switch to := h.flow.nodes[h.leave.to]; {
	case h.leave.kind == wayMessage:
		out.For = ForMessage
	case h.leave.kind == wayNode && to != nil:
		switch to.Node.(type) {
		case *callbackNode:
			out.For = ForCallback
		case *voicemailNode:
			out.For = ForMessage
		}
	}
	return out
}

func (h *hold) begin(ctx context.Context) {
	if len(h.plan.First.Say) > 0 {
		h.talk(ctx, h.plan.First)
	}
}

func (h *hold) talk(ctx context.Context, t talk) {
	h.last = t
	s, err := h.compose(t.Say, nil)
	h.listen(ctx, s, err)
}

// music is a stretch of hold music up to the next thing to say.
func (h *hold) music() Saying {
	now := h.call.Now()
	until := positionEvery
	if len(h.plan.Comfort.Say) > 0 {
		until = min(until, h.nextComfort().Sub(now))
	}
	if h.plan.Clips > 0 && !h.noClips {
		until = min(until, h.nextClip().Sub(now))
	}
	return Saying{Music: cmp.Or(h.plan.Music.text, defaultMusic), For: max(until, time.Second), Marks: h.state.marks}
}

// listen plays a saying and answers a key. A fault of ours must not end the
// wait nor spin: after a few the caller stays in line and hears nothing more
// of us.
func (h *hold) listen(ctx context.Context, s Saying, err error) {
	if err == nil {
		s.Expect = h.expected()
		var key Key
		key, err = h.phone.Say(ctx, s)
		if err == nil && key.Valid() {
			err = h.answer(ctx, key)
		}
	}
	if err != nil && ctx.Err() == nil {
		h.note(Event{Kind: FaultEvent, Value: err.Error()})
		if h.faults++; h.faults > maxTrouble {
			<-ctx.Done()
		}
	}
}

func (h *hold) expected() string {
	taken := h.keys.keys() + h.last.Aside.keys() + h.last.Languages.keys()
	return taken + h.common(taken) + KeyEnd.String()
}

// answer does what a key means while waiting; most mean nothing and only stop
// the words.
func (h *hold) answer(ctx context.Context, key Key) error {
	h.state.turn.keys += key.String()
	h.pressed = key
	if way, ok := h.keys.find(key.String()); ok {
		h.leave = way
		return nil
	}
	if flow := h.last.Aside.find(key); flow != "" {
		return h.beside(ctx, flow)
	}
	if lang, ok := h.last.Languages.find(key); ok {
		h.speakIn(lang)
		return h.repeat(ctx)
	}
	switch {
	case key == KeyMessage && h.means(key):
		h.leave = Way{kind: wayMessage}
	case key == KeyLanguage && h.means(key):
		way, err := h.changeLanguage(ctx)
		if way.kind == wayMessage {
			h.leave = way
		}
		return err
	case key == KeyAgain || key == KeyPerson:
		h.told = told{} // say the place once more
	}
	return nil
}

// repeat says the last words again, in the language just chosen.
func (h *hold) repeat(ctx context.Context) error {
	if h.state.turn.again++; h.state.turn.again > maxAgain || len(h.last.Say) == 0 {
		return nil
	}
	h.talk(ctx, h.last)
	return nil
}

// beside runs a flow while the caller stays in line and the ringing goes on.
func (h *hold) beside(ctx context.Context, name string) error {
	f := h.flow.edition.flows[name]
	r := &Runner{top: f, phone: h.phone, call: h.call, state: h.state.Clone(), beside: true}
	r.state.stack, r.state.turn = nil, turn{}
	r.push(f)
	for {
		done, err := r.Step(ctx)
		h.state.lang, h.state.chosen, h.state.slow = r.state.lang, r.state.chosen, r.state.slow
		h.state.marks, h.state.vars, h.state.trouble = r.state.marks, r.state.vars, r.state.trouble
		h.place.Mark(h.state.marks)
		if done || err != nil {
			h.state.ahead = ""
			return err
		}
	}
}
