package rehearse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

// Rehearsal is one walk of a flow by a person.
type Rehearsal struct {
	Flow  *ivr.Flow
	Call  ivr.Call       // its Desk and Now are set by the rehearsal
	World *ivrtest.World // the office; one that knows nothing when nil
	In    io.Reader      // lines the person types
	Out   io.Writer      // what the person reads
	Real  bool           // words and waits take their time
}

// ErrHungUp is why a rehearsal ends when the person hangs up or has no more to
// type.
var ErrHungUp = errors.New("you hung up")

// terminal is the telephone and the duty roster of a rehearsal.
type terminal struct {
	*Rehearsal
	lines  func(ctx context.Context, wait time.Duration) (line string, typed bool)
	clock  *ivrtest.Clock
	hangup context.CancelCauseFunc
	typed  string // keys typed and not yet taken
	line   *wait
}

// Run walks the flow until it ends or the person hangs up, which is no error.
// In real time a line is read ahead; that reading ends with the next line, or
// with In.
func Run(ctx context.Context, r Rehearsal) error {
	t := &terminal{Rehearsal: &r, clock: ivrtest.NewClock(time.Now())}
	if r.World == nil {
		r.World = ivrtest.NewWorld(t.clock, r.Flow.Edition().Calendars())
	}
	t.clock = r.World.Clock
	ctx, t.hangup = context.WithCancelCause(ctx)
	defer t.hangup(nil)
	in := bufio.NewScanner(r.In)
	t.lines, r.Call.Now = t.atOnce(in), t.clock.Now
	if r.Real {
		ahead := make(chan string)
		go readAhead(ctx, in, ahead)
		t.lines, r.Call.Now = t.inTime(ahead), time.Now
	}
	r.Call.Desk = r.World.Desk()
	r.Call.Desk.Duty = t
	t.print("%s: %s", r.Flow.Name(), r.Flow.About())
	t.print("keys are typed and sent with Enter; Enter alone is silence; h hangs up; ? helps")
	result, err := ivr.Run(ctx, r.Flow, t, r.Call)
	switch {
	case errors.Is(err, ErrHungUp):
		t.print("you hung up")
		return nil
	case err != nil:
		return err
	}
	t.print("the call is over: %s", result.Outcome)
	return nil
}

// atOnce reads a line whenever one is wanted.
func (t *terminal) atOnce(in *bufio.Scanner) func(context.Context, time.Duration) (string, bool) {
	return func(_ context.Context, wait time.Duration) (string, bool) {
		_, _ = fmt.Fprint(t.Out, "> ")
		if !in.Scan() {
			t.hangup(ErrHungUp)
			return "", false
		}
		if in.Text() == "" {
			t.clock.Pass(wait)
		}
		return in.Text(), true
	}
}

// readAhead reads lines until there are no more or the rehearsal is over.
func readAhead(ctx context.Context, in *bufio.Scanner, lines chan<- string) {
	defer close(lines)
	for in.Scan() {
		select {
		case lines <- in.Text():
		case <-ctx.Done():
			return
		}
	}
}

// inTime gives up waiting for a line when time is up.
func (t *terminal) inTime(lines <-chan string) func(context.Context, time.Duration) (string, bool) {
	return func(ctx context.Context, wait time.Duration) (string, bool) {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return "", false
		case <-timer.C:
			return "", false
		case line, open := <-lines:
			if !open {
				t.hangup(ErrHungUp)
			}
			return line, open
		}
	}
}

func (t *terminal) print(format string, args ...any) {
	_, _ = fmt.Fprintf(t.Out, format+"\n", args...)
}

// command does what a line asks for when it is no key; done tells that it was
// one. An unknown word is answered with what there is.
func (t *terminal) command(line string) (done bool) {
	words := strings.Fields(line)
	switch {
	case len(words) == 0 || strings.Trim(words[0], ivr.AllKeys) == "":
		return false
	case words[0] == "h":
		t.hangup(ErrHungUp)
	case words[0] == "given":
		if err := t.World.Given(words[1:]...); err != nil {
			t.print("  %v", err)
		}
	default:
		t.print("  keys 0-9 * #; Enter is silence; h hangs up; given ... changes the world, as in a written call")
		if t.line != nil {
			t.print("  %s", t.line.help)
		}
	}
	return true
}
