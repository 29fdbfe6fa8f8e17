package ivr

import (
	"context"
	"strings"
	"time"
)

// Collect takes the keys of an InputRequest from a channel: the work of a
// Phone's Input. A key that is no telephone key is ignored. The error is the
// cause of the context's end; a closed channel is silence to the end.
func Collect[K ~byte | ~rune](ctx context.Context, r InputRequest, keys <-chan K) (Input, error) {
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
		k, err := nextKey(ctx, keys, wait)
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

func nextKey[K ~byte | ~rune](ctx context.Context, keys <-chan K, wait time.Duration) (Key, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return NoKey, context.Cause(ctx)
		case <-timer.C:
			return NoKey, nil
		case k, open := <-keys:
			if !open {
				keys = nil
				continue
			}
			if k > 0 && k < 128 && Key(k).Valid() {
				return Key(k), nil
			}
		}
	}
}
