package switchboard

import (
	"context"
	"sync"
	"time"

	"hotline/acd"
	"hotline/sip"
	"hotline/store/event"
)

// The times of a call for help.
const (
	ladderAfter = 8 * time.Second  // people on duty are rung, too
	rallyPause  = 5 * time.Second  // before all are rung again
	vigilLimit  = 25 * time.Second // a caller whose counselor has gone is kept for who comes, then goes to the line, too
)

// rally is a call for help: it rings until the first who answers has joined.
type rally struct {
	circle *circle
	began  time.Time

	mu   sync.Mutex
	came bool
	stop context.CancelCauseFunc // of the round
}

// rally calls for help, unless that goes on, or a supervisor has joined. It is false when the talk is over.
func (o *circle) rally() bool {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case o.closed:
		return false
	case o.rallying != nil:
		return true
	}
	for _, h := range o.helpers {
		if h.mode == Barging && !h.leaving {
			return true
		}
	}
	r := &rally{circle: o, began: time.Now()}
	o.rallying = make(chan struct{})
	o.tasks.Go(func() {
		r.run()
		f.mu.Lock()
		defer f.mu.Unlock()
		close(o.rallying)
		o.rallying = nil
	})
	return true
}

// run rings, round after round, until somebody has come or the talk is over. Another who takes over, or the danger's end,
// ends it, too.
func (r *rally) run() {
	o := r.circle
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go endWith(ctx, o.over, func() { cancel(&sip.EndError{Cause: sip.ErrLocal, Reason: sip.NormalClearing()}) })
	for {
		r.round(ctx)
		if r.joined() || ctx.Err() != nil || !o.call.grip.holds() {
			return
		}
		o.call.log.Warn("nobody came, called again")
		o.call.svc.talks.fruitless(o)
		pause := time.NewTimer(rallyPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// round rings all supervisors at once, and after a while, or as soon as none of them is left, people on duty one after the
// other.
func (r *rally) round(ctx context.Context) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.mu.Lock()
	r.stop = stop
	r.mu.Unlock()
	var bosses, all sync.WaitGroup
	for _, id := range r.circle.call.svc.supervisors() {
		bosses.Go(func() { r.ring(ctx, id) })
	}
	failed := make(chan struct{})
	all.Go(func() {
		defer close(failed)
		bosses.Wait()
	})
	all.Go(func() {
		patience := time.NewTimer(ladderAfter)
		defer patience.Stop()
		select {
		case <-failed:
		case <-patience.C:
		}
		r.climb(ctx)
	})
	all.Wait()
}

// climb rings people on duty, by the ladder.
func (r *rally) climb(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	c := r.circle.call
	plan, err := c.svc.Router.Plan(acd.Duty{Claims: c.claims(c.progress.marked())})
	if err != nil {
		c.log.Error("nobody on duty found", "error", err)
		return
	}
	for _, rung := range plan.Rungs {
		if ctx.Err() != nil {
			return
		}
		r.ring(ctx, rung.Agent)
	}
}

// ring rings one phone; who answers first joins.
func (r *rally) ring(ctx context.Context, id acd.AgentID) {
	o := r.circle
	f := &o.call.svc.talks
	f.recall(id, o)
	h, fresh, err := f.admit(id, o.call.contact(), true)
	if err != nil {
		return
	}
	if fresh {
		o.call.file.note(&event.Noted{Name: "panic.rings", Value: string(id)})
		err = h.come(ctx)
	}
	if err != nil {
		o.call.log.Info("not come", "agent", id, "why", err)
		return
	}
	if !r.claim() {
		f.dismiss(&h.companion)
		return
	}
	if err := h.turn(Barging); err != nil {
		r.unclaim()
		return
	}
	o.call.file.note(&event.Noted{Name: "panic.joined", Value: string(id) + " " + time.Since(r.began).Round(time.Millisecond).String()})
	r.stop(&sip.EndError{Cause: sip.ErrLocal, Reason: sip.Elsewhere()})
}

// claim makes somebody the first who came.
func (r *rally) claim() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := !r.came
	r.came = true
	return first
}

func (r *rally) unclaim() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came = false
}

func (r *rally) joined() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.came
}

// vigil waits, with the caller left alone, for somebody to come. It is nil when nobody has for so long, or when all who could
// were rung.
func (o *circle) vigil(ctx context.Context) *companion {
	if !o.rally() {
		return nil
	}
	limit := time.NewTimer(vigilLimit)
	defer limit.Stop()
	for {
		heir, fruitless := o.call.svc.talks.heirOrNone(o)
		if heir != nil {
			o.together()
			return heir
		}
		if fruitless || !o.call.grip.holds() {
			return nil
		}
		select {
		case <-o.news:
		case <-limit.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
