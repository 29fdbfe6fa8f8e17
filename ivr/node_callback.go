package ivr

import "context"

// callbackNode promises to call the caller back in turn: the place in the queue
// is kept from the first entry. The number is read back and confirmed; a
// withheld one is keyed.
type callbackNode struct {
	Callback    queueName `flow:"callback" doc:"the queue whose place is kept"`
	Number      prompt    `flow:"number" doc:"reads {num}; 1 right, 2 another"`
	Key         prompts   `flow:"key" doc:"asks for another number"`
	Safe        prompt    `flow:"safe,optional" doc:"asks 1 if we may say who we are when we call, 2 if not"`
	Done        prompts   `flow:"done" doc:"said when the promise is kept"`
	Auto        yes       `flow:"auto,optional" doc:"a known number is not asked about"`
	Promised    Way       `flow:"promised" doc:"the promise is kept"`
	Refused     Way       `flow:"refused" doc:"no number was confirmed"`
	Unavailable Way       `flow:"unavailable" doc:"no promise can be made"`
}

// Stages of a callback.
const (
	callbackStart = iota
	callbackNumber
	callbackKey
	callbackSafe
	callbackPromise
)

// maxNumbers is how often another number can be keyed.
const maxNumbers = 2

// Lengths of a telephone number as keyed.
const (
	minNumber = 7
	maxNumber = 16
)

func (n *callbackNode) gives() []declared { return []declared{{"num", TextSort}, {"no", TextSort}} }

func (n *callbackNode) check(c *checker) {
	c.known(n.Callback.name, "queue", c.edition.centre.QueueNames())
}

func (n *callbackNode) step(ctx context.Context, v *visit) (Way, error) {
	switch v.state.turn.stage {
	case callbackStart:
		return n.start(v), nil
	case callbackNumber:
		return n.number(ctx, v)
	case callbackKey:
		return n.key(ctx, v)
	case callbackSafe:
		return n.safe(ctx, v)
	default:
		return n.promise(ctx, v)
	}
}

func (n *callbackNode) start(v *visit) Way {
	known := !v.call.Caller.Anonymous && v.call.Caller.Number != ""
	switch {
	case !known:
		return v.stage(callbackKey)
	case bool(n.Auto):
		return v.stage(callbackPromise)
	}
	v.memo("num", Text(v.call.Caller.Number))
	return v.stage(callbackNumber)
}

// number reads the number back. Silence is no yes.
func (n *callbackNode) number(ctx context.Context, v *visit) (Way, error) {
	key, way, err := v.ask(ctx, question{prompts: prompts{n.Number}, keys: "12", silence: n.Refused, wrong: n.Refused, tries: 2})
	switch {
	case err != nil:
		return way, err
	case key == '1':
		return v.stage(callbackSafe), nil
	case key == '2' && v.recall("numbers").n < maxNumbers:
		v.memo("numbers", Number(v.recall("numbers").n+1))
		return v.stage(callbackKey), nil
	case key == '2':
		return n.Refused, nil
	default:
		return way, nil
	}
}

func (n *callbackNode) key(ctx context.Context, v *visit) (Way, error) {
	if err := v.play(ctx, n.Key, nil); err != nil {
		return Way{}, err
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(0), Next: v.next(), Max: maxNumber, Stop: KeyEnd.String() + KeyAgain.String(), Typed: v.pending(maxAhead),
		Example: "13800000000", Marks: v.state.marks,
	})
	switch {
	case err != nil:
		return Way{}, err
	case in.End == SilenceEnd:
		return v.silent(n.Refused, 2), nil
	case in.Stop == KeyAgain:
		return v.aside(ctx, KeyAgain, n.Refused, 2, promptRetry)
	case in.Keys == KeyPerson.String() && v.open(wayPerson):
		return Way{kind: wayPerson}, nil
	case in.End == PauseEnd || len(in.Keys) < minNumber:
		return v.wrongly(ctx, n.Refused, 2, promptRetry)
	}
	v.memo("num", Text(in.Keys))
	v.memo("num_keyed", Word("yes"))
	return v.stage(callbackNumber), nil
}

// safe asks whether we may say who we are. Without an answer we do not.
func (n *callbackNode) safe(ctx context.Context, v *visit) (Way, error) {
	if n.Safe.text == "" {
		return v.stage(callbackPromise), nil
	}
	next := Way{kind: wayStay}
	key, way, err := v.ask(ctx, question{prompts: prompts{n.Safe}, keys: "12", silence: next, wrong: next, tries: 2})
	switch {
	case err != nil:
		return way, err
	case key == '1':
		v.memo("neutral", Word("no"))
	case key == '2' || v.state.turn.silence >= 2 || v.state.turn.wrong >= 2:
		v.memo("neutral", Word("yes"))
	default:
		return way, nil
	}
	return v.stage(callbackPromise), nil
}

func (n *callbackNode) promise(ctx context.Context, v *visit) (Way, error) {
	receipt, ok, err := behind(ctx, v, "callbacks", func(ctx context.Context) (Receipt, error) {
		if v.call.Desk.Callbacks == nil {
			return Receipt{}, errAway
		}
		return v.call.Desk.Callbacks.Promise(ctx, n.request(v))
	})
	switch {
	case err != nil || !ok:
		return n.Unavailable, err
	case receipt.Refused:
		return n.Refused, nil
	}
	v.assign("no", Text(receipt.Reference), false)
	v.note(Event{Kind: Promised, Value: receipt.Reference})
	return n.Promised, v.play(ctx, n.Done, nil)
}

func (n *callbackNode) request(v *visit) Callback {
	c := Callback{
		Queue: n.Callback.text, Caller: v.call.Caller, Since: v.state.since[n.Callback.text],
		Lang: v.state.lang, Marks: v.state.marks, Neutral: n.Safe.text != "" && v.recall("neutral").Text() != "no",
	}
	if c.Since.IsZero() {
		c.Since = v.call.Now()
	}
	if v.recall("num_keyed").Text() == "yes" {
		c.Number = v.recall("num").Text()
	}
	return c
}
