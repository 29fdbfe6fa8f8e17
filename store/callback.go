package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/phone"
)

// Callback is somebody whom the centre has promised to call back.
type Callback struct {
	ID       event.ID
	Number   phone.Number
	Queue    string
	Since    time.Time // the place kept
	Language string
	Class    event.Class
	Neutral  bool // do not say who calls
	Tries    int
	Next     time.Time // not before; zero is as soon as it is the caller's turn
}

// Callbacks lists the callbacks still to be made, oldest place first. Numbers are in
// clear: the list is for the dialler alone.
func (db *DB) Callbacks(ctx context.Context) ([]Callback, error) {
	rows, err := db.pool.Query(ctx, `SELECT id, phone_enc, queue, original_entered_at, coalesce(lang, ''), class, neutral, tries, next_try_at
		FROM callbacks WHERE status = 'pending' ORDER BY original_entered_at, id`)
	if err != nil {
		return nil, say("list callbacks", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Callback, err error) {
		var sealed []byte
		var next *time.Time
		if err := row.Scan((*[16]byte)(&c.ID), &sealed, &c.Queue, &c.Since, &c.Language, &c.Class, &c.Neutral, &c.Tries, &next); err != nil {
			return c, err
		}
		if next != nil {
			c.Next = *next
		}
		number, err := db.opt.Keys.Dial(sealed)
		c.Number = phone.Plan{}.Parse(number)
		return c, err
	})
	return list, say("list callbacks", err)
}
