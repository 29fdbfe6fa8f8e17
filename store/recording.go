package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// Recording is a file of audio and what it must hold.
type Recording struct {
	ID        event.ID
	Contact   event.ID
	ContactNo string
	CaseNo    string
	Class     event.RecordingClass
	Path      string // relative to the recordings folder
	Channels  int
	Tracks    string // who is on which channel
	StartedAt time.Time
	File      RecordedFile
	State     RecordingState
}

// RecordedFile is what verifying a recording compares; zero while it is written.
type RecordedFile struct {
	Bytes    int64
	Duration time.Duration
	SHA256   []byte
	Gaps     []Gap
	Partial  string // why it does not hold everything; empty when it does
	Repaired bool
	EndedAt  time.Time
}

// Gap is a stretch without audio, since the beginning of the recording.
type Gap struct {
	FromMS int64  `json:"from_ms"`
	ToMS   int64  `json:"to_ms"`
	Reason string `json:"reason"`
}

// RecordingState is what is known of a recording's file.
type RecordingState string

// The states of a recording.
const (
	RecordingWriting  RecordingState = "writing"
	RecordingSealed   RecordingState = "closed"   // complete, its hash is known
	RecordingVerified RecordingState = "verified" // the file was compared and is as it was
	RecordingAltered  RecordingState = "altered"  // the file is not what was written
	RecordingMissing  RecordingState = "missing"
	RecordingDeleted  RecordingState = "deleted" // by the rules of retention
)

const recordingSQL = `SELECT r.id, r.contact_id, c.no, k.no, r.class, r.storage_key, r.channels, coalesce(r.tracks, ''), r.started_at,
	coalesce(r.bytes, 0), coalesce(r.duration_ms, 0), r.sha256, r.gaps, coalesce(r.partial_reason, ''), r.repaired, r.ended_at, r.state
	FROM recordings r JOIN contacts c ON c.id = r.contact_id JOIN cases k ON k.id = c.case_id `

// RecordingsOf gives the recordings of one contact, oldest first.
func (db *DB) RecordingsOf(ctx context.Context, contact event.ID) ([]Recording, error) {
	list, err := db.recordings(ctx, "WHERE r.contact_id = $1 ORDER BY r.started_at, r.id", [16]byte(contact))
	return list, say("list recordings", err)
}

// Recordings gives a page of all recordings that are or should be on disk, ordered by
// ID: those after the given one, at most so many.
func (db *DB) Recordings(ctx context.Context, after event.ID, most int) ([]Recording, error) {
	list, err := db.recordings(ctx, "WHERE r.id > $1 AND r.state <> 'deleted' ORDER BY r.id LIMIT $2", [16]byte(after), most)
	return list, say("list recordings", err)
}

func (db *DB) recordings(ctx context.Context, tail string, args ...any) ([]Recording, error) {
	rows, err := db.pool.Query(ctx, recordingSQL+tail, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Recording, err error) {
		var duration int64
		var ended *time.Time
		f := &r.File
		err = row.Scan((*[16]byte)(&r.ID), (*[16]byte)(&r.Contact), &r.ContactNo, &r.CaseNo, &r.Class, &r.Path, &r.Channels, &r.Tracks, &r.StartedAt,
			&f.Bytes, &duration, &f.SHA256, &f.Gaps, &f.Partial, &f.Repaired, &ended, &r.State)
		f.Duration, f.EndedAt = millis(duration), orZero(ended)
		return r, err
	})
}

// MarkRecording notes what verifying a recording found: verified, altered or missing.
// The error is ErrNotFound for an unknown recording or one still being written.
func (db *DB) MarkRecording(ctx context.Context, actor string, id event.ID, found RecordingState) error {
	return say("mark recording", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE recordings SET state = $2, verified_at = now() WHERE id = $1 AND state NOT IN ('writing', 'deleted')`, [16]byte(id), found)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		if found == RecordingVerified {
			return nil
		}
		return audit(ctx, tx, "recording."+string(found), "recording:"+id.String(), nil)
	}))
}
