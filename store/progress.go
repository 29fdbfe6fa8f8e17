package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// SetProgress writes down how a case stands, in a word a caller may hear, and by when
// the caller hears more: received, lacking, review, granted, refused, assigned, open,
// closed, withdrawn. The errors are ErrNotFound for an unknown case, ErrInvalid for
// another word.
func (db *DB) SetProgress(ctx context.Context, actor, caseNo, stage string, due time.Time) error {
	return say("set progress", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO case_progress (case_id, stage, due_at) SELECT id, $2, $3 FROM cases WHERE no = $1
			ON CONFLICT (case_id) DO UPDATE SET stage = EXCLUDED.stage, due_at = EXCLUDED.due_at`, caseNo, stage, due)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "case.progress", "case:"+caseNo, map[string]any{"stage": stage, "due": due})
	}))
}
