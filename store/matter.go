package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// of changes something of a case by its public number, in one transaction with its audit row. The error is ErrNotFound
// when there is no such case, or it is sealed, and ErrInvalid for values out of rule.
func (db *DB) of(ctx context.Context, actor, caseNo, action string, change func(pgx.Tx, [16]byte) error) error {
	return say(action, db.inTx(ctx, actor, func(tx pgx.Tx) error {
		var id [16]byte
		if err := tx.QueryRow(ctx, `SELECT id FROM cases WHERE no = $1 AND sensitivity <> 'sealed' FOR UPDATE`, caseNo).Scan(&id); err != nil {
			return err
		}
		if err := change(tx, id); err != nil {
			return err
		}
		return audit(ctx, tx, action, "case:"+event.ID(id).String(), nil)
	}))
}

// Pledge prepares a commitment to be read to the caller of a case, who belongs to a group for which a pledge is enough.
// The group is a phrase, such as GROUP-MIGRANT-WORKER. One that is still to be read is replaced.
func (db *DB) Pledge(ctx context.Context, actor, caseNo, group string) error {
	return db.of(ctx, actor, caseNo, "commitment.prepare", func(tx pgx.Tx, id [16]byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO commitments (case_id, group_phrase) VALUES ($1, $2)
			ON CONFLICT (case_id) WHERE state = 'open' DO UPDATE SET group_phrase = EXCLUDED.group_phrase`, id, group)
		return err
	})
}

// Dues are what an applicant was promised, and what the law allows.
type Dues struct{ Promise, Statutory time.Time }

// Apply files that an application is complete, and by when it is decided. What the caller hears of the case says so from
// then on. One whose decision is made stays as it is: ErrInvalid.
func (db *DB) Apply(ctx context.Context, actor, caseNo string, complete time.Time, due Dues) error {
	return db.of(ctx, actor, caseNo, "application.complete", func(tx pgx.Tx, id [16]byte) error {
		tag, err := tx.Exec(ctx, `INSERT INTO applications (case_id, complete_at, promise_due, statutory_due) VALUES ($1, $2, $3, $4)
			ON CONFLICT (case_id) DO UPDATE SET complete_at = EXCLUDED.complete_at, promise_due = EXCLUDED.promise_due,
				statutory_due = EXCLUDED.statutory_due WHERE applications.decision IS NULL`, id, complete, due.Promise, due.Statutory)
		if err := decidedOnce(tag.RowsAffected(), err); err != nil {
			return err
		}
		return stage(ctx, tx, id, "review", due.Promise)
	})
}

// Lack files what an application lacks: phrases, all of them at once. It is done once: the error is ErrInvalid the second
// time, and when the application is complete. What the caller hears of the case says so until due.
func (db *DB) Lack(ctx context.Context, actor, caseNo string, docs []string, at, due time.Time) error {
	return db.of(ctx, actor, caseNo, "application.lacking", func(tx pgx.Tx, id [16]byte) error {
		tag, err := tx.Exec(ctx, `INSERT INTO applications (case_id, lacking, lacked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			id, strings.Join(docs, " "), at)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("%w: what is missing was told already, or nothing is", ErrInvalid)
		}
		if err != nil {
			return err
		}
		return stage(ctx, tx, id, "lacking", due)
	})
}

// Decision is what became of an application.
type Decision struct {
	Granted bool
	Reason  string    // a phrase, of a refusal
	Lawyer  string    // a phrase, of a grant
	At      time.Time //
	Due     time.Time // by when the applicant hears more: a lawyer, or the end of the time to object
}

// Decide files the decision on a complete application. The error is ErrInvalid when there is none, or it is decided
// already.
func (db *DB) Decide(ctx context.Context, actor, caseNo string, d Decision) error {
	word := "refused"
	if d.Granted {
		word = "granted"
	}
	return db.of(ctx, actor, caseNo, "application."+word, func(tx pgx.Tx, id [16]byte) error {
		tag, err := tx.Exec(ctx, `UPDATE applications SET decision = $2, reason = nullif($3, ''), lawyer = nullif($4, ''), decided_at = $5
			WHERE case_id = $1 AND decision IS NULL AND complete_at IS NOT NULL`, id, word, d.Reason, d.Lawyer, d.At)
		if err := decidedOnce(tag.RowsAffected(), err); err != nil {
			return err
		}
		return stage(ctx, tx, id, word, d.Due)
	})
}

// decidedOnce makes of a row that was not changed an ErrInvalid.
func decidedOnce(rows int64, err error) error {
	if err == nil && rows == 0 {
		return fmt.Errorf("%w: no application waits for a decision", ErrInvalid)
	}
	return err
}

func stage(ctx context.Context, tx pgx.Tx, caseID [16]byte, word string, due time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO case_progress (case_id, stage, due_at) VALUES ($1, $2, $3)
		ON CONFLICT (case_id) DO UPDATE SET stage = EXCLUDED.stage, due_at = EXCLUDED.due_at`, caseID, word, due)
	return err
}

// Refer prepares a referral to an agency, by its code, for which the caller is asked. One that is still open is replaced.
func (db *DB) Refer(ctx context.Context, actor, caseNo, agency string) error {
	return db.of(ctx, actor, caseNo, "referral.prepare", func(tx pgx.Tx, id [16]byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO referrals (case_id, agency) VALUES ($1, $2)
			ON CONFLICT (case_id) WHERE state = 'open' DO UPDATE SET agency = EXCLUDED.agency`, id, agency)
		return err
	})
}

// Agency is a body that matters are handed on to.
type Agency struct {
	Code, Name string
	Phrase     string // how it is said
	ReplyDays  int    // working days within which it answers
}

// SaveAgency adds an agency, or changes the one with its code; it counts as checked today. The error is ErrInvalid for
// values out of rule.
func (db *DB) SaveAgency(ctx context.Context, actor string, a Agency) error {
	return say("save agency", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO agencies (code, name, phrase, reply_days, checked_on) VALUES ($1, $2, $3, $4, current_date)
			ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, phrase = EXCLUDED.phrase, reply_days = EXCLUDED.reply_days,
				checked_on = EXCLUDED.checked_on, active = true`, a.Code, a.Name, a.Phrase, a.ReplyDays)
		if err != nil {
			return err
		}
		return audit(ctx, tx, "agency.save", "agency:"+a.Code, nil)
	}))
}

// Settle files the sum, in cents, that a case brought the client, who is asked whether it is right. One that is still
// open is replaced.
func (db *DB) Settle(ctx context.Context, actor, caseNo string, cents int64) error {
	return db.of(ctx, actor, caseNo, "outcome.prepare", func(tx pgx.Tx, id [16]byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO case_outcomes (case_id, received_cents) VALUES ($1, $2)
			ON CONFLICT (case_id) WHERE state = 'open' DO UPDATE SET received_cents = EXCLUDED.received_cents`, id, cents)
		return err
	})
}

// Revisit plans a call in which the client is asked how the help was. One that is planned already is moved.
func (db *DB) Revisit(ctx context.Context, actor, caseNo string, due time.Time) error {
	return db.of(ctx, actor, caseNo, "revisit.plan", func(tx pgx.Tx, id [16]byte) error {
		_, err := tx.Exec(ctx, `INSERT INTO revisit_calls (case_id, due_on) VALUES ($1, $2::date)
			ON CONFLICT (case_id) WHERE state = 'open' DO UPDATE SET due_on = EXCLUDED.due_on`, id, due.Format(time.DateOnly))
		return err
	})
}
