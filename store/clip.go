package store

import "context"

// Clip picks a recording of the library on a topic, or on any when it is empty: the one
// heard least of late, so that callers who come back hear another. The error is
// ErrNotFound when there is none in the language.
func (db *DB) Clip(ctx context.Context, topic, language string) (id string, err error) {
	err = db.pool.QueryRow(ctx, `SELECT c.id FROM code_clips c
		LEFT JOIN (SELECT clip, sum(plays) AS plays FROM clip_plays WHERE day > current_date - 7 GROUP BY clip) p ON p.clip = c.id
		WHERE c.active AND $2 = ANY (c.langs) AND ($1 = '' OR c.topic = $1) ORDER BY coalesce(p.plays, 0), c.id LIMIT 1`, topic, language).Scan(&id)
	return id, say("find clip", err)
}
