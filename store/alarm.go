package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Alarm is something that somebody has to look at, such as a code that was tried too
// often. It stands until it is cleared.
type Alarm struct {
	Kind   string // query_code_locked, facility_pin_locked ...
	Object string // what it is about, such as facility:<id>
	Raised time.Time
}

// Alarms lists the alarms that stand, oldest first.
func (db *DB) Alarms(ctx context.Context) ([]Alarm, error) {
	rows, err := db.pool.Query(ctx, `SELECT kind, object, raised_at FROM alarms WHERE cleared_at IS NULL ORDER BY raised_at, kind, object`)
	if err != nil {
		return nil, say("list alarms", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Alarm, err error) {
		return a, row.Scan(&a.Kind, &a.Object, &a.Raised)
	})
	return list, say("list alarms", err)
}

// ClearAlarm says that somebody has looked. The error is ErrNotFound when no such alarm stands.
func (db *DB) ClearAlarm(ctx context.Context, actor, kind, object string) error {
	return say("clear alarm", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE alarms SET cleared_at = now(), cleared_by = actor() WHERE kind = $1 AND object = $2 AND cleared_at IS NULL`, kind, object)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "alarm.clear", object, map[string]any{"kind": kind})
	}))
}

// alarm raises an alarm about an object, unless it is raised already.
func alarm(ctx context.Context, tx pgx.Tx, kind, object string) error {
	_, err := tx.Exec(ctx, `INSERT INTO alarms (kind, object) VALUES ($1, $2) ON CONFLICT (kind, object) WHERE cleared_at IS NULL DO NOTHING`, kind, object)
	return err
}
