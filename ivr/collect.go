package ivr

import (
	"context"
	"strings"
	"time"
)

// NextKey waits so long for a key; NoKey is silence. Its error is the cause of
// the context's end.
type NextKey func(ctx context.Context, wait time.Duration) (Key, error)

// Collect takes the keys of an InputRequest one after the other: the work of a
// Phone's Input. The error is that of next.
func Collect(ctx context.Context, r InputRequest, next NextKey) (Input, error) {
	var in Input
	for _, k := range []byte(r.Typed) {
		if in.Take(r, Key(k)) {
			return in, nil
		}
	}
	for {
		wait := r.First
		if in.Keys != "" {
			wait = r.Next
		}
		k, err := next(ctx, wait)
		if err != nil {
			return in, err
		}
		if k == NoKey {
			if in.Keys != "" {
				in.End = PauseEnd
			}
			return in, nil
		}
		if in.Take(r, k) {
			return in, nil
		}
	}
}

// Take adds a key and tells whether the input is complete.
func (i *Input) Take(r InputRequest, k Key) bool {
	if !k.Valid() {
		return false
	}
	if strings.IndexByte(r.Stop, byte(k)) >= 0 {
		i.End, i.Stop = StopEnd, k
		return true
	}
	i.Keys += k.String()
	if len(i.Keys) >= max(r.Max, 1) {
		i.End = FullEnd
		return true
	}
	return false
}
