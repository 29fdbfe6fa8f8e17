package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/phone"
)

// Roster is a snapshot of who works, where callers wait and which numbers are ours.
// It is read at start and on change; calls are served from it, so that the database
// may be away.
type Roster struct {
	Members []Member
	Queues  []Queue
	Lines   []Line
	ReadAt  time.Time
}

// Member is an active member of staff with the secrets of their phone.
type Member struct {
	Staff
	HA1    *HA1         // nil when no SIP password is set
	Mobile phone.Number // rung in hours on call; not Known when none was given
}

// Queue is where callers wait for one service.
type Queue struct {
	ID           event.ID
	Code         string
	Name         string
	Requires     []string // qualifications that are never waived
	Prefers      []string
	Minors       bool // requires "minors", is never limited; the database holds it to that
	BasePriority int
	Service      ServiceLevel
	Ring, Wrap   time.Duration
	MaxWait      time.Duration // zero for none
	Limits       QueueLimits
	Choice       Choice
}

// QueueLimits bound a queue.
type QueueLimits struct {
	MaxLength int // of callers in line; zero for none
	Reserve   int // people kept free for protected callers
}

// Choice is how a queue chooses among those who are free.
type Choice struct {
	Strategy string        // longest-idle, least-talk, fewest-calls, round-robin or top-down
	AtOnce   int           // phones that ring at once
	Sticky   time.Duration // how long the counselor of last time is waited for
}

// SetQueue changes a queue's reserve and choice. The errors are ErrNotFound and, for values out of rule, ErrInvalid.
func (db *DB) SetQueue(ctx context.Context, actor, code string, reserve int, c Choice) error {
	return say("set queue", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE queues SET reserve = $2, strategy = $3, rings_at_once = $4, sticky_s = $5 WHERE code = $1`,
			code, reserve, c.Strategy, c.AtOnce, int(c.Sticky/time.Second))
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "queue.choice", "queue:"+code, map[string]any{"reserve": reserve, "strategy": c.Strategy, "at_once": c.AtOnce})
	}))
}

// ServiceLevel is what a queue promises and how that is counted.
type ServiceLevel struct {
	Within       time.Duration
	Target       float64       // percent
	ShortAbandon time.Duration // leaving earlier does not count as abandoned
	StaffAlarm   int           // fewer signed in raise an alarm
}

// Line is a number callers dial.
type Line struct {
	ID           event.ID
	Number       string
	Name         string
	Language     string
	Flow         string
	Queue        string // code; empty when the flow decides
	Minors       bool
	RecordPolicy string // announced, never, after_consent
}

// RosterMark tells apart what Roster would read: it changes whenever staff, qualifications, queues or lines do. It costs
// a small part of reading them.
func (db *DB) RosterMark(ctx context.Context) (mark string, err error) {
	// The transaction that wrote a row is another after each change, whichever commits first.
	err = db.pool.QueryRow(ctx, `SELECT concat_ws('/', (SELECT (count(*), sum(hashtext(xmin::text)::bigint)) FROM staff),
		(SELECT (count(*), sum(hashtext(xmin::text)::bigint)) FROM qualifications), (SELECT (count(*), sum(hashtext(xmin::text)::bigint)) FROM queues),
		(SELECT (count(*), sum(hashtext(xmin::text)::bigint)) FROM lines))`).Scan(&mark)
	return mark, say("read mark of roster", err)
}

// Roster reads the snapshot: active staff with valid and expired qualifications
// alike, active queues and lines.
func (db *DB) Roster(ctx context.Context) (Roster, error) {
	r := Roster{ReadAt: time.Now()}
	var err error
	if r.Members, err = db.members(ctx); err != nil {
		return Roster{}, say("read roster", err)
	}
	if r.Queues, err = db.queues(ctx); err != nil {
		return Roster{}, say("read queues", err)
	}
	if r.Lines, err = db.lines(ctx); err != nil {
		return Roster{}, say("read lines", err)
	}
	return r, nil
}

func (db *DB) members(ctx context.Context) ([]Member, error) {
	staff, err := db.staff(ctx, "s.status = 'active'")
	if err != nil {
		return nil, err
	}
	rows, err := db.pool.Query(ctx, `SELECT extension, sip_realm, ha1_md5_enc, ha1_sha256_enc, mobile_enc FROM staff WHERE status = 'active'`)
	if err != nil {
		return nil, err
	}
	secrets, mobiles := map[string]*HA1{}, map[string]phone.Number{}
	var extension string
	var realm *string
	var md5, sha256, mobile []byte
	_, err = pgx.ForEachRow(rows, []any{&extension, &realm, &md5, &sha256, &mobile}, func() (err error) {
		if secrets[extension], err = db.openHA1(realm, md5, sha256); err == nil {
			mobiles[extension], err = db.openMobile(mobile)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	members := make([]Member, len(staff))
	for i, s := range staff {
		members[i] = Member{Staff: s, HA1: secrets[s.Extension], Mobile: mobiles[s.Extension]}
	}
	return members, nil
}

func (db *DB) queues(ctx context.Context) ([]Queue, error) {
	rows, err := db.pool.Query(ctx, `SELECT id, code, name, requires, prefers, minors, base_priority, sl_seconds, sl_target::float8,
		short_abandon_s, min_staff_alarm, ring_s, wrap_s, coalesce(max_wait_s, 0), coalesce(max_length, 0),
		reserve, strategy, rings_at_once, sticky_s FROM queues WHERE active ORDER BY code`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (q Queue, err error) {
		var within, short, ring, wrap, most, sticky int
		err = row.Scan((*[16]byte)(&q.ID), &q.Code, &q.Name, &q.Requires, &q.Prefers, &q.Minors, &q.BasePriority, &within, &q.Service.Target,
			&short, &q.Service.StaffAlarm, &ring, &wrap, &most, &q.Limits.MaxLength,
			&q.Limits.Reserve, &q.Choice.Strategy, &q.Choice.AtOnce, &sticky)
		q.Service.Within, q.Service.ShortAbandon = seconds(within), seconds(short)
		q.Ring, q.Wrap, q.MaxWait = seconds(ring), seconds(wrap), seconds(most)
		q.Choice.Sticky = seconds(sticky)
		return q, err
	})
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func (db *DB) lines(ctx context.Context) ([]Line, error) {
	rows, err := db.pool.Query(ctx, `SELECT l.id, l.number, l.name, l.default_lang, l.flow, coalesce(q.code, ''), l.minors, l.record_policy
		FROM lines l LEFT JOIN queues q ON q.id = l.queue_id WHERE l.active ORDER BY l.number`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Line, err error) {
		return l, row.Scan((*[16]byte)(&l.ID), &l.Number, &l.Name, &l.Language, &l.Flow, &l.Queue, &l.Minors, &l.RecordPolicy)
	})
}
