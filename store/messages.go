package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/secret"
)

// Outgoing is a text message on its way. It never prints its number.
type Outgoing struct {
	ID        event.ID
	To        string // E.164 where possible
	Template  string
	Language  string
	Params    map[string]string
	Neutral   bool // must not say who writes
	Reference string
	FiledAt   time.Time
}

// String hides the number.
func (o Outgoing) String() string { return "a text message " + o.ID.String() }

// GoString hides the number.
func (o Outgoing) GoString() string { return o.String() }

// QueuedTexts lists the text messages still to be sent, the oldest first, at most so many. One that cannot be opened with
// this installation's keys counts as failed.
func (db *DB) QueuedTexts(ctx context.Context, most int) ([]Outgoing, error) {
	rows, err := db.pool.Query(ctx, `SELECT id, to_enc, template, lang, params_enc, neutral, reference, filed_at FROM messages
		WHERE status = 'queued' ORDER BY filed_at, id LIMIT $1`, most)
	if err != nil {
		return nil, say("list text messages", err)
	}
	type sealed struct {
		Outgoing
		to, params []byte
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s sealed, err error) {
		return s, row.Scan((*[16]byte)(&s.ID), &s.to, &s.Template, &s.Language, &s.params, &s.Neutral, &s.Reference, &s.FiledAt)
	})
	if err != nil {
		return nil, say("list text messages", err)
	}
	var list []Outgoing
	for _, s := range found {
		if s.To, err = db.opt.Keys.Dial(s.to); err == nil {
			var params []byte
			if params, err = db.opt.Keys.Open(secret.PurposeText, s.params); err == nil {
				err = json.Unmarshal(params, &s.Params)
			}
		}
		if err != nil {
			if err := db.TextDone(ctx, s.ID, false, nil); err != nil {
				return nil, err
			}
			continue
		}
		list = append(list, s.Outgoing)
	}
	return list, nil
}

// TextDone files that a text message was handed over, with the hash of what was, or that it never will be. What is
// filed already stays.
func (db *DB) TextDone(ctx context.Context, id event.ID, sent bool, hash []byte) error {
	_, err := db.pool.Exec(ctx, `UPDATE messages SET status = CASE WHEN $2 THEN 'sent' ELSE 'failed' END, sent_at = CASE WHEN $2 THEN now() END,
		text_sha256 = $3 WHERE id = $1 AND status = 'queued'`, [16]byte(id), sent, hash)
	return say("file text message", err)
}
