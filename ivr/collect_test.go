package ivr_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/ivr"
)

// from takes keys from a channel, as a telephone does.
func from(keys <-chan rune) ivr.NextKey {
	return func(ctx context.Context, wait time.Duration) (ivr.Key, error) {
		for timer := time.After(wait); ; {
			select {
			case <-ctx.Done():
				return ivr.NoKey, context.Cause(ctx)
			case <-timer:
				return ivr.NoKey, nil
			case k := <-keys:
				if k < 128 && ivr.Key(k).Valid() { //nolint:gosec // an ASCII rune
					return ivr.Key(k), nil //nolint:gosec // an ASCII rune
				}
			}
		}
	}
}

func TestCollect(t *testing.T) {
	s := time.Second
	type press struct {
		after time.Duration
		key   rune
	}
	for _, row := range []struct {
		name    string
		request ivr.InputRequest
		press   []press
		want    ivr.Input
		took    time.Duration
	}{
		{"nothing", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 1}, nil, ivr.Input{}, 5 * s},
		{"one key", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 1}, []press{{s, '7'}}, ivr.Input{Keys: "7", End: ivr.FullEnd}, s},
		{"just in time", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 1}, []press{{5*s - 1, '7'}}, ivr.Input{Keys: "7", End: ivr.FullEnd}, 5*s - 1},
		{"too late", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 1}, []press{{5*s + 1, '7'}}, ivr.Input{}, 5 * s},
		{"stopped", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 9, Stop: "#"}, []press{{s, '1'}, {s, '2'}, {s, '#'}}, ivr.Input{Keys: "12", End: ivr.StopEnd, Stop: '#'}, 3 * s},
		{"stop alone", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 9, Stop: "#"}, []press{{s, '#'}}, ivr.Input{End: ivr.StopEnd, Stop: '#'}, s},
		{"pause between keys", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 9, Stop: "#"}, []press{{s, '1'}, {4*s + 1, '2'}}, ivr.Input{Keys: "1", End: ivr.PauseEnd}, 5 * s},
		{"typed ahead is enough", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 2, Typed: "12"}, nil, ivr.Input{Keys: "12", End: ivr.FullEnd}, 0},
		{"typed ahead and more", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 3, Typed: "12"}, []press{{3 * s, '3'}}, ivr.Input{Keys: "123", End: ivr.FullEnd}, 3 * s},
		{"typed ahead, then silence", ivr.InputRequest{First: 9 * s, Next: 4 * s, Max: 3, Typed: "1"}, nil, ivr.Input{Keys: "1", End: ivr.PauseEnd}, 4 * s},
		{"no telephone key", ivr.InputRequest{First: 5 * s, Next: 4 * s, Max: 1}, []press{{s, 'A'}, {s, 'é'}}, ivr.Input{}, 5 * s},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keys := make(chan rune, 16)
				go func() {
					for _, p := range row.press {
						time.Sleep(p.after)
						keys <- p.key
					}
				}()
				began := time.Now()
				got, err := ivr.Collect(t.Context(), row.request, from(keys))
				if err != nil || got != row.want || time.Since(began) != row.took {
					t.Errorf("got %+v after %v (%v), want %+v after %v", got, time.Since(began), err, row.want, row.took)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestCollectEndsWithTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(2*time.Second, func() { cancel(gone) })
		_, err := ivr.Collect(ctx, ivr.InputRequest{First: time.Minute, Next: time.Second, Max: 4}, from(make(chan rune)))
		if !errors.Is(err, gone) {
			t.Errorf("the end of the call gives %v", err)
		}
	})
}

func TestInputNeverShowsItsKeys(t *testing.T) {
	in := ivr.Input{Keys: "123456", End: ivr.FullEnd}
	if in.String() != "full" {
		t.Errorf("an input prints as %q", in)
	}
}

func BenchmarkCollectTypedAhead(b *testing.B) {
	b.ReportAllocs()
	next := from(make(chan rune))
	for b.Loop() {
		_, _ = ivr.Collect(b.Context(), ivr.InputRequest{First: time.Second, Max: 1, Typed: "1"}, next)
	}
}
