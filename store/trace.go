package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Traced is a leg of a contact, found by its SIP Call-ID.
type Traced struct {
	No      string // of the contact
	Leg     int
	Role    string
	Started time.Time
}

// Trace finds the legs that had a SIP Call-ID. Only its keyed hash is kept, for some networks put numbers into it.
func (db *DB) Trace(ctx context.Context, callID string) ([]Traced, error) {
	rows, err := db.pool.Query(ctx, `SELECT c.no, l.leg, l.role, c.started_at FROM call_legs l JOIN contacts c ON c.id = l.contact_id
		WHERE l.sip_call_id = $1 ORDER BY c.started_at, l.leg`, db.opt.Keys.CallID(callID))
	if err != nil {
		return nil, say("trace call", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Traced])
	return all, say("trace call", err)
}
