package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"hotline/sip"
)

// registrar is what knows where the telephones are.
type registrar interface {
	Keep() []sip.Kept
	Restore(ctx context.Context, kept []sip.Kept) int
}

// registrationsEvery is how often changes of the registrations are written down: as much of them a crash may lose.
const registrationsEvery = time.Second

// keepRegistrations takes the telephones of the run before on again, and writes down where they are until the context ends.
// A file of its own has them, not the database, so that a start finds them when the database is away: else a counselor's
// telephone would be missed until it registers again, a minute or two later. What goes wrong is told in the log alone.
func keepRegistrations(ctx context.Context, path string, phones registrar, log *slog.Logger) error {
	last, err := restoreRegistrations(ctx, path, phones, log)
	if err != nil {
		log.Warn("registrations of the run before not read, telephones are found when they register", "error", err)
	}
	tick := time.NewTicker(registrationsEvery)
	defer tick.Stop()
	for wrote := true; ; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx) // the file is at most a tick old
		case <-tick.C:
		}
		now, err := json.Marshal(phones.Keep())
		if err == nil && !bytes.Equal(now, last) {
			err = replaceFile(path, now)
		}
		if err == nil {
			last = now
		} else if wrote {
			log.Warn("registrations not written down, tried again", "error", err)
		}
		wrote = err == nil
	}
}

// restoreRegistrations reads what the run before wrote, and returns it.
func restoreRegistrations(ctx context.Context, path string, phones registrar, log *slog.Logger) ([]byte, error) {
	text, err := os.ReadFile(path) //nolint:gosec // below the data folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var kept []sip.Kept
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		return nil, fmt.Errorf("read registrations: %w", err)
	}
	if n := phones.Restore(ctx, kept); n > 0 {
		log.Info("telephones of the run before are asked whether they are there", "count", n)
	}
	return text, nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return os.Rename(path+".new", path)
}
