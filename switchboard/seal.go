package switchboard

import (
	"encoding/hex"
	"log/slog"
	"path/filepath"

	"hotline/media"
	"hotline/store/event"
)

// Seal mends the recording that a crash left unfinished and files what it holds. A file that is gone is filed as such.
func Seal(j Journal, folder string, contact, recording event.ID, path string, log *slog.Logger) {
	found, err := media.Repair(filepath.Join(folder, filepath.FromSlash(path)))
	closed := &event.RecordingClosed{
		Recording: recording, Bytes: uint64(max(found.Bytes, 0)), Duration: found.Duration, //nolint:gosec // not negative
		Partial: "interrupted", Repaired: true,
	}
	closed.SHA256, _ = hex.DecodeString(found.SHA256)
	if err != nil {
		closed.Partial, closed.Repaired = "interrupted: "+reason(err), false
		log.Error("recording not mended", "recording", recording.String(), "error", err)
	}
	if _, err := j.Append(event.Event{Contact: contact, Body: closed}); err != nil {
		log.Error("fact not kept", "kind", "recording_closed", "error", err)
	}
}
