package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
	"hotline/store/phone"
	"hotline/store/secret"
)

// Text is a text message to be sent. What it says beyond its template is sealed.
type Text struct {
	Template  string // papers, station, article, appointment ...
	Language  string
	To        event.Number
	Params    map[string]string
	Protected bool // the caller is a child, or in danger: only to a number that is known to be safe
	Contact   event.ID
	At        time.Time
}

// ErrNoText says that a rule is against a text message to a number.
var ErrNoText = errors.New("this number gets no text messages")

// SendText puts a text message on its way and gives its reference; another program
// sends it. The error is ErrNoText when the number is no mobile, when somebody it
// belongs to does not want any, and when a caller needs protection and nobody has said
// that messages are safe.
func (db *DB) SendText(ctx context.Context, t Text) (reference string, err error) {
	if t.To.Withheld() || t.To.Kind != string(phone.Mobile) {
		return "", ErrNoText
	}
	params, err := json.Marshal(t.Params)
	if err != nil {
		return "", say("send text message", err)
	}
	reference = db.Reference(t.At)
	err = db.inTx(ctx, "caller", func(tx pgx.Tx) error {
		var asked, ok, safe bool
		err := tx.QueryRow(ctx, `SELECT count(*) > 0, coalesce(bool_and(p.ok_to_sms), false), coalesce(bool_or(p.neutral_name), true)
			FROM person_phones p JOIN phones t ON t.id = p.phone_id WHERE t.e164_hmac = $1`, t.To.Key).Scan(&asked, &ok, &safe)
		switch {
		case err != nil:
			return err
		case asked && !ok, t.Protected && !ok:
			return ErrNoText
		}
		err = tx.QueryRow(ctx, `SELECT reference FROM messages WHERE contact_id = $1 AND template = $2 AND status = 'queued'`,
			[16]byte(t.Contact), t.Template).Scan(&reference)
		if !isNoRow(err) {
			return err // it is on its way already: the caller asked twice, or a first attempt succeeded unseen
		}
		_, err = tx.Exec(ctx, `INSERT INTO messages (id, template, lang, to_key, to_enc, params_enc, neutral, reference, contact_id, filed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [16]byte(event.NewID(t.At)), t.Template, t.Language, t.To.Key, t.To.Sealed,
			db.opt.Keys.Seal(secret.PurposeText, params), safe, reference, [16]byte(t.Contact), t.At)
		return err
	})
	if err != nil {
		if errors.Is(err, ErrNoText) {
			return "", ErrNoText
		}
		return "", say("send text message", err)
	}
	return reference, nil
}
