package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// CallDue is a call that a counselor is to make. It never prints its number.
type CallDue struct {
	Kind   string    // reminder, mediation, decision or revisit
	Case   string    // public number; empty when it is of none
	At     time.Time // of the appointment or mediation; else since when it is due
	Number string
}

// String hides the number.
func (c CallDue) String() string { return "a call: " + c.Kind }

// GoString hides the number.
func (c CallDue) GoString() string { return c.String() }

// The days a call is made ahead: reminders the evening before, invitations to a mediation a day and a half.
const (
	remindBefore = 36 * time.Hour
	inviteBefore = 36 * time.Hour
)

// callsDueSQL lists those to be called, by their sealed numbers. Who does not want to be called is left out, and so is a
// child of whom nobody has said that calls are safe.
const callsDueSQL = `WITH due AS (
		SELECT 'reminder' AS kind, k.no, s.starts_at AS at, a.phone_key AS key, a.phone_enc AS enc, k.sensitivity
			FROM appointments a JOIN appointment_slots s ON s.id = a.slot_id LEFT JOIN cases k ON k.id = a.case_id
			WHERE a.status = 'booked' AND s.starts_at > $1 AND s.starts_at < $2 AND a.phone_enc IS NOT NULL
		UNION ALL
		SELECT 'mediation', k.no, m.starts_at, p.phone_key, p.phone_enc, k.sensitivity
			FROM mediation_parties p JOIN mediations m ON m.id = p.mediation_id JOIN cases k ON k.id = m.case_id
			WHERE m.status = 'planned' AND m.starts_at > $1 AND m.starts_at < $3 AND p.phone_enc IS NOT NULL AND p.answer IS DISTINCT FROM 'joins'
				AND p.answer IS DISTINCT FROM 'refuses'
		UNION ALL
		SELECT 'decision', k.no, a.decided_at, t.e164_hmac, t.e164_enc, k.sensitivity
			FROM applications a JOIN cases k ON k.id = a.case_id JOIN profiles f ON f.id = k.profile_id JOIN phones t ON t.id = f.phone_id
			WHERE a.decided_at IS NOT NULL AND a.told_at IS NULL
		UNION ALL
		SELECT 'revisit', k.no, r.due_on::timestamptz, t.e164_hmac, t.e164_enc, k.sensitivity
			FROM revisit_calls r JOIN cases k ON k.id = r.case_id JOIN profiles f ON f.id = k.profile_id JOIN phones t ON t.id = f.phone_id
			WHERE r.state = 'open' AND r.due_on <= $4
	)
	SELECT d.kind, coalesce(d.no, ''), d.at, d.enc FROM due d
		LEFT JOIN LATERAL (SELECT count(*) > 0 AS said, bool_and(p.ok_to_call) AS ok FROM person_phones p JOIN phones t ON t.id = p.phone_id
			WHERE t.e164_hmac = d.key) w ON true
		WHERE d.sensitivity IS DISTINCT FROM 'sealed' AND CASE WHEN w.said THEN w.ok ELSE d.sensitivity IS DISTINCT FROM 'minors' END
		ORDER BY d.at, d.kind, d.no`

// CallsDue lists the calls that are to be made at a moment, the earliest first.
func (db *DB) CallsDue(ctx context.Context, at time.Time) ([]CallDue, error) {
	rows, err := db.pool.Query(ctx, callsDueSQL, at, at.Add(remindBefore), at.Add(inviteBefore), at.In(db.opt.Location).Format(time.DateOnly))
	if err != nil {
		return nil, say("list calls to be made", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c CallDue, err error) {
		var sealed []byte
		if err = row.Scan(&c.Kind, &c.Case, &c.At, &sealed); err == nil {
			c.Number, err = db.opt.Keys.Dial(sealed)
		}
		return c, err
	})
	return list, say("list calls to be made", err)
}

// sealedOf is what a number is kept as; nil for a withheld one.
func sealedOf(n event.Number) (key, sealed []byte) {
	if n.Withheld() {
		return nil, nil
	}
	return n.Key, n.Sealed
}
