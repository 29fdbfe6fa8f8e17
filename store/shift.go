package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/phone"
	"hotline/store/secret"
)

// Shift is a time somebody is on call.
type Shift struct {
	Extension string
	From, To  time.Time
	Mobile    bool   // at their own mobile, not at a seat
	Facility  string // code of the only facility it is for; the pool when empty
	Backup    string // extension of who comes when they do not; empty for nobody
}

// AddShift puts somebody on call. The errors are ErrNotFound for an unknown extension or
// facility, ErrInvalid for a shift of more than a week.
func (db *DB) AddShift(ctx context.Context, actor string, s Shift) error {
	place := "seat"
	if s.Mobile {
		place = "mobile"
	}
	return say("add shift", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO shifts (staff_id, starts_at, ends_at, place, facility_id, backup_staff_id)
			SELECT s.id, $2, $3, $4, f.id, b.id FROM staff s LEFT JOIN facilities f ON f.code = $5 LEFT JOIN staff b ON b.extension = $6
			WHERE s.extension = $1 AND ($5 = '' OR f.id IS NOT NULL) AND ($6 = '' OR b.id IS NOT NULL)`,
			s.Extension, s.From, s.To, place, s.Facility, s.Backup)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "shift.add", "staff:"+s.Extension, map[string]any{"from": s.From, "to": s.To})
	}))
}

// SetMobile keeps the mobile of a member of staff, sealed, for the hours on call. The
// error is ErrNotFound for an unknown extension.
func (db *DB) SetMobile(ctx context.Context, actor, extension string, n phone.Number) error {
	sealed := db.opt.Keys.Seal(secret.PurposeMobile, []byte(n.Dial()))
	return say("set mobile", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE staff SET mobile_enc = $2 WHERE extension = $1`, extension, sealed)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "staff.mobile", "staff:"+extension, nil)
	}))
}

// openMobile opens a sealed mobile; no number when there is none.
func (db *DB) openMobile(sealed []byte) (phone.Number, error) {
	if len(sealed) == 0 {
		return phone.Number{}, nil
	}
	number, err := db.opt.Keys.Open(secret.PurposeMobile, sealed)
	return phone.Plan{}.Parse(string(number)), err
}

// Shifts lists the shifts that go on at a moment or begin within a day of it, in the
// order of their beginnings. Those of people who may not work are left out.
func (db *DB) Shifts(ctx context.Context, at time.Time) ([]Shift, error) {
	rows, err := db.pool.Query(ctx, `SELECT s.extension, h.starts_at, h.ends_at, h.place = 'mobile', coalesce(f.code, ''), coalesce(b.extension, '')
		FROM shifts h JOIN staff s ON s.id = h.staff_id AND s.status = 'active' LEFT JOIN facilities f ON f.id = h.facility_id
		LEFT JOIN staff b ON b.id = h.backup_staff_id AND b.status = 'active'
		WHERE h.cancelled_at IS NULL AND h.ends_at > $1::timestamptz AND h.starts_at < $1::timestamptz + interval '1 day' ORDER BY h.starts_at, s.extension`, at)
	if err != nil {
		return nil, say("list shifts", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Shift, err error) {
		return s, row.Scan(&s.Extension, &s.From, &s.To, &s.Mobile, &s.Facility, &s.Backup)
	})
	return list, say("list shifts", err)
}
