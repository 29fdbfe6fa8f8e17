package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Take is a prompt that staff speak into a telephone. Callers hear it when somebody
// else has approved it.
type Take struct {
	Number   int
	Language string
	Name     string // of the prompt
	Words    string // to be spoken, as they were when it was asked for
	State    TakeState
	By       string // extension of who spoke it; empty until then
	Path     string // of the sound, below the folder of takes
	Length   time.Duration
	Decided  string // who approved or refused it
}

// TakeState is how far a take has come.
type TakeState string

// The states of a take.
const (
	TakeAsked    TakeState = "asked"
	TakeRecorded TakeState = "recorded" // waits for approval
	TakeApproved TakeState = "approved"
	TakeRefused  TakeState = "refused" // may be spoken again
)

// AskTake asks for a prompt to be spoken, and gives the number under which that is
// done. One that is asked for and not yet approved keeps its number.
func (db *DB) AskTake(ctx context.Context, actor, language, name, words string) (number int, err error) {
	err = db.inTx(ctx, actor, func(tx pgx.Tx) error {
		// Two who ask at once must not get two numbers for one thing.
		if _, err := tx.Exec(ctx, `LOCK TABLE prompt_takes IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `UPDATE prompt_takes SET words = $3 WHERE lang = $1 AND name = $2 AND state <> 'approved' RETURNING number`,
			language, name, words).Scan(&number)
		if err == nil || !isNoRow(err) {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO prompt_takes (lang, name, words) VALUES ($1, $2, $3) RETURNING number`, language, name, words).Scan(&number)
	})
	return number, say("ask for a recording", err)
}

// TakeByNumber gives a take; ErrNotFound when nothing is asked for under the number.
func (db *DB) TakeByNumber(ctx context.Context, number int) (Take, error) {
	list, err := db.takes(ctx, "number = $1", number)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Take{}, say("find recording", err)
	}
	return list[0], nil
}

// Takes lists all takes that are not approved yet, by number.
func (db *DB) Takes(ctx context.Context) ([]Take, error) {
	list, err := db.takes(ctx, "state <> 'approved'")
	return list, say("list recordings", err)
}

func (db *DB) takes(ctx context.Context, where string, args ...any) ([]Take, error) {
	rows, err := db.pool.Query(ctx, `SELECT number, lang, name, words, state, coalesce(recorded_by, ''), coalesce(path, ''), coalesce(seconds, 0),
		coalesce(decided_by, '') FROM prompt_takes WHERE `+where+` ORDER BY number`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Take, err error) {
		var seconds float64
		err = row.Scan(&t.Number, &t.Language, &t.Name, &t.Words, &t.State, &t.By, &t.Path, &seconds, &t.Decided)
		t.Length = time.Duration(seconds * float64(time.Second))
		return t, err
	})
}

// KeepTake files what was spoken for a take; it waits for approval from here on. An
// approved one is spoken no more: the error is ErrNotFound, as for an unknown number.
func (db *DB) KeepTake(ctx context.Context, extension string, number int, path string, length time.Duration) error {
	return say("keep recording", db.inTx(ctx, extension, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE prompt_takes SET state = 'recorded', recorded_by = actor(), recorded_at = now(), path = $2, seconds = $3,
			decided_by = NULL, decided_at = NULL WHERE number = $1 AND state <> 'approved'`, number, path, length.Seconds())
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "prompt.record", fmt.Sprintf("take:%d", number), nil)
	}))
}

// DecideTake approves or refuses a take that waits. The errors are ErrNotFound for one
// that does not wait, ErrInvalid for who would approve their own voice. Before it is
// final, put is called: when that fails nothing is decided.
func (db *DB) DecideTake(ctx context.Context, actor string, number int, approve bool, put func(Take) error) error {
	state := TakeRefused
	if approve {
		state = TakeApproved
	}
	return say("decide on recording", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		t := Take{Number: number, State: state, Decided: actor}
		err := tx.QueryRow(ctx, `UPDATE prompt_takes SET state = $2, decided_by = actor(), decided_at = now() WHERE number = $1 AND state = 'recorded'
			RETURNING lang, name, words, recorded_by, path`, number, state).Scan(&t.Language, &t.Name, &t.Words, &t.By, &t.Path)
		if err != nil {
			return err
		}
		if err := audit(ctx, tx, "prompt."+string(state), fmt.Sprintf("take:%d", number), map[string]any{"prompt": t.Language + "/" + t.Name}); err != nil {
			return err
		}
		return put(t)
	}))
}
