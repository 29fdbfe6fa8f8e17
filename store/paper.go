package store

import (
	"context"
	"strings"
	"time"

	"hotline/store/event"
)

// Paper is something prepared to be read to a person in a talk.
type Paper struct {
	ID     event.ID  // its row
	Phrase string    // of a group, an agency, a reason, a place or a side
	Cents  int64     // of an outcome
	Days   int       // working days within which an agency answers
	At     time.Time // of an appointment
}

// For is whom something is read to: the person of a contact, by the number that the contact is with.
type For struct {
	Contact event.ID
	Number  event.Number
	// Guest is somebody brought into a talk of the contact, who is not the one it is with.
	Guest bool
	At    time.Time
}

// ofContact joins the case that a contact is filed under.
const ofContact = ` JOIN contacts c ON c.case_id = t.case_id WHERE c.id = $1 `

// OpenCommitment finds the commitment to be read in a contact; ErrNotFound when none is prepared.
func (db *DB) OpenCommitment(ctx context.Context, contact event.ID) (p Paper, err error) {
	err = db.pool.QueryRow(ctx, `SELECT t.id, t.group_phrase FROM commitments t`+ofContact+`AND t.state = 'open'`, [16]byte(contact)).
		Scan((*[16]byte)(&p.ID), &p.Phrase)
	return p, say("find commitment", err)
}

// OpenReferral finds the referral to be asked about in a contact; ErrNotFound when none is prepared.
func (db *DB) OpenReferral(ctx context.Context, contact event.ID) (p Paper, err error) {
	err = db.pool.QueryRow(ctx, `SELECT t.id, a.phrase, a.reply_days FROM referrals t JOIN agencies a ON a.code = t.agency AND a.active`+ofContact+
		`AND t.state = 'open'`, [16]byte(contact)).Scan((*[16]byte)(&p.ID), &p.Phrase, &p.Days)
	return p, say("find referral", err)
}

// ReplyDays is how many working days an agency takes to answer, by its phrase.
func (db *DB) ReplyDays(ctx context.Context, phrase string) (days int, err error) {
	err = db.pool.QueryRow(ctx, `SELECT reply_days FROM agencies WHERE phrase = $1 AND active ORDER BY code LIMIT 1`, phrase).Scan(&days)
	return days, say("find agency", err)
}

// OpenOutcome finds the sum to be confirmed in a contact; ErrNotFound when none is filed.
func (db *DB) OpenOutcome(ctx context.Context, contact event.ID) (p Paper, err error) {
	err = db.pool.QueryRow(ctx, `SELECT t.id, t.received_cents FROM case_outcomes t`+ofContact+`AND t.state = 'open'`, [16]byte(contact)).
		Scan((*[16]byte)(&p.ID), &p.Cents)
	return p, say("find outcome", err)
}

// Standing is how an application stands.
type Standing struct {
	Case    event.ID
	No      string    // of the case
	State   string    // lacking, received, granted or refused
	Lacking []string  // phrases
	Phrase  string    // of the reason, or the lawyer
	Due     time.Time // of the decision
}

// Application finds how the application of a contact's case stands; ErrNotFound when there is none, or there is nothing
// more to be said than that an objection was made.
func (db *DB) Application(ctx context.Context, contact event.ID) (s Standing, err error) {
	var due *time.Time
	var lacking string
	err = db.pool.QueryRow(ctx, `SELECT t.case_id, k.no, coalesce(t.decision, CASE WHEN t.complete_at IS NULL THEN 'lacking' ELSE 'received' END),
			coalesce(t.lacking, ''), coalesce(t.reason, t.lawyer, ''), t.promise_due
		FROM applications t JOIN cases k ON k.id = t.case_id`+ofContact+`AND t.objected_at IS NULL`, [16]byte(contact)).
		Scan((*[16]byte)(&s.Case), &s.No, &s.State, &lacking, &s.Phrase, &due)
	s.Lacking, s.Due = strings.Fields(lacking), orZero(due)
	return s, say("find application", err)
}

// OpenRevisit finds the revisit planned for a contact's case; ErrNotFound when there is none.
func (db *DB) OpenRevisit(ctx context.Context, contact event.ID) (p Paper, err error) {
	err = db.pool.QueryRow(ctx, `SELECT t.id FROM revisit_calls t`+ofContact+`AND t.state = 'open'`, [16]byte(contact)).Scan((*[16]byte)(&p.ID))
	return p, say("find revisit", err)
}

// NextAppointment finds the next appointment of a person, by the number it was made with or by the case of the contact;
// ErrNotFound when there is none.
func (db *DB) NextAppointment(ctx context.Context, who For) (p Paper, err error) {
	err = db.pool.QueryRow(ctx, `SELECT a.id, s.starts_at, coalesce(s.place, p.phrase) FROM appointments a
		JOIN appointment_slots s ON s.id = a.slot_id JOIN service_points p ON p.id = s.point_id
		WHERE a.status IN ('booked', 'confirmed') AND s.starts_at > $3
			AND (a.phone_key = $2 OR a.case_id = (SELECT c.case_id FROM contacts c WHERE c.id = $1))
		ORDER BY s.starts_at LIMIT 1`, [16]byte(who.Contact), who.Number.Key, who.At).Scan((*[16]byte)(&p.ID), &p.At, &p.Phrase)
	return p, say("find appointment", err)
}

// HasArticle tells whether the library explains an article of the Civil Code.
func (db *DB) HasArticle(ctx context.Context, article string) (has bool, err error) {
	err = db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM code_clips WHERE active AND $1 = ANY (regexp_split_to_array(articles, ', *')))`, article).Scan(&has)
	return has, say("find article", err)
}
