package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Interval is the length of the intervals by which callers are counted. It is that of the router's live figures.
const Interval = 15 * time.Minute

// Figures count the visits to one queue that began in one Interval, whenever they ended: the same callers under the same
// outcomes as the router's live figures, counted again from what was filed.
type Figures struct {
	Queue     string
	From      time.Time
	Offered   int
	Answered  int
	Abandoned int // the short ones among them
	Short     int
	Ringing   int // of the abandoned: while a phone was ringing
	Callbacks int // took a callback
	Messages  int // left a message
	Diverted  int // every other end
	Level     Levels
	Waits     Waits
	Keys      [12]int // who left by a key: 0 to 9, * and #
}

// Waits are sums over waits that are over, and the longest of them.
type Waits struct {
	Answered, All, Longest time.Duration
}

// Levels are the visits that ended within 15, 30 and 60 s.
type Levels struct {
	Answered  [3]int
	Abandoned [3]int
}

// A visit is an enqueued event and what ended it: the next event of the contact that connects or leaves. How long it took
// is told by the two events' times, for a caller who was moved waited only part of it in this queue. A contact that has
// ended without either was interrupted.
const visitsSQL = `
WITH visits AS (
	SELECT e.data->>'queue' AS queue, e.at AS entered, n.at - e.at AS waited, c.talk_ms, c.wrap_ms, c.class,
		CASE WHEN n.kind = 'connected' THEN 'answered' WHEN n.kind IS NOT NULL THEN n.why WHEN c.ended_at IS NOT NULL THEN 'stopped' END AS fate,
		make_interval(secs => coalesce(nullif(q.short_abandon_s, 0), 5)) AS short, c.stage,
		CASE WHEN n.why = 'key' THEN (
			SELECT k.data->>'value' FROM call_events k WHERE k.contact_id = e.contact_id AND k.kind = 'noted' AND k.data->>'name' = 'queue.key'
			AND (k.journal, k.seq) > (e.journal, e.seq) AND (k.journal, k.seq) < (n.journal, n.seq) LIMIT 1
		) END AS key
	FROM contacts c
	JOIN call_events e ON e.contact_id = c.id AND e.kind = 'enqueued'
	LEFT JOIN queues q ON q.code = e.data->>'queue'
	LEFT JOIN LATERAL (
		SELECT n.kind, n.at, n.journal, n.seq, n.data->>'why' AS why FROM call_events n
		WHERE n.contact_id = e.contact_id AND (n.journal, n.seq) > (e.journal, e.seq) AND n.kind IN ('connected', 'dequeued')
		ORDER BY n.journal, n.seq LIMIT 1
	) n ON true
	WHERE c.started_at >= $1::timestamptz - interval '1 day' AND c.started_at < $2 AND e.at >= $1 AND e.at < $2
)
`

const figuresSQL = visitsSQL + `SELECT queue, date_bin('15 minutes', entered, 'epoch'), count(*),
	count(*) FILTER (WHERE fate = 'answered'), count(*) FILTER (WHERE fate = 'gone'), count(*) FILTER (WHERE fate = 'gone' AND waited < short),
	count(*) FILTER (WHERE fate = 'callback'), count(*) FILTER (WHERE fate = 'message'),
	count(*) FILTER (WHERE fate NOT IN ('answered', 'gone', 'callback', 'message')),
	count(*) FILTER (WHERE fate = 'answered' AND waited <= '15s'), count(*) FILTER (WHERE fate = 'answered' AND waited <= '30s'),
	count(*) FILTER (WHERE fate = 'answered' AND waited <= '60s'), count(*) FILTER (WHERE fate = 'gone' AND waited <= '15s'),
	count(*) FILTER (WHERE fate = 'gone' AND waited <= '30s'), count(*) FILTER (WHERE fate = 'gone' AND waited <= '60s'),
	coalesce(max(waited), '0s'), coalesce(sum(waited) FILTER (WHERE fate = 'answered'), '0s'), coalesce(sum(waited), '0s'),
	count(*) FILTER (WHERE fate = 'gone' AND stage = 'ringing'),
	ARRAY[count(*) FILTER (WHERE key = '0'), count(*) FILTER (WHERE key = '1'), count(*) FILTER (WHERE key = '2'),
		count(*) FILTER (WHERE key = '3'), count(*) FILTER (WHERE key = '4'), count(*) FILTER (WHERE key = '5'),
		count(*) FILTER (WHERE key = '6'), count(*) FILTER (WHERE key = '7'), count(*) FILTER (WHERE key = '8'),
		count(*) FILTER (WHERE key = '9'), count(*) FILTER (WHERE key = '*'), count(*) FILTER (WHERE key = '#')]
FROM visits GROUP BY 1, 2 ORDER BY 1, 2`

// Figures counts the visits that began from one moment to another, by queue and Interval. Intervals without any are left
// out.
func (db *DB) Figures(ctx context.Context, from, to time.Time) ([]Figures, error) {
	rows, err := db.pool.Query(ctx, figuresSQL, from, to)
	if err != nil {
		return nil, say("count visits", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Figures, err error) {
		a, g := &f.Level.Answered, &f.Level.Abandoned
		var keys []int
		err = row.Scan(&f.Queue, &f.From, &f.Offered, &f.Answered, &f.Abandoned, &f.Short, &f.Callbacks, &f.Messages, &f.Diverted,
			&a[0], &a[1], &a[2], &g[0], &g[1], &g[2], &f.Waits.Longest,
			&f.Waits.Answered, &f.Waits.All, &f.Ringing, &keys)
		copy(f.Keys[:], keys)
		return f, err
	})
	return all, say("count visits", err)
}

// Visit is one visit to a queue, as a simulation of the day needs it.
type Visit struct {
	Queue    string
	Entered  time.Time
	Answered bool
	Waited   time.Duration // until answered, or until the caller left
	Talk     time.Duration // of the whole contact
	Wrap     time.Duration
	Minor    bool
	Danger   bool
}

// Visits lists the visits that began from one moment to another and are over, in their order.
func (db *DB) Visits(ctx context.Context, from, to time.Time) ([]Visit, error) {
	rows, err := db.pool.Query(ctx, visitsSQL+`SELECT queue, entered, fate = 'answered', coalesce(waited, '0s'),
		talk_ms * interval '1 millisecond', wrap_ms * interval '1 millisecond', class = 'minor', class = 'danger'
		FROM visits WHERE fate IS NOT NULL ORDER BY entered, queue`, from, to)
	if err != nil {
		return nil, say("list visits", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Visit])
	return all, say("list visits", err)
}
