package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/phone"
	"hotline/store/secret"
)

// Facility is a detention house, procuratorate, court or police station that calls the duty line.
type Facility struct {
	Code        string // four digits
	Name        string
	Kind        string // detention, procuratorate, court, police
	District    string
	NumbersOnly bool // its PIN counts only from its own numbers
}

// PINTry is an attempt of a facility to identify itself.
type PINTry struct {
	Code, PIN string
	Caller    event.Number
	At        time.Time
}

// CheckPIN tells whether code and PIN belong together, and the PIN still holds. Wrong
// PINs are counted; three lock the facility's until it is set anew, and raise an alarm.
func (db *DB) CheckPIN(ctx context.Context, try PINTry) (found Finding, err error) {
	err = db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		g := guess{who: try.Caller.Key, at: try.At}
		if barred, err := g.barred(ctx, tx); err != nil || barred {
			found = Locked
			return err
		}
		var id [16]byte
		var hmac []byte
		var until time.Time
		var fails int
		var locked *time.Time
		var own bool
		err := tx.QueryRow(ctx, `SELECT f.id, p.pin_hmac, p.valid_to, p.fails, p.locked_at,
				NOT f.numbers_only OR EXISTS (SELECT FROM facility_numbers n WHERE n.facility_id = f.id AND n.e164_hmac = $2)
			FROM facilities f JOIN facility_pins p ON p.facility_id = f.id WHERE f.code = $1 AND f.active FOR UPDATE OF p`, try.Code, try.Caller.Key).
			Scan(&id, &hmac, &until, &fails, &locked, &own)
		switch {
		case isNoRow(err):
			return g.miss(ctx, tx)
		case err != nil:
			return err
		case locked != nil:
			found = Locked
			return nil
		case own && db.fits(secret.PurposePIN, hmac, try.Code, try.PIN) && try.At.Before(until):
			found = Found
			_, err = tx.Exec(ctx, `UPDATE facility_pins SET fails = 0 WHERE facility_id = $1 AND fails > 0`, id)
			return err
		}
		return errors.Join(g.miss(ctx, tx), wrongPIN(ctx, tx, id, fails+1, try.At))
	})
	if err != nil {
		return Missing, say("check PIN", err)
	}
	return found, nil
}

func wrongPIN(ctx context.Context, tx pgx.Tx, facility [16]byte, fails int, at time.Time) error {
	var locked *time.Time
	if fails >= codeTries {
		locked = &at
		if err := alarm(ctx, tx, "facility_pin_locked", "facility:"+event.ID(facility).String()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE facility_pins SET fails = $2, locked_at = $3 WHERE facility_id = $1`, facility, fails, locked)
	return err
}

// SaveFacility adds a facility, or changes the one with its code. The error is ErrInvalid for values out of rule.
func (db *DB) SaveFacility(ctx context.Context, actor string, f Facility) error {
	return say("save facility", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO facilities (code, name, kind, district, numbers_only) VALUES ($1, $2, $3, nullif($4, ''), $5)
			ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind, district = EXCLUDED.district, numbers_only = EXCLUDED.numbers_only,
				active = true`, f.Code, f.Name, f.Kind, f.District, f.NumbersOnly)
		if err != nil {
			return err
		}
		return audit(ctx, tx, "facility.save", "facility:"+f.Code, nil)
	}))
}

// SetPIN gives a facility a new PIN of six digits that holds until a moment, and takes
// a lock away. The PIN exists in clear only here. The error is ErrNotFound for an
// unknown facility.
func (db *DB) SetPIN(ctx context.Context, actor, code string, until time.Time) (pin string, err error) {
	pin = digits(6)
	err = db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO facility_pins (facility_id, pin_hmac, valid_to) SELECT id, $2, $3 FROM facilities WHERE code = $1
			ON CONFLICT (facility_id) DO UPDATE SET pin_hmac = EXCLUDED.pin_hmac, valid_to = EXCLUDED.valid_to, fails = 0, locked_at = NULL,
				set_at = now(), set_by = actor()`, code, db.lock(secret.PurposePIN, code, pin), until)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE alarms SET cleared_at = now(), cleared_by = actor() WHERE kind = 'facility_pin_locked' AND cleared_at IS NULL
			AND object = 'facility:' || (SELECT id FROM facilities WHERE code = $1)`, code); err != nil {
			return err
		}
		return audit(ctx, tx, "facility.pin", "facility:"+code, nil)
	})
	return pin, say("set PIN", err)
}

// AddFacilityNumber says that a number is a facility's own: who calls with it is on the
// duty line at once. The error is ErrNotFound for an unknown facility.
func (db *DB) AddFacilityNumber(ctx context.Context, actor, code string, n phone.Number) error {
	sealed := db.opt.Keys.Number(n, "entered")
	return say("add facility's number", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO facility_numbers (e164_hmac, e164_enc, facility_id) SELECT $2, $3, id FROM facilities WHERE code = $1
			ON CONFLICT (e164_hmac) DO UPDATE SET facility_id = EXCLUDED.facility_id`, code, sealed.Key, sealed.Sealed)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "facility.number", "facility:"+code, nil)
	}))
}
