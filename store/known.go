package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// Known is what is known about a caller that changes how a call is served. The zero
// value knows nothing.
type Known struct {
	Calls     int    // earlier calls that have ended
	Language  string // last chosen; empty when none was
	Minor     bool   // flagged as a child, or a child's case is open
	Blocked   bool   // on this line, now
	Slow      bool   // hears, sees or speaks with difficulty: longer waits for keys
	Woman     bool   // asked for a woman counselor
	Case      string // public number of the newest open case
	Counselor string // extension of who should take the call: by the care plan, else who took the last one
	Facility  string // code of the facility the number belongs to
}

// Anything reports whether the caller is known at all.
func (k Known) Anything() bool { return k != Known{} }

// rememberCounselor is how long a caller is led back to who took the last call.
const rememberCounselor = "90 days"

// Known tells what is known about whoever calls a line with a number. A withheld
// number, and one that many people share, are known to nobody.
func (db *DB) Known(ctx context.Context, caller event.Number, line string, at time.Time) (k Known, err error) {
	if caller.Withheld() {
		return k, nil
	}
	err = db.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT count(*) FROM contacts c WHERE c.profile_id = p.id AND c.ended_at IS NOT NULL), 0)::int,
			coalesce(p.lang, ''),
			EXISTS (SELECT FROM profile_flags f WHERE f.profile_id = p.id AND f.flag = 'minor' AND f.valid_from <= $3 AND f.valid_until > $3)
				OR EXISTS (SELECT FROM cases k WHERE k.profile_id = p.id AND k.sensitivity = 'minors' AND k.status <> 'closed'),
			EXISTS (SELECT FROM profile_flags f LEFT JOIN lines l ON l.id = f.line_id WHERE f.profile_id = p.id AND f.flag = 'blocked'
				AND f.valid_from <= $3 AND f.valid_until > $3 AND (f.line_id IS NULL OR l.number = $2)),
			EXISTS (SELECT FROM access_needs n WHERE (n.profile_id = p.id OR n.person_id = p.person_id)
				AND n.need IN ('hard_hearing', 'blind', 'slow_speech')),
			EXISTS (SELECT FROM access_needs n WHERE (n.profile_id = p.id OR n.person_id = p.person_id) AND n.need = 'woman_counselor'),
			coalesce((SELECT k.no FROM cases k WHERE k.profile_id = p.id AND k.status <> 'closed' AND k.sensitivity IN ('normal', 'restricted')
				ORDER BY k.opened_at DESC LIMIT 1), ''),
			coalesce((SELECT s.extension FROM care_plans n JOIN staff s ON s.id = n.preferred_staff_id
					WHERE (n.profile_id = p.id OR n.person_id = p.person_id) AND s.status = 'active' LIMIT 1),
				(SELECT s.extension FROM contacts c JOIN staff s ON s.id = c.first_staff_id WHERE c.profile_id = p.id
					AND s.status = 'active' AND c.started_at > $3 - interval '`+rememberCounselor+`' ORDER BY c.started_at DESC LIMIT 1), ''),
			coalesce((SELECT f.code FROM facility_numbers n JOIN facilities f ON f.id = n.facility_id AND f.active WHERE n.e164_hmac = $1), '')
		FROM (SELECT $1::bytea AS hmac) AS asked LEFT JOIN phones t ON t.e164_hmac = asked.hmac AND NOT t.shared
			LEFT JOIN profiles p ON p.phone_id = t.id`, caller.Key, line, at).
		Scan(&k.Calls, &k.Language, &k.Minor, &k.Blocked, &k.Slow, &k.Woman, &k.Case, &k.Counselor, &k.Facility)
	return k, say("look up caller", err)
}

// Flag marks a caller's file until a moment. Flags: abusive, blocked, minor, care_plan,
// silent_pattern. A block needs who approved it, another than who proposed it. The
// errors are ErrNotFound for a number that never called, ErrInvalid for what the rules
// forbid, such as a child's block of more than 24 hours.
func (db *DB) Flag(ctx context.Context, actor string, caller event.Number, f Flag) error {
	return say("flag caller", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		var profile [16]byte
		err := tx.QueryRow(ctx, `SELECT p.id FROM profiles p JOIN phones t ON t.id = p.phone_id WHERE t.e164_hmac = $1`, caller.Key).Scan(&profile)
		if err != nil {
			return err
		}
		var line *string
		if f.Line != "" {
			line = &f.Line
		}
		tag, err := tx.Exec(ctx, `INSERT INTO profile_flags (profile_id, flag, line_id, reason, valid_from, valid_until, proposed_by, approved_by)
			SELECT $1, $2, l.id, $4, $5, $6, actor(), nullif($7, '') FROM (SELECT) AS one LEFT JOIN lines l ON l.number = $3
			WHERE $3::text IS NULL OR l.id IS NOT NULL`, profile, f.Kind, line, f.Reason, f.From, f.Until, f.Approved)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "caller.flag", "profile:"+event.ID(profile).String(), map[string]any{"flag": f.Kind, "until": f.Until, "line": f.Line})
	}))
}

// Flag is a mark on a caller's file.
type Flag struct {
	Kind        string
	Line        string // the only line it counts on; all when empty
	Reason      string
	From, Until time.Time
	Approved    string // who approved it; needed for blocked
}
