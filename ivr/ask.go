package ivr

import (
	"context"
	"time"
)

// question is something asked for one key.
type question struct {
	prompts prompts
	with    bindings
	each    []Saying // instead of prompts: composed already
	keys    string   // that mean something
	silence Way      // after as many tries without a key
	wrong   Way      // after as many wrong keys
	tries   tries
	wait    span // for the first key; the profile's own when 0
	// optional means that silence is an answer too.
	optional bool
}

// ask says the question and takes one key of those that mean something. With
// no key the way says where to go: again, to a common key's place, or out.
func (v *visit) ask(ctx context.Context, q question) (Key, Way, error) {
	if err := v.pose(ctx, q); err != nil {
		return NoKey, Way{}, err
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(q.wait), Next: v.next(), Max: 1, Typed: v.pending(1),
		Expect: q.keys + v.common(q.keys), Optional: q.optional, Marks: v.state.marks,
	})
	if err != nil {
		return NoKey, Way{}, err
	}
	if in.Keys == "" {
		return NoKey, v.silent(q.silence, q.tries), nil
	}
	key := Key(in.Keys[0])
	v.state.turn.keys += key.String()
	if key.in(q.keys) {
		return key, Way{}, nil
	}
	way, err := v.aside(ctx, key, q.wrong, q.tries, promptWrong)
	return NoKey, way, err
}

func (v *visit) pose(ctx context.Context, q question) error {
	for _, s := range q.each {
		if err := v.send(ctx, s); err != nil {
			return err
		}
	}
	return v.play(ctx, q.prompts, q.with)
}

// pending takes keys typed ahead.
func (v *visit) pending(most int) string {
	n := min(most, len(v.state.ahead))
	typed := v.state.ahead[:n]
	v.state.ahead = v.state.ahead[n:]
	return typed
}

func (v *visit) first(wait span) time.Duration {
	profile := firstKey
	if v.state.slow {
		profile = slowFirstKey
	}
	if wait > 0 && !v.state.slow {
		return time.Duration(wait)
	}
	return max(profile, time.Duration(wait))
}

func (v *visit) next() time.Duration {
	if v.state.slow {
		return slowNextKey
	}
	return nextKeyWait
}

// silent counts a question without an answer. A time-out is never a success.
func (v *visit) silent(out Way, most tries) Way {
	v.state.turn.silence++
	if v.state.turn.silence < int(most) {
		return Way{kind: wayStay}
	}
	return out
}

// wrongly counts a wrong answer, saying so first unless it was the last one.
func (v *visit) wrongly(ctx context.Context, out Way, most tries, say string) (Way, error) {
	v.state.turn.wrong++
	if v.state.turn.wrong >= int(most) {
		return out, nil
	}
	return Way{kind: wayStay}, v.play(ctx, v.words(say), nil)
}
