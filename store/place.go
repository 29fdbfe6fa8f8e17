package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Place is where people go. Phrases are ids of the prompt catalogue.
type Place struct {
	Code      string // a-z, 0-9 and -
	Name      string
	Phrase    string // how it is said
	Hours     string // how its hours are said; HOURS-WORKDAYS when empty
	Address   string
	WalkIn    bool     // takes people without an appointment
	Districts []string // those it is near to, the nearest first, as flows name them
}

// SavePlace adds a place, or changes the one with its code. The error is ErrInvalid for values out of rule.
func (db *DB) SavePlace(ctx context.Context, actor string, p Place) error {
	if p.Hours == "" {
		p.Hours = "HOURS-WORKDAYS"
	}
	return say("save place", db.inTx(ctx, actor, func(tx pgx.Tx) error { return savePlace(ctx, tx, p) }))
}

func savePlace(ctx context.Context, tx pgx.Tx, p Place) error {
	var id [16]byte
	err := tx.QueryRow(ctx, `INSERT INTO service_points (code, name, phrase, hours_phrase, address, walk_in) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, phrase = EXCLUDED.phrase, hours_phrase = EXCLUDED.hours_phrase,
			address = EXCLUDED.address, walk_in = EXCLUDED.walk_in, active = true RETURNING id`,
		p.Code, p.Name, p.Phrase, p.Hours, p.Address, p.WalkIn).Scan(&id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM point_districts WHERE point_id = $1`, id); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO point_districts (point_id, district, rank)
		SELECT $1, d.name, d.rank FROM unnest($2::text[]) WITH ORDINALITY AS d (name, rank)`, id, p.Districts)
	if err != nil {
		return err
	}
	return audit(ctx, tx, "place.save", "place:"+p.Code, nil)
}

// NearestPlace finds the nearest place to a district that takes people without an
// appointment; ErrNotFound when there is none.
func (db *DB) NearestPlace(ctx context.Context, district string) (p Place, err error) {
	err = db.pool.QueryRow(ctx, `SELECT p.code, p.name, p.phrase, p.hours_phrase, p.address, p.walk_in
		FROM service_points p JOIN point_districts d ON d.point_id = p.id
		WHERE d.district = $1 AND p.walk_in AND p.active ORDER BY d.rank, p.code LIMIT 1`, district).
		Scan(&p.Code, &p.Name, &p.Phrase, &p.Hours, &p.Address, &p.WalkIn)
	return p, say("find place", err)
}

// NewLine is a number that callers dial.
type NewLine struct {
	Number string
	Name   string
	Flow   string
	Queue  string // code of the queue its calls usually come to
	Minors bool
	Policy string // announced, never or after_consent: when its calls are recorded
}

// SaveLine adds a line, or changes the one with its number. The errors are ErrNotFound for an unknown queue, ErrInvalid
// for values out of rule.
func (db *DB) SaveLine(ctx context.Context, actor string, l NewLine) error {
	return say("save line", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO lines (number, name, flow, queue_id, minors, record_policy)
			SELECT $1, $2, $3, q.id, $5, $6 FROM queues q WHERE q.code = $4
			ON CONFLICT (number) DO UPDATE SET name = EXCLUDED.name, flow = EXCLUDED.flow, queue_id = EXCLUDED.queue_id, minors = EXCLUDED.minors,
				record_policy = EXCLUDED.record_policy`, l.Number, l.Name, l.Flow, l.Queue, l.Minors, l.Policy)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "line.save", "line:"+l.Number, nil)
	}))
}

// Slots are appointments to be offered at a place, alike but for their times.
type Slots struct {
	Point   string // code of the place
	Kind    string // advice, mediation, home
	Minutes int
	Seats   int    // how many people at one time
	Phrase  string // of where it is, when that is not the place itself
}

// AddSlots offers appointments at the given times. Those that are offered already stay
// as they are. It gives how many are new. The error is ErrNotFound for an unknown place.
func (db *DB) AddSlots(ctx context.Context, actor string, s Slots, times []time.Time) (added int, err error) {
	err = db.inTx(ctx, actor, func(tx pgx.Tx) error {
		added, err = addSlots(ctx, tx, s, times)
		if err != nil {
			return err
		}
		return audit(ctx, tx, "slots.add", "place:"+s.Point, map[string]any{"kind": s.Kind, "added": added})
	})
	return added, say("add appointments", err)
}

func addSlots(ctx context.Context, tx pgx.Tx, s Slots, times []time.Time) (int, error) {
	var point [16]byte
	if err := tx.QueryRow(ctx, `SELECT id FROM service_points WHERE code = $1`, s.Point).Scan(&point); err != nil {
		return 0, err
	}
	if s.Seats < 1 || s.Minutes < 1 {
		return 0, errors.New("an appointment has a length and a seat")
	}
	tag, err := tx.Exec(ctx, `INSERT INTO appointment_slots (point_id, kind, starts_at, minutes, seat_no, place)
		SELECT $1, $2, t.at, $3, n.seat, nullif($4, '') FROM unnest($5::timestamptz[]) AS t (at), generate_series(1, $6) AS n (seat)
		ON CONFLICT DO NOTHING`, point, s.Kind, s.Minutes, s.Phrase, times, s.Seats)
	return int(tag.RowsAffected()), err
}
