package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/secret"
)

// Finding is what came of asking for something by a number and a secret.
type Finding int

// The findings.
const (
	Missing Finding = iota // no such number, or the wrong secret: nobody is told which
	Found
	Locked // too many wrong secrets: a person must look
)

// Limits of guessing. A reference has four digits of secret, so that a code holds one
// in over three thousand guessers out, and somebody is told.
const (
	codeTries   = 3  // wrong codes of one reference, or PINs of one facility
	callerTries = 10 // wrong codes of one caller within an hour
	hiddenTries = 60 // of all callers who withhold their number
)

// codeLocked is how long a query code stays locked; a PIN until it is set anew.
const codeLocked = 24 * time.Hour

// guess is one attempt to open something by its secret.
type guess struct {
	who []byte // the caller's keyed number
	at  time.Time
}

// barred reports whether the caller has had too many wrong codes lately.
func (g guess) barred(ctx context.Context, tx pgx.Tx) (bool, error) {
	misses := 0
	err := tx.QueryRow(ctx, `SELECT coalesce(sum(misses), 0)::int FROM code_misses WHERE who = $1 AND hour > $2::timestamptz - interval '1 hour'`, g.name(), g.at).
		Scan(&misses)
	most := callerTries
	if len(g.who) == 0 {
		most = hiddenTries
	}
	return misses >= most, err
}

// miss counts a wrong code against the caller, and forgets what is long past.
func (g guess) miss(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO code_misses (who, hour, misses) VALUES ($1, date_trunc('minute', $2::timestamptz), 1)
		ON CONFLICT (who, hour) DO UPDATE SET misses = code_misses.misses + 1`, g.name(), g.at)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM code_misses WHERE hour < $1::timestamptz - interval '1 day'`, g.at)
	}
	return err
}

// name is the caller's own row; those who withhold their number share one.
func (g guess) name() []byte {
	if len(g.who) == 0 {
		return []byte("withheld")
	}
	return g.who
}

// fits compares a secret with its keyed hash in the same time for every one.
func (db *DB) fits(purpose secret.Purpose, hmac []byte, parts ...string) bool {
	return subtle.ConstantTimeCompare(hmac, db.lock(purpose, parts...)) == 1
}

// lock is the keyed hash of a secret, together with what it opens.
func (db *DB) lock(purpose secret.Purpose, parts ...string) []byte {
	return db.opt.Keys.Match(purpose, []byte(strings.Join(parts, "\x00")))
}

// digits makes a secret number of n digits.
func digits(n int) string {
	out := make([]byte, 0, n)
	var b [32]byte
	for {
		_, _ = rand.Read(b[:]) // never fails: the runtime ends the process instead
		for _, c := range b {
			if c >= 250 { // would favour the first digits
				continue
			}
			if out = append(out, '0'+c%10); len(out) == n {
				return string(out)
			}
		}
	}
}

// Reference makes the number under which a caller finds something again: year, day of
// the year, six random digits and a check digit, such as 63270004219. It needs no
// database, so that a promise can be numbered while that is away.
func (db *DB) Reference(at time.Time) string {
	at = at.In(db.opt.Location)
	body := fmt.Sprintf("%d%03d%s", at.Year()%10, at.YearDay(), digits(6))
	return fmt.Sprintf("%s%d", body, checkDigit(body))
}

// keyed gives the digits of a public number, as they are keyed on a telephone.
func keyed(no string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, no)
}

// IssueCode makes the query code of a case, four digits that with its number let a
// caller hear how it stands. An older code opens nothing from here on. The code exists
// in clear only here. The error is ErrNotFound for an unknown or sealed case.
func (db *DB) IssueCode(ctx context.Context, actor, caseNo string) (reference, code string, err error) {
	reference, code = keyed(caseNo), digits(4)
	err = db.inTx(ctx, actor, func(tx pgx.Tx) error {
		var id [16]byte
		if err := tx.QueryRow(ctx, `SELECT id FROM cases WHERE no = $1 AND sensitivity <> 'sealed'`, caseNo).Scan(&id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO query_codes (reference, case_id, code_hmac) VALUES ($1, $2, $3)
			ON CONFLICT (case_id) DO UPDATE SET code_hmac = EXCLUDED.code_hmac, fails = 0, locked_at = NULL, issued_at = now(), issued_by = actor()`,
			reference, id, db.lock(secret.PurposeCode, reference, code))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE alarms SET cleared_at = now(), cleared_by = actor() WHERE kind = 'query_code_locked' AND cleared_at IS NULL
			AND object = 'query_code:' || (SELECT id FROM query_codes WHERE case_id = $1)`, id); err != nil {
			return err
		}
		return audit(ctx, tx, "case.code", "case:"+event.ID(id).String(), nil)
	})
	return reference, code, say("issue query code", err)
}
