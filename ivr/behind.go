package ivr

import (
	"context"
	"errors"
	"time"
)

// How long a source behind the flow may take, before and after the filler.
const (
	patience       = 600 * time.Millisecond
	secondPatience = 4 * time.Second
)

// errAway means that the desk has no such service.
var errAway = errors.New("not connected")

// behind asks a source that may be slow or broken: once, then the caller hears
// that it takes a moment, then once more. Without an answer ok is false and the
// node takes its unavailable way. The error is only ever the call's own end.
func behind[T any](ctx context.Context, v *visit, source string, ask func(context.Context) (T, error)) (answer T, ok bool, err error) {
	for attempt, limit := range []time.Duration{patience, secondPatience} {
		if attempt == 1 {
			if err := v.play(ctx, v.words(promptMoment), nil); err != nil {
				return answer, false, err
			}
		}
		answer, err = within(ctx, limit, ask)
		if err == nil {
			return answer, true, nil
		}
		if ctx.Err() != nil {
			return answer, false, context.Cause(ctx)
		}
		v.note(Event{Kind: Unserved, Name: source, Value: err.Error()})
	}
	return answer, false, nil
}

func within[T any](ctx context.Context, limit time.Duration, ask func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return ask(ctx)
}
