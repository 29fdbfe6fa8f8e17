package console_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// tape notes when what was written to a stream.
type tape struct {
	mu    sync.Mutex
	lines []written
}

type written struct {
	at   time.Time
	text string
}

func (*tape) Header() http.Header { return http.Header{} }
func (*tape) WriteHeader(int)     {}
func (*tape) Flush()              {}

func (t *tape) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, written{time.Now(), string(b)})
	return len(b), nil
}

func (t *tape) first(words string) (time.Time, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, w := range t.lines {
		if strings.Contains(w.text, words) {
			return w.at, i
		}
	}
	return time.Time{}, -1
}

func (t *tape) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.lines)
}

// Whatever happens when, an event of the router is at the browser within 300 ms, and a busy floor sends ten frames a second
// and no more. On fake time, where machines are as fast as can be: what is measured is what we wait on purpose.
func TestEventsAreShownInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		b := r.signIn("boss", false)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = r.server.Run(ctx) }) // ends with its context
		out := &tape{}
		running.Go(func() { r.handler.ServeHTTP(out, b.request("GET", "/api/floor/events", "").WithContext(ctx)) })
		synctest.Wait()
		reasons := []string{"tea", "lunch", "training", "notes", "meeting"}
		r.work("8001")
		for i := range 50 {
			reason := reasons[i%len(reasons)] + strings.Repeat("!", i/len(reasons))
			time.Sleep(time.Duration(7+13*i%240) * time.Millisecond)
			happened := time.Now()
			must(t, r.router.Ready("8001"))
			must(t, r.router.Break("8001", reason))
			time.Sleep(300 * time.Millisecond)
			if shown, at := out.first(`"reason":"` + reason + `"`); at < 0 || shown.Sub(happened) > 300*time.Millisecond {
				t.Fatalf("%s happened at %s and was shown at %s", reason, happened, shown)
			}
		}
		before := out.count()
		for i := range 1000 { // in one second
			must(t, r.router.Ready("8001"))
			must(t, r.router.Break("8001", reasons[i%len(reasons)]))
			time.Sleep(time.Millisecond)
		}
		if n := out.count() - before; n < 9 || n > 11 {
			t.Errorf("%d frames of a second with 2,000 events", n)
		}
		stop()
		running.Wait()
	})
}
