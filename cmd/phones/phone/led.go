package phone

import "context"

// Led does what comes from a channel, step by step, until it is closed: for a phone that somebody leads, rather than a
// script and the clock.
type Led <-chan Step

func (s Led) do(ctx context.Context, l *line) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case step, open := <-s:
			if !open {
				return nil
			}
			if err := step.do(ctx, l); err != nil {
				return err
			}
		}
	}
}

// String is a word for it; it cannot be written in a script.
func (Led) String() string { return "led" }
