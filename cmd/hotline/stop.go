package main

import (
	"context"
	"errors"
	"time"

	"hotline/store/event"
)

// filing is how long the database may take at the end to catch up with the journal. What it has not applied by then it
// applies at the next start.
const filing = 10 * time.Second

// run serves until the context ends, a second signal comes, or a part fails; then it stops everything in order.
func (p *program) run(ctx context.Context, now <-chan struct{}) error {
	select {
	case <-ctx.Done():
		p.drain(ctx, now)
	case <-p.running.ended:
	}
	return errors.Join(p.running.failed(), p.stop(ctx))
}

// drain refuses new calls and lets the running ones end: within the configured time, or until the second signal.
func (p *program) drain(ctx context.Context, now <-chan struct{}) {
	p.running.drain()
	p.floor.ua.Drain(true)
	p.log.Info("draining", "why", context.Cause(ctx).Error(), "calls", p.floor.service.Live()) // from here on new calls are refused
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.config.Drain)
	defer cancel()
	go func() {
		select {
		case <-now:
			cancel()
		case <-limit.Done():
		}
	}()
	if err := p.floor.service.Drain(limit); err != nil {
		p.log.Warn("stopping with calls going on", "calls", p.floor.service.Live())
	}
}

// stop takes down what is up: calls first, then audio, then what files them, then the database.
func (p *program) stop(ctx context.Context) error {
	p.running.drain()
	p.running.end(early)
	if p.storage.journal != nil {
		p.fileRest(context.WithoutCancel(ctx))
	}
	p.running.end(late)
	var errs []error
	if p.storage.journal != nil {
		errs = append(errs, p.storage.journal.Close())
	}
	if p.storage.db != nil {
		p.storage.db.Close()
	}
	if p.storage.cluster != nil {
		errs = append(errs, p.storage.cluster.Stop())
	}
	return errors.Join(errs...)
}

// fileRest notes the end in the journal and waits for the database to have all of it.
func (p *program) fileRest(ctx context.Context) {
	seq, err := p.storage.journal.Append(event.Event{Body: &event.NodeStopped{Node: p.config.Node, Boot: p.boot, Why: "stopped"}})
	if err != nil {
		p.log.Error("end not noted", "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, filing)
	defer cancel()
	if err := p.storage.projector.Applied(ctx, seq); err != nil {
		p.log.Warn("the database will catch up at the next start", "error", err)
	}
}
