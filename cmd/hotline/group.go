package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
)

// phase is when a part stops: early ones bring calls, late ones are needed until the last call is filed.
type phase int

const (
	early phase = iota
	late
	phases
)

// group runs the program's long-lived parts and knows when one of them fails.
type group struct {
	log     *slog.Logger
	ended   chan struct{} // closed when a part has failed
	once    sync.Once
	err     atomic.Pointer[error]
	drained atomic.Bool
	phases  [phases]stage
}

type stage struct {
	ctx  context.Context //nolint:containedctx // its life is the phase
	stop context.CancelFunc
	wait sync.WaitGroup
}

func newGroup(log *slog.Logger) *group {
	g := &group{log: log, ended: make(chan struct{})}
	for i := range g.phases {
		g.phases[i].ctx, g.phases[i].stop = context.WithCancel(context.Background())
	}
	return g
}

// add runs a part until its phase stops. A part that returns before is a failure of the program.
func (g *group) add(name string, when phase, run func(context.Context) error) {
	stage := &g.phases[when]
	stage.wait.Go(func() {
		err := run(stage.ctx)
		if stage.ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
			return
		}
		if err == nil {
			err = errors.New("ended")
		}
		err = fmt.Errorf("%s: %w", name, err)
		g.log.Error("part of the program failed", "part", name, "error", err)
		g.once.Do(func() {
			g.err.Store(&err)
			close(g.ended)
		})
	})
}

// end stops a phase and waits for its parts.
func (g *group) end(when phase) {
	g.phases[when].stop()
	g.phases[when].wait.Wait()
}

// drain marks that new calls are refused from now on.
func (g *group) drain() { g.drained.Store(true) }

func (g *group) stopping() bool { return g.drained.Load() }

// failed is the first failure of a part, nil while all work.
func (g *group) failed() error {
	if err := g.err.Load(); err != nil {
		return *err
	}
	return nil
}
