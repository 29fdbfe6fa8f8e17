package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// Case is what contacts are filed under.
type Case struct {
	ID          event.ID
	No          string
	Kind        string // inquiry, application ...
	Status      string // open, waiting, closed
	Sensitivity string // normal, restricted, minors, sealed
	Owner       string // extension; empty when nobody owns it
	OpenedAt    time.Time
	ClosedAt    time.Time // zero while open
	Contacts    []string  // public numbers, oldest first
}

const caseSQL = `SELECT k.id, k.no, k.kind, k.status, k.sensitivity, coalesce(s.extension, ''), k.opened_at, k.closed_at,
	ARRAY(SELECT c.no FROM contacts c WHERE c.case_id = k.id ORDER BY c.started_at, c.no)
	FROM cases k LEFT JOIN staff s ON s.id = k.owner_staff_id `

// CaseByNo gives one case by its public number; ErrNotFound when there is none, or
// when the check digit does not fit.
func (db *DB) CaseByNo(ctx context.Context, no string) (Case, error) {
	if !ValidCaseNumber(no) {
		return Case{}, say("find case", pgx.ErrNoRows)
	}
	rows, err := db.pool.Query(ctx, caseSQL+"WHERE k.no = $1", no)
	if err != nil {
		return Case{}, say("find case", err)
	}
	k, err := pgx.CollectExactlyOneRow(rows, scanCase)
	return k, say("find case", err)
}

func scanCase(row pgx.CollectableRow) (k Case, err error) {
	var closed *time.Time
	err = row.Scan((*[16]byte)(&k.ID), &k.No, &k.Kind, &k.Status, &k.Sensitivity, &k.Owner, &k.OpenedAt, &closed, &k.Contacts)
	k.ClosedAt = orZero(closed)
	return k, err
}
