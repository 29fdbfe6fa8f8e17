package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

// Projector applies the events of one journal to the database, in order, each exactly
// once. It waits for a database that is away, and sets aside, with an alarm, an event
// that can never be applied.
type Projector struct {
	db      *DB
	journal *journal.Journal
	node    string

	// Only Run touches these.
	no       int // the journal's short number in the database
	position journal.Seq
	known    map[event.ID]bool
	out      *output
	dec      event.Decoder
	released time.Time
	retried  bool          // set aside events were tried again
	limit    time.Duration // how long a transaction may take before the connection is given up

	mu      sync.Mutex
	applied journal.Seq
	changed chan struct{} // closed and replaced when applied moves

	hurry  chan struct{} // somebody waits for events to be applied
	before time.Time     // when events were applied last
	linger time.Duration // how long events may gather under load
}

// NewProjector makes the projector of this node's journal.
func (db *DB) NewProjector(j *journal.Journal, node string) *Projector {
	return &Projector{
		db: db, journal: j, node: node, known: map[event.ID]bool{}, out: newOutput(), limit: batchLimit, changed: make(chan struct{}),
		hurry: make(chan struct{}, 1), linger: lingerMost,
	}
}

const (
	batchMost   = 2000             // events in one transaction
	batchBytes  = 1 << 20          // and their payloads
	batchLimit  = 30 * time.Second // default of Projector.limit
	idlePing    = 5 * time.Second  // how often an idle projector looks whether the database is there
	retryFirst  = 100 * time.Millisecond
	retryMost   = 5 * time.Second
	releaseEach = time.Minute
	// lingerMost is how old rows may get while calls come thick: events gather for
	// that long between two transactions. The first after a pause are applied at once.
	lingerMost = 200 * time.Millisecond
)

// Run applies events until ctx ends, and returns its cause; or until the journal is
// closed and all of it is applied, and returns nil.
func (p *Projector) Run(ctx context.Context) error {
	pause := retryFirst
	for {
		progress, err := p.serve(ctx)
		switch {
		case errors.Is(err, journal.ErrClosed):
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, errMoved):
			p.db.opt.Log.Warn("the position in the database moved, events are read again from there")
		default:
			p.db.opt.Log.Warn("events wait for the database", "error", err, "waiting", p.journal.Behind(p.position))
		}
		p.db.metrics.up.Set(0)
		p.db.metrics.retries.Inc()
		p.measure()
		if progress {
			pause = retryFirst
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
			pause = min(2*pause, retryMost)
		}
	}
}

// serve is one connection's life. It reports whether anything was applied.
func (p *Projector) serve(ctx context.Context) (progress bool, err error) {
	s, err := p.start(ctx)
	if err != nil {
		return false, err
	}
	defer s.close()
	p.db.metrics.up.Set(1)
	if !p.retried {
		if err := p.retryRejected(ctx, s); err != nil {
			return false, err
		}
		p.retried = true
	}
	reader, err := p.journal.Read(p.position)
	if err != nil {
		return false, err
	}
	defer func() { _ = reader.Close() }()
	var facts []fact
	var arena []byte
	for {
		facts, arena, err = collect(reader, facts[:0], arena[:0], &p.dec)
		if err == nil && len(facts) == 0 {
			err = p.idle(ctx, s, reader)
		}
		if err != nil {
			return progress, err
		}
		if len(facts) == 0 {
			err = p.gatherMore(ctx)
			if err != nil {
				return progress, err
			}
			continue
		}
		if err := p.limited(ctx, func(ctx context.Context) error { return p.applyAll(ctx, s, facts) }); err != nil {
			return progress, err
		}
		progress = true
	}
}

// limited gives do no longer than a transaction may take.
func (p *Projector) limited(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	began := time.Now()
	err := do(ctx)
	p.db.metrics.apply.Observe(time.Since(began).Seconds())
	return err
}

// start connects and finds the position.
func (p *Projector) start(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	s, err := connect(ctx, p.db.opt.URL)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := p.locate(ctx, s); err != nil {
		s.close()
		return nil, fmt.Errorf("find the position: %w", err)
	}
	return s, nil
}

// collect takes what the reader has, as much as fits into one transaction.
func collect(reader *journal.Reader, facts []fact, arena []byte, dec *event.Decoder) ([]fact, []byte, error) {
	for len(facts) < batchMost && len(arena) < batchBytes {
		rec, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return facts, arena, err
		}
		var f fact
		f, arena = take(rec, arena, dec)
		facts = append(facts, f)
	}
	return facts, arena, nil
}

// idle waits for events, and looks now and then whether the database is there.
func (p *Projector) idle(ctx context.Context, s *session, reader *journal.Reader) error {
	p.db.metrics.lag.Set(0)
	p.db.metrics.waiting.Set(0)
	wait, cancel := context.WithTimeout(ctx, idlePing)
	defer cancel()
	err := reader.Wait(wait)
	if err == nil || errors.Is(err, journal.ErrClosed) || ctx.Err() != nil {
		return err
	}
	return p.limited(ctx, func(ctx context.Context) error {
		_, err := s.run(ctx, do(&s.statements.position, uuid(p.journal.ID())))
		return err
	})
}

// gatherMore lets events gather when the last transaction was a moment ago, unless
// somebody waits for them.
func (p *Projector) gatherMore(ctx context.Context) error {
	rest := p.linger - time.Since(p.before)
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.hurry:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// measure shows how far behind the database is while it is away.
func (p *Projector) measure() {
	p.db.metrics.waiting.Set(float64(p.journal.Behind(p.position)))
	reader, err := p.journal.Read(p.position)
	if err != nil {
		return // the next connection will say so
	}
	defer func() { _ = reader.Close() }()
	if rec, err := reader.Next(); err == nil {
		p.db.metrics.lag.Set(max(0, time.Since(rec.At).Seconds()))
	}
}

// moved notes that facts are applied.
func (p *Projector) moved(facts []fact) {
	m, refused := p.db.metrics, 0
	for i := range facts {
		if err := facts[i].refused; err != nil {
			refused++
			p.db.opt.Log.Error("an event could not be applied and was set aside",
				"seq", uint64(facts[i].seq), "kind", facts[i].kind.String(), "call", facts[i].contact.String(), "error", err)
		}
	}
	p.position, p.before = facts[len(facts)-1].seq, time.Now()
	m.applied.Add(float64(len(facts) - refused))
	m.rejected.Add(float64(refused))
	m.open.Add(float64(refused))
	m.batches.Inc()
	m.waiting.Set(float64(p.journal.Behind(p.position)))
	m.lag.Set(max(0, time.Since(facts[0].at).Seconds()))
	p.announce()
	if time.Since(p.released) > releaseEach {
		p.released = time.Now()
		if err := p.journal.Release(p.position); err != nil {
			p.db.opt.Log.Warn("old segments of the journal could not be removed", "error", err)
		}
	}
}

func (p *Projector) announce() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.applied = p.position
	close(p.changed)
	p.changed = make(chan struct{})
}

// Applied waits until the event seq and all before it are in the database, or set
// aside. It fails with the context's cause.
func (p *Projector) Applied(ctx context.Context, seq journal.Seq) error {
	for {
		p.mu.Lock()
		applied, changed := p.applied, p.changed
		p.mu.Unlock()
		if applied >= seq {
			return nil
		}
		select {
		case p.hurry <- struct{}{}:
		default:
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for events to be applied: %w", context.Cause(ctx))
		}
	}
}
