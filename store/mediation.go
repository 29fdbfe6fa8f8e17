package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/secret"
)

// Side is one side of a mediation to be planned.
type Side struct {
	Name   string       // applicant or respondent
	Phrase string       // how it is named to the other, such as SIDE-EMPLOYER
	Number event.Number // at which it is called; withheld when it dials in only
}

// dialAround is how long before and after its beginning a side can dial in to a mediation.
const dialAround = 4 * time.Hour

// PlanMediation plans a mediation between the sides of a case and gives the six digits with which each dials in, in the
// order of the sides. The digits exist in clear only here. The errors are those of other matters of a case.
func (db *DB) PlanMediation(ctx context.Context, actor, caseNo string, at time.Time, sides ...Side) (codes []string, err error) {
	err = db.of(ctx, actor, caseNo, "mediation.plan", func(tx pgx.Tx, id [16]byte) error {
		var mediation [16]byte
		if err := tx.QueryRow(ctx, `INSERT INTO mediations (case_id, starts_at) VALUES ($1, $2) RETURNING id`, id, at).Scan(&mediation); err != nil {
			return err
		}
		for _, s := range sides {
			code := digits(6)
			key, sealed := sealedOf(s.Number)
			if _, err := tx.Exec(ctx, `INSERT INTO mediation_parties (mediation_id, side, phrase, phone_key, phone_enc, dial_hmac, dial_from,
				dial_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, mediation, s.Name, s.Phrase, key, sealed, db.lock(secret.PurposeDial, code),
				at.Add(-dialAround), at.Add(dialAround)); err != nil {
				return err
			}
			codes = append(codes, code)
		}
		return nil
	})
	return codes, err
}

// SetTerm writes a term of the mediation of a case that goes on. A term of the same number is withdrawn, and both sides
// are asked anew. The clip is the sound that reads it.
func (db *DB) SetTerm(ctx context.Context, actor, caseNo string, no int, words, clip string) error {
	return db.of(ctx, actor, caseNo, "mediation.term", func(tx pgx.Tx, id [16]byte) error {
		var mediation [16]byte
		err := tx.QueryRow(ctx, `SELECT id FROM mediations WHERE case_id = $1 AND status IN ('planned', 'open') ORDER BY starts_at DESC LIMIT 1`, id).
			Scan(&mediation)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE mediation_terms SET withdrawn_at = now() WHERE mediation_id = $1 AND no = $2 AND withdrawn_at IS NULL`,
			mediation, no); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO mediation_terms (mediation_id, no, words, clip) VALUES ($1, $2, $3, $4)`, mediation, no, words, clip)
		return err
	})
}

// Party is a side of a mediation.
type Party struct {
	ID, Mediation event.ID
	Other         string // how the other side is named
}

// Party finds for which side of a mediation that is planned or goes on a person speaks: by the number, or as who dialled
// in with its digits. The error is ErrNotFound for nobody of a mediation.
func (db *DB) Party(ctx context.Context, who For) (p Party, err error) {
	err = db.pool.QueryRow(ctx, `SELECT p.id, m.id, coalesce((SELECT o.phrase FROM mediation_parties o WHERE o.mediation_id = m.id AND o.id <> p.id LIMIT 1), 'SIDE-OTHER')
		FROM mediation_parties p JOIN mediations m ON m.id = p.mediation_id
		WHERE m.status IN ('planned', 'open') AND (p.phone_key = $2
			OR NOT $3 AND EXISTS (SELECT FROM mediation_attendances a WHERE a.contact_id = $1 AND a.party_id = p.id))
		ORDER BY p.phone_key = $2 DESC NULLS LAST, abs(extract(epoch FROM m.starts_at - $4)) LIMIT 1`,
		[16]byte(who.Contact), who.Number.Key, who.Guest, who.At).Scan((*[16]byte)(&p.ID), (*[16]byte)(&p.Mediation), &p.Other)
	return p, say("find side of a mediation", err)
}

// Term is a term of a settlement, to be read.
type Term struct {
	ID   event.ID
	No   int
	Clip string
}

// NextTerm finds the first term of a mediation to which not both sides have agreed yet, if this side has not: ErrNotFound
// when there is none, or only the other side's word is missing.
func (db *DB) NextTerm(ctx context.Context, p Party) (t Term, err error) {
	err = db.pool.QueryRow(ctx, `SELECT id, no, clip FROM (
			SELECT t.id, t.no, t.clip, EXISTS (SELECT FROM mediation_answers a WHERE a.term_id = t.id AND a.party_id = $2 AND a.answer = 'agreed') AS mine
			FROM mediation_terms t WHERE t.mediation_id = $1 AND t.withdrawn_at IS NULL
				AND 2 > (SELECT count(*) FROM mediation_answers a WHERE a.term_id = t.id AND a.answer = 'agreed')
			ORDER BY t.no LIMIT 1) x WHERE NOT mine`, [16]byte(p.Mediation), [16]byte(p.ID)).Scan((*[16]byte)(&t.ID), &t.No, &t.Clip)
	return t, say("find term", err)
}

// Agreed tells whether both sides of a mediation have agreed to all its terms, and there are any.
func (db *DB) Agreed(ctx context.Context, mediation event.ID) (agreed bool, err error) {
	err = db.pool.QueryRow(ctx, `SELECT coalesce(bool_and(2 = (SELECT count(*) FROM mediation_answers a WHERE a.term_id = t.id AND a.answer = 'agreed')), false)
		FROM mediation_terms t WHERE t.mediation_id = $1 AND t.withdrawn_at IS NULL`, [16]byte(mediation)).Scan(&agreed)
	return agreed, say("read agreement", err)
}
