package ivr

import (
	"context"
	"errors"
	"time"
)

// voicemailNode takes a spoken message and promises when it is answered. What
// was spoken is never lost: silence keeps it, and so does hanging up.
type voicemailNode struct {
	Voicemail   prompts      `flow:"voicemail" doc:"said before the tone"`
	Keep        prompt       `flow:"keep" doc:"asks 1 to keep it, 2 to speak again"`
	Safe        prompt       `flow:"safe,optional" doc:"asks 1 if we may say who we are when we call, 2 if not"`
	Done        prompt       `flow:"done" doc:"said at the end; {time} is the promise"`
	Calendar    calendarName `flow:"calendar" doc:"the working calendar that makes the promise"`
	Limit       span         `flow:"limit" doc:"longest message"`
	Then        Way          `flow:"then" doc:"a message was kept"`
	Silence     Way          `flow:"silence" doc:"nothing was said, twice"`
	Unavailable Way          `flow:"unavailable" doc:"nothing can be recorded"`
}

// Stages of a voicemail.
const (
	takeMessage = iota
	keepMessage
	safeMessage
	doneMessage
)

// maxTakes is how often a message can be spoken; the last one is kept.
const maxTakes = 3

// enoughVoice is how much speech makes a message.
const enoughVoice = time.Second

func (n *voicemailNode) gives() []declared { return []declared{{"time", TimeSort}} }

func (n *voicemailNode) check(c *checker) {
	if c.flow.Private() {
		c.fault("a voicemail records audio, and this flow's recording is none")
	}
}

func (n *voicemailNode) step(ctx context.Context, v *visit) (Way, error) {
	switch v.state.turn.stage {
	case takeMessage:
		return n.take(ctx, v)
	case keepMessage:
		return n.keep(ctx, v)
	case safeMessage:
		return n.safe(ctx, v)
	default:
		return n.done(ctx, v)
	}
}

func (n *voicemailNode) take(ctx context.Context, v *visit) (Way, error) {
	v.state.ahead = ""
	if err := v.play(ctx, n.Voicemail, nil); err != nil {
		return Way{}, err
	}
	if typed := v.pending(maxAhead); typed != "" && v.means(Key(typed[0])) && Key(typed[0]) != KeyMessage {
		return n.nothing(ctx, v, Key(typed[0]))
	} // any other key during the words only skips them
	take, err := v.record(ctx, RecordRequest{Class: "message", Limit: time.Duration(n.Limit), Stop: AllKeys, Replaces: v.state.turn.take})
	v.state.turn.take = take.ID
	if ctx.Err() != nil {
		if take.Voice >= enoughVoice {
			n.keptAnyway(ctx, v)
		}
		return Way{}, err
	}
	if err != nil {
		v.note(Event{Kind: Unserved, Name: "recorder", Value: err.Error()})
		return n.Unavailable, nil
	}
	if take.Voice < enoughVoice {
		return n.nothing(ctx, v, take.Stop)
	}
	return v.stage(keepMessage), nil
}

// nothing answers a message without words: a key may ask for something else.
func (n *voicemailNode) nothing(ctx context.Context, v *visit, stop Key) (Way, error) {
	if stop != KeyMessage && v.means(stop) {
		return v.aside(ctx, stop, n.Silence, 2, promptWrong)
	}
	return v.silent(n.Silence, 2), nil
}

// keep asks whether the message is right; without an answer it is kept.
func (n *voicemailNode) keep(ctx context.Context, v *visit) (Way, error) {
	next := Way{kind: wayStay}
	key, way, err := v.ask(ctx, question{prompts: prompts{n.Keep}, keys: "12", silence: next, wrong: next, tries: 2})
	if ctx.Err() != nil {
		n.keptAnyway(ctx, v)
	}
	switch {
	case err != nil:
		return way, err
	case key == '2' && v.recall("takes").n < maxTakes-1:
		v.memo("takes", Number(v.recall("takes").n+1))
		return v.stage(takeMessage), nil
	case key == '1' || key == '2' || v.state.turn.silence >= 2 || v.state.turn.wrong >= 2:
		if n.Safe.text != "" {
			return v.stage(safeMessage), nil
		}
		return v.stage(doneMessage), nil
	}
	if way.kind != wayStay {
		n.kept(v, "", n.promise(ctx, v)) // another key's way leads out: the message stays
	}
	return way, nil
}

// safe asks whether we may say who we are. Without an answer we do not.
func (n *voicemailNode) safe(ctx context.Context, v *visit) (Way, error) {
	next := Way{kind: wayStay}
	key, way, err := v.ask(ctx, question{prompts: prompts{n.Safe}, keys: "12", silence: next, wrong: next, tries: 2})
	switch {
	case ctx.Err() != nil:
		n.keptAnyway(ctx, v)
		return way, err
	case err != nil:
		return way, err
	case key == '1':
		v.memo("neutral", Word("no"))
	case key == '2' || v.state.turn.silence >= 2 || v.state.turn.wrong >= 2:
		v.memo("neutral", Word("yes"))
	default:
		if way.kind != wayStay {
			n.kept(v, "neutral", n.promise(ctx, v))
		}
		return way, nil
	}
	return v.stage(doneMessage), nil
}

func (n *voicemailNode) done(ctx context.Context, v *visit) (Way, error) {
	how := ""
	if n.Safe.text != "" && v.recall("neutral").Text() != "no" {
		how = "neutral"
	}
	promised := n.promise(ctx, v)
	n.kept(v, how, promised)
	if promised.IsZero() {
		return n.Then, v.play(ctx, v.words(promptSoon), nil)
	}
	return n.Then, v.play(ctx, prompts{n.Done}, nil)
}

// promise is when the message is answered, or zero when the calendar does not
// say.
func (n *voicemailNode) promise(ctx context.Context, v *visit) time.Time {
	m, _, _ := v.moment(ctx, n.Calendar.text)
	return m.Promise
}

func (n *voicemailNode) kept(v *visit, how string, promised time.Time) {
	if !promised.IsZero() {
		v.assign("time", Instant(promised), false)
	}
	v.note(Event{Kind: Message, Name: v.state.turn.take, Value: how, Due: promised})
	v.state.turn.take = ""
}

// keptAnyway files a message whose caller has hung up.
func (n *voicemailNode) keptAnyway(ctx context.Context, v *visit) {
	how := ""
	if n.Safe.text != "" {
		how = "neutral"
	}
	m, _ := within(context.WithoutCancel(ctx), patience, v.hours(n.Calendar.text))
	n.kept(v, how, m.Promise)
}

// errPrivate means that something tried to record a private call.
var errPrivate = errors.New("a private call is not recorded")

// record keeps what the caller says. There is no other way to the recorder:
// a private call never reaches it.
func (v *visit) record(ctx context.Context, r RecordRequest) (RecordResult, error) {
	if v.state.marks.Has(Private) {
		return RecordResult{}, errPrivate
	}
	return v.phone.Record(ctx, r)
}
