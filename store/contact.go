package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/phone"
)

// Contact is one call, as filed.
type Contact struct {
	ID       event.ID
	No       string
	CaseNo   string
	Channel  event.Channel
	Line     string // the number dialled
	Caller   string // masked: 138****8000, or the kind of number when there is nothing to show
	Language string
	Class    event.Class
	Flow     string
	Served   Served
	Times    Times
	End      End
}

// Served is where a contact waited and who took it.
type Served struct {
	Queue     string // code; empty when it never waited
	Extension string // of the first counselor; empty when nobody answered
	Wait      time.Duration
	Talk      time.Duration
	Hold      time.Duration
	Wrap      time.Duration
}

// Times are the moments of a contact; zero when it never came to that.
type Times struct {
	Started, Queued, Answered, Ended time.Time
}

// End is how a contact ended; empty while it goes on.
type End struct {
	Outcome event.Outcome
	Stage   event.Stage
	By      event.Party
	Cause   string
}

const contactSQL = `SELECT c.id, c.no, k.no, c.channel, c.dialled, c.caller_kind, p.e164_enc, coalesce(c.lang, ''), c.class, coalesce(c.flow, ''),
	coalesce(q.code, ''), coalesce(s.extension, ''), coalesce(c.wait_ms, 0), c.talk_ms, c.hold_ms, c.wrap_ms,
	c.started_at, c.queued_at, c.answered_at, c.ended_at, coalesce(c.outcome, ''), coalesce(c.stage, ''), coalesce(c.ended_by, ''), coalesce(c.cause, '')
	FROM contacts c JOIN cases k ON k.id = c.case_id LEFT JOIN phones p ON p.id = c.phone_id
	LEFT JOIN queues q ON q.id = c.queue_id LEFT JOIN staff s ON s.id = c.first_staff_id `

// ContactByNo gives one contact by its public number; ErrNotFound when there is none.
func (db *DB) ContactByNo(ctx context.Context, no string) (Contact, error) {
	return db.oneContact(ctx, "WHERE c.no = $1", no)
}

// ContactByID gives one contact; ErrNotFound when there is none.
func (db *DB) ContactByID(ctx context.Context, id event.ID) (Contact, error) {
	return db.oneContact(ctx, "WHERE c.id = $1", [16]byte(id))
}

// RecentContacts gives the newest contacts, newest first.
func (db *DB) RecentContacts(ctx context.Context, most int) ([]Contact, error) {
	list, err := db.contacts(ctx, "ORDER BY c.started_at DESC, c.id DESC LIMIT $1", most)
	return list, say("list contacts", err)
}

func (db *DB) oneContact(ctx context.Context, where string, args ...any) (Contact, error) {
	list, err := db.contacts(ctx, where, args...)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Contact{}, say("find contact", err)
	}
	return list[0], nil
}

func (db *DB) contacts(ctx context.Context, tail string, args ...any) ([]Contact, error) {
	rows, err := db.pool.Query(ctx, contactSQL+tail, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, db.scanContact)
}

func (db *DB) scanContact(row pgx.CollectableRow) (Contact, error) {
	var c Contact
	var kind string
	var sealed []byte
	var wait, talk, hold, wrap int64
	var queued, answered, ended *time.Time
	err := row.Scan((*[16]byte)(&c.ID), &c.No, &c.CaseNo, &c.Channel, &c.Line, &kind, &sealed, &c.Language, &c.Class, &c.Flow,
		&c.Served.Queue, &c.Served.Extension, &wait, &talk, &hold, &wrap,
		&c.Times.Started, &queued, &answered, &ended, &c.End.Outcome, &c.End.Stage, &c.End.By, &c.End.Cause)
	if err != nil {
		return Contact{}, err
	}
	c.Served.Wait, c.Served.Talk, c.Served.Hold, c.Served.Wrap = millis(wait), millis(talk), millis(hold), millis(wrap)
	c.Times.Queued, c.Times.Answered, c.Times.Ended = orZero(queued), orZero(answered), orZero(ended)
	c.Caller, err = db.mask(kind, sealed)
	return c, err
}

// mask shows of a sealed number what a counselor may see.
func (db *DB) mask(kind string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return kind, nil
	}
	number, err := db.opt.Keys.Dial(sealed)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(number, "+") {
		return kind, nil
	}
	return phone.Plan{}.Parse(number).Mask(), nil
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func orZero(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// ContactEvent is one fact of a contact, as stored.
type ContactEvent struct {
	Seq  int64
	At   time.Time
	Kind string
	Data json.RawMessage
}

// ContactEvents gives the facts of a contact in their order.
func (db *DB) ContactEvents(ctx context.Context, contact event.ID) ([]ContactEvent, error) {
	rows, err := db.pool.Query(ctx, `SELECT seq, at, kind, data FROM call_events WHERE contact_id = $1 ORDER BY journal, seq`, [16]byte(contact))
	if err != nil {
		return nil, say("list events", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ContactEvent])
	return list, say("list events", err)
}

// Unmask gives the caller's number in clear, for dialling or for help in danger. Who
// asked and why goes into the audit log first. The error is ErrNotFound when the
// number was withheld.
func (db *DB) Unmask(ctx context.Context, actor, reason string, contact event.ID) (string, error) {
	var number string
	err := db.inTx(ctx, actor, func(tx pgx.Tx) error {
		var sealed []byte
		err := tx.QueryRow(ctx, `SELECT p.e164_enc FROM contacts c JOIN phones p ON p.id = c.phone_id WHERE c.id = $1`, [16]byte(contact)).Scan(&sealed)
		if err != nil {
			return err
		}
		if err := audit(ctx, tx, "caller.unmask", "contact:"+contact.String(), map[string]any{"reason": reason}); err != nil {
			return err
		}
		number, err = db.opt.Keys.Dial(sealed)
		return err
	})
	return number, say("unmask caller", err)
}
