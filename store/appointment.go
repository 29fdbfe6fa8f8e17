package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hotline/store/event"
	"hotline/store/secret"
)

// FreeSlot is an appointment that can be taken.
type FreeSlot struct {
	ID    event.ID
	At    time.Time
	Place string // phrase
}

// Wish is which appointments a caller could come to.
type Wish struct {
	Kind     string // advice, mediation, home
	District string // near which; anywhere when empty
	After    time.Time
}

// FreeSlots lists the earliest appointments that are free, one for each time, at the
// nearest place that has one.
func (db *DB) FreeSlots(ctx context.Context, w Wish, most int) ([]FreeSlot, error) {
	rows, err := db.pool.Query(ctx, `SELECT DISTINCT ON (s.starts_at) s.id, s.starts_at, coalesce(s.place, p.phrase)
		FROM appointment_slots s JOIN service_points p ON p.id = s.point_id AND p.active
		LEFT JOIN point_districts d ON d.point_id = p.id AND d.district = $2
		WHERE s.active AND s.kind = $1 AND s.starts_at > $3 AND ($2 = '' OR d.point_id IS NOT NULL)
			AND NOT EXISTS (SELECT FROM appointments a WHERE a.slot_id = s.id AND a.status IN ('held', 'booked', 'confirmed'))
		ORDER BY s.starts_at, d.rank, p.code, s.seat_no LIMIT $4`, w.Kind, w.District, w.After, most)
	if err != nil {
		return nil, say("list appointments", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s FreeSlot, err error) {
		return s, row.Scan((*[16]byte)(&s.ID), &s.At, &s.Place)
	})
	return list, say("list appointments", err)
}

// Taking is a caller's choice of an appointment.
type Taking struct {
	Slot     event.ID
	Moves    event.ID // the appointment it replaces; zero for none
	Caller   event.Number
	Contact  event.ID // in which it was made
	Language string
	At       time.Time
}

// Taken is an appointment made. The code exists in clear only here.
type Taken struct {
	ID        event.ID
	Reference string
	Code      string // with the reference, lets the caller change it
}

// ErrTaken says that somebody was quicker.
var ErrTaken = errors.New("the appointment is taken")

// TakeSlot books an appointment: of any number of callers who want it at once, one gets
// it, the others ErrTaken. One it replaces is given back in the same step; that must be
// the caller's to give, which the flow makes sure of by its code, and still stand, else
// the error is ErrNotFound.
func (db *DB) TakeSlot(ctx context.Context, t Taking) (Taken, error) {
	made := Taken{ID: event.NewID(t.At), Reference: db.Reference(t.At), Code: digits(4)}
	err := db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		if !t.Moves.IsZero() {
			tag, err := tx.Exec(ctx, `UPDATE appointments SET status = 'moved' WHERE id = $1 AND status IN ('booked', 'confirmed')`, [16]byte(t.Moves))
			if err := oneRow(tag.RowsAffected(), err); err != nil {
				return err
			}
		}
		tag, err := tx.Exec(ctx, `INSERT INTO appointments (id, reference, slot_id, status, contact_id, phone_key, phone_enc, lang, case_id)
			SELECT $1, $2, s.id, 'booked', $4, $5, $6, nullif($7, ''), (SELECT case_id FROM appointments WHERE id = $8)
			FROM appointment_slots s WHERE s.id = $3 AND s.active AND s.starts_at > $9`,
			[16]byte(made.ID), made.Reference, [16]byte(t.Slot), [16]byte(t.Contact), t.Caller.Key, t.Caller.Sealed, t.Language, [16]byte(t.Moves), t.At)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE appointments SET moved_to = $2 WHERE id = $1`, [16]byte(t.Moves), [16]byte(made.ID)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO query_codes (reference, appointment_id, code_hmac) VALUES ($1, $2, $3)`,
			made.Reference, [16]byte(made.ID), db.lock(secret.PurposeCode, made.Reference, made.Code))
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "appointments_seat" {
		return db.takenBefore(ctx, t)
	}
	if err != nil {
		return Taken{}, say("book appointment", err)
	}
	return made, nil
}

// takenBefore gives the appointment that the same contact has made of the slot already:
// a first attempt may have succeeded after nobody waited for it any more.
func (db *DB) takenBefore(ctx context.Context, t Taking) (Taken, error) {
	made := Taken{Code: digits(4)}
	err := db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, reference FROM appointments WHERE slot_id = $1 AND contact_id = $2 AND status = 'booked'`,
			[16]byte(t.Slot), [16]byte(t.Contact)).Scan((*[16]byte)(&made.ID), &made.Reference)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE query_codes SET code_hmac = $2 WHERE appointment_id = $1`,
			[16]byte(made.ID), db.lock(secret.PurposeCode, made.Reference, made.Code))
		return err
	})
	if isNoRow(err) {
		return Taken{}, ErrTaken
	}
	if err != nil {
		return Taken{}, say("book appointment", err)
	}
	return made, nil
}

// CancelAppointment gives an appointment back, and its reference. One that is cancelled
// already stays so. The error is ErrNotFound when it does not stand any more.
func (db *DB) CancelAppointment(ctx context.Context, actor string, id event.ID) (reference string, err error) {
	err = db.inTx(ctx, actor, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE appointments SET status = 'cancelled' WHERE id = $1 AND status IN ('booked', 'confirmed', 'cancelled') RETURNING reference`,
			[16]byte(id)).Scan(&reference)
		if err != nil {
			return err
		}
		return audit(ctx, tx, "appointment.cancel", "appointment:"+id.String(), nil)
	})
	return reference, say("cancel appointment", err)
}
