package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Drop is where callers left a flow: what became of those who entered one node of one
// exact version of it.
type Drop struct {
	Flow, Hash, Node string
	Entered          int
	WentOn           int // left the node for another, or for a person
	HungUp           int // ended the call there
	Median           time.Duration
}

// DropOff tells where callers left a flow, or every flow when it is empty, most losing
// node first. Who is in a node now has neither gone on nor hung up.
func (db *DB) DropOff(ctx context.Context, flow string) ([]Drop, error) {
	rows, err := db.pool.Query(ctx, `SELECT flow, coalesce(hash, ''), node, entered, went_on, hung_up, coalesce(median_seconds, 0)
		FROM flow_dropoff WHERE $1 = '' OR flow = $1 ORDER BY hung_up DESC, flow, hash, node`, flow)
	if err != nil {
		return nil, say("count drop-off", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Drop, err error) {
		var seconds float64
		err = row.Scan(&d.Flow, &d.Hash, &d.Node, &d.Entered, &d.WentOn, &d.HungUp, &seconds)
		d.Median = time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
		return d, err
	})
	return list, say("count drop-off", err)
}
