package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// Unsealed is a recording that a crash left unfinished: its file is to be mended,
// hashed, and closed by a RecordingClosed event.
type Unsealed struct {
	Recording event.ID
	Contact   event.ID
	Path      string // relative to the recordings folder
	StartedAt time.Time
}

// Recovery is what an earlier run of this node left behind.
type Recovery struct {
	Contacts   []event.ID // closed as interrupted
	Recordings []Unsealed
}

// Recover states in the journal that this run began, waits until everything of
// earlier runs is applied, and closes the contacts they left open as interrupted, at
// their last known moment. Run must be running; with the database away it waits.
func (p *Projector) Recover(ctx context.Context, run event.NodeStarted) (Recovery, error) {
	seq, err := p.journal.Append(event.Event{Body: &run})
	if err != nil {
		return Recovery{}, fmt.Errorf("recover: %w", err)
	}
	if err := p.Applied(ctx, seq); err != nil {
		return Recovery{}, fmt.Errorf("recover: %w", err)
	}
	var r Recovery
	if r.Contacts, err = p.interrupt(ctx, run); err != nil {
		return Recovery{}, say("close interrupted contacts", err)
	}
	if err := p.Applied(ctx, p.journal.Last()); err != nil {
		return Recovery{}, fmt.Errorf("recover: %w", err)
	}
	r.Recordings, err = p.db.unsealed(ctx, run)
	return r, say("find unfinished recordings", err)
}

// open is a contact without an end.
type open struct {
	ID       event.ID
	LastAt   time.Time
	Queued   bool
	Answered bool
}

// interrupt closes what earlier runs of the node left open.
func (p *Projector) interrupt(ctx context.Context, run event.NodeStarted) ([]event.ID, error) {
	rows, err := p.db.pool.Query(ctx, `
		SELECT c.id, greatest(c.started_at, (SELECT max(e.at) FROM call_events e WHERE e.contact_id = c.id)),
		       c.queued_at IS NOT NULL, c.answered_at IS NOT NULL
		FROM contacts c WHERE c.node = $1 AND c.boot_id <> $2 AND c.ended_at IS NULL ORDER BY c.started_at`, run.Node, [16]byte(run.Boot))
	if err != nil {
		return nil, err
	}
	left, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o open, err error) {
		return o, row.Scan((*[16]byte)(&o.ID), &o.LastAt, &o.Queued, &o.Answered)
	})
	if err != nil {
		return nil, err
	}
	var closed []event.ID
	for _, o := range left {
		_, err := p.journal.Append(event.Event{Contact: o.ID, Body: &event.Closed{
			Outcome: event.OutcomeInterrupted, Stage: o.stage(), By: event.PartySystem, Cause: "the program ended during the call", End: o.LastAt,
		}})
		if err != nil {
			return nil, err
		}
		closed = append(closed, o.ID)
	}
	return closed, nil
}

func (o open) stage() event.Stage {
	switch {
	case o.Answered:
		return event.StageTalk
	case o.Queued:
		return event.StageQueue
	}
	return event.StageMenu
}

// unsealed finds recordings still being written by runs that are over.
func (db *DB) unsealed(ctx context.Context, run event.NodeStarted) ([]Unsealed, error) {
	rows, err := db.pool.Query(ctx, `
		SELECT r.id, r.contact_id, r.storage_key, r.started_at FROM recordings r JOIN contacts c ON c.id = r.contact_id
		WHERE r.state = 'writing' AND c.node = $1 AND c.boot_id <> $2 ORDER BY r.started_at`, run.Node, [16]byte(run.Boot))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (u Unsealed, err error) {
		return u, row.Scan((*[16]byte)(&u.Recording), (*[16]byte)(&u.Contact), &u.Path, &u.StartedAt)
	})
}
