package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Messages are those that callers left and nobody has answered yet.
type Messages struct {
	Open int
	Due  int // of the open: the time promised for an answer has come
}

// Messages counts the messages that wait for an answer at a moment.
func (db *DB) Messages(ctx context.Context, at time.Time) (m Messages, err error) {
	err = db.pool.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE promised_at <= $1) FROM voicemails WHERE handled_at IS NULL`, at).
		Scan(&m.Open, &m.Due)
	return m, say("count messages", err)
}

// Audit notes what somebody did that changes no row: the audit log is where people are asked about it.
func (db *DB) Audit(ctx context.Context, actor, action, object string, detail map[string]any) error {
	return say("note in the audit log", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		return audit(ctx, tx, action, object, detail)
	}))
}
