package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/secret"
)

// Enquiry is a caller's question about something they have the number and the secret of.
type Enquiry struct {
	Reference string // as keyed: digits only
	Code      string
	Caller    event.Number
	Contact   event.ID // in which a side of a mediation dials in
	At        time.Time
}

// Answer is what a caller with the right code may hear.
type Answer struct {
	Finding Finding
	ID      event.ID
	Stage   string    // of a case: received, review, granted ...
	Due     time.Time // by when the caller hears more, or when an appointment is
	Place   string    // phrase of an appointment's place
}

// ErrNoProgress says that nobody has written down how a case stands: there is nothing a
// machine could say about it.
var ErrNoProgress = errors.New("nobody has said how the case stands")

// CaseStatus tells how a case stands to a caller with its number and query code. Wrong
// codes are counted, by reference and by caller; too many lock it for a day and raise
// an alarm. The error is ErrNoProgress when there is nothing to tell.
func (db *DB) CaseStatus(ctx context.Context, q Enquiry) (Answer, error) {
	return db.open(ctx, "case status", q, func(tx pgx.Tx, key codeRow) (a Answer, err error) {
		a = Answer{Finding: Found, ID: event.ID(key.caseID)}
		err = tx.QueryRow(ctx, `SELECT CASE WHEN k.status = 'closed' AND p.stage NOT IN ('refused', 'withdrawn') THEN 'closed' ELSE p.stage END, p.due_at
			FROM cases k JOIN case_progress p ON p.case_id = k.id WHERE k.id = $1`, key.caseID).Scan(&a.Stage, &a.Due)
		if isNoRow(err) {
			err = ErrNoProgress
		}
		return a, err
	})
}

// Appointment finds an appointment that still stands, by its number and query code, as
// CaseStatus finds a case.
func (db *DB) Appointment(ctx context.Context, q Enquiry) (Answer, error) {
	return db.open(ctx, "find appointment", q, func(tx pgx.Tx, key codeRow) (a Answer, err error) {
		a = Answer{Finding: Found, ID: event.ID(key.appointmentID)}
		err = tx.QueryRow(ctx, `SELECT s.starts_at, coalesce(s.place, p.phrase) FROM appointments a
			JOIN appointment_slots s ON s.id = a.slot_id JOIN service_points p ON p.id = s.point_id
			WHERE a.id = $1 AND a.status IN ('booked', 'confirmed') AND s.starts_at > $2`, key.appointmentID, q.At).Scan(&a.Due, &a.Place)
		if isNoRow(err) {
			return Answer{}, nil // it is over
		}
		return a, err
	})
}

// Mediation finds a mediation by the six digits one side dials in with, in the hours
// these hold, and keeps for which side the contact is. Wrong digits are counted by caller.
func (db *DB) Mediation(ctx context.Context, q Enquiry) (a Answer, err error) {
	err = db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		g := guess{who: q.Caller.Key, at: q.At}
		if barred, err := g.barred(ctx, tx); err != nil || barred {
			a.Finding = Locked
			return err
		}
		var party [16]byte
		err := tx.QueryRow(ctx, `SELECT m.id, m.starts_at, p.id FROM mediation_parties p JOIN mediations m ON m.id = p.mediation_id
			WHERE p.dial_hmac = $1 AND p.dial_from <= $2 AND p.dial_until > $2 AND m.status IN ('planned', 'open')`,
			db.lock(secret.PurposeDial, q.Reference), q.At).Scan((*[16]byte)(&a.ID), &a.Due, &party)
		switch {
		case isNoRow(err):
			return g.miss(ctx, tx)
		case err != nil || q.Contact.IsZero():
			a.Finding = Found
			return err
		}
		a.Finding = Found
		_, err = tx.Exec(ctx, `INSERT INTO mediation_attendances (contact_id, party_id) VALUES ($1, $2)
			ON CONFLICT (contact_id) DO UPDATE SET party_id = EXCLUDED.party_id`, [16]byte(q.Contact), party)
		return err
	})
	return a.or(err), say("find mediation", err)
}

// or is the answer, and none with an error.
func (a Answer) or(err error) Answer {
	if err != nil {
		return Answer{}
	}
	return a
}

// codeRow is a query code and what it opens.
type codeRow struct {
	id, caseID, appointmentID [16]byte
	hmac                      []byte
	fails                     int
	locked                    *time.Time
}

// open looks for the code of a reference and reads what is behind it. One transaction
// holds the code's row, so that many calls at once get no more tries than one.
func (db *DB) open(ctx context.Context, operation string, q Enquiry, read func(pgx.Tx, codeRow) (Answer, error)) (a Answer, err error) {
	err = db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		g := guess{who: q.Caller.Key, at: q.At}
		if barred, err := g.barred(ctx, tx); err != nil || barred {
			a.Finding = Locked
			return err
		}
		keys, err := codesOf(ctx, tx, operation, q.Reference)
		if err != nil {
			return err
		}
		for _, key := range keys {
			switch {
			case key.locked != nil && q.At.Before(key.locked.Add(codeLocked)):
				a.Finding = Locked
			case db.fits(secret.PurposeCode, key.hmac, q.Reference, q.Code):
				if a, err = read(tx, key); err != nil {
					return err
				}
				_, err = tx.Exec(ctx, `UPDATE query_codes SET fails = 0, locked_at = NULL WHERE id = $1 AND fails > 0`, key.id)
				return err
			}
		}
		if err := g.miss(ctx, tx); err != nil || a.Finding == Locked {
			return err
		}
		for _, key := range keys {
			if err := wrongCode(ctx, tx, key, q.At); err != nil {
				return err
			}
		}
		return nil
	})
	return a.or(err), say(operation, err)
}

// codesOf gives the codes of a reference: the digits of two cases of one year may be the same.
func codesOf(ctx context.Context, tx pgx.Tx, operation, reference string) ([]codeRow, error) {
	what := "case_id"
	if operation != "case status" {
		what = "appointment_id"
	}
	rows, err := tx.Query(ctx, `SELECT q.id, q.case_id, q.appointment_id, q.code_hmac, q.fails, q.locked_at FROM query_codes q
		WHERE q.reference = $1 AND q.`+what+` IS NOT NULL
			AND NOT EXISTS (SELECT FROM cases k WHERE k.id = q.case_id AND k.sensitivity = 'sealed') ORDER BY q.id FOR UPDATE OF q`, reference)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (k codeRow, err error) {
		var about, at *[16]byte
		if err = row.Scan(&k.id, &about, &at, &k.hmac, &k.fails, &k.locked); err != nil {
			return k, err
		}
		if about != nil {
			k.caseID = *about
		}
		if at != nil {
			k.appointmentID = *at
		}
		return k, nil
	})
}

// wrongCode counts a wrong code; the last one locks and tells somebody.
func wrongCode(ctx context.Context, tx pgx.Tx, key codeRow, at time.Time) error {
	fails := key.fails + 1
	if key.locked != nil {
		fails = 1 // the lock has run out
	}
	var locked *time.Time
	if fails >= codeTries {
		locked = &at
		if err := alarm(ctx, tx, "query_code_locked", "query_code:"+event.ID(key.id).String()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE query_codes SET fails = $2, locked_at = $3 WHERE id = $1`, key.id, fails, locked)
	return err
}
